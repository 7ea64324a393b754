"""One tree for both languages: what Python and JavaScript/TypeScript source says, without its spelling.

``parse`` lowers a tree-sitter tree into these nodes; the evaluator runs them. Everything that decides what a
program does with its routes, models and queries has a node; the rest becomes ``Opaque``, which names what was
left out. Positions are byte offsets into the file's UTF-8 text; ``SourceFile.span`` turns them into lines.

Nodes compare by identity. A ``Function`` lowers its body when the body is first asked for, because most bodies
of a large project are never needed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from inspect import get_annotations
from typing import Literal, TypeAlias

import msgspec

# Of annotations: what is a node, or several.
HOLDS = re.compile(r"\b(?!Literal\b|None\b)[A-Z]\w*")


class Node(msgspec.Struct, frozen=True, eq=False, gc=False):
    """A piece of source between two byte offsets."""

    start: int
    end: int


class Opaque(Node, frozen=True, eq=False, gc=False):
    """Source that has no node of its own; ``kind`` is the grammar's name for it."""

    kind: str


class Const(Node, frozen=True, eq=False, gc=False):
    """A literal: text, number, truth value or nothing (``None``, ``null``)."""

    value: str | int | float | bool | bytes | None


class Template(Node, frozen=True, eq=False, gc=False):
    """An f-string or template literal; the fixed parts are ``Const`` text, the holes are expressions."""

    parts: tuple[Expression, ...]


class Pattern(Node, frozen=True, eq=False, gc=False):
    """A regular expression literal, ``/source/flags``."""

    source: str
    flags: str


class Name(Node, frozen=True, eq=False, gc=False):
    """A name read or bound. ``this``, ``super`` and ``undefined`` are names too."""

    id: str


class Member(Node, frozen=True, eq=False, gc=False):
    """``object.name``."""

    object: Expression
    name: str


class Index(Node, frozen=True, eq=False, gc=False):
    """``object[index]``; several subscripts come as one tuple."""

    object: Expression
    index: Expression


class Slice(Node, frozen=True, eq=False, gc=False):
    """``start:stop:step`` inside a subscript."""

    lower: Expression | None
    upper: Expression | None
    step: Expression | None


class Keyword(Node, frozen=True, eq=False, gc=False):
    """``name=value`` in a call; the name is None for ``**value``."""

    name: str | None
    value: Expression


class Spread(Node, frozen=True, eq=False, gc=False):
    """``*value`` or ``...value``."""

    value: Expression


class Call(Node, frozen=True, eq=False, gc=False):
    """A call, or ``new callee(...)`` where ``new`` is set."""

    callee: Expression
    arguments: tuple[Expression | Spread | Keyword, ...]
    new: bool = False


class Tagged(Node, frozen=True, eq=False, gc=False):
    """A tagged template: ``tag`template```."""

    tag: Expression
    template: Expression


class Display(Node, frozen=True, eq=False, gc=False):
    """A list, tuple or set written out."""

    kind: Literal["list", "tuple", "set"]
    items: tuple[Expression | Spread, ...]


class Entry(Node, frozen=True, eq=False, gc=False):
    """One entry of a mapping; without a key it is a spread (``**other``, ``...other``)."""

    key: Expression | None
    value: Expression
    accessor: Literal["get", "set"] | None = None


class Mapping(Node, frozen=True, eq=False, gc=False):
    """A dict or object literal."""

    entries: tuple[Entry, ...]


class Unary(Node, frozen=True, eq=False, gc=False):
    """``operator operand``: ``not``, ``-``, ``typeof`` ... (``!`` is written ``not``)."""

    operator: str
    operand: Expression


class Binary(Node, frozen=True, eq=False, gc=False):
    """``left operator right``, comparisons too; a chained comparison becomes ``Logical`` ``and``."""

    operator: str
    left: Expression
    right: Expression


class Logical(Node, frozen=True, eq=False, gc=False):
    """``and``, ``or`` and ``??``."""

    operator: Literal["and", "or", "??"]
    left: Expression
    right: Expression


