"""What each method of Drizzle's builders says."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlglot import exp

from verifier.api import Const, Function, Origin, Record, Sequence, Value, building, options, pieces, text_of

from ._chains import Chain
from ._columns import column_name
from ._tables import ColumnOf, DrizzleTable

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
NOTHING_SAID = frozenset({"$dynamic", "as", "$withCache", "overridingSystemValue", "$returningId"})


def tree_of(maker: Maker, steps: list[Chain]) -> exp.Expression | None:
    """The tree of some calls."""
    if steps[0].name.startswith("query."):
        from ._relational import relational

        return relational(maker, steps[0])
    sources: list[Value] = []
    chosen: Value | None = None
    maker.joins = any(step.name in JOINS for step in steps)
    maker.sources = sources
    for step in steps:
        if step.name in ("select", "selectDistinct") and step.call.arguments:
            chosen = step.call.arguments[0]
        elif step.name == "selectDistinctOn" and len(step.call.arguments) > 1:
            chosen = step.call.arguments[1]
        if step.name in JOINS or step.name == "from":
            first = step.call.argument(0)
            if first is not None:
                sources.append(first)
        apply(maker, step, sources)
    draft = maker.draft
    if maker.verb == "select":
        if steps[0].name == "$count":
            draft.columns = [exp.Count(this=exp.Star())]
        else:
            draft.columns = selected(maker, chosen) if chosen is not None else every(maker, sources)
        return draft.select()
    if draft.source is None:
        return None
    if draft.joins:
        maker.open.add("from")
        maker.reasons.append("joins of a write, which not all databases have")
    return {"insert": draft.insert, "update": draft.update, "delete": draft.delete}[maker.verb]()


def apply(maker: Maker, step: Chain, sources: list[Value]) -> None:
    """Add what one call says."""
    call, name, draft = step.call, step.name, maker.draft
    first = call.argument(0)
    if name in ("select", "selectDistinct", "selectDistinctOn"):
        if name == "selectDistinct":
            draft.distinct = exp.Distinct()
        elif name == "selectDistinctOn" and isinstance(first, Sequence):
            columns = [maker.column(item) for item in first.items]
            draft.distinct = exp.Distinct(on=exp.Tuple(expressions=columns))
    elif name == "$count":
        draft.source = maker.table(first, place(step))
        condition = call.argument(1)
        if condition is not None and not nothing(condition):
            draft.where = maker.column(condition)
    elif name == "from":
        if maker.verb == "update":
            draft.more.append(maker.table(first, place(step)))
        else:
            draft.source = maker.table(first, place(step))
    elif name in ("insert", "update", "delete"):
        maker.verb, draft.source = name, maker.table(first, place(step))
    elif name == "with":
        for given in call.arguments:
            common(maker, given)
    elif name in JOINS:
        condition = call.argument(1)
        on = maker.column(condition) if condition is not None and not nothing(condition) else None
        draft.join(maker.table(first, place(step)), JOINS[name], unparenthesized(on))
    elif name == "where":
        if not nothing(first):
            kept = [option for option in options(first) if not nothing(option)] if first is not None else []
            wanted = maker.column(kept[0] if len(kept) == 1 else first)
            draft.where = unparenthesized(wanted) if wanted != exp.Boolean(this=True) else None
    elif name == "having":
        draft.having = unparenthesized(maker.column(first)) if not nothing(first) else None
    elif name == "groupBy":
        draft.group += [maker.column(item) for item in call.arguments]
    elif name == "orderBy":
        order(maker, call.arguments)
    elif name == "limit":
        draft.limit = maker.value(first)
    elif name == "offset":
        draft.offset = maker.value(first)
    elif name == "for":
        draft.locks.append(exp.Lock(update=text_of(first) in ("update", "no key update")))
    elif name in SETS:
        kind, distinct = SETS[name]
        if isinstance(first, Chain):
            draft.unions.append((kind, distinct, maker.query(first)))
        else:
            maker.unknown(first, "from")
    elif name == "values":
        insert(maker, first, sources_of(step))
    elif name == "set":
        draft.sets += assignments(maker, first, sources_of(step))
    elif name == "returning":
        before, maker.plain = maker.plain, True
        draft.returning = selected(maker, first) if first is not None else maker.columns_of(sources_of(step))
        maker.plain = before
    elif name in ("onConflictDoNothing", "onConflictDoUpdate"):
        conflict(maker, step, first)
    elif name == "onDuplicateKeyUpdate":
        maker.reasons.append("`onDuplicateKeyUpdate`")
    elif name not in NOTHING_SAID:
        maker.reasons.append(f"`{name}`, which is not read")


def place(step: Chain) -> Origin:
    """Where a table is named."""
    return step.call.place(0)


def nothing(value: Value | None) -> bool:
    """Whether nothing is given."""
    return value is None or (isinstance(value, Const) and value.value is None)


def unparenthesized(node: exp.Expression | None) -> exp.Expression | None:
    """A condition without the parentheses around all of it."""
    return node.this if isinstance(node, exp.Paren) else node


def sources_of(step: Chain) -> DrizzleTable | None:
    """The table that a chain of calls writes to."""
    current: Value | None = step
    while isinstance(current, Chain):
        first = current.call.argument(0)
        if current.name in ("insert", "update", "delete") and isinstance(first, DrizzleTable):
            return first
        current = current.before
    return None


def every(maker: Maker, sources: list[Value]) -> list[exp.Expression]:
    """All columns of what a statement reads."""
    return [column for source in sources for column in maker.columns_of(source)]


def selected(maker: Maker, value: Value | None) -> list[exp.Expression]:
    """``{ id: users.id, author: { name: authors.name } }``."""
    found: list[exp.Expression] = []
    records = [option for option in options(value) if isinstance(option, Record)] if value is not None else []
    if not records:
        if isinstance(value, DrizzleTable):
            return maker.columns_of(value)
        return [maker.unknown(value, "columns")]
    for entry in records[0].entries.values():
        if isinstance(entry, Record):
            found += selected(maker, entry)
        elif isinstance(entry, DrizzleTable):
            found += maker.columns_of(entry)
        elif isinstance(entry, Chain) and entry.name == "as":
            found.append(maker.column(entry))
        elif isinstance(entry, Const):
            found.append(maker.unknown(entry, "columns"))
        else:
            found.append(maker.chosen(entry))
    if not records[0].complete:
        found.append(maker.unknown(records[0], "columns"))
    return found


def order(maker: Maker, arguments: list[Value]) -> None:
    """The terms of ORDER BY."""
    for argument in arguments:
        if isinstance(argument, Function):
            maker.unknown(argument, "order")
            continue
        for item in argument.items if isinstance(argument, Sequence) else [argument]:
            if nothing(item):
                continue
            for column in maker.ordering(item):
                if pieces.is_hole(column):
                    maker.open.add("order")
                made = column if isinstance(column, exp.Ordered) else building.ordered(column, maker.lifting.dialect)
                maker.draft.order.append(made)


def common(maker: Maker, value: Value) -> None:
    """A common table expression: ``db.$with("t").as(query)``."""
    named = value.before if isinstance(value, Chain) else None
    query = value.call.argument(0) if isinstance(value, Chain) else None
    name = text_of(named.call.argument(0)) if isinstance(named, Chain) else None
    if name is None or not isinstance(query, Chain):
        maker.unknown(value, "with")
        return
    alias = exp.TableAlias(this=pieces.name(name))
    maker.draft.ctes.append(exp.CTE(this=maker.query(query), alias=alias))


def key_column(maker: Maker, table: DrizzleTable | None, record: Record, key: str) -> exp.Identifier | None:
    """The column that a key of an object writes; None for one that Drizzle drops."""
    at = record.places.get(key)
    given = table.columns if table is not None else None
    if table is None or not isinstance(given, Record):
        return pieces.name(key, at)
    if key not in given.entries:
        if given.complete and at is not None:
            maker.dropped(table, key, at)
        return None
    return pieces.name(column_name(maker.lifting.engine, ColumnOf(table, key)), at)


def insert(maker: Maker, value: Value | None, table: DrizzleTable | None) -> None:
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
    for record in records:
        for key in record.entries:
            column = key_column(maker, table, record, str(key))
            if column is not None:
                names.setdefault(str(key), column)
        if not record.complete:
            maker.open |= {"values", "columns"}
            maker.reasons.append("further entries of a row")
    rows = [
        [maker.value(record.entries[key]) if key in record.entries else exp.var("DEFAULT") for key in names]
        for record in records
    ]
    draft.names = list(names.values())
    draft.values = building.rows(rows) if names else None


def assignments(maker: Maker, value: Value | None, table: DrizzleTable | None) -> list[exp.Expression]:
    """``set({ name: "x" })``."""
    records = [option for option in options(value) if isinstance(option, Record)] if value is not None else []
    if not records:
        return [exp.EQ(this=pieces.hole("a column"), expression=maker.unknown(value, "set"))]
    found: list[exp.Expression] = []
    for key, entry in records[0].entries.items():
        column = key_column(maker, table, records[0], str(key))
        if column is not None:
            found.append(exp.EQ(this=exp.Column(this=column), expression=maker.value(entry)))
    if not records[0].complete:
        maker.open.add("set")
        maker.reasons.append("further entries of what is written")
    return found


def conflict(maker: Maker, step: Chain, given: Value | None) -> None:
    """``onConflictDoUpdate({ target, set })``."""
    entries = given.entries if isinstance(given, Record) else {}
    target = entries.get("target")
    targets = target.items if isinstance(target, Sequence) else [target] if target is not None else []
    before, maker.plain = maker.plain, True
    keys = [maker.column(item) for item in targets]
    maker.plain = before
    made = exp.OnConflict(conflict_keys=keys or None, action=exp.var("DO NOTHING"))
    if step.name == "onConflictDoUpdate":
        made.set("action", exp.var("DO UPDATE"))
        made.set("expressions", assignments(maker, entries.get("set"), sources_of(step)))
    if (
        entries.get("where") is not None
        or entries.get("setWhere") is not None
        or entries.get("targetWhere") is not None
    ):
        maker.reasons.append("the condition of a conflict")
    maker.draft.conflict = made
