"""SQL in tagged templates: text, with names, further SQL and values in it."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from verifier.evaluate.values import Bound, Const, Excerpt, Joined, Text, Value
from verifier.lift.pieces import Bindings, hole, name
from verifier.lift.texts import Role, lift_fragment
from verifier.model import Project

DEEPEST = 12


def lift_template(
    project: Project,
    text: Value,
    dialect: str,
    bindings: Bindings,
    expand: Callable[[Value], tuple[Value, ...] | None],
    make: Callable[[Value], exp.Expression | None],
    role: Role = "value",
) -> tuple[exp.Expression, ...]:
    """The expressions of a template.

    Args:
        expand: the pieces of text that a value in it stands for: a name, a template; None where it is no such thing.
        make: the expression that a value in it stands for; None where it is sent along.
    """
    whole = spliced(text, expand, 0)
    found = lift_fragment(project, whole, dialect, (), None, role=role, bindings=bindings)
    made: list[exp.Expression] = []
    for part in found:
        holder = exp.Tuple(expressions=[part])
        for node in list(holder.find_all(exp.Placeholder)):
            place = node.meta.get("value")
            value = bindings.values[place] if isinstance(place, int) else None
            if isinstance(value, Bound):
                value = value.value
            other = make(value) if value is not None else None
            if other is not None:
                node.replace(other)
        made.extend(holder.expressions)
    for part in made:
        part.pop()
    return tuple(made) or (hole("an empty text"),)


def in_quotes(value: Value, dialect: str, *, split: bool = True) -> tuple[Value, ...]:
    """A name that a library puts into SQL in quotes, as pieces of text; ``split``: its parts, which dots separate."""
    if not isinstance(value, Const) or not isinstance(value.value, str) or " " in value.value.strip():
        return (value,)  # `users as u` stays as it is written
    quote = "`" if dialect == "mysql" else '"'
    made: list[Value] = []
    start = 0
    for part in value.value.split(".") if split else [value.value]:
        found = Excerpt(value, start, start + len(part)) if split else value
        start += len(part) + 1
        made += [Const(".")] if made else []
        made += [Const(quote), found, Const(quote)] if is_quoted(part, quote) else [found]
    return tuple(made)


def is_quoted(part: str, quote: str) -> bool:
    """Whether a name has to stand in quotes to be read as it is."""
    return part not in ("", "*") and quote not in part and bool(name(part).args["quoted"])


def spliced(text: Value, expand: Callable[[Value], tuple[Value, ...] | None], depth: int) -> Value:
    """A text with the pieces that the values in it stand for."""
    if not isinstance(text, Text) or depth > DEEPEST:
        return text
    pieces: list[Value] = []
    for piece in text.pieces:
        inner = expand(piece.value) if isinstance(piece, Bound) else None
        if inner is None:
            pieces.append(piece)
            continue
        for other in inner:
            whole = spliced(other, expand, depth + 1)
            pieces.extend(whole.pieces if isinstance(whole, Text | Joined) else (whole,))
    parts = tuple(str(piece.value) if isinstance(piece, Const) else piece for piece in pieces)
    return Text(parts, text.origin, tuple(pieces))
