"""``db.query.users.findMany({ with, where, columns })`` as plain SQL: related rows come by statements of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sqlglot import exp

from verifier.api import Const, Defect, Entity, Function, Load, Origin, Record, Value, options, text_of

from ._chains import Chain, named
from ._tables import DrizzleTable

if TYPE_CHECKING:
    from ._clauses import Maker


def table_of(maker: Maker, chain: Chain) -> DrizzleTable | None:
    """The table that is asked."""
    key = chain.name.split(".")[1]
    tables = [found for found in maker.lifting.engine.objects if isinstance(found, DrizzleTable) and named(found, key)]
    return tables[0] if tables else None


def relational(maker: Maker, chain: Chain) -> exp.Expression | None:
    """The main statement."""
    from ._steps import nothing, order, unparenthesized

    table = table_of(maker, chain)
    if table is None:
        maker.reasons.append(f"the table `{chain.name.split('.')[1]}` of the schema")
        return None
    draft = maker.draft
    draft.source = maker.table(table)
    given = chain.call.argument(0)
    record = given if isinstance(given, Record) else Record({}, complete=given is None)
    if not record.complete:
        maker.open |= {"where", "order", "limit", "columns"}
        maker.reasons.append("further options of the call")
    where = chain.inner.get("where") or record.entries.get("where")
    if where is not None and not nothing(where) and not isinstance(where, Function):
        found = [option for option in options(where) if not nothing(option)]
        draft.where = unparenthesized(maker.column(found[0] if len(found) == 1 else where))
    elif isinstance(where, Function):
        draft.where = maker.unknown(where, "where")
    draft.columns = columns(maker, table, record.entries.get("columns"))
    ordering = chain.inner.get("orderBy") or record.entries.get("orderBy")
    if ordering is not None:
        order(maker, [ordering])
    limit, offset = record.entries.get("limit"), record.entries.get("offset")
    if limit is not None and not nothing(limit):
        draft.limit = maker.value(limit)
    if chain.name.endswith("findFirst"):
        draft.limit = exp.Literal.number(1)
    if offset is not None and not nothing(offset):
        draft.offset = maker.value(offset)
    return draft.select()


def columns(maker: Maker, table: DrizzleTable, value: Value | None) -> list[exp.Expression]:
    """``columns: { id: true }``, ``columns: { password: false }``."""
    given = table.columns
    if not isinstance(given, Record):
        return [exp.Star()]
    keys = [str(key) for key in given.entries]
    if isinstance(value, Record):
        wanted = {str(key): entry for key, entry in value.entries.items()}
        for key in wanted:
            at = value.places.get(key)
            if key not in keys and given.complete and at is not None:
                maker.missing(table, key, at)
        chosen = [key for key in keys if is_true(wanted.get(key))]
        if not chosen:
            chosen = [key for key in keys if key not in wanted]
        keys = chosen
    return [maker.of_table(table, key, None) for key in keys]


def is_true(value: Value | None) -> bool:
    """Whether a column is asked for."""
    return isinstance(value, Const) and bool(value.value)


def loads_of(maker: Maker, chain: Chain, entities: Mapping[str, Entity]) -> list[Load]:
    """The related rows that come along."""
    table = table_of(maker, chain)
    given = chain.call.argument(0)
    if table is None or not isinstance(given, Record):
        return []
    name = table.held or text_of(table.name) or ""
    return list(brought(maker, entities, name, given.entries.get("with"), ()))


def brought(
    maker: Maker, entities: Mapping[str, Entity], name: str, value: Value | None, path: tuple[str, ...]
) -> list[Load]:
    """What ``with`` names."""
    found: list[Load] = []
    entity = entities.get(name)
    if entity is None or not isinstance(value, Record):
        return found
    for key, entry in value.entries.items():
        relationship = entity.relationship(str(key))
        at = value.places.get(key)
        if at is None:
            continue
        if relationship is None:
            undeclared(maker, entity, str(key), at)
            continue
        found.append(Load((*path, str(key)), "separate", relationship.many, maker.lifting.span(at)))
        if isinstance(entry, Record):
            inner = entry.entries.get("with")
            found += brought(maker, entities, relationship.target, inner, (*path, str(key)))
    return found


def undeclared(maker: Maker, entity: Entity, key: str, at: Origin) -> None:
    """Note a relation that a table does not declare."""
    maker.defects.append(
        Defect(
            "drizzle/unknown-relation",
            maker.lifting.span(at),
            f"`{entity.name}` has no relation `{key}`",
            symptom="TypeError: Cannot read properties of undefined (reading 'referencedTable')",
            remedy=f"Declare `{key}` in the `relations` of `{entity.name}`.",
            related=((entity.span, f"`{entity.name}` is declared here"),),
        )
    )
