"""What tells the arguments of one call from those of another, for whoever remembers what calls gave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.evaluate.library import LibraryObject
from verifier.evaluate.values import (
    Choice,
    Class,
    Const,
    External,
    Field,
    Function,
    Instance,
    Term,
    Typed,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from verifier.evaluate.library import Call


def shape_of(value: Value) -> object:
    """What of an argument can change what a call does: constants by value, objects by identity."""
    if isinstance(value, Const):
        return (type(value.value), value.value)
    if isinstance(value, Term):
        return ("term", value.operator, *map(shape_of, value.operands))
    if isinstance(value, Field):
        return ("field", value.name, shape_of(value.holder))
    if isinstance(value, Typed):
        return ("unknown", value.type)
    if isinstance(value, Unknown):
        return "unknown"
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


def call_shape(made: Call) -> object:
    """What tells what one call gave from what another did."""
    callee = made.callee
    receiver = callee.receiver if isinstance(callee, External) else callee
    return (
        made.frame.module.path,
        made.node.start,
        shape_of(receiver) if receiver is not None else None,
        tuple(map(shape_of, made.arguments)),
        tuple((name, shape_of(value)) for name, value in made.keywords.items()),
    )