class Conditional(Node, frozen=True, eq=False, gc=False):
    """``then if test else other``; ``test ? then : other``."""

    test: Expression
    then: Expression
    other: Expression


class Await(Node, frozen=True, eq=False, gc=False):
    """``await value``."""

    value: Expression


class Yield(Node, frozen=True, eq=False, gc=False):
    """``yield value``; ``delegate`` for ``yield from`` and ``yield*``."""

    value: Expression | None
    delegate: bool = False


class Clause(Node, frozen=True, eq=False, gc=False):
    """``for target in iterable if ...`` of a comprehension."""

    target: Expression
    iterable: Expression
    conditions: tuple[Expression, ...]


class Comprehension(Node, frozen=True, eq=False, gc=False):
    """A list, set, dict or generator comprehension; ``key`` for a dict only."""

    kind: Literal["list", "set", "dict", "generator"]
    key: Expression | None
    element: Expression
    clauses: tuple[Clause, ...]


class Assign(Node, frozen=True, eq=False, gc=False):
    """An assignment, as statement or as expression.

    ``targets`` are names, members, subscripts or displays and mappings of them. ``value`` is None for a bare
    declaration (``x: int``, ``let x``). ``operator`` is ``+=`` and the like, ``=`` for a plain one. ``declares``
    is the JavaScript keyword that declares the target. ``static`` and ``decorators`` are those of a class field.
    """

    targets: tuple[Expression, ...]
    value: Expression | None
    annotation: Expression | None = None
    operator: str = "="
    declares: Literal["const", "let", "var"] | None = None
    static: bool = False
    decorators: tuple[Expression, ...] = ()


class Parameter(Node, frozen=True, eq=False, gc=False):
    """A parameter. ``target`` is a name, or a display or mapping that takes the argument apart.

    ``kind``: ``plain``, ``positional`` (before ``/``), ``keyword`` (after ``*``), ``rest`` (``*args``, ``...args``),
    ``keywords`` (``**kwargs``). ``field`` is set where TypeScript makes it an attribute (``private x: T``).
    """

    target: Expression
    annotation: Expression | None = None
    default: Expression | None = None
    kind: Literal["plain", "positional", "keyword", "rest", "keywords"] = "plain"
    field: bool = False

    @property
    def name(self) -> str:
        """The parameter's name, or nothing where it takes the argument apart."""
        return self.target.id if isinstance(self.target, Name) else ""


