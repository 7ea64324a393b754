"""What tells the arguments of one call from those of another, for whoever remembers what calls gave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.evaluate.fetched import Cell
from verifier.evaluate.library import LibraryObject
from verifier.evaluate.values import (
    Choice,
    Class,
    Const,
    External,
    Field,
    Function,
    Instance,
    Record,
    Sequence,
    Term,
    Text,
    Typed,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from verifier.evaluate.library import Call

DEEPEST = 12  # how far lists and mappings are looked into


def shape_of(value: Value) -> object:
    """What of an argument can change what a call does: constants by value, objects by identity."""
    if isinstance(value, Const):
        return (type(value.value), value.value)
    if isinstance(value, Term):
        if value.shape is None:
            value.shape = numbered("term", value.operator, *map(shape_of, value.operands))
        return value.shape
    if isinstance(value, Field):
        return ("field", value.name, shape_of(value.holder))
    if isinstance(value, Typed):
        return ("unknown", value.type)
    if isinstance(value, Unknown):
        return "unknown" if not isinstance(value, Cell) else ("cell", value.row.shape(), value.key)
    if isinstance(value, External):
        return (
            value.path if not isinstance(value.receiver, Class | Instance) else (value.path, shape_of(value.receiver))
        )
    if isinstance(value, Choice):
        return tuple(shape_of(option) for option in value.options)
    if isinstance(value, Function):
        return (value.code, id(value.scope), id(value.bound))
    if isinstance(value, LibraryObject):
        return value.shape()
    if isinstance(value, Instance) and value.kind is None and not value.attributes:
        made = value.made_by
        return ("instance", value.path) if made is None or not made.kept else made.shape
    return id(value)


NUMBERS: dict[tuple[object, ...], int] = {}


def numbered(kind: str, *parts: object) -> object:
    """What stands for some parts, equal where they are: short however deep they nest, though they repeat themselves."""
    return kind, NUMBERS.setdefault((kind, *parts), len(NUMBERS))


class Contents:
    """What values hold, so that two that hold the same need not be looked at twice; lists by their items.

    Lists and mappings have numbers, and each is looked at once: they may hold each other many times over.
    """

    def __init__(self, numbers: dict[object, int]) -> None:
        self.numbers = numbers
        self.seen: dict[tuple[int, int], object] = {}

    def of(self, value: Value, depth: int = 0) -> object:
        """What one value holds."""
        if depth > DEEPEST:
            return shape_of(value)
        if isinstance(value, Sequence | Record | Choice | Term | Text):
            key = id(value), depth
            if key not in self.seen:
                parts = self.parts(value, depth + 1)
                self.seen[key] = ("parts", self.numbers.setdefault(parts, len(self.numbers)))
            return self.seen[key]
        if isinstance(value, Function):
            return value.code
        if isinstance(value, Const | Field | LibraryObject):
            return shape_of(value)
        if isinstance(value, External) and isinstance(value.receiver, Instance):
            return value.path, self.of(value.receiver, depth)
        if isinstance(value, Instance) and value.kind is None and not value.attributes:
            made = value.made_by
            return ("instance", value.path) if made is None or not made.kept else made.content
        return shape_of(value)

    def parts(self, value: Sequence | Record | Choice | Term | Text, depth: int) -> tuple[object, ...]:
        """What the parts of a value hold."""
        if isinstance(value, Sequence):
            items = [self.of(item, depth) for item in value.items]
            return "list", value.kind, value.complete, value.element and self.of(value.element, depth), *items
        if isinstance(value, Record):
            entries = [(key, self.of(entry, depth)) for key, entry in value.entries.items()]
            return "mapping", value.complete, value.element and self.of(value.element, depth), *entries
        if isinstance(value, Choice):
            return "choice", *(self.of(option, depth) for option in value.options)
        if isinstance(value, Term):
            return "term", value.operator, *(self.of(operand, depth) for operand in value.operands)
        return "text", *(part if isinstance(part, str) else self.of(part, depth) for part in value.parts)


def call_content(made: Call) -> object:
    """What a call was made on and given, as a number that stands for it."""
    callee = made.callee
    receiver = callee.receiver if isinstance(callee, External) else callee
    known = made.engine.contents
    contents = Contents(known)
    key = (
        made.frame.module.path,
        made.node.start,
        made.node.end,
        made.name,
        contents.of(receiver) if receiver is not None else None,
        tuple(map(contents.of, made.arguments)),
        tuple((name, contents.of(value)) for name, value in made.keywords.items()),
    )
    return ("call", known.setdefault(key, len(known)))


def call_shape(made: Call) -> object:
    """What tells what one call gave from what another did."""
    callee = made.callee
    receiver = callee.receiver if isinstance(callee, External) else callee
    return numbered(
        "call",
        made.frame.module.path,
        made.node.start,
        shape_of(receiver) if receiver is not None else None,
        tuple(map(shape_of, made.arguments)),
        tuple((name, shape_of(value)) for name, value in made.keywords.items()),
    )
