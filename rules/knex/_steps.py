"""What each method of Knex's builders says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from sqlglot import exp

from verifier.api import Const, Function, Instance, Record, Sequence, Value, building, pieces, regex, text_of

from ._building import Builder, Step

if TYPE_CHECKING:
    from ._clauses import Maker

WHERE = regex(r"(?P<bool>and|or)?(?P<kind>where|having)(?P<not>Not)?(?P<form>\w*)", re.IGNORECASE)
ON = regex(r"(?P<bool>and|or)?on(?P<not>Not)?(?P<form>\w*)", re.IGNORECASE)
JOINS = {
    "join": "inner", "innerJoin": "inner", "leftJoin": "left", "leftOuterJoin": "left", "rightJoin": "right",
    "rightOuterJoin": "right", "outerJoin": "full", "fullOuterJoin": "full", "crossJoin": "cross",
}  # fmt: skip
SETS: dict[str, tuple[Callable[..., exp.Expression], bool]] = {
    "union": (exp.Union, True), "unionAll": (exp.Union, False), "intersect": (exp.Intersect, True),
    "except": (exp.Except, True),
}  # fmt: skip
AGGREGATES: dict[str, Callable[..., exp.Expression]] = {
    "count": exp.Count, "countDistinct": exp.Count, "min": exp.Min, "max": exp.Max, "sum": exp.Sum,
    "sumDistinct": exp.Sum, "avg": exp.Avg, "avgDistinct": exp.Avg,
}  # fmt: skip
NOTHING_SAID = frozenset(
    "transacting connection timeout debug options comment hintComment queryContext skipLocked noWait or not and".split()
)
LOCKS = {"forUpdate": True, "forNoKeyUpdate": True, "forShare": False, "forKeyShare": False}
CLEARS = {
    "clearSelect": "columns", "clearWhere": "where", "clearGroup": "group", "clearOrder": "order",
    "clearHaving": "having",
}  # fmt: skip


def apply(maker: Maker, step: Step) -> None:
    """Add what one call says to a statement."""
    name, call = step.name, step.call
    draft, first = maker.draft, call.argument(0)
    condition = WHERE.fullmatch(name)
    if condition is not None:
        return where(maker, step, condition)
    if call.open and name not in ("select", "columns", "first"):
        maker.reasons.append("further arguments of a call")
    if name in ("select", "columns", "column", "first", "distinct", "distinctOn"):
        select(maker, step)
    elif name in ("from", "table", "into"):
        draft.source = maker.table(first, step.inner.get(0))
    elif name == "fromRaw":
        parts = (
            maker.text(first, call.argument(1), "from") if not isinstance(first, Instance) else (maker.table(first),)
        )
        draft.source = parts[0]
        more = [part for part in parts[1:] if isinstance(part, exp.Join)]
        if len(more) == len(parts) - 1:
            draft.joins += more
        else:
            maker.unknown(first, "from")
    elif name == "withSchema":
        found = building.read_dotted(maker.lifting.project, first, split=False)
        maker.schema = found.parts[0] if found is not None else None
    elif name == "as":
        found = building.read_dotted(maker.lifting.project, first, split=False)
        maker.alias = found.parts[0] if found is not None else None
    elif name in JOINS:
        join(maker, step, JOINS[name])
    elif name == "joinRaw":
        raw_join(maker, step)
    elif name in AGGREGATES:
        aggregate(maker, step)
    elif name in ("groupBy", "groupByRaw"):
        draft.group += grouped(maker, step)
    elif name in ("orderBy", "orderByRaw"):
        order(maker, step)
    elif name == "limit":
        draft.limit = maker.value(first)
    elif name == "offset":
        draft.offset = maker.value(first)
    elif name == "pluck":
        draft.columns += maker.selected(first)
    elif name in SETS:
        combine(maker, step)
    elif name.startswith("with"):
        common(maker, step)
    elif name in CLEARS or name == "clear":
        clear(maker, CLEARS.get(name) or text_of(first) or "")
    elif name in LOCKS:
        draft.locks.append(exp.Lock(update=LOCKS[name]))
    elif name in ("insert", "upsert"):
        insert(maker, first)
        returning(maker, call.argument(1))
    elif name == "update":
        update(maker, step)
    elif name in ("increment", "decrement"):
        count(maker, step)
    elif name in ("del", "delete"):
        maker.verb = "del"
        returning(maker, first)
    elif name == "truncate":
        maker.verb = "truncate"
    elif name == "returning":
        returning(maker, first)
    elif name == "onConflict":
        maker.draft.conflict = exp.OnConflict(conflict_keys=named(maker, first), action=exp.var("DO NOTHING"))
    elif name in ("merge", "ignore"):
        if name == "merge":
            merge(maker, first)
    elif name == "using":
        draft.more.append(maker.table(first))
    elif name not in NOTHING_SAID:
        maker.reasons.append(f"`{name}`, which is not read")
    return None


def select(maker: Maker, step: Step) -> None:
    """Columns."""
    call, draft = step.call, maker.draft
    found: list[exp.Expression] = []
    for place, argument in enumerate(call.arguments):
        found += maker.selected(argument, step.inner.get(place))
    if call.open:
        found.append(maker.unknown(None, "columns"))
    if step.name == "first":
        draft.limit = exp.Literal.number(1)
    if step.name == "distinctOn":
        draft.distinct = exp.Distinct(on=exp.Tuple(expressions=found))
        return
    if step.name == "distinct":
        draft.distinct = draft.distinct or exp.Distinct()
    draft.columns += found


def join(maker: Maker, step: Step, kind: str) -> None:
    """``join(table, first, operator, second)`` and its other forms."""
    call = step.call
    maker.alias = None
    table = maker.table(call.argument(0), step.inner.get(0))
    clause = step.inner.get(1)
    if clause is not None:
        condition = on_clause(maker, clause)
    elif len(call.arguments) > 1:
        condition = on(maker, call.arguments[1:])
    else:
        condition = None
    maker.draft.join(table, kind, condition)


def raw_join(maker: Maker, step: Step) -> None:
    """``joinRaw("LEFT JOIN ...")``."""
    first = step.call.argument(0)
    found = maker.joined_text(first, step.call.argument(1))
    if found is None:
        maker.unknown(first, "from")
    else:
        maker.draft.joins += found


def on_clause(maker: Maker, clause: Builder) -> exp.Expression | None:
    """What the function of a join says."""
    groups: list[exp.Expression] = []
    for step in clause.steps:
        match = ON.fullmatch(step.name)
        condition: exp.Expression | None
        if step.name == "using":
            maker.reasons.append("`using`")
            continue
        if match is None:
            maker.reasons.append(f"`{step.name}`, which is not read")
            continue
        condition = one_on(maker, step, match)
        if condition is None:
            continue
        if match["bool"] and match["bool"].lower() == "or" and groups:
            groups.append(condition)
        elif groups:
            groups[-1] = building.both(groups[-1], condition) or condition
        else:
            groups.append(condition)
    return building.any_of(groups)


def one_on(maker: Maker, step: Step, match: re.Match[str]) -> exp.Expression | None:
    """One condition of a join."""
    form, arguments = match["form"], step.call.arguments
    found: exp.Expression | None
    if form == "Val":
        found = on(maker, arguments, value=True)
    elif form in ("", "Wrapped") and step.inner:
        found = on_clause(maker, step.inner[0])
        found = exp.Paren(this=found) if found is not None else None
    elif form == "":
        found = on(maker, arguments)
    else:
        found = special(maker, step, form, 0)
    return building.negated(found) if match["not"] and found is not None else found


def on(maker: Maker, arguments: list[Value], *, value: bool = False) -> exp.Expression | None:
    """``on("a.id", "=", "b.a_id")``, ``on({ "a.id": "b.a_id" })``, ``on(raw)``."""
    first = arguments[0] if arguments else None

    def side(given: Value) -> exp.Expression:
        named = not value and text_of(given) is not None
        return maker.column(given) if named else maker.value(given)

    if isinstance(first, Record):
        return building.all_of(
            exp.EQ(this=maker.key(first, key), expression=side(entry)) for key, entry in first.entries.items()
        )
    if len(arguments) == 1:
        return maker.raw(first)
    left = maker.column(first)
    if len(arguments) == 2:
        return exp.EQ(this=left, expression=side(arguments[1]))
    operator = text_of(arguments[1])
    if operator is None:
        return maker.unknown(arguments[1])
    if operator.lower() in ("in", "not in"):
        found = maker.within(left, arguments[2])
        return building.negated(found) if operator.lower() == "not in" else found
    return maker.compared(operator, left, side(arguments[2]))


def where(maker: Maker, step: Step, match: re.Match[str]) -> None:
    """A condition of WHERE or HAVING."""
    kind, form = match["kind"].lower(), match["form"]
    is_or, negated = (match["bool"] or "").lower() == "or", bool(match["not"])
    call = step.call
    first = call.argument(0)
    if call.open:
        condition: exp.Expression | None = maker.unknown(first, "where" if kind == "where" else "having")
    elif form in ("", "Column") and isinstance(first, Record):
        parts = []
        for key, value in first.entries.items():
            part = simple(maker, maker.key(first, key), "=", value, None, column=form == "Column")
            parts.append(building.negated(part) if negated else part)
        if not first.complete:
            parts.append(maker.unknown(first, "where" if kind == "where" else "having"))
        negated = False
        condition = building.all_of(parts)
        if is_or and condition is not None and len(parts) > 1:
            condition = exp.Paren(this=condition)
    elif (form in ("", "Wrapped")) and 0 in step.inner:
        condition = group(maker, step.inner[0], kind)
    elif form == "":
        condition = plain(maker, step)
    elif form == "Column":
        condition = on(maker, call.arguments)
    else:
        condition = special(maker, step, form, 0)
    maker.condition(kind, condition, is_or=is_or, negated=negated)


def group(maker: Maker, inner: Builder, kind: str) -> exp.Expression | None:
    """``where(function () { this.where(...).orWhere(...) })``."""
    from ._clauses import Maker as Inner

    made = Inner(maker.lifting, maker.bindings)
    for step in inner.steps:
        made.apply(step)
    maker.open |= made.open
    maker.reasons += made.reasons
    found = made.folded(kind)
    return exp.Paren(this=found) if found is not None else None


def plain(maker: Maker, step: Step) -> exp.Expression | None:
    """``where("a", 1)``, ``where("a", ">", 1)``, ``where(raw)``, ``where(true)``."""
    call = step.call
    first = call.argument(0)
    if len(call.arguments) == 1:
        if isinstance(first, Const) and isinstance(first.value, bool):
            return exp.EQ(this=exp.Literal.number(1), expression=exp.Literal.number(int(first.value)))
        if isinstance(first, Builder):
            return exp.Subquery(this=maker.query(first))
        found = maker.raw(first)
        if pieces.is_hole(found):
            maker.open.add("where")
        return exp.Paren(this=found) if isinstance(found, exp.Or) else found
    left = maker.column(first, step.inner.get(0))
    if len(call.arguments) == 2:
        return simple(maker, left, "=", call.arguments[1], step.inner.get(1))
    operator = text_of(call.arguments[1])
    if operator is None:
        return maker.unknown(call.arguments[1], "where")
    return simple(maker, left, operator, call.arguments[2], step.inner.get(2))


def simple(
    maker: Maker, left: exp.Expression, operator: str, value: Value, inner: Builder | None, *, column: bool = False
) -> exp.Expression:
    """A comparison of a column."""
    word = operator.strip().lower()
    if word in ("in", "not in"):
        found = maker.within(left, value, inner)
        return building.negated(found) if word == "not in" else found
    if word in ("between", "not between"):
        found = maker.between(left, value)
        return building.negated(found) if word == "not between" else found
    if isinstance(value, Const) and value.value is None and word in ("=", "is", "is not"):
        null: exp.Expression = exp.Is(this=left, expression=exp.Null())
        return building.negated(null) if word == "is not" else null
    right = maker.column(value) if column else maker.value(value, inner)
    return maker.compared(operator, left, right)


def special(maker: Maker, step: Step, form: str, place: int) -> exp.Expression:
    """``whereIn``, ``whereNull``, ``whereExists`` and their kin."""
    arguments = step.call.arguments
    first = arguments[place] if len(arguments) > place else None
    second = arguments[place + 1] if len(arguments) > place + 1 else None
    if form == "Raw":
        parts = maker.written(first, second, "condition")
        return parts[0] if len(parts) == 1 else maker.unknown(first, "where")
    if form == "Exists":
        query = maker.query(first, step.inner.get(place))
        return exp.Exists(this=query) if not pieces.is_hole(query) else query
    left = maker.column(first)
    if form in ("In", "NotIn"):
        found = maker.within(left, second, step.inner.get(place + 1))
        return building.negated(found) if form == "NotIn" else found
    if form == "Null":
        return exp.Is(this=left, expression=exp.Null())
    if form == "Between":
        return maker.between(left, second)
    if form == "Like":
        return exp.Like(this=left, expression=maker.value(second))
    if form == "ILike":
        return exp.ILike(this=left, expression=maker.value(second))
    maker.reasons.append(f"`{step.name}`, which is not read")
    return pieces.hole(f"`{step.name}`", step.call.origin)


def aggregate(maker: Maker, step: Step) -> None:
    """``count("* as total")``, ``countDistinct("a", "b")``, ``sum({ total: "price" })``."""
    distinct = step.name.endswith("Distinct")
    kind = AGGREGATES[step.name]
    arguments = list(step.call.arguments)
    alias: exp.Identifier | None = None
    last = arguments[-1] if len(arguments) > 1 else None
    if isinstance(last, Record):
        found = building.read_dotted(maker.lifting.project, last.entries.get("as"), split=False)
        alias = found.parts[0] if found is not None else None
        arguments.pop()

    def made(columns: list[exp.Expression], alias: exp.Identifier | None) -> exp.Expression:
        call = kind(this=exp.Distinct(expressions=columns) if distinct else columns[0])
        return exp.Alias(this=call, alias=alias) if alias is not None else call

    first = arguments[0] if arguments else None
    if first is None or (isinstance(first, Const) and first.value is None):
        maker.draft.columns.append(made([exp.Star()], alias))
    elif isinstance(first, Record):
        for key, value in first.entries.items():
            columns = value.items if isinstance(value, Sequence) else [value]
            name = pieces.name(str(key), first.places.get(key))
            maker.draft.columns.append(made([maker.column(column) for column in columns], name))
    else:
        columns = []
        named: list[exp.Expression] = []
        for argument in flat(arguments):
            dotted = building.read_dotted(maker.lifting.project, argument)
            alias = alias or (dotted.alias if dotted is not None else None)
            named.append(maker.column(argument))
        maker.draft.columns.append(made(named, alias))


def grouped(maker: Maker, step: Step) -> list[exp.Expression]:
    """The terms of GROUP BY."""
    call = step.call
    if step.name == "groupByRaw":
        return list(maker.written(call.argument(0), call.argument(1), "columns"))
    found: list[exp.Expression] = []
    for item in flat(call.arguments):
        known = isinstance(item, Const | Instance)
        found.append(maker.column(item) if known else maker.unknown(item, "group"))
    return found


def flat(arguments: Iterable[Value]) -> list[Value]:
    """Arguments, and the items of those that are lists."""
    return [item for given in arguments for item in (given.items if isinstance(given, Sequence) else [given])]


def order(maker: Maker, step: Step) -> None:
    """The terms of ORDER BY."""
    call, draft = step.call, maker.draft
    first = call.argument(0)
    if step.name == "orderByRaw":
        draft.order += maker.written(first, call.argument(1), "order")
        return
    items = first.items if isinstance(first, Sequence) else None
    if items is None:
        draft.order.append(ordered(maker, first, call.argument(1), call.argument(2), step.inner.get(0)))
        return
    for item in items:
        if isinstance(item, Record):
            entries = item.entries
            draft.order.append(ordered(maker, entries.get("column"), entries.get("order"), entries.get("nulls")))
        else:
            draft.order.append(ordered(maker, item, None, None))


def ordered(
    maker: Maker, column: Value | None, direction: Value | None, nulls: Value | None, inner: Builder | None = None
) -> exp.Expression:
    """One term of ORDER BY."""
    this = maker.column(column, inner)
    if pieces.is_hole(this):
        maker.open.add("order")
    if isinstance(this, exp.Ordered):
        return this
    descending = (text_of(direction) or "").lower() == "desc"
    where_nulls = (text_of(nulls) or "").lower()
    nulls_first = where_nulls == "first" if where_nulls in ("first", "last") else None
    return building.ordered(this, maker.lifting.dialect, descending=descending, nulls_first=nulls_first)


def combine(maker: Maker, step: Step) -> None:
    """UNION and its kin."""
    kind, distinct = SETS[step.name]
    place = len(step.call.arguments)
    for position, argument in enumerate(step.call.arguments):
        items = argument.items if isinstance(argument, Sequence) else [argument]
        for item in items:
            if isinstance(item, Const):
                continue
            inner = step.inner.get(position) if not isinstance(argument, Sequence) else None
            if isinstance(item, Function) and inner is None:
                inner = step.inner.get(place)
                place += 1
            maker.draft.unions.append((kind, distinct, maker.query(item, inner)))


def common(maker: Maker, step: Step) -> None:
    """A common table expression."""
    call = step.call
    name = building.read_dotted(maker.lifting.project, call.argument(0), split=False)
    place = 2 if len(call.arguments) > 2 else 1
    query = maker.query(call.argument(place), step.inner.get(place))
    columns = named(maker, call.argument(1)) if place == 2 else []
    if name is None:
        maker.unknown(call.argument(0), "with")
        return
    alias = exp.TableAlias(this=name.parts[0], columns=[column.this for column in columns] or None)
    maker.draft.ctes.append(exp.CTE(this=query, alias=alias))
    maker.draft.recursive = maker.draft.recursive or "Recursive" in step.name


def clear(maker: Maker, clause: str) -> None:
    """Remove a clause."""
    draft = maker.draft
    if clause in ("columns", "select"):
        draft.columns, draft.distinct = [], None
        maker.open.discard("columns")
    elif clause in ("where", "having"):
        maker.conditions[clause].clear()
    elif clause == "group":
        draft.group = []
    elif clause == "order":
        draft.order = []
    elif clause == "limit":
        draft.limit = None
    elif clause == "offset":
        draft.offset = None
    elif clause == "join":
        draft.joins = []
    else:
        maker.reasons.append(f"`clear({clause})`")


def insert(maker: Maker, value: Value | None) -> None:
    """The rows of an INSERT."""
    maker.verb = "insert"
    draft = maker.draft
    if isinstance(value, Builder):
        draft.values = maker.query(value)
        return
    items: list[Value | None] = [*value.items] if isinstance(value, Sequence) and value.complete else [value]
    if isinstance(value, Sequence) and not value.complete and isinstance(value.element, Record) and not value.items:
        items = [value.element]
        maker.reasons.append("how many rows are written")
    if not items or not all(isinstance(item, Record) for item in items):
        draft.values = building.rows([[maker.unknown(value, "values")]])
        maker.open.add("columns")
        return
    names: dict[str, exp.Identifier] = {}
    for item in items:
        for key in item.entries if isinstance(item, Record) else ():
            names.setdefault(
                str(key), pieces.name(str(key), item.places.get(key) if isinstance(item, Record) else None)
            )
    names = {key: names[key] for key in sorted(names)}  # as Knex writes them
    rows: list[list[exp.Expression]] = []
    for item in items:
        if isinstance(item, Record):
            rows.append(
                [maker.value(item.entries[key]) if key in item.entries else exp.var("DEFAULT") for key in names]
            )
            if not item.complete:
                maker.open |= {"values", "columns"}
                maker.reasons.append("further entries of a row")
    draft.names = list(names.values())
    draft.values = building.rows(rows) if names else None


def update(maker: Maker, step: Step) -> None:
    """``update({ a: 1 })``, ``update("a", 1)``."""
    maker.verb = "update"
    call = step.call
    first = call.argument(0)
    if isinstance(first, Record):
        for key, value in first.entries.items():
            maker.draft.sets.append(exp.EQ(this=maker.key(first, key), expression=maker.value(value)))
        if not first.complete:
            maker.open.add("set")
            maker.reasons.append("further entries of what is written")
        returning(maker, call.argument(1))
    elif text_of(first) is not None:
        maker.draft.sets.append(exp.EQ(this=maker.column(first), expression=maker.value(call.argument(1))))
        returning(maker, call.argument(2))
    else:
        maker.draft.sets.append(exp.EQ(this=pieces.hole("a column"), expression=maker.unknown(first, "set")))


def count(maker: Maker, step: Step) -> None:
    """``increment("a", 1)``, ``decrement({ a: 1 })``."""
    maker.verb = "update"
    call = step.call
    first = call.argument(0)
    kind: Callable[..., exp.Expression] = exp.Add if step.name == "increment" else exp.Sub
    if isinstance(first, Record):
        for key, value in first.entries.items():
            column = maker.key(first, key)
            sum_ = kind(this=column.copy(), expression=maker.value(value))
            maker.draft.sets.append(exp.EQ(this=column, expression=sum_))
        return
    column = maker.column(first)
    amount = maker.value(call.argument(1)) if len(call.arguments) > 1 else exp.Literal.number(1)
    maker.draft.sets.append(exp.EQ(this=column, expression=kind(this=column.copy(), expression=amount)))


def named(maker: Maker, value: Value | None) -> list[exp.Expression]:
    """Columns by name: one, or a list."""
    if value is None or (isinstance(value, Const) and not isinstance(value.value, str)):
        return []
    return [maker.column(item) for item in (value.items if isinstance(value, Sequence) else [value])]


def returning(maker: Maker, value: Value | None) -> None:
    """What a write gives back."""
    if value is None or (isinstance(value, Const) and not isinstance(value.value, str)):
        return
    if isinstance(value, Record):
        return
    maker.draft.returning = [column for item in flat([value]) for column in maker.selected(item)]


def merge(maker: Maker, value: Value | None) -> None:
    """``onConflict("email").merge(...)``."""
    conflict = maker.draft.conflict
    if conflict is None:
        return
    conflict.set("action", exp.var("DO UPDATE"))
    sets: list[exp.Expression] = []
    if isinstance(value, Record):
        sets = [
            exp.EQ(this=maker.key(value, key), expression=maker.value(entry)) for key, entry in value.entries.items()
        ]
    elif isinstance(value, Sequence):
        for column in named(maker, value):
            if isinstance(column, exp.Column) and isinstance(column.this, exp.Identifier):
                sets.append(exp.EQ(this=column, expression=building.excluded(column.this)))
    else:
        sets = [
            exp.EQ(this=exp.Column(this=name.copy()), expression=building.excluded(name)) for name in maker.draft.names
        ]
    conflict.set("expressions", sets)
