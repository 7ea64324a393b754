"""Operators and methods of expressions, relationships and sources."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from verifier.api import (
    Call,
    Choice,
    Class,
    Const,
    Defect,
    External,
    Field,
    Instance,
    Origin,
    Record,
    Sequence,
    Term,
    Unknown,
    Value,
    options,
    pieces,
    reason_of,
    text_of,
)

from . import _queries_functions as functions
from . import _queries_joins as joins
from . import _queries_select as selects
from . import _queries_sources as sources
from . import _queries_values as values
from ._drafts import path_of
from ._queries_sources import Source
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
# Methods for which a label stays one.
LABELLED = frozenset("label asc desc nulls_first nulls_last nullsfirst nullslast".split())
NEUTRAL = frozenset({"self_group", "collate", "type_coerce", "unique_params", "params"})


# Operators


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
        return joins.compared(lift, one, operator, other, at)
    if (
        isinstance(one, values.Proxy)
        and operator in ("==", "!=")
        and not (isinstance(other, Const) and other.value is None)
    ):
        node = values.expression(lift, other)
        return joins.by_proxy(lift, one, lambda column: comparison(operator, column, node, at))
    two = values.resolve(lift, other)
    if isinstance(two, values.Rel):
        return joins.compared(lift, two, operator, lift.decide(left), at)
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
    if isinstance(found, selects.Raw):
        return found.condition(lift)
    if isinstance(found, values.Rel):
        return joins.condition_of(lift, found)
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
        lift.defects.append(python_operator(lift, value, value.origin))
    return lift.unknown(f"Python's `{value.operator}`", value.origin)


def is_sql(found: object) -> bool:
    """Whether what was resolved is a part of a statement, and no plain value."""
    if isinstance(found, values.Rel):
        return True
    return isinstance(found, exp.Expression) and found.find(exp.Column, exp.Exists) is not None


def python_operator(lift: Lift, value: Term, at: Origin) -> Defect:
    """What is wrong with it."""
    operator = value.operator
    wanted = {
        "is": "`.is_(...)` or `==`",
        "is not": "`.is_not(...)` or `!=`",
        "not": "`~` or `not_(...)`",
        "and": "`and_(...)` or `&`",
        "or": "`or_(...)` or `|`",
        "in": "`.in_(...)`",
        "not in": "`.not_in(...)`",
    }[operator]
    return Defect(
        "sqlalchemy/python-operator",
        lift.span(at),
        f"Python answers `{operator}` itself: the SQL does not get it",
        symptom=consequence(value),
        remedy=f"Write {wanted}",
    )


def consequence(value: Term) -> str:
    """What comes of it."""
    operator, first = value.operator, value.operands[0]
    plain = isinstance(first, Field | External)  # a column is true, `==` of two different things is not
    true = plain or (isinstance(first, Term) and first.operator == "!=")
    decided = plain or (isinstance(first, Term) and first.operator in ("==", "!="))
    if operator in ("is", "is not", "not in") or (operator == "in" and plain):
        return f"The condition is always {'true' if operator in ('is not', 'not in') else 'false'}"
    if operator in ("and", "or") and decided:
        return f"Only the {'first' if true is (operator == 'or') else 'second'} condition is in the SQL"
    if operator == "not" and decided:
        return f"The condition is always {'false' if true else 'true'}"
    return "NotImplementedError" if operator == "in" else "TypeError: Boolean value of this clause is not defined"


def item(lift: Lift, value: Term) -> object:
    """``column["key"]``: an entry of JSON or of an array; a part of a query's rows."""
    base = values.resolve(lift, value.operands[0])
    key = lift.decide(value.operands[1])
    if isinstance(base, selects.Selection):
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


# Methods of expressions

Method = Callable[[Lift, exp.Expression, Call], object]


