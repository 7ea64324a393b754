"""The nouns of queries: where code speaks to a database, and the SQL that this becomes.

    link     Site          a call that builds or sends a statement, as it was run
    packs    Query         what a site sends, in each form that it may take: ``Statement``
    link     Queries       all of them together

A statement is a tree of sqlglot. Its nodes remember in ``meta`` where they come from:

    at       Origin: the words in the project's own text that the node was made of
    hole     why only run time knows this part; the node is a call of ``RUNTIME``
    value    the place in ``Statement.values`` of what a placeholder is given
    sent     which of the placeholders of a written text it is: its name or number, or where it begins
    entity   (path, line) of the mapped class that a table stands for
    word     the name of a function as it is written
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from msgspec import Struct

from verifier import syntax
from verifier.evaluate.library import Call
from verifier.evaluate.values import Origin, Value
from verifier.model import FunctionRef, Span

if TYPE_CHECKING:
    from sqlglot.expressions import Expression

    from verifier.datamodel import Defect, Entity

Clause: TypeAlias = Literal[
    "from", "columns", "where", "group", "having", "order", "limit", "values", "set", "returning", "with", "conflict",
    "options",
]  # fmt: skip


class Site(NamedTuple):
    """A call of a data library, as it was run once.

    Attributes:
        call: the call, with what it was given; ``call.callee.receiver`` leads to what it was made on.
        result: what it gave.
        library: the path of what is called (``sqlalchemy.orm.Session.execute``).
        span: the call as written; where a function of the project was handed the text, the call of that function.
        start: where the statement begins: that of the first call of its chain in the same function.
        caller: the function that makes the call of ``span``; None for the body of a module.
        certain: whether it is made whenever its function runs.
        loops: the loops around it, outermost first, those around the calls that led to it too.
        consumed: whether its result became a part of another site's statement.
        sent: where the library is called.
        asked: the call of ``span``, where it is one of the project's own function.
    """

    call: Call
    result: Value
    library: str
    span: Span
    start: Span
    caller: FunctionRef | None
    certain: bool = True
    loops: tuple[Origin, ...] = ()
    consumed: bool = False
    sent: Span | None = None
    asked: syntax.Call | None = None


Style: TypeAlias = Literal["qmark", "numeric", "named", "at", "dollar", "dollar-name", "format", "pyformat"]
"""How placeholders are written: ``?``, ``:1``, ``:name``, ``@name``, ``$1``, ``$name``, ``%s``, ``%(name)s``."""


class Placeholder(NamedTuple):
    """A place in a written statement for a value that is sent along.

    Attributes:
        style: how it is written.
        name: its name or number; empty for one that goes by its place among the others.
        at: where it is written.
        quoted: it stands inside quotes (or in a comment).
        value: the place in ``Statement.values`` of what it is given; None where that is not known.
    """

    style: Style
    name: str
    at: Origin | None
    quoted: bool = False
    value: int | None = None


class Inset(NamedTuple):
    """What run time puts into a written statement as text.

    ``role``: what it is there: a ``name``, a ``value``, part of a ``string``, or a ``clause`` (a condition, a list).
    """

    value: Value
    role: Literal["name", "value", "string", "clause"]
    at: Origin | None


class Given(Struct, frozen=True, eq=False):
    """What is given along with a written statement.

    Attributes:
        places: values by place.
        names: values by name.
        complete: whether nothing more may be given than is known.
        value: what was given as a whole, where it is one value (a list, a tuple, a mapping).
        many: given once for each of several rows (``executemany``); ``places`` and ``names`` are those of one.
        origin: where it is written.
    """

    places: tuple[Value, ...] = ()
    names: Mapping[str, Value] = {}
    complete: bool = True
    value: Value | None = None
    many: bool = False
    origin: Origin | None = None


class Wording(Struct, frozen=True, eq=False):
    """A statement as it is written in the program, for what is told of its text rather than of its sense.

    Attributes:
        text: the whole text that was handed over, ``\\ue000`` for each inset.
        at: where it is written.
        number: which of the statements in the text this is, from 0; ``of``: how many there are.
        placeholders: those of this statement, in order.
        insets: what run time puts into this statement.
        styles: the styles that what it is handed to understands; empty where that is not known.
        given: what is given along; None where that is not known.
        driver: the name of what it is handed to; empty where that is not known.
        several: whether that runs more than one statement of a text; None where it is not known.
    """

    text: str
    at: Origin | None = None
    number: int = 0
    of: int = 1
    placeholders: tuple[Placeholder, ...] = ()
    insets: tuple[Inset, ...] = ()
    styles: frozenset[Style] = frozenset()
    given: Given | None = None
    driver: str = ""
    several: bool | None = None


class Statement(Struct, frozen=True, dict=True, eq=False):
    """One form that a query may take.

    Attributes:
        tree: the SQL; ``meta`` of its nodes as said above.
        values: what placeholders are given.
        open: clauses that are not wholly known, so that what depends on them cannot be told.
        reasons: why; each completes "depends on ...".
        wording: how it is written, where it is written as text.
    """

    tree: Expression
    values: tuple[Value, ...] = ()
    open: frozenset[Clause] = frozenset()
    reasons: tuple[str, ...] = ()
    wording: Wording | None = None

    @property
    def exact(self) -> bool:
        """Whether all of it is known."""
        return not self.open and not self.reasons


class Columns(NamedTuple):
    """The columns of the rows that one form of a statement gives.

    ``types``: by name, in small letters, PostgreSQL's name of the type where that is known; ``titles``: as written.
    """

    query: Query
    types: Mapping[str, str | None]
    titles: tuple[str, ...]


class Load(Struct, frozen=True):
    """Related rows that a query brings along.

    ``path``: attributes from the query's entity on; ``how``: ``joined`` (the same statement, more rows), ``contains``
    (the same, by a join that the query writes itself), ``separate`` (statements of their own), ``none`` (forbidden).
    """

    path: tuple[str, ...]
    how: Literal["joined", "contains", "separate", "none"]
    many: bool
    span: Span


Action: TypeAlias = Literal["rows", "first", "one", "value", "count", "exists", "write", "stream", "build"]


class Query(Struct, frozen=True, dict=True, eq=False):
    """A place where code speaks to a database.

    Attributes:
        span: where the statement begins.
        function: in which function; None for the body of a module.
        origin: ``sql`` for a statement that is written as text, ``orm`` for one that a library builds.
        library: the pack that read it.
        dialect: in sqlglot's words (``postgres``, ``sqlite``); empty where it is not known.
        statements: the forms that it may take, the fullest first; none where it was not lifted.
        reason: why it was not lifted, or what of it is not known; completes "depends on ...".
        action: what becomes of the rows; ``build`` where nothing that was seen sends the statement.
        entity: the mapped class whose rows it gives, if it gives whole ones.
        loads: related rows that it brings along.
        site: the call that sends it (or the last that builds it).
    """

    span: Span
    function: FunctionRef | None
    origin: Literal["orm", "sql"]
    library: str
    dialect: str = ""
    statements: tuple[Statement, ...] = ()
    reason: str | None = None
    action: Action = "rows"
    entity: Entity | None = None
    loads: tuple[Load, ...] = ()
    site: Site | None = None

    @property
    def lifted(self) -> bool:
        """Whether it was read, wholly or in part."""
        return bool(self.statements)


class Queries(Struct, frozen=True, dict=True, eq=False):
    """All that a project asks of its databases; ``by_call``: by what calls were made on and given."""

    queries: tuple[Query, ...] = ()
    defects: tuple[Defect, ...] = ()
    by_call: Mapping[object, tuple[Query, ...]] = {}

    def sent_by(self, call: Call) -> tuple[Query, ...]:
        """What a call sends, and no other call at its place."""
        return self.by_call.get(call.content, ())

    def defects_of(self, rule: str) -> tuple[Defect, ...]:
        """What readers noted for a rule."""
        return tuple(defect for defect in self.defects if defect.rule == rule)

    def at(self, span: Span) -> tuple[Query, ...]:
        """The queries that the call at a place sends."""
        return self._by_place.get((span.path, span.line, span.column), ())

    @property
    def _by_place(self) -> Mapping[tuple[str, int, int], tuple[Query, ...]]:
        found: Mapping[tuple[str, int, int], tuple[Query, ...]] | None = self.__dict__.get("by_place")
        if found is None:
            grouped: dict[tuple[str, int, int], list[Query]] = {}
            for query in self.queries:
                site = query.site
                places = (query.span, site.span, site.sent or site.span) if site is not None else (query.span,)
                for span in dict.fromkeys(places):
                    grouped.setdefault((span.path, span.line, span.column), []).append(query)
            found = self.__dict__["by_place"] = {place: tuple(own) for place, own in grouped.items()}
        return found
