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
    Fix,
    Instance,
    Origin,
    Sequence,
    Unknown,
    Value,
    Wrapping,
    options,
    pieces,
    text_of,
)

from . import _queries_functions as functions
from . import _queries_joins as joins
from . import _queries_nouns as nouns
from . import _queries_operators as operators
from . import _queries_parts as parts
from . import _queries_relations as relations
from . import _queries_select as selects
from . import _queries_sources as sources
from . import _queries_values as values
from ._drafts import path_of
from ._queries_sources import Source
from ._queries_state import Lift

# Methods for which a label stays one.
LABELLED = frozenset("label asc desc nulls_first nulls_last nullsfirst nullslast".split())
NEUTRAL = frozenset({"self_group", "collate", "type_coerce", "unique_params", "params"})


# Operators


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
        return exp.In(this=operators.grouped(base), expressions=items)
    found = values.resolve(lift, plain)
    if isinstance(found, nouns.Selection | nouns.Compound):
        return exp.In(this=operators.grouped(base), query=parts.pending(found))
    if isinstance(found, Source):
        return exp.In(this=operators.grouped(base), query=parts.whole(lift, found))
    if isinstance(found, exp.Subquery):
        return exp.In(this=operators.grouped(base), query=found)
    if not isinstance(given, Choice):
        check_list(lift, plain, call)
    node = values.as_expression(lift, found, plain)
    return exp.In(this=operators.grouped(base), expressions=[node])


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
    place = lift.span(call.place(0))
    lift.defects.append(
        Defect(
            "sqlalchemy/in-without-list",
            place,
            f"`in_` is given {shown} in place of a list",
            symptom="sqlalchemy.exc.ArgumentError: IN expression list, SELECT construct, or bound parameter expected",
            remedy="Give it a list, or compare with `==`",
            fix=Fix("give it a list", (Wrapping(place, "[", "]"),)),
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
        return operators.negated(found) if isinstance(found, exp.Expression) else found

    return turned


def like(kind: type[exp.Expression]) -> Method:
    """``x.like(pattern, escape="/")``."""

    def made(lift: Lift, base: exp.Expression, call: Call) -> exp.Expression:
        return escaped(
            lift,
            kind(this=operators.grouped(base), expression=operators.grouped(argument(lift, call, 0, "other"))),
            call,
            1,
        )

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
        part = operators.grouped(part)
        if before:
            part = exp.DPipe(this=exp.Literal.string("%"), expression=part, safe=True)
        if after:
            part = exp.DPipe(this=part, expression=exp.Literal.string("%"), safe=True)
        return escaped(lift, exp.Like(this=operators.grouped(base), expression=part), call, None)

    return made


def between(lift: Lift, base: exp.Expression, call: Call) -> exp.Expression:
    low, high = argument(lift, call, 0, "cleft"), argument(lift, call, 1, "cright")
    return exp.Between(this=operators.grouped(base), low=operators.grouped(low), high=operators.grouped(high))


def is_(lift: Lift, base: exp.Expression, call: Call) -> exp.Expression:
    return exp.Is(this=operators.grouped(base), expression=argument(lift, call, 0, "other"))


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
    conditions = [operators.condition(lift, one) for one in call.arguments]
    return exp.Filter(this=base, expression=exp.Where(this=operators.both(exp.And, conditions)))


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
        column.replace(operators.grouped(left) if column.name == "a" else operators.grouped(right))
    return pieces.placed(made, at)


def concat(lift: Lift, base: exp.Expression, call: Call) -> exp.Expression:
    return exp.DPipe(this=operators.grouped(base), expression=operators.grouped(argument(lift, call)), safe=True)


def distinct(lift: Lift, base: exp.Expression, call: Call) -> exp.Expression:
    return exp.Distinct(expressions=[base])


def distinct_from(lift: Lift, base: exp.Expression, call: Call) -> exp.Expression:
    return exp.NullSafeNEQ(this=operators.grouped(base), expression=operators.grouped(argument(lift, call)))


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
    "as_string": lambda lift, base, call: operators.as_text(base),
    "as_integer": lambda lift, base, call: exp.Cast(this=operators.as_text(base), to=exp.DataType.build("int")),
    "as_float": lambda lift, base, call: exp.Cast(this=operators.as_text(base), to=exp.DataType.build("float")),
    "as_boolean": lambda lift, base, call: exp.Cast(this=operators.as_text(base), to=exp.DataType.build("boolean")),
    "as_json": same,
    "scalar_subquery": same,
    "as_scalar": same,
    "unnest": lambda lift, base, call: exp.Unnest(expressions=[base]),
}


# Methods of relationships


def of_relationship(lift: Lift, base: values.Rel, name: str, call: Call) -> object:
    """What a method of a relationship gives."""
    if name in ("any", "has"):
        return relations.exists(lift, base, name, call)
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
        made.extra += [operators.condition(lift, one) for one in call.arguments]
        return made
    if name == "contains":
        return relations.contains(lift, base, call)
    if name in ("is_", "is_not", "isnot"):
        given = lift.decide(call.arguments[0]) if call.arguments else Unknown("a missing argument")
        return relations.compared(lift, base, "==" if name == "is_" else "!=", given, call.origin)
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
        return joins.tree(lift, nouns.Joined(sources.From(base)), name, call)
    if name in ("union", "union_all") and base.body is not None:
        return parts.extended(lift, base, name, call)
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


def class_of(value: Value) -> Class | None:
    """The class that a value is or of which it is an object."""
    found = next(iter(options(value)))
    if isinstance(found, Instance):
        return found.kind
    return found if isinstance(found, Class) else None