def of_expression(lift: Lift, base: exp.Expression, name: str, call: Call) -> object:
    """What a method of an expression gives."""
    if isinstance(base, exp.Subquery | exp.Exists) and "pending" in base.meta and name in selects.EXISTS:
        selection = base.meta["pending"]
        selects.method(lift, selection, name, Instance(None), call)
        return base
    if name == "select" and isinstance(base, exp.Exists):
        return selects.selection_of(lift, [base])
    function = METHODS.get(name)
    if name in NEUTRAL:
        return base
    plain = base.this if isinstance(base, exp.Alias) and name not in LABELLED else base
    if function is None:
        return lift.unknown(f"the method `{name}`", call.origin)
    if call.open and name not in ("label", "over"):
        return lift.unknown("arguments that are decided at run time", call.origin)
    found = function(lift, plain, call)
    if isinstance(found, exp.Expression) and "at" not in found.meta:
        pieces.placed(found, call.origin)
    return found


def argument(lift: Lift, call: Call, position: int = 0, name: str | None = None) -> exp.Expression:
    """An argument as an expression."""
    found = call.argument(position, name)
    if found is None:
        return lift.unknown("an argument that is missing", call.origin)
    return values.expression(lift, found)


def in_list(lift: Lift, base: exp.Expression, call: Call) -> exp.Expression:
    """``x.in_([...])``, ``x.in_(select(...))``."""
    given = call.argument(0, "other")
    if given is None:
        return lift.unknown("an argument that is missing", call.origin)
    plain = lift.decide(given)
    if isinstance(plain, Sequence):
        items = [listed_item(lift, one) for one in plain.items]
        if not plain.complete:
            items.append(lift.bindings.bound(plain.element or plain, "items", plain.origin))
        return exp.In(this=grouped(base), expressions=items)
    found = values.resolve(lift, plain)
    if isinstance(found, selects.Selection | selects.Compound):
        return exp.In(this=grouped(base), query=selects.pending(found))
    if isinstance(found, Source):
        return exp.In(this=grouped(base), query=selects.whole(lift, found))
    if isinstance(found, exp.Subquery):
        return exp.In(this=grouped(base), query=found)
    if not isinstance(given, Choice):
        check_list(lift, plain, call)
    node = values.as_expression(lift, found, plain)
    return exp.In(this=grouped(base), expressions=[node])


def listed_item(lift: Lift, value: Value) -> exp.Expression:
    """One of the values of a list; one that is a tuple itself stands for several columns."""
    plain = lift.decide(value)
    if isinstance(plain, Sequence):
        return exp.Tuple(expressions=[values.expression(lift, one) for one in plain.items])
    return values.expression(lift, plain)


def check_list(lift: Lift, plain: Value, call: Call) -> None:
    """Note what ``in_`` refuses: it takes a list or a statement."""
    known = lift.schema.entity(plain.kind) if isinstance(plain, Instance) and plain.kind is not None else None
    constant = isinstance(plain, Const) and isinstance(plain.value, str | int | float)
    if not constant and known is None:
        return
    shown = f"an object of `{known.entity.name}`" if known is not None else "a single value"
    lift.defects.append(
        Defect(
            "sqlalchemy/in-without-list",
            lift.span(call.place(0)),
            f"`in_` is given {shown} in place of a list",
            symptom="sqlalchemy.exc.ArgumentError: IN expression list, SELECT construct, or bound parameter expected",
            remedy="Give it a list, or compare with `==`",
        )
    )


def array_argument(lift: Lift, base: exp.Expression, call: Call) -> exp.Expression:
    """An argument that an array is held against; a list is an array, too."""
    plain = lift.decide(call.arguments[0]) if call.arguments else None
    if isinstance(plain, Sequence) and plain.complete and sources.kind_of(base) == "array":
        return exp.Array(expressions=[values.expression(lift, one) for one in plain.items])
    return argument(lift, call, 0, "other")


