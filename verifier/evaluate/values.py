"""The values that the evaluator computes with.

A value is known (``Const``), partly known (``Text``, an incomplete ``Sequence`` or ``Record``), one of several
(``Choice``), or ``Unknown`` with the reason. Objects of the project are ``Function``, ``Class``, ``Instance`` and
``ModuleValue``; what lies outside it is ``External``, named by its path (``flask.Flask``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Literal, NamedTuple

from verifier import syntax

if TYPE_CHECKING:
    from verifier.evaluate.library import Call
    from verifier.evaluate.modules import ModuleState

MOST_OPTIONS = 12
LONGEST_CHAIN = 200
LONGEST_TEXT = 20_000_000  # characters of a text that is put together
MOST_PIECES = 20_000  # of such a text

MOST_UNROLLED = 400  # items of a list that a loop is run for one by one


class Origin(NamedTuple):
    """Where in the project a value was written: a file and two byte offsets."""

    path: str
    start: int
    end: int

    def __deepcopy__(self, memo: object) -> Origin:
        return self  # trees are copied often, and each of their nodes has one


class Way(NamedTuple):
    """An arm of a branch that run time decides: ``test`` is its condition (or the statement); the first arm is 0."""

    test: Origin
    arm: int


class Value:
    """Any value. ``origin`` is where it was written, where that is known."""

    __slots__ = ("origin",)
    origin: Origin | None


class Unknown(Value):
    """A value that only run time knows; ``reason`` completes "depends on ..."."""

    __slots__ = ("reason",)

    def __init__(self, reason: str, origin: Origin | None = None) -> None:
        self.reason = reason
        self.origin = origin

    def __repr__(self) -> str:
        return f"Unknown({self.reason!r})"


class Typed(Unknown):
    """A value of which only run time knows more than its plain type: ``str``, ``int``, ``number``."""

    __slots__ = ("type",)

    def __init__(self, reason: str, type_: str, origin: Origin | None = None) -> None:
        super().__init__(reason, origin)
        self.type = type_

    def __repr__(self) -> str:
        return f"Typed({self.reason!r}, {self.type})"


class UnknownModule(Unknown):
    """A module that run time chooses, or something in one: what it is handed, it may register things on."""

    __slots__ = ()


class Environment(Unknown):
    """A variable of the environment, which a default written for it replaces."""

    __slots__ = ("variable",)

    def __init__(self, variable: str, origin: Origin | None = None) -> None:
        super().__init__(f"the environment variable `{variable}`", origin)
        self.variable = variable


class Const(Value):
    """Text, a number, a truth value or nothing."""

    __slots__ = ("value",)

    def __init__(self, value: str | int | float | bool | bytes | None, origin: Origin | None = None) -> None:
        self.value = value
        self.origin = origin

    def __repr__(self) -> str:
        return f"Const({self.value!r})"


class Joined(Const):
    """A string that was put together from several: ``pieces`` are these, each with the place where it was written."""

    __slots__ = ("pieces",)

    def __init__(self, value: str, pieces: tuple[Value, ...], origin: Origin | None = None) -> None:
        super().__init__(value, origin)
        self.pieces = pieces


class Fallback(Const):
    """Text that is written behind ``or``, ``||`` or ``??``: what counts where a setting is not given."""

    __slots__ = ()


class Excerpt(Const):
    """A part of a string, from an index on."""

    __slots__ = ("start", "whole")

    def __init__(self, whole: Const, start: int, stop: int) -> None:
        super().__init__(str(whole.value)[start:stop], whole.origin)
        self.whole = whole
        self.start = start


class OwnName(Const):
    """Python's ``__name__``. Compared with ``"__main__"`` it is equal: what a program does when started counts."""

    __slots__ = ()


class Text(Value):
    """A string of which some parts are known: the others are values that are not constants.

    ``pieces`` are the same parts with their places: each known one as the constant that it was written as.
    """

    __slots__ = ("parts", "pieces")

    def __init__(
        self, parts: tuple[str | Value, ...], origin: Origin | None = None, pieces: tuple[Value, ...] | None = None
    ) -> None:
        self.parts = parts
        self.origin = origin
        self.pieces: tuple[Value, ...] = (
            pieces if pieces is not None else tuple(Const(part) if isinstance(part, str) else part for part in parts)
        )

    def __repr__(self) -> str:
        return f"Text({self.parts!r})"


