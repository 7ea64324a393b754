"""Tagged templates of SQL: values that are sent along, and the pieces of SQL among them."""

from __future__ import annotations

from verifier.api import Bound, Const, External, Instance, Joined, Text, Unknown, Value, syntax

DEEPEST = 8
RAW = ("raw", "unsafe")


def flattened(value: Value, depth: int = 0) -> Value:
    """A text whose holes are values to be sent along, or plain SQL: templates in it are taken apart."""
    if not isinstance(value, Text) or depth > DEEPEST:
        return value
    pieces = tuple(inner for piece in value.pieces for inner in taken_apart(piece, depth))
    return Text(tuple(part_of(piece) for piece in pieces), value.origin, pieces)


def part_of(piece: Value) -> str | Value:
    """A piece as a part of a text."""
    return str(piece.value) if isinstance(piece, Const) else piece


def taken_apart(piece: Value, depth: int) -> tuple[Value, ...]:
    """The pieces that one stands for."""
    if not isinstance(piece, Bound):
        return (piece,)
    value = piece.value
    made = value.made_by if isinstance(value, Instance) else None
    if made is None:
        return (piece,)
    inner = made.argument(0)
    if isinstance(made.node, syntax.Tagged) and inner is not None:
        text = flattened(inner, depth + 1)
        return text.pieces if isinstance(text, Text | Joined) else (text,)
    path = made.callee.path if isinstance(made.callee, External) else str(getattr(made.callee, "path", ""))
    name = path.rpartition(".")[2]
    if name in RAW and isinstance(inner, Const | Text):
        return inner.pieces if isinstance(inner, Text | Joined) else (inner,)
    return (Unknown(f"what `{name}` makes of a value", piece.origin),)
