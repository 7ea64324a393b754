"""Values of one type where PostgreSQL wants another."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlglot import exp

from verifier.evaluate.values import Value
from verifier.hold.faults import Fault
from verifier.hold.levels import Bound
from verifier.hold.scopes import Scopes
from verifier.hold.types import Typed, type_of, type_of_column
from verifier.model import Span
from verifier.regex import regex

COMPARISONS: dict[type[exp.Expr], str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.GT: ">",
    exp.GTE: ">=",
    exp.LT: "<",
    exp.LTE: "<=",
}
WHOLE = regex(r"\s*[+-]?(?:\d+(?:_\d+)*|0x[0-9a-f]+|0o[0-7]+|0b[01]+)\s*", re.IGNORECASE)
FRACTION = regex(
    r"\s*[+-]?(?:\d[\d_]*\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*|\s*[+-]?(?:nan|inf|infinity)\s*|\s*0[xob][\da-f]+\s*",
    re.IGNORECASE,
)
UUID = regex(r"\s*\{?[0-9a-f]{4}-?(?:[0-9a-f]{4}-?){6}[0-9a-f]{4}\}?\s*", re.IGNORECASE)
TRUTHS = regex(r"\s*(?:t(?:r(?:ue?)?)?|f(?:a(?:l(?:se?)?)?)?|y(?:es?)?|n(?:o)?|on|off?|1|0)\s*", re.IGNORECASE)
# What PostgreSQL makes of a value by itself when it is stored.
STORED = {"number": {"number", "text"}, "boolean": {"boolean", "text"}, "moment": {"moment", "text"}}


def mismatch_faults(names: Scopes, tree: exp.Expression, values: tuple[Value, ...]) -> Iterator[Fault]:
    """What PostgreSQL refuses to compare or to store."""
    if not names.postgres:
        return
    for node in tree.find_all(exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.In, exp.Like, exp.ILike):
        if isinstance(node, exp.EQ) and isinstance(node.parent, exp.Update | exp.OnConflict | exp.When):
            yield from stored(names, node.this, node.expression, values)
        elif isinstance(node, exp.In):
            for item in node.expressions:
                yield from compared(names, node.this, item, "=", node, values)
        elif isinstance(node, exp.Like | exp.ILike):
            yield from matched(names, node, values)
        elif isinstance(node, exp.Binary):
            yield from compared(names, node.left, node.right, COMPARISONS[type(node)], node, values)
    inner: exp.Expr
    for inner in tree.find_all(exp.And, exp.Or, exp.Not, exp.Where, exp.Having):
        yield from conditions(names, inner, values)
    for inner in tree.find_all(exp.Lower, exp.Upper, exp.Sum, exp.Avg):
        yield from arguments(names, inner, values)
    for inner in tree.find_all(exp.Coalesce):
        for item in inner.expressions:
            yield from compared(names, inner.this, item, "", inner, values)
    for inserting in names.inserting:
        source, columns, given = inserting.source, inserting.columns, inserting.node.expression
        if source is None or columns is None or "values" in names.open or not isinstance(given, exp.Values):
            continue
        for row in given.expressions:
            if isinstance(row, exp.Tuple) and len(row.expressions) == len(columns):
                for name, value in zip(columns, row.expressions, strict=True):
                    known = source.columns.get(names.key(name))
                    if known is not None:
                        yield from stores(names, name.name, type_of_column(known.type), value, values, known.span)


def compared(
    names: Scopes,
    left: exp.Expr,
    right: exp.Expr,
    operator: str,
    node: exp.Expr,
    values: tuple[Value, ...],
) -> Iterator[Fault]:
    """Two values that are compared."""
    one, two = type_of(names, left, values), type_of(names, right, values)
    if one is None or two is None or (one.literal is not None and two.literal is not None):
        return
    for typed, other, side, place in ((one, two, left, right), (two, one, right, left)):
        if other.literal is not None:
            said = unreadable(typed, other.literal)
            if said is not None:
                title = side.sql() if not isinstance(side, exp.Column) else side.name
                yield Fault(
                    "type-mismatch",
                    place,
                    f"`{title}` is of the type {typed.name}, and '{other.literal}' is none",
                    said,
                    f"Compare `{title}` with a value of its own type",
                    places(names, side),
                )
            return
    if one.family == two.family or {one.family, two.family} & {"array", "binary"} or not operator:
        return
    if ("value" in left.meta or "value" in right.meta) and not names.strict:
        return
    yield Fault(
        "type-mismatch",
        node,
        f"PostgreSQL compares no {one.name} with a value of the type {two.name}",
        f"operator does not exist: {one.name} {operator} {two.name}",
        "Compare values of one type, or write CAST around one of them",
        (*places(names, left), *places(names, right)),
    )


def conditions(names: Scopes, node: exp.Expr, values: tuple[Value, ...]) -> Iterator[Fault]:
    """Numbers and texts where PostgreSQL wants a truth value."""
    sides = [node.this, node.args.get("expression")] if isinstance(node, exp.And | exp.Or) else [node.this]
    for side in sides:
        if not isinstance(side, exp.Column | exp.Literal) or "value" in side.meta:
            continue
        typed = type_of(names, side, values)
        if typed is None or typed.literal is not None or typed.family == "boolean":
            continue
        word = node.key.upper()
        yield Fault(
            "type-mismatch",
            side,
            f"{word} takes truth values, and `{side.sql()}` is of the type {typed.name}",
            f"argument of {word} must be type boolean, not type {typed.name}",
            f"Write the comparison that is meant, such as `{side.sql()} <> 0`",
            places(names, side),
        )


def arguments(names: Scopes, node: exp.Expr, values: tuple[Value, ...]) -> Iterator[Fault]:
    """Arguments of a type that a function does not take."""
    inner = node.this
    typed = type_of(names, inner, values) if isinstance(inner, exp.Column) else None
    texts = isinstance(node, exp.Lower | exp.Upper)
    if typed is None or typed.literal is not None:
        return
    if typed.family not in (
        ("number", "boolean", "moment", "uuid") if texts else ("boolean", "text", "uuid", "moment")
    ):
        return
    name = node.key.lower()
    yield Fault(
        "type-mismatch",
        inner,
        f"`{name}` takes {'texts' if texts else 'numbers'}, and `{inner.name}` is of the type {typed.name}",
        f"function {name}({typed.name}) does not exist",
        f"Write CAST({inner.name} AS {'TEXT' if texts else 'INTEGER'})",
        places(names, inner),
    )


def matched(names: Scopes, node: exp.Like | exp.ILike, values: tuple[Value, ...]) -> Iterator[Fault]:
    """A pattern that is looked for in what is no text."""
    typed = type_of(names, node.this, values)
    if typed is None or typed.literal is not None or typed.family in ("text", "binary"):
        return
    operator = "~~*" if isinstance(node, exp.ILike) else "~~"
    if node.args.get("negate") or isinstance(node.parent, exp.Not):
        operator = "!" + operator
    other = type_of(names, node.expression, values)
    shown = "text" if other is not None and other.literal is None else "unknown"
    yield Fault(
        "type-mismatch",
        node,
        f"LIKE looks for a pattern in texts, and this is of the type {typed.name}",
        f"operator does not exist: {typed.name} {operator} {shown}",
        "Write CAST(... AS TEXT) around it",
        places(names, node.this),
    )


def stored(names: Scopes, column: exp.Expr, value: exp.Expr, values: tuple[Value, ...]) -> Iterator[Fault]:
    """A value that a column is given by SET."""
    bound: Bound | None = names.bound.get(id(column))
    if bound is not None and bound.known is not None:
        yield from stores(names, column.name, type_of_column(bound.known.type), value, values, bound.known.span)


def stores(
    names: Scopes,
    column: str,
    wanted: Typed | None,
    value: exp.Expr,
    values: tuple[Value, ...],
    span: Span | None,
) -> Iterator[Fault]:
    """A value that a column is given."""
    given = type_of(names, value, values)
    if wanted is None or given is None or wanted.family == "array":
        return
    related = ((span, f"`{column}` is declared here"),) if span is not None else ()
    if given.literal is not None:
        said = unreadable(wanted, given.literal)
        if said is not None:
            yield Fault(
                "type-mismatch",
                value,
                f"`{column}` is of the type {wanted.name}, and '{given.literal}' is none",
                said,
                f"Give `{column}` a value of its own type",
                related,
            )
        return
    if (
        wanted.family == given.family
        or wanted.family in STORED.get(given.family, ())
        or "binary"
        in (
            wanted.family,
            given.family,
        )
    ):
        return
    yield Fault(
        "type-mismatch",
        value,
        f"`{column}` is of the type {wanted.name} and is given a value of the type {given.name}",
        f'column "{column}" is of type {wanted.name} but expression is of type {given.name}',
        f"Give `{column}` a value of its own type, or write CAST around this one",
        related,
    )


def unreadable(wanted: Typed, text: str) -> str | None:
    """What PostgreSQL says of a text in quotes that it cannot read as a type; None where it can, or may."""
    if wanted.family == "number" and (WHOLE if wanted.whole else FRACTION).fullmatch(text) is None:
        return f'invalid input syntax for type {wanted.name}: "{text}"'
    if wanted.family == "uuid" and UUID.fullmatch(text) is None:
        return f'invalid input syntax for type uuid: "{text}"'
    if wanted.family == "boolean" and TRUTHS.fullmatch(text) is None:
        return f'invalid input syntax for type boolean: "{text}"'
    return None


def places(names: Scopes, node: exp.Expr) -> tuple[tuple[Span, str], ...]:
    """Where a column is declared."""
    bound = names.bound.get(id(node))
    if bound is None or bound.known is None or bound.known.span is None:
        return ()
    return ((bound.known.span, f"`{bound.known.name}` is declared here"),)