class Bound(Value):
    """What stands in a hole of a tagged template of a library: a value that the tag is given beside the text."""

    __slots__ = ("value",)

    def __init__(self, value: Value, origin: Origin | None = None) -> None:
        self.value = value
        self.origin = origin

    def __repr__(self) -> str:
        return f"Bound({self.value!r})"


class Sequence(Value):
    """A list, tuple, set or array. Where ``complete`` is false there may be further items, like ``element``."""

    __slots__ = ("complete", "element", "items", "kind")

    def __init__(
        self,
        items: Iterable[Value] = (),
        kind: Literal["list", "tuple", "set"] = "list",
        *,
        complete: bool = True,
        element: Value | None = None,
        origin: Origin | None = None,
    ) -> None:
        self.items = list(items)
        self.kind: Literal["list", "tuple", "set"] = kind
        self.complete = complete
        self.element = element
        self.origin = origin

    def __repr__(self) -> str:
        return f"Sequence({self.items!r}{'' if self.complete else ', ...'})"


class NamedItems(Sequence):
    """A tuple whose items have names, too."""

    __slots__ = ("names",)

    def __init__(self, names: Iterable[str], items: Iterable[Value], origin: Origin | None = None) -> None:
        super().__init__(items, "tuple", origin=origin)
        self.names = tuple(names)


class Record(Value):
    """A dict or object literal. Where ``complete`` is false there may be further entries.

    ``places`` says where a key was written, as far as known.
    """

    __slots__ = ("complete", "element", "entries", "places")

    def __init__(
        self,
        entries: dict[object, Value] | None = None,
        *,
        complete: bool = True,
        element: Value | None = None,
        origin: Origin | None = None,
    ) -> None:
        self.entries: dict[object, Value] = entries if entries is not None else {}
        self.places: dict[object, Origin] = {}
        self.complete = complete
        self.element = element
        self.origin = origin

    def __repr__(self) -> str:
        return f"Record({self.entries!r}{'' if self.complete else ', ...'})"


class Copy(Record):
    """A dict that was made of all that an object of a library holds; ``of`` is that object."""

    __slots__ = ("of",)

    def __init__(self, of: Instance) -> None:
        super().__init__(complete=False)
        self.of = of


class Scope:
    """Names bound in a function, class, block or module, and the scope around it."""

    __slots__ = ("block", "names", "outer", "parent")

    def __init__(self, parent: Scope | None = None, *, block: bool = False) -> None:
        self.names: dict[str, Value] = {}
        self.parent = parent
        self.block = block
        self.outer: dict[str, Scope] | None = None  # names that `global` and `nonlocal` hand to another scope

    def find(self, name: str) -> Scope | None:
        """The scope that binds a name."""
        scope: Scope | None = self
        while scope is not None:
            if scope.outer is not None and name in scope.outer:
                return scope.outer[name]
            if name in scope.names:
                return scope
            scope = scope.parent
        return None

    def function_scope(self) -> Scope:
        """The nearest scope that is no block."""
        scope = self
        while scope.block and scope.parent is not None:
            scope = scope.parent
        return scope


class Function(Value):
    """A function of the project, with what it closes over.

    Attributes:
        bound: the object whose method it is.
        owner: the class whose body defines it.
        decorators: names of the decorators that wrap it, outermost first.
        wraps: the function that this one was made around by a decorator or wrapper of the project.
        held: the first variable or key that was given it, in JavaScript.
    """

    __slots__ = ("attributes", "bound", "code", "decorators", "held", "module", "owner", "scope", "wraps")

    def __init__(
        self,
        code: syntax.Function,
        scope: Scope,
        module: ModuleState,
        *,
        bound: Value | None = None,
        owner: Class | None = None,
        decorators: tuple[str, ...] = (),
        wraps: Function | None = None,
        attributes: dict[str, Value] | None = None,
    ) -> None:
        self.code = code
        self.scope = scope
        self.module = module
        self.bound = bound
        self.owner = owner
        self.decorators = decorators
        self.wraps = wraps
        self.attributes: dict[str, Value] = attributes if attributes is not None else {}
        self.held: str | None = None
        self.origin = Origin(module.path, code.start, code.end)

    def bind(self, bound: Value) -> Function:
        """The same function as a method of an object; attributes are shared."""
        made = Function(
            self.code,
            self.scope,
            self.module,
            bound=bound,
            owner=self.owner,
            decorators=self.decorators,
            wraps=self.wraps,
            attributes=self.attributes,
        )
        made.held = self.held
        return made

    @property
    def name(self) -> str:
        """Qualified name in its file."""
        return self.code.qualified

    def __repr__(self) -> str:
        return f"Function({self.module.path}:{self.code.qualified})"


