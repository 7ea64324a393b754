"""Operators between expressions, and conditions."""

from __future__ import annotations

from sqlglot import exp

from verifier.api import (
    Choice,
    Const,
    Field,
    Instance,
    Origin,
    Record,
    Sequence,
    Term,
    Unknown,
    Value,
    pieces,
    reason_of,
    text_of,
)

from . import _queries_notes as notes
from . import _queries_nouns as nouns
from . import _queries_relations as relations
from . import _queries_select as selects
from . import _queries_sources as sources
from . import _queries_values as values
from ._queries_state import Lift

COMPARISONS: dict[str, type[exp.Expression]] = {
    "==": exp.EQ,
    "!=": exp.NEQ,
    "<": exp.LT,
    "<=": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
}


REVERSED: dict[type[exp.Expression], type[exp.Expression]] = {
    exp.EQ: exp.NEQ,
    exp.NEQ: exp.EQ,
    exp.LT: exp.GTE,
    exp.LTE: exp.GT,
    exp.GT: exp.LTE,
    exp.GTE: exp.LT,
}


ARITHMETIC: dict[str, type[exp.Expression]] = {
    "+": exp.Add,
    "-": exp.Sub,
    "*": exp.Mul,
    "/": exp.Div,
    "//": exp.Div,
    "%": exp.Mod,
}


PYTHON = frozenset({"is", "is not", "not", "and", "or", "in", "not in"})


TEXTS = frozenset({"string", "text", "enum"})


def term(lift: Lift, value: Term) -> object:
    """An operation that the library gives a meaning."""
    operator = value.operator
    if operator in PYTHON:
        return by_python(lift, value)
    if operator in ("&", "|"):
        sides = [condition(lift, one) for one in value.operands]
        return both(exp.And if operator == "&" else exp.Or, sides)
    if operator == "~":
        return negated(condition(lift, value.operands[0]))
    if operator == "neg":
        return exp.Neg(this=grouped(values.expression(lift, value.operands[0])))
    if operator == "+" and len(value.operands) == 1:
        return values.expression(lift, value.operands[0])
    if operator == "[]":
        return item(lift, value)
    left, right = value.operands
    if operator in COMPARISONS:
        return compared(lift, operator, left, right, value.origin)
    return calculated(lift, operator, values.expression(lift, left), values.expression(lift, right), value.origin)


def calculated(
    lift: Lift, operator: str, left: exp.Expression, right: exp.Expression, at: Origin | None
) -> exp.Expression:
    """Arithmetic; ``+`` of texts puts them together."""
    made = ARITHMETIC.get(operator)
    if made is None:
        return lift.unknown(f"the operator `{operator}`", at)
    if operator == "+" and (is_text(left) or is_text(right)):
        first = left if isinstance(left, exp.DPipe) else grouped(left)
        node: exp.Expression = exp.DPipe(this=first, expression=grouped(right), safe=True)
        node.meta["type"] = left.meta.get("type") or right.meta.get("type")
    elif operator == "/":
        typed = exp.Cast(this=right, to=exp.DataType.build("numeric"))
        node = exp.Div(this=grouped(left), expression=typed if is_whole(left) and is_whole(right) else grouped(right))
    else:
        node = made(this=grouped(left), expression=grouped(right))
        if sources.kind_of(left) in ("integer", "bigint", "smallint", "numeric", "float"):
            node.meta["type"] = left.meta.get("type")
    return pieces.placed(node, at)


def is_text(node: exp.Expression) -> bool:
    """Whether an expression is text."""
    return sources.kind_of(node) in TEXTS or isinstance(node, exp.DPipe)


def is_whole(node: exp.Expression) -> bool:
    """Whether an expression is a whole number."""
    number = isinstance(node, exp.Literal) and not node.is_string and "." not in node.name
    return number or sources.kind_of(node) in ("integer", "bigint", "smallint") or isinstance(node, exp.Count)


def compared(lift: Lift, operator: str, left: Value, right: Value, at: Origin | None) -> object:
    """A comparison; one with nothing asks whether there is nothing, one of a relationship compares its keys."""
    one, other = values.resolve(lift, left), lift.decide(right)
    if isinstance(one, values.Rel):
        return relations.compared(lift, one, operator, other, at)
    if (
        isinstance(one, values.Proxy)
        and operator in ("==", "!=")
        and not (isinstance(other, Const) and other.value is None)
    ):
        node = values.expression(lift, other)
        return relations.by_proxy(lift, one, lambda column: comparison(operator, column, node, at))
    two = values.resolve(lift, other)
    if isinstance(two, values.Rel):
        return relations.compared(lift, two, operator, lift.decide(left), at)
    return comparison(operator, values.as_expression(lift, one, left), values.as_expression(lift, two, other), at)


def comparison(operator: str, left: exp.Expression, right: exp.Expression, at: Origin | None) -> exp.Expression:
    """The same, of two expressions."""
    for one, other in ((left, right), (right, left)):
        if isinstance(other, exp.Null) and operator in ("==", "!="):
            found: exp.Expression = exp.Is(this=grouped(one), expression=other)
            return pieces.placed(exp.Not(this=found) if operator == "!=" else found, at)
    return pieces.placed(COMPARISONS[operator](this=grouped(left), expression=grouped(right)), at)