def negation(function: Method) -> Method:
    """The method that is the opposite of another."""

    def turned(lift: Lift, base: exp.Expression, call: Call) -> object:
        found = function(lift, base, call)
        return negated(found) if isinstance(found, exp.Expression) else found

    return turned


def like(kind: type[exp.Expression]) -> Method:
    """``x.like(pattern, escape="/")``."""

    def made(lift: Lift, base: exp.Expression, call: Call) -> exp.Expression:
        return escaped(lift, kind(this=grouped(base), expression=grouped(argument(lift, call, 0, "other"))), call, 1)

    return made


def escaped(lift: Lift, node: exp.Expression, call: Call, position: int | None) -> exp.Expression:
    """A pattern match with the sign that escapes, where one is given."""
    sign = text_of(call.argument(position, "escape"))
    automatic = call.argument(None, "autoescape")
    if sign is None and isinstance(automatic, Const) and automatic.value is True:
        sign = "/"
    return exp.Escape(this=node, expression=exp.Literal.string(sign)) if sign is not None else node


def affix(before: bool, after: bool, lower: bool = False) -> Method:
    """``x.contains(text)``, ``startswith``, ``endswith``."""

    def made(lift: Lift, base: exp.Expression, call: Call) -> object:
        kind = sources.kind_of(base)
        if before and after and kind in ("array", "json"):
            return exp.ArrayContainsAll(this=base, expression=array_argument(lift, base, call))
        part = argument(lift, call, 0, "other")
        if isinstance(part, exp.Literal) and joins.flagged(call, "autoescape"):
            sign = text_of(call.argument(None, "escape")) or "/"
            text = part.name.replace(sign, sign * 2).replace("%", f"{sign}%").replace("_", f"{sign}_")
            part = pieces.placed(exp.Literal.string(text), part.meta.get("at"))
        if lower:
            base, part = exp.Lower(this=base), exp.Lower(this=part)
        part = grouped(part)
        if before:
            part = exp.DPipe(this=exp.Literal.string("%"), expression=part, safe=True)
        if after:
            part = exp.DPipe(this=part, expression=exp.Literal.string("%"), safe=True)
        return escaped(lift, exp.Like(this=grouped(base), expression=part), call, None)

    return made


def between(lift: Lift, base: exp.Expression, call: Call) -> exp.Expression:
    low, high = argument(lift, call, 0, "cleft"), argument(lift, call, 1, "cright")
    return exp.Between(this=grouped(base), low=grouped(low), high=grouped(high))


def is_(lift: Lift, base: exp.Expression, call: Call) -> exp.Expression:
    return exp.Is(this=grouped(base), expression=argument(lift, call, 0, "other"))


def ordered(desc: bool | None = None, nulls_first: bool | None = None) -> Method:
    """``x.desc()``, ``x.nulls_last()``."""

    def made(lift: Lift, base: exp.Expression, call: Call) -> exp.Expression:
        return order(base, desc, nulls_first)

    return made


def order(base: exp.Expression, desc: bool | None, nulls_first: bool | None) -> exp.Ordered:
    """An expression as ORDER BY has it."""
    if isinstance(base, exp.Ordered):
        if desc is not None:
            base.set("desc", desc)
        if nulls_first is not None:
            base.set("nulls_first", nulls_first)
            base.meta["nulls"] = True
        return base
    node = exp.Ordered(this=base, desc=bool(desc))
    if nulls_first is not None:
        node.set("nulls_first", nulls_first)
        node.meta["nulls"] = True
    at = base.meta.get("at")
    return pieces.placed(node, at)


def label(lift: Lift, base: exp.Expression, call: Call) -> exp.Expression:
    name = call.text(0, "name")
    if isinstance(base, exp.Alias):
        base = base.this
    if name is None:
        given = call.argument(0, "name")
        if isinstance(given, Const) or given is None:
            return base
        return base if pieces.is_hole(base) else exp.Alias(this=base, alias=exp.Identifier(this="label", quoted=False))
    node = exp.Alias(this=base, alias=pieces.name(name, call.place(0)))
    if base.meta.get("type") is not None:
        node.meta["type"] = base.meta["type"]
    return node