class Function:
    """A function, method, lambda or arrow. Its parameters, its declared result and its body are lowered on first use.

    Attributes:
        name: as declared, or as the variable or key that it is assigned to; empty for an anonymous one.
        qualified: name inside its file, as ``Class.method`` or ``outer.inner``.
        kind: what was written; ``arrow`` takes ``this`` from around it.
        decorators: outermost first, as written.
        static, accessor: of a method.
        start, end: byte offsets of the whole definition, decorators included.
    """

    __slots__ = (
        "_body",
        "_parameters",
        "_returns",
        "accessor",
        "decorators",
        "end",
        "is_async",
        "kind",
        "name",
        "qualified",
        "start",
        "static",
    )

    def __init__(
        self,
        start: int,
        end: int,
        name: str,
        qualified: str,
        kind: Literal["function", "method", "lambda", "arrow"],
        parameters: tuple[Parameter, ...] | Callable[[], tuple[Parameter, ...]],
        body: tuple[Statement, ...] | Callable[[], tuple[Statement, ...]],
        *,
        is_async: bool = False,
        returns: Expression | Callable[[], Expression | None] | None = None,
        decorators: tuple[Expression, ...] = (),
        static: bool = False,
        accessor: Literal["get", "set"] | None = None,
    ) -> None:
        self.start = start
        self.end = end
        self.name = name
        self.qualified = qualified
        self.kind = kind
        self._parameters = parameters
        self._body = body
        self.is_async = is_async
        self._returns = returns
        self.decorators = decorators
        self.static = static
        self.accessor = accessor

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The parameters, in order."""
        if not isinstance(self._parameters, tuple):
            self._parameters = self._parameters()
        return self._parameters

    @property
    def returns(self) -> Expression | None:
        """The declared type of the result."""
        if callable(self._returns):
            self._returns = self._returns()
        return self._returns

    @property
    def body(self) -> tuple[Statement, ...]:
        """The statements; an arrow or lambda with an expression body has one ``Return``."""
        if not isinstance(self._body, tuple):
            self._body = self._body()
        return self._body

    def __repr__(self) -> str:
        return f"Function({self.qualified or '<anonymous>'!r}, {self.start}..{self.end})"


class Class:
    """A class. ``body`` holds its statements: ``Assign`` for fields, ``Function`` for methods."""

    __slots__ = ("_body", "bases", "decorators", "end", "implements", "keywords", "kind", "name", "qualified", "start")

    def __init__(
        self,
        start: int,
        end: int,
        name: str,
        qualified: str,
        bases: tuple[Expression, ...],
        body: tuple[Statement, ...] | Callable[[], tuple[Statement, ...]],
        *,
        keywords: tuple[Keyword, ...] = (),
        decorators: tuple[Expression, ...] = (),
        implements: tuple[Expression, ...] = (),
        kind: Literal["class", "interface", "enum"] = "class",
    ) -> None:
        self.start = start
        self.end = end
        self.name = name
        self.qualified = qualified
        self.bases = bases
        self._body = body
        self.keywords = keywords
        self.decorators = decorators
        self.implements = implements
        self.kind = kind

    @property
    def body(self) -> tuple[Statement, ...]:
        """The statements of the class body, in order."""
        if not isinstance(self._body, tuple):
            self._body = self._body()
        return self._body

    def __repr__(self) -> str:
        return f"Class({self.qualified!r}, {self.start}..{self.end})"


class Evaluate(Node, frozen=True, eq=False, gc=False):
    """An expression as a statement."""

    value: Expression


class Return(Node, frozen=True, eq=False, gc=False):
    """``return value``."""

    value: Expression | None


class Raise(Node, frozen=True, eq=False, gc=False):
    """``raise value``, ``throw value``."""

    value: Expression | None


class If(Node, frozen=True, eq=False, gc=False):
    """``if``; ``elif`` chains nest in ``orelse``."""

    test: Expression
    body: tuple[Statement, ...]
    orelse: tuple[Statement, ...]


class For(Node, frozen=True, eq=False, gc=False):
    """A loop over ``iterable``; ``keys`` for JavaScript's ``for ... in``."""

    target: Expression
    iterable: Expression
    body: tuple[Statement, ...]
    orelse: tuple[Statement, ...] = ()
    is_async: bool = False
    keys: bool = False


class While(Node, frozen=True, eq=False, gc=False):
    """``while``, ``do`` and the three-part ``for``: what is set up, tested, done and stepped, in that order."""

    test: Expression | None
    body: tuple[Statement, ...]
    setup: tuple[Statement, ...] = ()
    step: tuple[Statement, ...] = ()


class Handler(Node, frozen=True, eq=False, gc=False):
    """``except types as name``, ``catch (name)``."""

    types: Expression | None
    name: Expression | None
    body: tuple[Statement, ...]


class Try(Node, frozen=True, eq=False, gc=False):
    """``try`` with its handlers."""

    body: tuple[Statement, ...]
    handlers: tuple[Handler, ...]
    orelse: tuple[Statement, ...]
    final: tuple[Statement, ...]


class WithItem(Node, frozen=True, eq=False, gc=False):
    """``value as target``."""

    value: Expression
    target: Expression | None


class With(Node, frozen=True, eq=False, gc=False):
    """``with`` and ``async with``."""

    items: tuple[WithItem, ...]
    body: tuple[Statement, ...]
    is_async: bool = False


class Case(Node, frozen=True, eq=False, gc=False):
    """One case: the values it compares with (none: the default), its guard, its statements.

    ``pattern`` is set where a Python pattern is more than a choice of values.
    """

    values: tuple[Expression, ...]
    guard: Expression | None
    body: tuple[Statement, ...]
    pattern: Opaque | None = None


