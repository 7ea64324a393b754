"""What each method of Kysely's builders says."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlglot import exp

from verifier.api import Const, Record, Sequence, Value, building, pieces, text_of

from ._chains import Chain

if TYPE_CHECKING:
    from ._clauses import Maker

JOINS = {
    "innerJoin": "inner", "leftJoin": "left", "rightJoin": "right", "fullJoin": "full", "crossJoin": "cross",
    "innerJoinLateral": "inner", "leftJoinLateral": "left", "crossJoinLateral": "cross",
}  # fmt: skip
SETS: dict[str, tuple[Callable[..., exp.Expression], bool]] = {
    "union": (exp.Union, True), "unionAll": (exp.Union, False), "intersect": (exp.Intersect, True),
    "intersectAll": (exp.Intersect, False), "except": (exp.Except, True), "exceptAll": (exp.Except, False),
}  # fmt: skip
LOCKS = {"forUpdate": True, "forNoKeyUpdate": True, "forShare": False, "forKeyShare": False}
CLEARS = {"clearOrderBy": "order", "clearGroupBy": "group"}
NOTHING_SAID = frozenset("withPlugin withoutPlugins withSchema withTables skipLocked noWait".split())


def apply(maker: Maker, step: Chain) -> None:
    """Add what one call says to a statement."""
    call, name, draft = step.call, step.name, maker.draft
    if call is None:
        return
    first = maker.given(step, 0)
    if name == "selectFrom":
        draft.source, *draft.more = maker.tables(first)
    elif name in ("insertInto", "replaceInto"):
        maker.verb, draft.source = "insert", maker.table(first)
    elif name == "updateTable":
        maker.verb = "update"
        draft.source, *draft.more = maker.tables(first)
    elif name == "deleteFrom":
        maker.verb = "delete"
        draft.source, *draft.more = maker.tables(first)
    elif name in ("with", "withRecursive"):
        common(maker, step)
    elif name in ("select", "selectNoFrom", "distinctOn"):
        found = [column for place in places(step) for column in maker.selected(place)] or maker.selected(first)
        if name == "distinctOn":
            draft.distinct = exp.Distinct(on=exp.Tuple(expressions=found))
        else:
            draft.columns += found
    elif name in ("selectAll", "returningAll"):
        stars: list[exp.Expression] = [exp.Star()]
        if first is not None:
            tables = [building.read_dotted(maker.lifting.project, item) for item in flat(first)]
            stars = [exp.Column(this=exp.Star(), table=table.parts[-1]) for table in tables if table is not None]
        if name == "selectAll":
            draft.columns += stars
        else:
            draft.returning += stars
    elif name == "distinct":
        draft.distinct = exp.Distinct()
    elif name in ("where", "having"):
        condition = maker.condition(step)
        if name == "where":
            draft.also(condition)
        else:
            draft.having = building.both(draft.having, condition)
    elif name in ("whereRef", "havingRef"):
        condition = maker.compared(maker.reference(first), call.argument(1), call.argument(2), column=True)
        if name == "whereRef":
            draft.also(condition)
        else:
            draft.having = building.both(draft.having, condition)
    elif name in JOINS:
        join(maker, step)
    elif name in ("from", "using"):
        draft.more += maker.tables(first)
    elif name == "groupBy":
        draft.group += [maker.reference(item) for item in (places(step) or flat(first))]
    elif name == "orderBy":
        order(maker, step)
    elif name == "limit":
        draft.limit = maker.value(first)
    elif name == "offset":
        draft.offset = maker.value(first)
    elif name in SETS:
        kind, distinct = SETS[name]
        draft.unions += [(kind, distinct, maker.query(item)) for item in flat(first)]
    elif name == "as":
        alias = building.read_dotted(maker.lifting.project, first, split=False)
        maker.alias = alias.parts[0] if alias is not None else None
    elif name == "values":
        insert(maker, first)
    elif name == "columns":
        named = [building.read_dotted(maker.lifting.project, item) for item in flat(first)]
        draft.names = [column.parts[-1] for column in named if column is not None]
    elif name == "expression":
        draft.values = maker.query(first)
    elif name == "defaultValues":
        draft.values = None
    elif name in ("set", "onDuplicateKeyUpdate"):
        draft.sets += assignments(maker, step)
    elif name == "returning":
        found = [column for place in places(step) for column in maker.selected(place)] or maker.selected(first)
        draft.returning += found
    elif name == "clearReturning":
        draft.returning = []
    elif name == "onConflict":
        conflict(maker, first)
    elif name in ("ignore", "orIgnore"):
        draft.conflict = exp.OnConflict(action=exp.var("DO NOTHING"))
    elif name in LOCKS:
        draft.locks.append(exp.Lock(update=LOCKS[name]))
    elif name == "clearSelect":
        draft.columns = []
        maker.open.discard("columns")
    elif name == "clearWhere":
        draft.where = None
    elif name == "clearLimit":
        draft.limit = None
    elif name == "clearOffset":
        draft.offset = None
    elif name in CLEARS:
        setattr(draft, CLEARS[name], [])
    elif name not in NOTHING_SAID:
        maker.reasons.append(f"`{name}`, which is not read")


def places(step: Chain) -> list[Value]:
    """What the callbacks in a list of arguments gave."""
    if not any(place >= 100 for place in step.inner):
        return []
    first = step.call.argument(0) if step.call is not None else None
    items = list(first.items) if isinstance(first, Sequence) else []
    return [step.inner.get(100 + place, item) for place, item in enumerate(items)]


def flat(value: Value | None) -> list[Value]:
    """The items of a list, or the one value."""
    return list(value.items) if isinstance(value, Sequence) else [value] if value is not None else []


def join(maker: Maker, step: Chain) -> None:
    """``innerJoin(table, left, right)``, ``innerJoin(table, (join) => join.onRef(...))``."""
    from ._queries import steps_of

    call = step.call
    assert call is not None
    table: exp.Expression = maker.table(maker.given(step, 0))
    if step.name.endswith("Lateral") and isinstance(table, exp.Subquery):
        table = exp.Lateral(this=table, alias=table.args.get("alias"))
        table.this.set("alias", None)
    condition: exp.Expression | None = None
    if 1 in step.inner:
        for part in steps_of(step.inner[1]) or []:
            condition = building.both(condition, on(maker, part))
    elif len(call.arguments) >= 3:
        condition = exp.EQ(this=maker.reference(call.argument(1)), expression=maker.reference(call.argument(2)))
    maker.draft.join(table, JOINS[step.name], condition)


def on(maker: Maker, step: Chain) -> exp.Expression | None:
    """One call on what the callback of a join is given."""
    call = step.call
    if call is None:
        return None
    if step.name == "onRef":
        return maker.compared(maker.reference(call.argument(0)), call.argument(1), call.argument(2), column=True)
    if step.name == "on":
        return maker.condition(step)
    if step.name == "onTrue":
        return exp.Boolean(this=True)
    maker.reasons.append(f"`{step.name}`, which is not read")
    return None


def order(maker: Maker, step: Chain) -> None:
    """The terms of ORDER BY."""
    call = step.call
    assert call is not None
    first, second = maker.given(step, 0), call.argument(1)
    items = places(step) or flat(first)
    for item in items:
        text = text_of(item)
        descending = text_of(second) == "desc"
        nulls: bool | None = None
        if 1 in step.inner:
            from ._queries import steps_of

            said = [part.name for part in steps_of(step.inner[1]) or []]
            descending = "desc" in said
            nulls = True if "nullsFirst" in said else False if "nullsLast" in said else None
        if text is not None and text.endswith((" asc", " desc")) and isinstance(item, Const):
            descending = text.endswith(" desc")
            item = Const(text.rpartition(" ")[0], item.origin)
        column = maker.reference(item)
        if pieces.is_hole(column):
            maker.open.add("order")
        made = building.ordered(column, maker.lifting.dialect, descending=descending, nulls_first=nulls)
        maker.draft.order.append(made)
        if second is not None and text_of(second) is None and 1 not in step.inner and not isinstance(second, Chain):
            maker.reasons.append("the direction of an order")


def common(maker: Maker, step: Chain) -> None:
    """A common table expression."""
    call = step.call
    assert call is not None
    name = text_of(call.argument(0)) or ""
    query = maker.query(maker.given(step, 1))
    head, _, rest = name.partition("(")
    origin = call.arguments[0].origin if call.arguments else None
    if not head:
        maker.unknown(call.argument(0), "with")
        return
    columns = [pieces.name(word.strip()) for word in rest.rstrip(")").split(",") if word.strip()]
    alias = exp.TableAlias(this=pieces.name(head.strip(), origin), columns=columns or None)
    maker.draft.ctes.append(exp.CTE(this=query, alias=alias))
    maker.draft.recursive = maker.draft.recursive or step.name == "withRecursive"


def insert(maker: Maker, value: Value | None) -> None:
    """The rows of an INSERT."""
    draft = maker.draft
    items: list[Value | None] = [*value.items] if isinstance(value, Sequence) and value.complete else [value]
    if isinstance(value, Sequence) and not value.complete and isinstance(value.element, Record) and not value.items:
        items = [value.element]
        maker.reasons.append("how many rows are written")
    records = [item for item in items if isinstance(item, Record)]
    if not records or len(records) != len(items):
        draft.values = building.rows([[maker.unknown(value, "values")]])
        maker.open.add("columns")
        return
    names: dict[str, exp.Identifier] = {}
    for item in records:
        for key in item.entries:
            names.setdefault(str(key), maker.key(item, key))
        if not item.complete:
            maker.open |= {"values", "columns"}
            maker.reasons.append("further entries of a row")
    rows = [
        [maker.value(item.entries[key]) if key in item.entries else exp.var("DEFAULT") for key in names]
        for item in records
    ]
    draft.names = list(names.values())
    draft.values = building.rows(rows) if names else None


def assignments(maker: Maker, step: Chain) -> list[exp.Expression]:
    """``set({ a: 1 })``, ``set("a", 1)``, ``set((eb) => ({ a: eb("a", "+", 1) }))``."""
    call = step.call
    assert call is not None
    first = maker.given(step, 0)
    if len(call.arguments) == 2:
        return [exp.EQ(this=maker.reference(first), expression=maker.value(maker.given(step, 1)))]
    if not isinstance(first, Record):
        maker.open.add("set")
        return [exp.EQ(this=pieces.hole("a column"), expression=maker.unknown(first, "set"))]
    if not first.complete:
        maker.open.add("set")
        maker.reasons.append("further entries of what is written")
    return [
        exp.EQ(this=exp.Column(this=maker.key(first, key)), expression=maker.value(entry))
        for key, entry in first.entries.items()
    ]


def conflict(maker: Maker, given: Value | None) -> None:
    """``onConflict((oc) => oc.column("email").doUpdateSet({ ... }))``."""
    from ._queries import steps_of

    steps = steps_of(given) if isinstance(given, Chain) else None
    if steps is None:
        maker.unknown(given, "conflict")
        return
    made = exp.OnConflict(conflict_keys=[], action=exp.var("DO NOTHING"))
    for step in steps:
        call = step.call
        if call is None:
            continue
        first = call.argument(0)
        if step.name in ("column", "columns"):
            keys = [maker.reference(item) for item in flat(first)]
            made.set("conflict_keys", [*made.args["conflict_keys"], *keys])
        elif step.name == "constraint":
            found = building.read_dotted(maker.lifting.project, first, split=False)
            made.set("constraint", found.parts[0] if found is not None else None)
        elif step.name == "expression":
            made.set("conflict_keys", [maker.reference(maker.given(step, 0))])
        elif step.name == "doUpdateSet":
            made.set("action", exp.var("DO UPDATE"))
            made.set("expressions", assignments(maker, step))
        elif step.name in ("where", "whereRef"):
            key = "where" if made.args["action"].name == "DO UPDATE" else "index_predicate"
            condition = (
                maker.condition(step)
                if step.name == "where"
                else maker.compared(maker.reference(first), call.argument(1), call.argument(2), column=True)
            )
            made.set(key, exp.Where(this=condition) if key == "where" else condition)
    maker.draft.conflict = made
