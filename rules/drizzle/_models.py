"""Drizzle's tables as entities."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from verifier.api import (
    Column,
    Constraint,
    Declaration,
    Engine,
    Entity,
    Function,
    Project,
    Record,
    Relationship,
    Sequence,
    Span,
    Unread,
    Value,
    is_test,
    reason_of,
    replace,
    text_of,
)

from ._columns import column_name, read_column, reference_to
from ._tables import ColumnOf, DrizzleTable, Relation, Relations, chain, text_option


def read(engine: Engine, project: Project) -> Iterable[Declaration]:
    """The tables of a project with their relations."""
    seen: set[object] = set()
    relations = [found for found in list(engine.objects) if isinstance(found, Relations)]
    for found in list(engine.objects):
        if not isinstance(found, DrizzleTable) or found.origin is None or is_test(found.origin.path):
            continue
        if found.origin in seen:
            continue
        seen.add(found.origin)
        span = engine.span(found.origin)
        name = text_of(found.name)
        if name is None:
            yield Unread(span, reason_of(found.name))
            continue
        yield entity(engine, found, name, span, [own for own in relations if own.table is found])


def entity(engine: Engine, table: DrizzleTable, name: str, span: Span, relations: list[Relations]) -> Entity:
    """One table."""
    columns: list[Column] = []
    constraints: list[Constraint] = []
    open_: list[str] = []
    given = table.columns
    if not isinstance(given, Record):
        open_.append(reason_of(given))
    else:
        if not given.complete:
            open_.append("columns that only run time knows")
        for key, value in given.entries.items():
            made = read_column(engine, table, str(key), engine.force(value))
            if made is None:
                open_.append(reason_of(engine.force(value)))
            else:
                columns.append(made.column)
                constraints.extend(made.constraints)
    constraints.extend(extras(engine, table, span))
    keys = {name for found in constraints if found.kind == "primary" for name in found.columns}
    foreign = {
        found.columns[0]: found.references
        for found in constraints
        if found.kind == "foreign" and len(found.columns) == 1
    }
    unique = {
        found.columns[0] for found in constraints if found.unique and len(found.columns) == 1 and not found.condition
    }
    return Entity(
        table.held or name,
        "drizzle",
        name,
        span,
        schema=table.schema,
        columns=tuple(
            replace(
                column,
                primary_key=column.primary_key or column.name in keys,
                nullable=column.nullable and column.name not in keys,
                unique=column.unique or column.name in unique,
                references=(*column.references, *foreign.get(column.name, ())),
            )
            for column in columns
        ),
        relationships=tuple(relationship for own in relations for relationship in relationships(engine, own, span)),
        constraints=tuple(
            found for found in constraints if len(found.columns) != 1 or found.condition or found.kind == "check"
        ),
        open=tuple(open_),
    )


def extras(engine: Engine, table: DrizzleTable, span: Span) -> Iterator[Constraint]:
    """Keys and indexes of the third argument."""
    given = table.extras
    call = table.made_by
    if isinstance(given, Function) and call is not None:
        given = engine.call(given, [table], call.node, call.frame)
    items: list[Value] = []
    if isinstance(given, Sequence):
        items = list(given.items)
    elif isinstance(given, Record):
        items = list(given.entries.values())
    for item in items:
        found = constraint(engine, engine.force(item), span)
        if found is not None:
            yield found


def constraint(engine: Engine, value: Value, span: Span) -> Constraint | None:
    """One key or index."""
    calls = chain(value)
    if not calls:
        return None
    base, first = calls[0]
    place = engine.span(first.origin)
    name = text_of(first.argument(0)) or text_option(first, 0, "name")
    methods = dict(calls[1:])
    on = methods.get("on") or methods.get("using")
    names = (
        tuple(named(engine, argument) for argument in on.arguments if not text_of(argument)) if on is not None else ()
    )
    if base == "primaryKey":
        listed = first.option(0, "columns")
        columns = listed.items if isinstance(listed, Sequence) else first.arguments
        return Constraint("primary", tuple(named(engine, column) for column in columns), place, name)
    if base == "foreignKey":
        own, other = first.option(0, "columns"), first.option(0, "foreignColumns")
        if not isinstance(own, Sequence) or not isinstance(other, Sequence):
            return None
        delete = methods["onDelete"].text(0) if "onDelete" in methods else None
        update = methods["onUpdate"].text(0) if "onUpdate" in methods else None
        at = tuple(reference_to(engine, item, delete, update) for item in other.items if isinstance(item, ColumnOf))
        return (
            Constraint("foreign", tuple(named(engine, column) for column in own.items), place, name, at) if at else None
        )
    if base == "unique":
        return Constraint("unique", names, place, name, unique=True)
    if base in ("index", "uniqueIndex"):
        condition = "where" if "where" in methods else ""
        return Constraint("index", names, place, name, condition=condition, unique=base == "uniqueIndex")
    if base == "check":
        return Constraint("check", (), place, name, condition="check")
    return None


def named(engine: Engine, value: Value) -> str:
    """The column that an argument of an index is; anything else is an expression."""
    value = engine.force(value)
    if isinstance(value, ColumnOf):
        return column_name(engine, value)
    calls = chain(value)
    receiver = getattr(calls[0][1].callee, "receiver", None) if calls else None
    return column_name(engine, receiver) if isinstance(receiver, ColumnOf) else "(expression)"


def relationships(engine: Engine, relations: Relations, span: Span) -> Iterator[Relationship]:
    """What ``relations`` declares."""
    found = relations.evaluated(engine)
    for key, value in found.entries.items() if found is not None else ():
        value = engine.force(value)
        call = value.made_by if isinstance(value, Relation) else None
        target = call.argument(0) if call is not None else None
        if not isinstance(value, Relation) or call is None or not isinstance(target, DrizzleTable):
            continue
        local = [item for item in listed(call, "fields") if isinstance(item, ColumnOf)]
        remote = [item for item in listed(call, "references") if isinstance(item, ColumnOf)]
        yield Relationship(
            str(key),
            target.held or text_of(target.name) or "",
            engine.span(value.origin) if value.origin is not None else span,
            many=value.many,
            direction="one-to-many" if value.many else "many-to-one" if local else "one-to-one",
            local=tuple(column_name(engine, item) for item in local),
            remote=tuple(column_name(engine, item) for item in remote),
        )


def listed(call: object, key: str) -> list[Value]:
    """A list among the options of a relation."""
    given = call.option(1, key)  # type: ignore[attr-defined]
    return list(given.items) if isinstance(given, Sequence) else []