class Switch(Node, frozen=True, eq=False, gc=False):
    """``match`` and ``switch``; ``falls`` where a case runs on into the next one."""

    subject: Expression
    cases: tuple[Case, ...]
    falls: bool


class Block(Node, frozen=True, eq=False, gc=False):
    """Statements in a scope of their own (JavaScript only)."""

    body: tuple[Statement, ...]


class Jump(Node, frozen=True, eq=False, gc=False):
    """``break`` or ``continue``."""

    kind: Literal["break", "continue"]


class Delete(Node, frozen=True, eq=False, gc=False):
    """``del targets``."""

    targets: tuple[Expression, ...]


class Outer(Node, frozen=True, eq=False, gc=False):
    """``global`` and ``nonlocal``."""

    names: tuple[str, ...]
    kind: Literal["global", "nonlocal"]


class ImportName(Node, frozen=True, eq=False, gc=False):
    """One name of an import. ``name`` is ``*`` for the whole module, ``default`` for a default import."""

    name: str
    local: str
    type_only: bool = False


class Import(Node, frozen=True, eq=False, gc=False):
    """An import statement.

    Python ``import a.b`` has the module and no names, with ``local`` the name bound (``a``, or the alias) and
    ``aliased`` telling whether the local name is the whole path. ``level`` counts leading dots. JavaScript's
    ``import x = require(...)`` has the name ``=``.
    """

    module: str
    names: tuple[ImportName, ...]
    level: int = 0
    local: str = ""
    aliased: bool = False
    type_only: bool = False


class Export(Node, frozen=True, eq=False, gc=False):
    """``export { names } from module``, ``export * as local from module``, ``export { names }``.

    In each name, ``name`` is what the source calls it, and ``local`` what the importer will. An exported
    declaration stays an ordinary statement, followed by an Export of its names; ``export default value`` is an
    ``Assign`` to the name ``*default*``, followed by an Export of it.
    """

    module: str | None
    names: tuple[ImportName, ...]
    type_only: bool = False


Expression: TypeAlias = (
    Opaque
    | Const
    | Template
    | Pattern
    | Name
    | Member
    | Index
    | Slice
    | Call
    | Tagged
    | Display
    | Mapping
    | Unary
    | Binary
    | Logical
    | Conditional
    | Await
    | Yield
    | Comprehension
    | Assign
    | Function
    | Class
    | Spread
)
Statement: TypeAlias = (
    Evaluate
    | Assign
    | Return
    | Raise
    | If
    | For
    | While
    | Try
    | With
    | Switch
    | Block
    | Jump
    | Delete
    | Outer
    | Import
    | Export
    | Function
    | Class
    | Opaque
)

Place: TypeAlias = Node | Function | Class  # what a call is blamed on


class Module(msgspec.Struct, frozen=True, eq=False):
    """A whole file. ``body`` are its top-level statements."""

    path: str
    body: tuple[Statement, ...]


@cache
def holding(kind: type[Node]) -> tuple[str, ...]:
    """The fields of a kind of node that may hold other nodes: all but texts, numbers and truth values."""
    written: dict[str, str] = {}
    for base in reversed(kind.__mro__):
        written |= get_annotations(base)
    return tuple(name for name in kind.__struct_fields__ if HOLDS.search(written[name]) is not None)


def nodes_in(found: object, *, inside: bool = True) -> Iterator[Node]:
    """All nodes of some code, each before those in it; those of functions and classes in it where ``inside`` is set."""
    waiting = [found]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Node):
            yield one
            waiting.extend([getattr(one, name) for name in holding(type(one))][::-1])
        elif type(one) is tuple:
            waiting.extend(one[::-1])
        elif inside and isinstance(one, Function):
            waiting.extend((*one.body, *one.decorators)[::-1])
        elif inside and isinstance(one, Class):
            waiting.extend(one.body[::-1])
