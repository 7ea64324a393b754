"""Expressions: ``F``, ``Q``, aggregates, functions, cases and subqueries as values of a query."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from sqlglot import exp

from verifier.api import (
    Call,
    Choice,
    Const,
    External,
    Instance,
    Sequence,
    Term,
    Unknown,
    Value,
    pieces,
    reason_of,
    replace,
    text_of,
)

from ._compare import bound, is_query
from ._draft import Condition, Draft
from ._faults import UnclearError, keyword, text_word
from ._fields import core_of as field_core
from ._lookups import UNKNOWN, Made
from ._managers import Manager, QuerySet

if TYPE_CHECKING:
    pass

HOMES = ("django.db.models", "django.contrib.postgres", "django.contrib.gis.db.models")
CONNECTORS = {"&": "AND", "|": "OR", "^": "XOR"}
ARITHMETIC: dict[str, type[exp.Expression]] = {
    "+": exp.Add, "-": exp.Sub, "*": exp.Mul, "/": exp.Div, "%": exp.Mod, "**": exp.Pow,
}  # fmt: skip
NUMBERS = frozenset(
    "IntegerField BigIntegerField SmallIntegerField FloatField DecimalField AutoField BigAutoField SmallAutoField "
    "PositiveIntegerField PositiveBigIntegerField PositiveSmallIntegerField".split()
)
ORDERS = frozenset({"asc", "desc"})


def call_of(value: Value) -> Call | None:
    """The call of Django that made an expression."""
    if isinstance(value, Instance) and value.made_by is not None and value.kind is None and type(value) is Instance:
        return value.made_by if (value.path or "").startswith(HOMES) else None
    return None


def name_of(value: Value) -> str:
    """The class of an expression, without its module; of a method's result, the method's name."""
    if not isinstance(value, Instance) or value.path is None:
        return ""
    return value.path.removesuffix("()").rpartition(".")[2]


def is_expression(value: Value) -> bool:
    """Whether a value is an expression of Django, rather than a plain one."""
    if isinstance(value, Term):
        return any(is_expression(operand) or isinstance(operand, QuerySet) for operand in value.operands)
    if isinstance(value, Choice):
        return any(is_expression(option) for option in value.options)
    if isinstance(value, Instance) and value.kind is not None and not isinstance(value, QuerySet | Manager):
        return any(isinstance(base, External) and base.path.startswith(EXPRESSIVE) for base in value.kind.lineage())
    call = call_of(value)
    return call is not None and (name_of(value)[:1].isupper() or name_of(value) in ORDERS)


EXPRESSIVE = ("django.db.models.expressions", "django.db.models.functions", "django.db.models.Func",
              "django.db.models.Aggregate", "django.db.models.Expression", "django.db.models.Transform")  # fmt: skip


def condition_of(draft: Draft, value: Value) -> Condition:
    """A ``Q``, or what is combined with one."""
    value = picked(draft, value)
    if isinstance(value, Term):
        if value.operator in CONNECTORS:
            one, other = (condition_of(draft, operand) for operand in value.operands)
            return one.joined(CONNECTORS[value.operator], other)
        if value.operator == "~":
            inner = condition_of(draft, value.operands[0])
            return Condition(inner.connector, inner.parts, negated=not inner.negated)
        if not is_expression(value):
            raise UnclearError(reason_of(value))
        return Condition("AND", [value])
    call = call_of(value)
    if call is not None and name_of(value) == "Q":
        return children(draft, call)
    if call is not None and name_of(value) in ("__and__", "__or__"):
        raise UnclearError("a condition that is put together at run time")
    if is_expression(value) or isinstance(value, QuerySet):
        return Condition("AND", [value])
    raise UnclearError(reason_of(value))


def children(draft: Draft, call: Call, skip: Iterable[str] = ()) -> Condition:
    """The condition of the arguments of ``Q`` or ``filter``."""
    if call.open:
        draft.unsure("conditions that are filled in at run time", "where", "from")
    parts: list[object] = []
    for argument in call.arguments:
        given = picked(draft, argument)
        if isinstance(given, Const) and given.value is None:
            continue
        if isinstance(given, Sequence) and given.kind == "tuple" and len(given.items) == 2:
            word = text_word(call.engine, given.items[0])
            if word is None:
                raise UnclearError(reason_of(given.items[0]))
            parts.append((word, given.items[1]))
            continue
        made = condition_of(draft, given)
        alone = not made.negated and len(made.parts) == 1 and isinstance(made.parts[0], Value)
        parts.append(made.parts[0] if alone else made)
    connector, negated = "AND", False
    named = sorted((name, value) for name, value in call.keywords.items() if name not in skip) if call.keywords else []
    for name, value in named:
        if name == "_connector":
            connector = text_of(value) or "AND"
            if isinstance(value, External):
                connector = value.name
        elif name == "_negated":
            negated = isinstance(value, Const) and bool(value.value)
        else:
            parts.append((keyword(call, name), value))
    return Condition(connector, parts, negated=negated)  # type: ignore[arg-type]


def picked(draft: Draft, value: Value) -> Value:
    """One of several values; the others are taken in other forms of the statement."""
    if isinstance(value, Choice):
        return value.options[draft.context.picks.pick(value, len(value.options))]
    return value


def resolve(draft: Draft, value: Value, *, reuse: set[str] | None = None, names: bool = False) -> Made:
    """An expression as a value of a query. ``names``: a plain text names a field."""
    draft.context.spend()
    draft.context.depth += 1
    try:
        if draft.context.depth > 60:
            raise UnclearError("an expression that nests too deeply")
        return resolved(draft, picked(draft, value), reuse, names)
    finally:
        draft.context.depth -= 1


def resolved(draft: Draft, value: Value, reuse: set[str] | None, names: bool) -> Made:
    """The same of a single value."""
    if names:
        word = text_word(draft.context.engine, value)
        if word is not None:
            return draft.reference(word, reuse)
        if isinstance(value, Unknown) and not isinstance(value, Term):
            raise UnclearError(reason_of(value))
    if isinstance(value, Term):
        return term(draft, value, reuse)
    if is_query(value):
        return query_value(draft, value)
    call = call_of(value)
    if call is None:
        if is_expression(value):
            raise UnclearError(reason_of(value))
        return Made(bound(draft, value, "value"), core_of_constant(value), kind="value")
    name = name_of(value)
    if name == "Q":
        return as_condition(draft, children(draft, call), reuse)
    if name in ORDERS:
        receiver = call.callee.receiver if isinstance(call.callee, External) else None
        if receiver is None:
            raise UnclearError(reason_of(value))
        return resolve(draft, receiver, reuse=reuse)
    from ._functions import function

    found = BASICS.get(name)
    if found is not None:
        return found(draft, call, reuse)
    return function(draft, name, call, reuse)


def core_of_constant(value: Value) -> str:
    """The kind of field that a plain value would stand in."""
    if isinstance(value, Const):
        kinds: dict[type, str] = {str: "CharField", bool: "BooleanField", int: "IntegerField", float: "FloatField"}
        return kinds.get(type(value.value), UNKNOWN)
    return UNKNOWN


def as_condition(draft: Draft, condition: Condition, reuse: set[str] | None) -> Made:
    """A ``Q`` in place of a value: rows that lack what it asks for stay."""
    clause, needed = draft.grouped(condition, reuse, split=False)
    draft.promote(needed)
    node = clause.node()
    if node is None:
        raise UnclearError("an empty condition")
    return Made(node, "BooleanField", sources=tuple(clause.made()), kind="condition")


def term(draft: Draft, value: Term, reuse: set[str] | None) -> Made:
    """An operation on expressions."""
    if value.operator in CONNECTORS or value.operator == "~":
        if value.operator == "~":
            inner = picked(draft, value.operands[0])
            call = call_of(inner)
            if (call is None or name_of(inner) != "Q") and not isinstance(inner, Term):
                made = resolve(draft, inner, reuse=reuse)
                kind = "condition" if made.kind == "function" else made.kind
                return replace(made, node=exp.Not(this=made.node), kind=kind)
        return as_condition(draft, condition_of(draft, value), reuse)
    if value.operator == "neg":
        made = resolve(draft, value.operands[0], reuse=reuse)
        return Made(exp.Mul(this=made.node, expression=exp.Neg(this=exp.Literal.number(1))), made.core, sources=(made,))
    operator = ARITHMETIC.get(value.operator)
    if operator is None:
        raise UnclearError(reason_of(value))
    left, right = (resolve(draft, operand, reuse=reuse) for operand in value.operands)
    core = combined_core(left.core, right.core)
    node = exp.paren(operator(this=left.node, expression=right.node), copy=False)
    return Made(node, core, sources=(left, right))


def combined_core(left: str, right: str) -> str:
    """The kind of what an operation gives."""
    if left == right:
        return left
    known = {left, right}
    if known <= NUMBERS:
        return "DecimalField" if "DecimalField" in known else "FloatField" if "FloatField" in known else "IntegerField"
    for core in ("DateTimeField", "DateField", "TimeField"):
        if core in known and "DurationField" in known:
            return core
    return UNKNOWN


# What all expressions are made of


def reference(draft: Draft, call: Call, reuse: set[str] | None) -> Made:
    """``F(name)``."""
    given = call.argument(0, "name")
    word = text_word(call.engine, given) if given is not None else None
    if word is None:
        raise UnclearError(reason_of(given))
    return draft.reference(word, reuse)


def outer_reference(draft: Draft, call: Call, reuse: set[str] | None) -> Made:
    """``OuterRef(name)``: a column of the query around the subquery."""
    around = draft.outer
    given = call.argument(0, "name")
    if around is None or given is None:
        raise UnclearError("the query around a subquery")
    inner = call_of(given)
    if inner is not None and name_of(given) in ("OuterRef", "F"):
        made = resolve(around, given)
    else:
        word = text_word(call.engine, given)
        if word is None:
            raise UnclearError(reason_of(given))
        made = around.reference(word)
    draft.borrowed.append(made)
    return replace(made, node=made.node.copy(), kind="value" if made.kind == "column" else made.kind)


def value_of(draft: Draft, call: Call, reuse: set[str] | None) -> Made:
    """``Value(x)``."""
    given = call.argument(0, "value")
    if given is None:
        raise UnclearError("a value")
    output = output_core(call)
    return Made(bound(draft, given, "value"), output or core_of_constant(given), kind="value")


def output_core(call: Call) -> str:
    """The kind of field that ``output_field`` says."""
    given = call.argument(None, "output_field")
    if not isinstance(given, Instance):
        return UNKNOWN
    return field_core(given.path) or UNKNOWN


def exists_of(draft: Draft, call: Call, reuse: set[str] | None) -> Made:
    """``Exists(queryset)``."""
    from ._render import exists

    inner = inner_query(draft, call)
    return Made(exists(inner), "BooleanField", kind="subquery", outer=tuple(inner.borrowed))


def subquery_of(draft: Draft, call: Call, reuse: set[str] | None) -> Made:
    """``Subquery(queryset)``."""
    return selected(draft, inner_query(draft, call), output_core(call))


def query_value(draft: Draft, value: Value) -> Made:
    """A query set in place of a value."""
    from ._steps import draft_of

    return selected(draft, draft_of(draft.context, value, draft), UNKNOWN)


def selected(draft: Draft, inner: Draft, core: str) -> Made:
    """A query as a value."""
    from ._render import subquery

    tree = subquery(inner)
    if not core and inner.columns:
        core = inner.columns[0][1].core
    elif not core and inner.shown:
        core = inner.annotations[inner.shown[-1]].core
    return Made(exp.Subquery(this=tree), core, kind="subquery", outer=tuple(inner.borrowed))


def inner_query(draft: Draft, call: Call) -> Draft:
    """The query that an expression is given."""
    from ._steps import draft_of

    given = picked(draft, call.argument(0, "queryset") or Unknown("a query"))
    if not is_query(given):
        raise UnclearError(reason_of(given))
    return draft_of(draft.context, given, draft)


def wrapped(draft: Draft, call: Call, reuse: set[str] | None) -> Made:
    """``ExpressionWrapper``."""
    given = call.argument(0, "expression")
    if given is None:
        raise UnclearError("an expression")
    made = resolve(draft, given, reuse=reuse, names=True)
    return replace(made, core=output_core(call) or made.core)


def ordered(draft: Draft, call: Call, reuse: set[str] | None) -> Made:
    """``OrderBy``."""
    given = call.argument(0, "expression")
    if given is None:
        raise UnclearError("an expression")
    return resolve(draft, given, reuse=reuse, names=True)


def raw(draft: Draft, call: Call, reuse: set[str] | None) -> Made:
    """``RawSQL``."""
    return Made(pieces.hole("SQL that is written by hand", call.origin), output_core(call), kind="function")


Builder = Callable[[Draft, Call, "set[str] | None"], Made]
BASICS: dict[str, Builder] = {
    "F": reference,
    "OuterRef": outer_reference,
    "Value": value_of,
    "Exists": exists_of,
    "Subquery": subquery_of,
    "ExpressionWrapper": wrapped,
    "OrderBy": ordered,
    "RawSQL": raw,
}