def grouped(node: exp.Expression) -> exp.Expression:
    """An operand, in parentheses where SQL would read it otherwise."""
    if isinstance(node, exp.Alias):
        node = node.this
    return (
        exp.Paren(this=node)
        if isinstance(node, exp.Binary | exp.Not | exp.Between | exp.In) and not is_atom(node)
        else node
    )


def is_atom(node: exp.Expression) -> bool:
    """Whether an operation needs no parentheses."""
    return isinstance(node, exp.Dot | exp.JSONExtract | exp.JSONExtractScalar)


def both(kind: type[exp.And] | type[exp.Or], sides: list[exp.Expression]) -> exp.Expression:
    """Conditions put together, flat."""
    kept = [side for side in sides if not is_neutral(kind, side)]
    if not kept:
        return exp.Boolean(this=kind is exp.And) if not sides else sides[0]
    found = kept[0]
    for side in kept[1:]:
        found = kind(this=wrapped(kind, found), expression=wrapped(kind, side))
    return found


def is_neutral(kind: type[exp.And] | type[exp.Or], side: exp.Expression) -> bool:
    """Whether a condition adds nothing: ``true`` to AND, ``false`` to OR."""
    return isinstance(side, exp.Boolean) and bool(side.this) is (kind is exp.And)


def wrapped(kind: type[exp.And] | type[exp.Or], side: exp.Expression) -> exp.Expression:
    """A side of AND or OR, in parentheses where the other binds it."""
    return exp.Paren(this=side) if isinstance(side, exp.Connector) and not isinstance(side, kind) else side


def negated(node: exp.Expression) -> exp.Expression:
    """NOT of a condition, as the library writes it: a comparison is turned round."""
    if isinstance(node, exp.Paren):
        node = node.this
    if isinstance(node, exp.Not):
        inner: exp.Expression = node.this
        return inner
    turned = REVERSED.get(type(node))
    if turned is not None:
        made = turned(**node.args)
        made.meta.update(node.meta)
        return made
    if isinstance(node, exp.Boolean):
        return exp.Boolean(this=not node.this)
    return exp.Not(this=exp.Paren(this=node) if isinstance(node, exp.Connector) else node)


def condition(lift: Lift, value: Value) -> exp.Expression:
    """A condition."""
    return as_condition(lift, values.resolve(lift, value), value)


def as_condition(lift: Lift, found: object, value: Value | None) -> exp.Expression:
    """The same, of what was resolved; text in its place is SQL."""
    if isinstance(found, nouns.Raw):
        return found.condition(lift)
    if isinstance(found, values.Rel):
        return relations.condition_of(lift, found)
    node = values.as_expression(lift, found, value)
    plain = lift.decide(value) if value is not None else None
    if (
        isinstance(node, exp.Placeholder)
        and isinstance(plain, Unknown | Instance | Choice)
        and not isinstance(plain, Field)
    ):
        return lift.unknown(reason_of(plain), plain.origin)
    if isinstance(plain, Sequence | Record):
        return lift.unknown("a list, which stands where a condition does", plain.origin)
    return node


def by_python(lift: Lift, value: Term) -> exp.Expression:
    """An operator that Python answers by itself, which the library never hears of."""
    found = [values.resolve(lift, operand) for operand in value.operands]
    asked = found[1:] if value.operator in ("in", "not in") and not is_sql(found[0]) else found[:1]
    if not any(map(is_sql, asked)):
        return values.bound(lift, value)
    if value.origin is not None:
        lift.defects.append(notes.python_operator(lift, value, value.origin))
    return lift.unknown(f"Python's `{value.operator}`", value.origin)


def is_sql(found: object) -> bool:
    """Whether what was resolved is a part of a statement, and no plain value."""
    if isinstance(found, values.Rel):
        return True
    return isinstance(found, exp.Expression) and found.find(exp.Column, exp.Exists) is not None


def item(lift: Lift, value: Term) -> object:
    """``column["key"]``: an entry of JSON or of an array; a part of a query's rows."""
    base = values.resolve(lift, value.operands[0])
    key = lift.decide(value.operands[1])
    if isinstance(base, nouns.Selection):
        return selects.sliced(lift, base, key)
    if isinstance(base, values.Group):
        name = text_of(key)
        if name is not None:
            return values.of_group(lift, base, name, key.origin)
        return lift.unknown("a column that is decided at run time", value.origin)
    node = values.as_expression(lift, base, value.operands[0])
    if isinstance(key, Sequence):
        return exp.JSONExtract(this=node, expression=values.bound(lift, key), only_json_types=True)
    inner = values.expression(lift, key)
    if sources.kind_of(node) == "array":
        return exp.Bracket(this=node, expressions=[inner])
    return exp.JSONExtract(this=node, expression=inner, only_json_types=True)


def as_text(node: exp.Expression) -> exp.Expression:
    """``.astext``: ``->>`` in place of ``->``."""
    if isinstance(node, exp.JSONExtract):
        return exp.JSONExtractScalar(this=node.this, expression=node.expression, only_json_types=True)
    return node