# Bases from outside that bring nothing of their own: what a class inherits comes from the others, wherever these stand.
BARE_BASES = frozenset(
    "object abc.ABC typing.Generic typing.Protocol typing_extensions.Generic typing_extensions.Protocol".split()
)


class Class(Value):
    """A class of the project. ``members`` are what its body bound; ``fields`` are set up anew in each instance."""

    __slots__ = ("__dict__", "bases", "code", "fields", "keywords", "members", "module", "scope")

    def __init__(self, code: syntax.Class, scope: Scope, module: ModuleState, bases: tuple[Value, ...]) -> None:
        self.code = code
        self.scope = scope
        self.module = module
        self.bases = bases
        self.keywords: dict[str, Value] = {}
        self.members: dict[str, Value] = {}
        self.fields: list[syntax.Assign] = []
        self.origin = Origin(module.path, code.start, code.end)

    @property
    def name(self) -> str:
        """The class's own name."""
        return self.code.name

    def lineage(self) -> Iterator[Value]:
        """The class, then its ancestors: near before far, each once.

        Ancestors outside the project come as they are, those that bring nothing of their own at the end.
        """
        seen: set[int] = set()
        waiting: list[Value] = [self]
        bare: list[Value] = []
        while waiting:
            found = waiting.pop(0)
            if id(found) in seen:
                continue
            seen.add(id(found))
            if isinstance(found, External) and found.path in BARE_BASES:
                bare.append(found)
                continue
            yield found
            if isinstance(found, Class):
                waiting = [*found.bases, *waiting] if len(found.bases) == 1 else [*waiting, *found.bases]
        yield from bare

    def __repr__(self) -> str:
        return f"Class({self.module.path}:{self.code.qualified})"


class Instance(Value):
    """An object. ``kind`` is its class of the project; ``path`` the library's class, where there is one.

    ``symbolic``: known by its type only; its constructor is run, on arguments known by their types, when an
    attribute is first missed (``built``). ``depth`` counts the undecided conditions under which it was made: what
    happens to it under no others surely happens, where the object exists at all. ``held`` is the first variable or
    key that was given it, in JavaScript. ``made_by`` is the call that gave it, with its arguments, where one did;
    ``passed_on`` the one that reached the library's constructor, where that of a project's class calls it.
    """

    __slots__ = ("attributes", "built", "depth", "held", "items", "kind", "made_by", "passed_on", "path", "symbolic")

    def __init__(
        self,
        kind: Class | None = None,
        path: str | None = None,
        *,
        symbolic: bool = False,
        origin: Origin | None = None,
    ) -> None:
        self.kind = kind
        self.path = path
        self.attributes: dict[str, Value] = {}
        self.items: dict[object, Value] = {}
        self.symbolic = symbolic
        self.built = not symbolic
        self.depth = 0
        self.held: str | None = None
        self.made_by: Call | None = None
        self.passed_on: Call | None = None
        self.origin = origin

    @property
    def type_name(self) -> str:
        """The class's name, as a reader would say it."""
        return self.kind.name if self.kind else (self.path or "object")

    def __repr__(self) -> str:
        return f"Instance({self.type_name})"


class Field(Instance):
    """An attribute that a class body declares by a call of a library, as read while functions are run.

    ``holder`` is the class or the object that it was read from, ``name`` the attribute, ``origin`` the word that
    names it. The rest is that of the declaration.
    """

    __slots__ = ("holder", "name")

    def __init__(self, holder: Value, name: str, declaration: Instance, origin: Origin | None = None) -> None:
        self.kind = declaration.kind
        self.path = declaration.path
        self.attributes = declaration.attributes
        self.items = declaration.items
        self.symbolic = declaration.symbolic
        self.built = declaration.built
        self.depth = declaration.depth
        self.held = declaration.held
        self.made_by = declaration.made_by
        self.passed_on = declaration.passed_on
        self.origin = origin
        self.holder = holder
        self.name = name

    @property
    def receiver(self) -> Value:
        """The class or object that it was read from, as of anything of a library."""
        return self.holder

    @property
    def of_class(self) -> bool:
        """Whether it was read from the class: it stands for a column then, and not for a row's value."""
        return isinstance(self.holder, Class)

    def __repr__(self) -> str:
        return f"Field({self.holder!r}.{self.name})"


