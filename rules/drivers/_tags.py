"""Tagged templates of SQL: values that are sent along, and the pieces of SQL among them."""

from __future__ import annotations

from verifier.api import Bound, Const, Instance, Joined, Text, Unknown, Value, reason_of, syntax

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
    made = value.made_by if type(value) is Instance else None
    if made is None:
        return (piece,)
    inner = made.argument(0)
    if isinstance(made.node, syntax.Tagged) and inner is not None:
        text = flattened(inner, depth + 1)
        return text.pieces if isinstance(text, Text | Joined) else (text,)
    path = (value.path or "").removesuffix("()")
    if path.rpartition(".")[2] in RAW and isinstance(inner, Const | Text):
        return inner.pieces if isinstance(inner, Text | Joined) else (inner,)
    return (
        Unknown(
            f"what `{path.rpartition('.')[2] or path}` makes of a value" if inner is not None else reason_of(value),
            piece.origin,
        ),
    )