def cast(lift: Lift, base: exp.Expression, call: Call) -> exp.Expression:
    return functions.cast_to(lift, base, call.argument(0, "type_"), call.origin)


def over(lift: Lift, base: exp.Expression, call: Call) -> exp.Expression:
    partition = call.argument(0, "partition_by")
    order_by = call.argument(1, "order_by")
    parts = [values.expression(lift, one) for one in listed(lift, partition)]
    orders = [selects.order_item(lift, None, one) for one in listed(lift, order_by)]
    node = exp.Window(this=base, partition_by=parts or None, over="OVER")
    if orders:
        node.set("order", exp.Order(expressions=orders))
    for frame in ("rows", "range_", "groups"):
        if frame in call.keywords:
            lift.doubt("the frame of a window")
    return node


def listed(lift: Lift, value: Value | None) -> list[Value]:
    """One value, or the items of a list of them; a constant None is none."""
    plain = lift.decide(value) if value is not None else None
    if plain is None or (isinstance(plain, Const) and plain.value is None):
        return []
    if isinstance(plain, Sequence):
        if not plain.complete:
            lift.doubt("a list that is filled at run time")
        return list(plain.items)
    return [plain]


def filtered(lift: Lift, base: exp.Expression, call: Call) -> exp.Expression:
    conditions = [condition(lift, one) for one in call.arguments]
    return exp.Filter(this=base, expression=exp.Where(this=both(exp.And, conditions)))


def within_group(lift: Lift, base: exp.Expression, call: Call) -> exp.Expression:
    orders = [selects.order_item(lift, None, one) for one in call.arguments]
    return exp.WithinGroup(this=base, expression=exp.Order(expressions=orders))


def operate(lift: Lift, base: exp.Expression, call: Call) -> object:
    sign = call.text(0, "opstring")
    return Operator(base, sign) if sign is not None else lift.unknown("an operator that is decided at run time")


class Operator:
    """``x.op("->>")``, not yet called."""

    def __init__(self, base: exp.Expression, sign: str) -> None:
        self.base = base
        self.sign = sign


def called(lift: Lift, callee: Instance, call: Call) -> object:
    """What calling something that a call gave gives."""
    found = values.resolve(lift, callee)
    if isinstance(found, Operator):
        return operated(lift, found.base, found.sign, argument(lift, call), call.origin)
    return lift.unknown(f"what `{path_of(callee)}` gives", call.origin)


def operated(lift: Lift, left: exp.Expression, sign: str, right: exp.Expression, at: Origin | None) -> exp.Expression:
    """``left sign right`` for an operator that is written as text."""
    from sqlglot import parse_one
    from sqlglot.errors import SqlglotError

    try:
        made: exp.Expression = parse_one(f"a {sign} b", dialect=lift.lifting.dialect or "postgres")  # type: ignore[assignment]
    except SqlglotError:
        return lift.unknown(f"the operator `{sign}`", at)
    if not isinstance(made, exp.Binary | exp.Func):
        return lift.unknown(f"the operator `{sign}`", at)
    for column in list(made.find_all(exp.Column)):
        column.replace(grouped(left) if column.name == "a" else grouped(right))
    return pieces.placed(made, at)


def concat(lift: Lift, base: exp.Expression, call: Call) -> exp.Expression:
    return exp.DPipe(this=grouped(base), expression=grouped(argument(lift, call)), safe=True)


def distinct(lift: Lift, base: exp.Expression, call: Call) -> exp.Expression:
    return exp.Distinct(expressions=[base])


def distinct_from(lift: Lift, base: exp.Expression, call: Call) -> exp.Expression:
    return exp.NullSafeNEQ(this=grouped(base), expression=grouped(argument(lift, call)))