class Term(Unknown):
    """An operation on something of a library, which that library would give a meaning: kept rather than computed.

    ``operator`` is as Python writes it (``==``, ``&``, ``not in``, ``is not``, ``[]``; ``neg`` for a sign).
    """

    __slots__ = ("operands", "operator", "path", "shape")

    def __init__(self, operator: str, operands: tuple[Value, ...], path: str, origin: Origin | None = None) -> None:
        super().__init__(f"the result of `{operator}`", origin)
        self.operator = operator
        self.operands = operands
        self.path = path
        self.shape: object = None  # once it is asked for

    def __repr__(self) -> str:
        return f"Term({self.operator}, {self.operands!r})"


def operand_path(value: Value) -> str | None:
    """The library's path of an operand that may bring operators of its own; None where the language's own hold."""
    if isinstance(value, Term | Field):
        return value.path
    if isinstance(value, Instance) and value.kind is None and value.made_by is not None:
        return value.path if getattr(value, "placed", type(value) is Instance) else None
    if isinstance(value, External) and isinstance(value.receiver, Class | Instance | Term):
        return value.path
    return None


class Parametrized(Value):
    """A type with type arguments: ``list[int]``, ``Annotated[X, ...]``, ``Promise<X>``."""

    __slots__ = ("arguments", "base")

    def __init__(self, base: Value, arguments: list[Value], origin: Origin | None = None) -> None:
        self.base = base
        self.arguments = arguments
        self.origin = origin

    def __repr__(self) -> str:
        return f"Parametrized({self.base!r}, {self.arguments!r})"


class Generator(Value):
    """What a generator function gives: the values that it yields."""

    __slots__ = ("items",)

    def __init__(self, items: Iterable[Value], origin: Origin | None = None) -> None:
        self.items = list(items)
        self.origin = origin

    def __repr__(self) -> str:
        return f"Generator({self.items!r})"


class ModuleValue(Value):
    """A module of the project, or a package folder without a file of its own (``state`` is None)."""

    __slots__ = ("directory", "state")

    def __init__(self, state: ModuleState | None, directory: str = "") -> None:
        self.state = state
        self.directory = directory
        self.origin = Origin(state.path, 0, 0) if state else None

    def __repr__(self) -> str:
        return f"ModuleValue({self.state.path if self.state else self.directory})"


class External(Value):
    """Something that a library offers, by its path: ``flask.Flask``, ``express.Router``, ``node:path.join``.

    ``receiver`` is the object that it was read from, where it was an object.
    """

    __slots__ = ("path", "receiver")

    def __init__(self, path: str, receiver: Value | None = None, origin: Origin | None = None) -> None:
        self.path = path
        self.receiver = receiver
        self.origin = origin

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition(".")[2]

    def __repr__(self) -> str:
        return f"External({self.path})"


class Native(Value):
    """A function that the evaluator itself provides; ``holder`` is the library's object whose method it is."""

    __slots__ = ("call", "holder", "name")

    def __init__(self, name: str, call: Callable[[Call], Value], holder: Value | None = None) -> None:
        self.name = name
        self.call = call
        self.holder = holder
        self.origin = None

    def __repr__(self) -> str:
        return f"Native({self.name})"


class Partial(Native):
    """A function some of whose arguments are given already (``functools.partial``)."""

    __slots__ = ("arguments", "function", "keywords")

    def __init__(
        self, function: Value, arguments: list[Value], keywords: dict[str, Value], call: Callable[[Call], Value]
    ) -> None:
        super().__init__(getattr(function, "name", "partial"), call)
        self.function = function
        self.arguments = arguments
        self.keywords = keywords


class Choice(Value):
    """One of several values; which, run time decides. Never nested, never of fewer than two.

    ``ways`` are the arms of branches that leave a name with each option; empty where that was not seen.
    """

    __slots__ = ("options", "ways")

    def __init__(self, options: tuple[Value, ...], ways: tuple[tuple[Way, ...], ...] = ()) -> None:
        self.options = options
        self.ways = ways
        self.origin = options[0].origin

    def ways_of(self, option: Value) -> tuple[Way, ...]:
        """The arms of branches that leave a name with an option."""
        for other, ways in zip(self.options, self.ways, strict=False):
            if other is option:
                return ways
        return ()

    def __repr__(self) -> str:
        return f"Choice({', '.join(map(repr, self.options))})"


