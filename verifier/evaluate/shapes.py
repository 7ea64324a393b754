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


def content_of(value: Value, depth: int = 0) -> object:
    """What a value holds, so that two that hold the same need not be looked at twice; lists by their items."""
    if depth > DEEPEST:
        return shape_of(value)
    if isinstance(value, Sequence):
        items = tuple(content_of(item, depth + 1) for item in value.items)
        return value.kind, value.complete, items, value.element and content_of(value.element, depth + 1)
    if isinstance(value, Record):
        entries = tuple((key, content_of(entry, depth + 1)) for key, entry in value.entries.items())
        return value.complete, entries, value.element and content_of(value.element, depth + 1)
    if isinstance(value, Choice):
        return tuple(content_of(option, depth + 1) for option in value.options)
    if isinstance(value, Term):
        return ("term", value.operator, *(content_of(operand, depth + 1) for operand in value.operands))
    if isinstance(value, Text):
        return tuple(part if isinstance(part, str) else content_of(part, depth + 1) for part in value.parts)
    if isinstance(value, Function):
        return value.code
    if isinstance(value, Const | Field | LibraryObject):
        return shape_of(value)
    if isinstance(value, External) and isinstance(value.receiver, Instance):
        return value.path, content_of(value.receiver, depth)
    if isinstance(value, Instance) and value.kind is None and not value.attributes:
        made = value.made_by
        return ("instance", value.path) if made is None or not made.kept else made.content
    return shape_of(value)


def call_content(made: Call) -> object:
    """What a call was made on and given, as a number that stands for it."""
    callee = made.callee
    receiver = callee.receiver if isinstance(callee, External) else callee
    key = (
        made.frame.module.path,
        made.node.start,
        made.node.end,
        made.name,
        content_of(receiver) if receiver is not None else None,
        tuple(map(content_of, made.arguments)),
        tuple((name, content_of(value)) for name, value in made.keywords.items()),
    )
    known = made.engine.contents
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