def by_operator(sign: str) -> Method:
    """A method that stands for an operator of SQL."""

    def made(lift: Lift, base: exp.Expression, call: Call) -> exp.Expression:
        return operated(lift, base, sign, array_argument(lift, base, call), call.origin)

    return made


def any_of(lift: Lift, base: exp.Expression, call: Call) -> exp.Expression:
    """``array.any(value)``: ``value = ANY (array)``."""
    return exp.EQ(this=argument(lift, call), expression=exp.Any(this=exp.Paren(this=base)))


def same(lift: Lift, base: exp.Expression, call: Call) -> exp.Expression:
    return base


def match(lift: Lift, base: exp.Expression, call: Call) -> exp.Expression:
    if lift.lifting.dialect == "postgres":
        query = exp.Anonymous(this="plainto_tsquery", expressions=[argument(lift, call)])
        return exp.MatchAgainst(this=query, expressions=[base])
    return lift.unknown("a search whose form the database decides", call.origin)


METHODS: dict[str, Method] = {
    "in_": in_list,
    "not_in": negation(in_list),
    "notin_": negation(in_list),
    "like": like(exp.Like),
    "ilike": like(exp.ILike),
    "not_like": negation(like(exp.Like)),
    "notlike": negation(like(exp.Like)),
    "not_ilike": negation(like(exp.ILike)),
    "notilike": negation(like(exp.ILike)),
    "contains": affix(True, True),
    "startswith": affix(False, True),
    "endswith": affix(True, False),
    "icontains": affix(True, True, lower=True),
    "istartswith": affix(False, True, lower=True),
    "iendswith": affix(True, False, lower=True),
    "between": between,
    "is_": is_,
    "is_not": negation(is_),
    "isnot": negation(is_),
    "is_distinct_from": distinct_from,
    "is_not_distinct_from": negation(distinct_from),
    "isnot_distinct_from": negation(distinct_from),
    "asc": ordered(False),
    "desc": ordered(True),
    "nulls_first": ordered(None, True),
    "nullsfirst": ordered(None, True),
    "nulls_last": ordered(None, False),
    "nullslast": ordered(None, False),
    "label": label,
    "cast": cast,
    "over": over,
    "filter": filtered,
    "within_group": within_group,
    "op": operate,
    "bool_op": operate,
    "concat": concat,
    "distinct": distinct,
    "contained_by": by_operator("<@"),
    "has_key": by_operator("?"),
    "overlap": by_operator("&&"),
    "overlaps": by_operator("&&"),
    "regexp_match": by_operator("~"),
    "any": any_of,
    "any_": any_of,
    "match": match,
    "as_string": lambda lift, base, call: as_text(base),
    "as_integer": lambda lift, base, call: exp.Cast(this=as_text(base), to=exp.DataType.build("int")),
    "as_float": lambda lift, base, call: exp.Cast(this=as_text(base), to=exp.DataType.build("float")),
    "as_boolean": lambda lift, base, call: exp.Cast(this=as_text(base), to=exp.DataType.build("boolean")),
    "as_json": same,
    "scalar_subquery": same,
    "as_scalar": same,
    "unnest": lambda lift, base, call: exp.Unnest(expressions=[base]),
}


# Methods of relationships


def of_relationship(lift: Lift, base: values.Rel, name: str, call: Call) -> object:
    """What a method of a relationship gives."""
    if name in ("any", "has"):
        return joins.exists(lift, base, name, call)
    if name == "of_type":
        found = values.resolve(lift, call.arguments[0]) if call.arguments else None
        made = values.Rel(base.source, base.relationship, base.at)
        made.extra = base.extra
        made.of_type = found if isinstance(found, Source) else None
        if made.of_type is None:
            lift.doubt("the type of a relationship")
        return made
    if name == "and_":
        made = values.Rel(base.source, base.relationship, base.at)
        made.of_type, made.extra = base.of_type, list(base.extra)
        made.extra += [condition(lift, one) for one in call.arguments]
        return made
    if name == "contains":
        return joins.contains(lift, base, call)
    if name in ("is_", "is_not", "isnot"):
        given = lift.decide(call.arguments[0]) if call.arguments else Unknown("a missing argument")
        return joins.compared(lift, base, "==" if name == "is_" else "!=", given, call.origin)
    return lift.unknown(f"the method `{name}` of the relationship `{base.relationship.name}`", call.origin)