class Pending(Value):
    """A name that an import binds, not looked up yet."""

    __slots__ = ("resolve",)

    def __init__(self, resolve: Callable[[], Value]) -> None:
        self.resolve = resolve
        self.origin = None


class Deferred(Pending):
    """A constant of a module whose value nothing has asked for yet; it is made once."""

    __slots__ = ("made", "make")

    def __init__(self, make: Callable[[], Value]) -> None:
        super().__init__(self.once)
        self.make = make
        self.made: Value | None = None

    def once(self) -> Value:
        """The value, made at the first call."""
        if self.made is None:
            self.made = Unknown("a constant that is made of itself")
            self.made = self.make()
        return self.made


NOTHING = Const(None)


def same(left: Value, right: Value) -> bool:
    """Whether two values need not be told apart."""
    if left is right:
        return True
    if type(left) is not type(right):
        return False
    if isinstance(left, Const) and isinstance(right, Const):
        return type(left.value) is type(right.value) and left.value == right.value
    if isinstance(left, External) and isinstance(right, External):
        return left.path == right.path and left.receiver is right.receiver
    if isinstance(left, Unknown) and isinstance(right, Unknown):
        if isinstance(left, Typed) or isinstance(right, Typed):
            return left.reason == right.reason and getattr(left, "type", "") == getattr(right, "type", "")
        return left.reason == right.reason and not isinstance(left, Term)
    if isinstance(left, Field) and isinstance(right, Field):
        return left.name == right.name and left.holder is right.holder
    if isinstance(left, Function) and isinstance(right, Function):
        return left.code is right.code and left.bound is right.bound and left.scope is right.scope
    return False


def is_vague(value: Value) -> bool:
    """Whether a declared type may tell more of a value: nothing is known of it, or only that some library made it."""
    if isinstance(value, Unknown):
        return True
    return type(value) is Instance and value.kind is None and not value.attributes and not value.items


def refined(value: Value, declared: Value) -> Value:
    """A vague value by what its declared type tells of it; of what a library made, only the project's classes do."""
    if isinstance(value, Unknown):
        return value if isinstance(declared, Unknown) else declared
    own = all(isinstance(option, Instance) and option.kind is not None for option in options(declared))
    return declared if own and is_vague(value) else value


def choice(values: Iterable[Value]) -> Value:
    """One value out of several: flat, without repeats; Unknown where there are too many."""
    found: list[Value] = []
    for value in values:
        for option in value.options if isinstance(value, Choice) else (value,):
            for other in found:
                if other is option or (type(other) is type(option) and same(option, other)):
                    break
            else:
                found.append(option)
                if len(found) > MOST_OPTIONS:  # there may be very many more
                    kept = fewer(found) or merged(found)
                    if kept is None:
                        return Unknown("one of many values")
                    found = kept
    if not found:
        return NOTHING
    return found[0] if len(found) == 1 else Choice(tuple(found))


def left_by(values: list[tuple[Value, Way]]) -> Value:
    """What the arms of a branch leave a name with, one value each."""
    found = choice(value for value, _ in values)
    if not isinstance(found, Choice):
        return found
    ways: list[tuple[Way, ...]] = []
    for option in found.options:
        arms = [(value, way) for value, way in values if any(same(one, option) for one in options(value))]
        value, way = arms[0] if len(arms) == 1 else (NOTHING, None)
        own = value.ways_of(option) if isinstance(value, Choice) else ()
        ways.append((*own, way) if way is not None else ())
    found.ways = tuple(ways)
    return found


