"""A query while it is put together: its conditions, as Django's own ``Query`` builds them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Union

from sqlglot import exp

from verifier.api import Const, Engine, Origin, Unknown, Value, pieces, version_range

from ._faults import FaultError, UnclearError, Word
from ._fields import TO_ONE, Field
from ._joins import Found, Hop, Joins, ManyRowsError, Promoter, Tables
from ._lookups import UNKNOWN, Lookups, Made, core_of
from ._model import Model
from ._names import Names, Way

if TYPE_CHECKING:
    from verifier.api import Clause as ClauseName
    from verifier.api import Load

    from ._managers import QuerySet

Child = Union["Condition", tuple[Word, Value], Value]


class Condition:
    """A ``Q``: parts under one connector."""

    def __init__(self, connector: str, parts: Iterable[Child], *, negated: bool = False) -> None:
        self.connector = connector
        self.parts: list[Child] = list(parts)
        self.negated = negated

    def joined(self, connector: str, other: Condition) -> Condition:
        """Two of them under a connector, as ``Q`` flattens them."""
        if not self.parts:
            return other
        if not other.parts:
            return self
        made = Condition(connector, ())
        for part in (self, other):
            if not part.negated and (part.connector == connector or len(part.parts) == 1):
                made.parts.extend(part.parts)
            else:
                made.parts.append(part)
        return made


class Clause:
    """Conditions as SQL, under one connector."""

    def __init__(self, connector: str = "AND", parts: Iterable[Clause | Made] = (), *, negated: bool = False) -> None:
        self.connector = connector
        self.negated = negated
        self.parts: list[Clause | Made] = list(parts)

    @property
    def aggregate(self) -> bool:
        """Whether a part holds an aggregate."""
        return any(part.aggregate for part in self.parts)

    def made(self) -> Iterable[Made]:
        """All values in it."""
        for part in self.parts:
            if isinstance(part, Made):
                yield part
            else:
                yield from part.made()

    def split(self, negated: bool = False) -> tuple[Clause | None, Clause | None]:
        """What goes to WHERE, and what to HAVING."""
        if not self.aggregate:
            return self, None
        turned = negated != self.negated
        together = (turned and self.connector == "AND") or (not turned and self.connector == "OR")
        if together or self.connector == "XOR":
            return None, self
        where: list[Clause | Made] = []
        having: list[Clause | Made] = []
        for part in self.parts:
            if isinstance(part, Made):
                (having if part.aggregate else where).append(part)
                continue
            here, there = part.split(turned)
            where += [here] if here is not None else []
            having += [there] if there is not None else []
        return (
            Clause(self.connector, where, negated=self.negated) if where else None,
            Clause(self.connector, having, negated=self.negated) if having else None,
        )

    def node(self) -> exp.Expression | None:
        """The SQL; None where nothing is asked."""
        nodes: list[exp.Expression] = []
        for part in self.parts:
            found = part.node if isinstance(part, Made) else part.node()
            if found is not None:
                nodes.append(found)
        if not nodes:
            return None
        if self.connector == "XOR" and len(nodes) > 1:
            whole = exclusive(nodes)
            return exp.Not(this=exp.paren(whole, copy=False)) if self.negated else whole
        kinds: dict[str, type[exp.Expression]] = {"AND": exp.And, "OR": exp.Or}
        if len(nodes) > 1:
            nodes = [exp.paren(node, copy=False) if isinstance(node, exp.Connector) else node for node in nodes]
        whole = nodes[0]
        for node in nodes[1:]:
            whole = kinds[self.connector](this=whole, expression=node)
        if self.negated:
            whole = exp.Not(this=exp.paren(whole, copy=False))
        return whole


def exclusive(nodes: list[exp.Expression]) -> exp.Expression:
    """``XOR`` where the database has none: an odd number of parts hold."""
    one, nothing = exp.Literal.number(1), exp.Literal.number(0)
    counted: exp.Expression | None = None
    for node in nodes:
        case = exp.Case(ifs=[exp.If(this=node.copy(), true=one.copy())], default=nothing.copy())
        counted = case if counted is None else exp.Add(this=counted, expression=case)
    assert counted is not None
    if len(nodes) > 2:
        counted = exp.Mod(this=exp.paren(counted, copy=False), expression=exp.Literal.number(2))
    either = exp.or_(*nodes, copy=False)
    return exp.And(this=exp.paren(either, copy=False), expression=exp.EQ(this=one, expression=counted))


MOST_PARTS = 10_000  # of one form of a statement


class Context:
    """What all queries of one statement share."""

    def __init__(self, engine: Engine, names: Names, lookups: Lookups, picks: Picks) -> None:
        self.engine = engine
        self.names = names
        self.lookups = lookups
        self.bindings = pieces.Bindings()
        self.tables = Tables()
        self.seen: set[int] = set()  # the query sets that were read, by identity
        self.picks = picks
        self.depth = 0
        self.parts = 0

    def spend(self, parts: int = 1) -> None:
        """Count a part of the statement: what is put together from itself, again and again, grows without end."""
        self.parts += parts
        if self.parts > MOST_PARTS:
            raise UnclearError("a very large query")


class Picks:
    """Which of several values is taken in one form of a statement; all forms are gone through, one after another."""

    def __init__(self) -> None:
        self.taken: dict[int, tuple[int, int]] = {}
        self.kept: list[object] = []  # what is named by identity

    def pick(self, choice: Value, count: int) -> int:
        """The place of the value to take."""
        if id(choice) not in self.taken:
            self.taken[id(choice)] = (0, count)
            self.kept.append(choice)
        return self.taken[id(choice)][0]

    def advance(self) -> bool:
        """Go on to the next form; False after the last."""
        for key in reversed(self.taken):
            place, count = self.taken[key]
            if place + 1 < count:
                self.taken[key] = (place + 1, count)
                behind = list(self.taken)[list(self.taken).index(key) + 1 :]
                for other in behind:
                    self.taken[other] = (0, self.taken[other][1])
                return True
        return False


class Draft(Joins):
    """A query on a model.

    Attributes:
        outer: the query around it; ``borrowed`` the columns of that one that it uses.
        columns: what is selected, by label; None for all columns of the model.
        labels: the names that ``values`` was given; None where rows are objects.
        annotations: by name; ``shown`` those that are selected.
        group: True to group by all that is selected, or what to group by; None for no grouping.
        related: what ``select_related`` brings along: nested names, True for all; None for nothing.
        masked: the only columns to load (names of fields), or those that are left out.
        combined: the set operation, and its queries.
        open: clauses that are not wholly known, ``reasons`` why.
    """

    def __init__(self, context: Context, model: Model, outer: Draft | None = None) -> None:
        super().__init__(context.names, model, context.tables)
        self.context = context
        self.outer = outer
        self.borrowed: list[Made] = []
        self.where = Clause()
        self.columns: list[tuple[str, Made]] | None = None
        self.labels: tuple[str, ...] | None = None
        self.annotations: dict[str, Made] = {}
        self.shown: list[str] = []
        self.hidden_conditions: dict[str, Value] = {}
        self.group: bool | list[Made] | None = None
        self.order: list[Word | Value] = []
        self.ordered_by_default = True
        self.turned = False
        self.distinct = False
        self.distinct_on: list[Word] = []
        self.low = 0
        self.high: int | None = None
        self.bounds: tuple[Value | None, Value | None] | None = None
        self.related: dict[str, object] | bool | None = None
        self.misrelated: FaultError | None = None  # a name that `select_related` cannot follow, once objects are asked
        self.masked: tuple[str, list[Word]] | None = None
        self.combined: tuple[str, list[Draft], bool] | None = None
        self.locked = False
        self.nothing = False
        self.open: set[ClauseName] = set()
        self.reasons: list[str] = []
        self.relations_counted: list[tuple[Word, frozenset[str], bool]] = []  # the last: a mean for each object
        self.source: QuerySet | None = None
        self.vague: set[str] = set()  # annotations that were not read
        self.vague_all = False
        self.sticky = False
        self.summing = False  # aggregates are taken of the rows of a query inside: annotations are its columns
        self.summed: list[str] = []
        self.plain = True  # nothing but conditions so far: those of ``history``
        self.history: list[Condition] = []
        self.loads: list[Load] = []
        self.prefetched: set[str] = set()

    @property
    def sliced(self) -> bool:
        """Whether a part was cut out of it."""
        return self.bounds is not None or self.high is not None or self.low > 0

    def unknown(self, word: Word, model: Model) -> None:
        names = self.context.names
        if word.text in self.vague or (self.vague_all and not names.is_slip(self.model, word.text, word.origin)):
            raise UnclearError(f"the annotation `{word.text}`")
        super().unknown(word, model)

    def select_key(self, field: Field | None) -> None:
        """Select what a column of a field is held against: the key, or what the field points at."""
        target = field.text("to_field") if field is not None else None
        self.columns = [("pk", self.reference(Word(target or "pk")))]
        self.labels, self.shown, self.related = ("pk",), [], None

    def unsure(self, reason: str, *clauses: ClauseName) -> None:
        """Mark clauses as not wholly known."""
        self.open.update(clauses)
        if reason not in self.reasons:
            self.reasons.append(reason)

    # Columns

    def column(self, alias: str, name: str, field: Field | None, origin: Origin | None, core: str = "") -> Made:
        """A column of a table of the query."""
        node = exp.Column(this=pieces.name(name, origin), table=pieces.name(alias))
        pieces.placed(node, origin)
        return Made(node, core or core_of(field), field, alias, kind="column")

    def last_origin(self, found: Found, fallback: Word) -> Origin | None:
        """Where the last field of a name is written."""
        return found.named[-1][0].origin if found.named else fallback.origin

    def reference(self, word: Word, reuse: set[str] | None = None) -> Made:
        """``F(name)``: an annotation or a column, with transforms."""
        held = self.annotations.get(word.text)
        if held is not None and self.summing:
            self.summed.append(word.text)
            return Made(exp.Column(this=pieces.name(word.text)), held.core, kind="value")
        if held is not None:
            return self.copied(held)
        parts = word.parts()
        held = self.annotations.get(parts[0].text)
        if held is not None:
            made = self.copied(held)
            return self.transformed(made, parts[1:])
        found, aliases = self.setup(parts, self.model, self.initial(), reuse)
        columns, alias, kept = self.trimmed(found, aliases)
        if reuse is not None:
            reuse.update(kept)
        name, field = columns[0]
        if len(columns) > 1:
            self.composite(found, alias)
        relation = isinstance(found.final, Way)
        core = "relation" if relation and found.rest else UNKNOWN
        made = self.column(alias, name, field, self.last_origin(found, word), core)
        return self.transformed(made, found.rest)

    def composite(self, found: Found, alias: str) -> None:
        """What leads to a key of several columns, which is not read; what stands behind it must be a lookup, though.

        Raises:
            FaultError: it is none.
            UnclearError: it is.
        """
        lookups = self.context.lookups
        if isinstance(found.final, Way) and found.rest and found.rest[0].text not in lookups.names("relation"):
            lookups.unsupported(self.column(alias, found.final.name, None, None, "relation"), found.rest)
        raise UnclearError("a composite key")

    def transformed(self, made: Made, rest: list[Word]) -> Made:
        """A value behind transforms."""
        for place, word in enumerate(rest):
            transforms = self.context.lookups.transforms(made.core)
            if word.text in transforms:
                made = self.context.lookups.transform(made, word)
            elif made.core == "JSONField":
                made = self.context.lookups.json_key(made, word)
            elif made.core == UNKNOWN:
                raise UnclearError(f"what `{word.text}` means for a value of this kind")
            else:
                self.context.lookups.unsupported(made, rest[place:])
        return made

    @staticmethod
    def copied(made: Made) -> Made:
        """The same value, to be put into the tree once more."""
        from verifier.api import replace

        return replace(made, node=made.node.copy())

    # Conditions

    def add(self, condition: Condition) -> None:
        """``filter`` with a condition."""
        inner = self.inner()
        clause, _ = self.grouped(condition, self.used)
        if clause.parts:
            self.where.parts.append(clause)
        self.demote(inner)

    def grouped(
        self,
        condition: Condition,
        reuse: set[str] | None,
        *,
        branch_negated: bool = False,
        current_negated: bool = False,
        split: bool = True,
        values: Draft | None = None,
    ) -> tuple[Clause, set[str]]:
        """The clause of a condition, and the joins that it needs to be inner ones."""
        current_negated ^= condition.negated
        branch_negated = branch_negated or condition.negated
        made = Clause(condition.connector, negated=condition.negated)
        promoter = Promoter(condition.connector, len(condition.parts), current_negated)
        for part in condition.parts:
            child: Clause
            needed: set[str]
            if isinstance(part, Condition):
                child, needed = self.grouped(
                    part, reuse, branch_negated=branch_negated, current_negated=current_negated, split=split,
                    values=values,
                )  # fmt: skip
            elif isinstance(part, tuple):
                child, needed = self.single(part[0], part[1], reuse, branch_negated, current_negated, split, values)
            else:
                child, needed = self.bare(part, reuse)
            promoter.vote(needed)
            if child.parts:
                made.parts.append(child)
        return made, promoter.decide(self)

    def bare(self, value: Value, reuse: set[str] | None) -> tuple[Clause, set[str]]:
        """A condition that is an expression."""
        from ._expressions import resolve

        made = resolve(self, value, reuse=reuse)
        if made.kind not in ("condition", "subquery") and made.core not in (
            UNKNOWN,
            "BooleanField",
            "NullBooleanField",
        ):
            raise FaultError(
                "wrong-value",
                value.origin,
                "A query is filtered by an expression that is no condition",
                "TypeError: Cannot filter against a non-conditional expression.",
            )
        return Clause(parts=[made]), set()

    def filters_windows(self) -> bool:
        """Whether the installed Django may take conditions on windows, as it does from 4.2 on."""
        versions = version_range(self.names.reader.project, "django")
        return versions is None or versions.maybe(">=4.2")

    def single(
        self,
        word: Word,
        value: Value,
        reuse: set[str] | None,
        branch_negated: bool,
        current_negated: bool,
        split: bool,
        values: Draft | None,
    ) -> tuple[Clause, set[str]]:
        """``name__lookup=value``."""
        from ._compare import compared, resolved

        parts = word.parts()
        held = self.annotations.get(parts[0].text)
        before = self.refs.copy()
        right = resolved(values if values is not None else self, value, reuse)
        used = {alias for alias, count in self.refs.items() if count > before.get(alias, 0)}
        if held is not None:
            if held.node.find(exp.Window) is not None and self.filters_windows():
                raise UnclearError("a condition on what a window gives, for which Django puts a query around this one")
            made, _, _ = compared(self, self.copied(held), parts[1:], right, word)
            return Clause(parts=[made]), set()
        alias = self.initial()
        try:
            found, aliases = self.setup(parts, self.model, alias, reuse, many=not branch_negated or not split)
        except ManyRowsError as way:
            return self.excluded(word, value, reuse, way.named, values)
        self.check_related(found, value, word)
        self.looked_up = aliases
        used.update(aliases)
        columns, alias, kept = self.trimmed(found, aliases)
        if reuse is not None:
            reuse.update(kept)
        if len(columns) > 1:
            self.composite(found, alias)
        name, field = columns[0]
        relation = isinstance(found.final, Way)
        origin = self.last_origin(found, word)
        left = self.column(alias, name, field, origin, "relation" if relation else "")
        made, lookup, known = compared(self, left, found.rest, right, word)
        clause = Clause(parts=[made])
        outer = lookup == "isnull" and known is True and not current_negated
        if current_negated and (lookup != "isnull" or known is False):
            outer = True
            if lookup != "isnull":
                nullable = bool(field is not None and field.flag("null")) or self.joins[kept[-1]].kind == "LEFT"
                if nullable:
                    clause.parts.append(is_null(self.column(alias, name, field, origin), absent=False))
                compared_field = right.made.field if right.made is not None and right.made.kind == "column" else None
                if right.made is not None and compared_field is not None and compared_field.flag("null"):
                    clause.parts.append(is_null(self.copied(right.made), absent=False))
        return clause, set() if outer else used

    def check_related(self, found: Found, value: Value, word: Word) -> None:
        """An object or query set of another model, for a relation.

        Raises:
            FaultError: it surely is one.
        """
        from ._compare import model_of_value

        way = found.final
        if not isinstance(way, Way) or (found.rest and found.rest[-1].text == "isnull"):
            return
        given = model_of_value(self, value)
        if given is None or related_models(given, way.target):
            return
        if way.field.primary_key and related_models(given, way.holder):
            return
        raise FaultError(
            "wrong-value",
            value.origin
            if value.origin is not None
            and value.origin.path in self.context.engine.project.files
            and word.origin is None
            else word.origin,
            f"`{word.text}` leads to `{way.target.name}`, and is compared with an object of `{given.name}`",
            f'ValueError: Cannot query "{given.name} object": Must be "{way.target.name}" instance.',
            f"Give it an object of `{way.target.name}`, or its key",
            way.target,
        )

    def excluded(
        self,
        word: Word,
        value: Value,
        reuse: set[str] | None,
        named: list[tuple[Word, list[Hop]]],
        values: Draft | None,
    ) -> tuple[Clause, set[str]]:
        """A condition on several rows inside a negation: no row may meet it, which takes a subquery."""
        inner = Draft(self.context, self.model, self)
        clause, needed = inner.single(word, value, inner.used, False, False, True, values or self)
        inner.where.parts.append(clause)
        inner.demote(needed)
        prefix, outer, column = inner.trim_start(named)
        table = inner.joins[column.table].table if column.table is not None else ""
        if reuse is not None and any(self.joins[alias].table == table for alias in reuse if alias in self.joins):
            shared = next(
                alias for alias in reversed(list(reuse)) if alias in self.joins and self.joins[alias].table == table
            )
            key = self.registry.key_of(inner.joins[column.table or ""].model or self.model)
            if key is None:
                raise UnclearError("a key that was not read")
            name = self.registry.column_of(key)
            here, there = inner.column(column.table or "", name, key, None), self.column(shared, name, key, None)
            inner.where.parts.append(Made(exp.EQ(this=here.node, expression=there.node), kind="condition"))
        else:
            far = self.reference(Word("__".join(part.text for part in prefix), word.origin), reuse)
            inner.borrowed.append(far)
            inner.where.parts.append(Made(exp.EQ(this=column.node, expression=far.node), kind="condition"))
        from ._render import exists

        made = Clause("OR", [Made(exists(inner), "BooleanField", kind="subquery", outer=tuple(inner.borrowed))])
        if outer:
            absent = Word("__".join([*(part.text for part in prefix), "isnull"]), word.origin)
            other, _ = self.single(absent, Const(True), reuse, True, True, True, None)
            made.parts.append(other)
        return made, set()

    def trim_start(self, named: list[tuple[Word, list[Hop]]]) -> tuple[list[Word], bool, Made]:
        """Cut the tables that the query around has, too: the way to them, whether one may lack a row, the column."""
        hops = [hop for _, own in named for hop in own]
        tables = [alias for alias in self.joins if alias in self.looked_up or alias == self.base]
        outer = False
        for place, hop in enumerate(hops):
            if hop.many:
                break
            outer = outer or self.joins[tables[place + 1]].kind == "LEFT"
            self.refs[tables[place]] -= 1
        last = len(hops) - 1
        left, prefix = last, []
        for word, own in named:
            if left - len(own) < 0:
                break
            prefix.append(word)
            left -= len(own)
        hop = hops[last]
        prefix.append(Word(hop.near_field.name if hop.near_field is not None else "pk"))
        if self.joins[tables[last + 1]].kind != "LEFT":
            self.refs[tables[last]] -= 1
            return prefix, outer, self.column(tables[last + 1], hop.far, hop.far_field, None)
        return prefix, outer, self.column(tables[last], hop.near, hop.near_field, None)


def is_null(made: Made, *, absent: bool) -> Made:
    """``IS NULL``, or ``IS NOT NULL``."""
    node: exp.Expression = exp.Is(this=made.node, expression=exp.Null())
    return Made(node if absent else exp.Not(this=node), "BooleanField", sources=(made,), kind="condition")


def related_models(one: Model, other: Model) -> bool:
    """Whether an object of a model may stand for one of another: they are one, or one derives from the other."""
    first, second = one.concrete(), other.concrete()
    return (
        first is second
        or first in second.lineage()
        or second in first.lineage()
        or (second in [base.concrete() for base in one.lineage()])
    )


def to_one(field: Field) -> bool:
    """Whether a field is a key of another row."""
    return field.core in TO_ONE


NOT_KNOWN = Unknown("a value of run time")