# Methods of sources


def of_source(lift: Lift, base: Source, name: str, made: Instance, call: Call) -> object:
    """What a method of a table, an alias, a subquery or a mapped class gives."""
    from . import _queries_writes as writes

    if name in ("alias", "tablesample"):
        return sources.aliased(lift, id(made), base, call.text(0, "name"))
    if name in ("select", "insert", "update", "delete"):
        if name == "select":
            return selects.selection_of(lift, [base])
        return writes.Write(name, base, call)
    if name in ("join", "outerjoin"):
        return joins.tree(lift, selects.Joined(sources.From(base)), name, call)
    if name in ("union", "union_all") and base.body is not None:
        return selects.extended(lift, base, name, call)
    if name in ("lateral", "subquery", "cte"):
        return base
    if name == "table_valued":
        return base
    if base.known is not None and name == "query":
        return selects.query_of_source(lift, base)
    return lift.unknown(f"the method `{name}` of `{base.title}`", call.origin)


# Expressions of one class read from another source of it


def retold(node: exp.Expression, of: Source, source: Source) -> exp.Expression:
    """An expression on one source, told of another one of the same columns."""
    if of is source:
        return node
    for column in node.find_all(exp.Column):
        if column.meta.get("source") is of:
            column.set("table", pieces.name(sources.referred(source, column.meta.get("key", ""))))
            column.meta["source"] = source
    return node


# Names that do not exist


def missing_column(lift: Lift, source: Source, name: str, at: Origin | None) -> None:
    """Note a column that a table, an alias or a subquery does not have."""
    if at is None:
        return
    noun = source.table or (source.known.entity if source.known is not None else None)
    related = ((noun.span, f"`{source.title}` is declared here"),) if noun is not None else ()
    lift.defects.append(
        Defect(
            "sqlalchemy/unknown-column",
            lift.span(at),
            f"`{source.title}` has no column `{name}`",
            symptom=f"AttributeError: {name}",
            remedy=nearest(name, columns_of(source)),
            related=related,
        )
    )


def missing_attribute(lift: Lift, source: Source, name: str, at: Origin | None) -> None:
    """Note an attribute that an alias does not have, because its class does not."""
    known = source.known
    if at is None or known is None or name.startswith("_"):
        return
    lift.defects.append(
        Defect(
            "sqlalchemy/unknown-column",
            lift.span(at),
            f"`{known.entity.name}` has no attribute `{name}`",
            symptom=f"AttributeError: '{known.entity.name}' has no attribute '{name}'",
            remedy=nearest(name, [column.attribute for column in known.entity.columns]),
            related=((known.entity.span, f"`{known.entity.name}` is declared here"),),
        )
    )


def columns_of(source: Source) -> list[str]:
    """The columns of a source, as code knows them."""
    if source.known is not None:
        return [column.name for column in source.known.entity.columns]
    if source.table is not None:
        return [column.attribute for column in source.table.columns]
    return list(source.names or ())


def nearest(name: str, known: list[str]) -> str:
    """What may be meant."""
    from difflib import get_close_matches

    close = get_close_matches(name, known, 1, 0.6)
    return f"Did you mean `{close[0]}`?" if close else ""


def class_of(value: Value) -> Class | None:
    """The class that a value is or of which it is an object."""
    found = next(iter(options(value)))
    if isinstance(found, Instance):
        return found.kind
    return found if isinstance(found, Class) else None
