"""What is stored in a column or computed by an expression, as far as PostgreSQL tells types apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from sqlglot import exp

from verifier.datamodel import ColumnType, TypeKind
from verifier.evaluate.values import Const, Value
from verifier.evaluate.values import Typed as Plain
from verifier.hold.scopes import Scopes

# Kinds of types that compare with each other; what is not here is not judged.
FAMILIES: Mapping[TypeKind, str] = {
    "smallint": "number",
    "integer": "number",
    "bigint": "number",
    "float": "number",
    "numeric": "number",
    "boolean": "boolean",
    "string": "text",
    "text": "text",
    "date": "moment",
    "datetime": "moment",
    "uuid": "uuid",
    "binary": "binary",
    "array": "array",
}
WHOLE = frozenset({"smallint", "integer", "bigint"})
TEXTS = (
    exp.Lower, exp.Upper, exp.Concat, exp.ConcatWs, exp.Trim, exp.Substring, exp.DPipe, exp.GroupConcat, exp.Initcap,
)  # fmt: skip
NUMBERS = (exp.Count, exp.Sum, exp.Avg, exp.Length, exp.Abs, exp.Round, exp.Floor, exp.Ceil)
CASTS: Mapping[str, tuple[str, str]] = {
    "INT": ("number", "integer"),
    "BIGINT": ("number", "bigint"),
    "SMALLINT": ("number", "smallint"),
    "DECIMAL": ("number", "numeric"),
    "DOUBLE": ("number", "double precision"),
    "FLOAT": ("number", "real"),
    "TEXT": ("text", "text"),
    "VARCHAR": ("text", "character varying"),
    "BOOLEAN": ("boolean", "boolean"),
    "UUID": ("uuid", "uuid"),
    "DATE": ("moment", "date"),
    "TIMESTAMP": ("moment", "timestamp without time zone"),
    "TIMESTAMPTZ": ("moment", "timestamp with time zone"),
}
NAMES: Mapping[str, str] = {
    "smallint": "smallint",
    "integer": "integer",
    "bigint": "bigint",
    "float": "double precision",
    "numeric": "numeric",
    "boolean": "boolean",
    "string": "character varying",
    "text": "text",
    "date": "date",
    "uuid": "uuid",
    "binary": "bytea",
}


class Typed(NamedTuple):
    """The type of an expression.

    ``name`` is PostgreSQL's; ``whole``: numbers without a fraction. ``literal``: a constant in quotes, which takes the
    type of what it is compared with.
    """

    family: str
    name: str
    whole: bool = False
    literal: str | None = None


def type_of_column(found: ColumnType | None) -> Typed | None:
    """The type of a column; None where it is not judged."""
    if found is None:
        return None
    family = FAMILIES.get(found.kind)
    if family is None:
        return None
    if found.kind == "datetime":
        if found.timezone is None:
            return Typed(family, "timestamp without time zone")
        return Typed(family, f"timestamp {'with' if found.timezone else 'without'} time zone")
    if found.kind == "array":
        items = type_of_column(found.items)
        return Typed(family, f"{items.name}[]") if items is not None else None
    return Typed(family, NAMES[found.kind], found.kind in WHOLE)


def type_of(names: Scopes, node: exp.Expr, values: tuple[Value, ...], depth: int = 0) -> Typed | None:
    """The type of an expression; None where it is not known."""
    while isinstance(node, exp.Paren):
        node = node.this
    if depth > 8 or "hole" in node.meta:
        return None
    if "value" in node.meta:
        place = node.meta["value"]
        return type_of_value(values[place], strict=names.strict) if place < len(values) else None
    if isinstance(node, exp.Literal):
        if node.is_string:
            return Typed("text", "text", literal=node.name)
        return Typed("number", "integer" if node.name.isdigit() else "numeric", node.name.isdigit())
    if isinstance(node, exp.Boolean):
        return Typed("boolean", "boolean")
    if isinstance(node, exp.Column):
        bound = names.bound.get(id(node))
        if bound is None or bound.known is None:
            return None
        if isinstance(bound.known.node, exp.Expr):
            return type_of(names, bound.known.node, values, depth + 1) if bound.source.kind == "query" else None
        return type_of_column(bound.known.type)
    if isinstance(node, exp.Cast):
        to = node.args.get("to")  # which may be a hole
        if not isinstance(to, exp.DataType) or not isinstance(to.this, exp.DataType.Type) or to.expressions:
            return None
        found = CASTS.get(to.this.name)
        return Typed(*found, found[1] in ("integer", "bigint", "smallint")) if found is not None else None
    if isinstance(node, TEXTS):
        return Typed("text", "text")
    if isinstance(node, NUMBERS):
        return Typed("number", "bigint" if isinstance(node, exp.Count) else "numeric", isinstance(node, exp.Count))
    if isinstance(node, exp.Max | exp.Min | exp.Coalesce):
        inner = type_of(names, node.this, values, depth + 1)
        return inner if inner is not None and inner.literal is None else None
    if isinstance(node, exp.CurrentTimestamp | exp.CurrentDate):
        date = isinstance(node, exp.CurrentDate)
        return Typed("moment", "date" if date else "timestamp with time zone")
    if isinstance(node, exp.Subquery):
        output = next((given for inner, given in names.inner if inner is node), None)
        if output is None or output.open or len(output.columns) != 1:
            return None
        known = output.columns[0][1]
        if isinstance(known.node, exp.Expr):
            return type_of(names, known.node, values, depth + 1)
        return type_of_column(known.type)
    if isinstance(node, exp.Exists):
        return Typed("boolean", "boolean")
    if isinstance(node, exp.Predicate | exp.And | exp.Or | exp.Not) and not isinstance(node, exp.SubqueryPredicate):
        return Typed("boolean", "boolean")
    return None


def type_of_value(value: Value, *, strict: bool = False) -> Typed | None:
    """The type of what a placeholder is given: only that of a text is told, since drivers send numbers in many ways.

    ``strict``: the driver sends it as a text, where others leave it to the database what it is.
    """
    if isinstance(value, Const) and isinstance(value.value, str):
        return Typed("text", "text", literal=value.value)
    if strict and isinstance(value, Plain) and value.type == "str":
        return Typed("text", "character varying")
    return None
