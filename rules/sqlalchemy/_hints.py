"""Annotations of mapped attributes: ``Mapped[list["Comment"] | None]``, read from source so that names survive."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from verifier.api import (
    Choice,
    Class,
    Const,
    Engine,
    External,
    Frame,
    Instance,
    Native,
    Parametrized,
    Scope,
    Sequence,
    Unknown,
    Value,
    lower_annotation,
    syntax,
    text_of,
)

from ._drafts import call_of

UNIONS = frozenset({"Union", "Optional"})
CONTAINERS = frozenset({"Mapped", "DynamicMapped", "WriteOnlyMapped", "_MappedAnnotated", "Relationship"})
COLLECTIONS = frozenset(
    "list List set Set frozenset Sequence Collection Iterable MutableSequence MutableSet dict Dict Mapping tuple Tuple "
    "OrderingList InstrumentedList".split()
)
MAPPINGS = frozenset({"dict", "Dict", "Mapping", "MutableMapping"})
DEEPEST = 12


class Hint(NamedTuple):
    """A type: the value that its name has, if it has one, the name as written, and its arguments.

    A union has the name ``|``, nothing the name ``None``; a literal is ``Literal`` with its constants as arguments.
    """

    value: Value | None
    name: str
    arguments: tuple[Hint, ...] = ()

    @property
    def short(self) -> str:
        """The last part of the name."""
        return self.name.rpartition(".")[2]


NONE = Hint(None, "None")


def read_hint(engine: Engine, node: syntax.Expression, frame: Frame, depth: int = 0) -> Hint:
    """The type that an annotation names."""
    if depth > DEEPEST:
        return Hint(None, "")
    if isinstance(node, syntax.Const):
        if node.value is None:
            return NONE
        return read_text(engine, node.value, frame, depth) if isinstance(node.value, str) else Hint(None, "")
    if isinstance(node, syntax.Binary) and node.operator == "|":
        return union(read_hint(engine, part, frame, depth + 1) for part in (node.left, node.right))
    if isinstance(node, syntax.Index):
        head = read_hint(engine, node.object, frame, depth + 1)
        items = node.index.items if isinstance(node.index, syntax.Display) else (node.index,)
        short = head.short
        found: list[Hint] = []
        for place, item in enumerate(items):
            if short == "Literal" or (short == "Annotated" and place):
                found.append(Hint(engine.evaluate(item, frame), ""))
            else:
                found.append(read_hint(engine, item, frame, depth + 1))
        return with_arguments(head, tuple(found))
    if isinstance(node, syntax.Name | syntax.Member):
        return from_value(engine, engine.evaluate(node, frame), frame, dotted(node), depth + 1)
    return Hint(None, "")


def read_text(engine: Engine, text: str, frame: Frame, depth: int = 0) -> Hint:
    """A quoted type."""
    return read_hint(engine, lower_annotation(text, 0, 0), frame, depth + 1)


def from_value(engine: Engine, value: Value, frame: Frame, name: str = "", depth: int = 0) -> Hint:
    """A type that is a value already: an alias is taken apart."""
    if depth > DEEPEST:
        return Hint(None, "")
    if isinstance(value, Parametrized):
        head = from_value(engine, value.base, frame, "", depth + 1)
        found: list[Hint] = []
        for place, argument in enumerate(value.arguments):
            plain = head.short == "Literal" or (head.short == "Annotated" and place)
            found.append(Hint(argument, "") if plain else from_value(engine, argument, frame, "", depth + 1))
        return with_arguments(head, tuple(found))
    if isinstance(value, Choice):
        return union(from_value(engine, option, frame, "", depth + 1) for option in value.options)
    if isinstance(value, Const):
        if value.value is None:
            return NONE
        return read_text(engine, value.value, frame, depth) if isinstance(value.value, str) else Hint(value, "")
    if isinstance(value, Sequence):
        return Hint(value, name)
    if isinstance(value, Class):
        return Hint(value, value.name)
    if isinstance(value, Native):  # `int`, `str`
        return Hint(External(value.name), value.name)
    if isinstance(value, External):
        return Hint(value, value.name if value.path.startswith(("typing", "sqlalchemy")) else value.path)
    if isinstance(value, Unknown):
        return Hint(None, name)
    return Hint(value, name)


def with_arguments(head: Hint, arguments: tuple[Hint, ...]) -> Hint:
    """A type with type arguments; unions of all spellings become one."""
    if head.short == "Optional":
        return union((*arguments, NONE))
    if head.short == "Union":
        return union(arguments)
    return Hint(head.value, head.name, arguments)


def union(parts: Iterable[Hint]) -> Hint:
    """Any of some types."""
    found: list[Hint] = []
    for part in parts:
        found.extend(part.arguments if part.name == "|" else (part,))
    return found[0] if len(found) == 1 else Hint(None, "|", tuple(found))


def dotted(node: syntax.Expression) -> str:
    """A name as it is written."""
    if isinstance(node, syntax.Member):
        return f"{dotted(node.object)}.{node.name}"
    return node.id if isinstance(node, syntax.Name) else ""


def split_optional(hint: Hint) -> tuple[Hint, bool]:
    """A type without ``None``, and whether it had one; an alias inside ``Annotated`` counts too."""
    if hint.name == "|":
        kept = tuple(part for part in hint.arguments if part.name != "None")
        inner = kept[0] if len(kept) == 1 else Hint(None, "|", kept)
        return inner, len(kept) < len(hint.arguments) or any(split_optional(part)[1] for part in kept)
    if hint.short == "Annotated" and hint.arguments:
        inner, nullable = split_optional(hint.arguments[0])
        return Hint(hint.value, hint.name, (inner, *hint.arguments[1:])), nullable
    return hint, hint.name == "None"


def same_hint(left: Hint, right: Hint) -> bool:
    """Whether two types are one."""
    if len(left.arguments) != len(right.arguments):
        return False
    if not all(same_hint(one, other) for one, other in zip(left.arguments, right.arguments, strict=True)):
        return False
    one, other = left.value, right.value
    if isinstance(one, External) and isinstance(other, External):
        return one.path == other.path
    if isinstance(one, Const) and isinstance(other, Const):
        return one.value == other.value
    return one is other and (one is not None or left.name == right.name)


def new_type(hint: Hint, engine: Engine, frame: Frame) -> Hint | None:
    """The type behind a ``NewType``."""
    call = call_of(hint.value) if isinstance(hint.value, Instance) else None
    if call is None or not (hint.value.path or "").endswith("NewType"):  # type: ignore[union-attr]
        return None
    behind = call.argument(1)
    return from_value(engine, behind, frame) if behind is not None else None


def frame_of(cls: Class) -> Frame:
    """Where annotations of a class are read: its module, then the classes that its body defines."""
    scope = Scope(cls.scope)
    scope.names = {name: value for name, value in cls.members.items() if isinstance(value, Class)}
    return Frame(cls.module, scope, owner=cls)


def text_argument(hint: Hint) -> str | None:
    """The text of a literal's argument."""
    return text_of(hint.value)