def fewer(found: list[Value]) -> list[Value] | None:
    """Of very many forms of one chain of calls, the shortest and the longest; None for other values."""
    lengths: list[int] = []
    for value in found:
        length = chain_length(value)
        if length < 2:
            return None
        lengths.append(length)
    order = sorted(range(len(found)), key=lambda at: lengths[at])
    kept = {order[0], *order[-(MOST_OPTIONS // 3) :]}
    return [value for at, value in enumerate(found) if at in kept]


def merged(found: list[Value]) -> list[Value] | None:
    """Of very many forms of one list, the list of all that is in some of them; None for other values."""
    items: dict[int, Value] = {}
    others: list[Value] = []
    for value in found:
        if type(value) is not Sequence or value.kind != "list":
            return None
        items.update((id(item), item) for item in value.items)
        others += [value.element] if value.element is not None else []
    element = choice(others) if others else None
    return [Sequence(items.values(), complete=False, element=element, origin=found[0].origin)]


def chain_length(value: Value) -> int:
    """How many calls made a value, each on what the one before gave."""
    length = 0
    while isinstance(value, Instance) and value.made_by is not None and length < LONGEST_CHAIN:
        length += 1
        callee = value.made_by.callee
        if not isinstance(callee, External) or callee.receiver is None:
            break
        value = callee.receiver
    return length


def options(value: Value) -> tuple[Value, ...]:
    """The values that a value may be."""
    return value.options if isinstance(value, Choice) else (value,)


def truth(value: Value) -> bool | None:
    """Whether a condition holds; None where run time decides."""
    if isinstance(value, Const):
        return bool(value.value)
    if isinstance(value, Function | Class | Native | ModuleValue):
        return True
    if isinstance(value, Sequence) and value.complete:
        return bool(value.items)
    if isinstance(value, Choice):
        truths = {truth(option) for option in value.options}
        return truths.pop() if len(truths) == 1 else None
    return None


def text_of(value: Value | None) -> str | None:
    """The string that a value surely is."""
    return value.value if isinstance(value, Const) and isinstance(value.value, str) else None


def texts_of(value: Value | None) -> list[str] | None:
    """The strings that a value may be, where each is known: one, the options of a choice, the items of a list."""
    if isinstance(value, Sequence):
        if not value.complete:
            return None
        found: list[str] = []
        for item in value.items:
            inner = texts_of(item)
            if inner is None:
                return None
            found.extend(inner)
        return found
    if value is None:
        return None
    texts = [text_of(option) for option in options(value)]
    return [text for text in texts if text is not None] if all(text is not None for text in texts) else None


def fallback(value: Value | None) -> str | None:
    """The string that a value is where the settings that it depends on are not given; None where that is not known."""
    if isinstance(value, Text):
        parts = [fallback(piece) for piece in value.pieces]
        return "".join(part for part in parts if part is not None) if None not in parts else None
    found = [option for option in options(value) if isinstance(option, Fallback)] if value is not None else []
    if len(found) == 1 and all(isinstance(option, Unknown | Fallback) for option in options(value or NOTHING)):
        return str(found[0].value)
    return text_of(value)


def join_text(parts: Iterable[str | Value], origin: Origin | None = None) -> Value:
    """A string put together from known and unknown parts; one that grows without end is not known."""
    found: list[str | Value] = []
    known: list[str] = []  # what stands side by side behind the last part that is not known
    pieces: list[Value] = []
    length = 0
    for part in parts:
        if isinstance(part, str):
            own: tuple[Value, ...] = (Const(part),)
        elif isinstance(part, Text | Joined):
            own = part.pieces
        else:
            own = (part,)
        pieces.extend(own)
        for piece in own:
            if isinstance(piece, Const):
                known.append(plain(piece.value))
                length += len(known[-1])
            else:
                found += ["".join(known), piece] if known else [piece]
                known.clear()
        if length > LONGEST_TEXT or len(pieces) > MOST_PIECES:
            return Unknown("a very long text", origin)
    if not found:
        return Joined("".join(known), tuple(pieces), origin)
    if known:
        found.append("".join(known))
    return Text(tuple(found), origin, tuple(pieces))


def plain(value: object) -> str:
    """A constant as text."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value)


def reason_of(value: Value | None) -> str:
    """Why a value is not a known constant, in words that complete "depends on ..."."""
    if value is None:
        return "a missing argument"
    if isinstance(value, Unknown):
        return value.reason
    if isinstance(value, Bound):
        return reason_of(value.value)
    if isinstance(value, Text):
        return reason_of(next((part for part in value.parts if isinstance(part, Value)), None))
    if isinstance(value, Choice):
        return reason_of(next((option for option in value.options if not isinstance(option, Const)), value.options[0]))
    if isinstance(value, External):
        return f"`{value.path}`"
    if isinstance(value, Instance):
        return f"an object of `{value.type_name}`"
    if isinstance(value, Sequence | Record):
        return "a list or mapping that is filled at run time"
    return "a value that is no text"
