"""What Prisma's writes come to, and the names in their data held against the models."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from verifier.api import Const, Entity, Record, Relationship, Sequence, Value, building, options, pieces

from ._where import Reader

CHANGES: dict[str, Callable[..., exp.Expression]] = {
    "increment": exp.Add, "decrement": exp.Sub, "multiply": exp.Mul, "divide": exp.Div,
}  # fmt: skip


def is_truthy(value: Value | None) -> bool | None:
    """Whether an option such as ``true`` is set; None where run time decides."""
    if isinstance(value, Const):
        return bool(value.value)
    return True if isinstance(value, Record) else None


def rows_of(reader: Reader, value: Value | None, *, many: bool) -> list[Record] | None:
    """The rows of a write; None where they are not known."""
    if many and isinstance(value, Sequence):
        items = list(value.items)
        if not value.complete:
            reader.reasons.append("how many rows are written")
            items += [value.element] if value.element is not None else []
        records = [item for item in items if isinstance(item, Record)]
        return records if records and len(records) == len(items) else None
    records = [option for option in options(value) if isinstance(option, Record)] if value is not None else []
    if len(records) > 1:
        reader.reasons.append("which of several rows is written")
    return records[:1] or None


def insert(
    reader: Reader,
    draft: building.Draft,
    entity: Entity,
    value: Value | None,
    *,
    many: bool = False,
    skip: Value | None = None,
) -> exp.Expression:
    """The INSERT of a ``create``."""
    table = draft.source
    records = rows_of(reader, value, many=many)
    if is_truthy(skip):
        draft.conflict = exp.OnConflict(action=exp.var("DO NOTHING"))
    if records is None:
        reader.open |= {"columns", "values"}
        draft.values = building.rows([[reader.unknown(value, "values")]])
        return draft.insert()
    names: dict[str, exp.Identifier] = {}
    rows: list[dict[str, exp.Expression]] = []
    for record in records:
        row: dict[str, exp.Expression] = {}
        for identifier, written in assigned(reader, entity, record):
            names.setdefault(identifier.this, identifier)
            row[identifier.this] = written
        rows.append(row)
        if not record.complete:
            reader.open |= {"columns", "values"}
            reader.reasons.append("further fields of what is written")
    draft.names = list(names.values())
    draft.values = (
        building.rows([[row.get(name, exp.var("DEFAULT")) for name in names] for row in rows]) if names else None
    )
    assert table is not None
    return draft.insert()


def update(reader: Reader, draft: building.Draft, entity: Entity, alias: str, value: Value | None) -> exp.Expression:
    """The UPDATE of an ``update``."""
    draft.sets = changes(reader, entity, value)
    return draft.update()


def upsert(reader: Reader, draft: building.Draft, entity: Entity, alias: str, given: Record) -> exp.Expression:
    """The INSERT of an ``upsert``, which updates the row that it meets."""
    where = given.entries.get("where")
    condition = reader.where(entity, alias, where, unique=True)
    keys = telling(entity, list(condition.find_all(exp.Column)) if condition is not None else [])
    sets = changes(reader, entity, given.entries.get("update"), plain=True)
    made = insert(reader, draft, entity, given.entries.get("create"))
    action = "DO UPDATE" if sets else "DO NOTHING"
    made.set(
        "conflict",
        exp.OnConflict(
            conflict_keys=[exp.Column(this=key.this.copy()) for key in keys],
            action=exp.var(action),
            expressions=sets or None,
        ),
    )
    return made


def telling(entity: Entity, keys: list[exp.Column]) -> list[exp.Column]:
    """Those columns of a condition that are unique together; all where none are. The others only narrow it."""
    names = [key.name for key in keys]
    ways = [[column.name] for column in entity.columns if column.unique]
    ways += [[column.name for column in entity.primary_key]] if entity.primary_key else []
    ways += [list(group.columns) for group in entity.constraints if group.kind in ("primary", "unique")]
    for way in ways:
        if way and set(way) <= set(names):
            return [keys[names.index(name)] for name in way]
    return keys


def changes(reader: Reader, entity: Entity, value: Value | None, *, plain: bool = False) -> list[exp.Expression]:
    """What an ``update`` sets; where nothing is, the key is set to itself."""
    records = rows_of(reader, value, many=False)
    if records is None:
        if value is not None and not (isinstance(value, Const) and value.value is None):
            return [exp.EQ(this=pieces.hole("a column"), expression=reader.unknown(value, "set"))]
        return []
    sets = [
        exp.EQ(this=exp.Column(this=identifier), expression=written)
        for identifier, written in assigned(reader, entity, records[0])
    ]
    if not records[0].complete:
        reader.open.add("set")
        reader.reasons.append("further fields of what is written")
    if not sets and not plain and entity.primary_key:
        own = pieces.name(entity.primary_key[0].name)
        sets = [exp.EQ(this=exp.Column(this=own), expression=exp.Column(this=own.copy()))]
    return list(sets)


def assigned(reader: Reader, entity: Entity, record: Record) -> list[tuple[exp.Identifier, exp.Expression]]:
    """The columns that an object of data writes, with their values."""
    found: list[tuple[exp.Identifier, exp.Expression]] = []
    for key, value in record.entries.items():
        name, at = str(key), record.places.get(key)
        column = entity.mapped(name)
        relationship = entity.relationship(name)
        if column is not None:
            identifier = pieces.name(column.name, at)
            found.append((identifier, changed(reader, identifier, value)))
        elif relationship is not None:
            found += written_relation(reader, relationship, value)
        else:
            reader.stray(entity, record, name, "data")
    return found


def changed(reader: Reader, column: exp.Identifier, value: Value) -> exp.Expression:
    """A value, or ``{ increment: 1 }``."""
    if isinstance(value, Record):
        for key, kind in CHANGES.items():
            if key in value.entries:
                own = exp.Column(this=column.copy())
                return kind(this=own, expression=reader.bindings.bound(value.entries[key]))
        if "set" in value.entries:
            return reader.bindings.bound(value.entries["set"])
    return reader.bindings.bound(value)


def written_relation(
    reader: Reader, relationship: Relationship, value: Value
) -> list[tuple[exp.Identifier, exp.Expression]]:
    """``author: { connect: { id } }``: the key that points there; rows of other models are statements of their own."""
    target = reader.target(relationship)
    found: list[tuple[exp.Identifier, exp.Expression]] = []
    for option in options(value):
        if not isinstance(option, Record) or target is None:
            continue
        for verb, entry in option.entries.items():
            if (
                verb == "connect"
                and relationship.direction in ("many-to-one", "one-to-one")
                and relationship.through is None
            ):
                found = connected(reader, relationship, target, entry) or found
            else:
                nested(reader, target, str(verb), entry)
    return found


def connected(
    reader: Reader, relationship: Relationship, target: Entity, entry: Value
) -> list[tuple[exp.Identifier, exp.Expression]]:
    """The columns of the key that a row is connected by."""
    holds = list(relationship.local)
    draft = building.Draft()
    draft.source, alias = reader.table(target)
    draft.where = reader.where(target, alias, entry, unique=True)
    made: list[tuple[exp.Identifier, exp.Expression]] = []
    if relationship.direction != "many-to-one" and not relationship.reverse:
        return made
    for local, remote in zip(holds, relationship.remote, strict=False):
        inner = draft.where.copy() if draft.where is not None else None
        whole = building.Draft()
        whole.source, whole.where = draft.source.copy(), inner
        whole.columns = [reader.named(remote, alias)]
        made.append((pieces.name(local), exp.Subquery(this=whole.select())))
    return made


def nested(reader: Reader, target: Entity, verb: str, value: Value) -> None:
    """Look at the names of what is written to another model."""
    open_, reasons, aliases = set(reader.open), list(reader.reasons), reader.aliases
    for entry in value.items if isinstance(value, Sequence) else options(value):
        for record in options(entry):
            if not isinstance(record, Record):
                continue
            if verb in ("create", "update") and not {"where", "data"} <= set(record.entries):
                assigned(reader, target, record)
            elif verb == "connectOrCreate":
                _, alias = reader.table(target)
                reader.where(target, alias, record.entries.get("where"), unique=True)
                created = record.entries.get("create")
                if isinstance(created, Record):
                    assigned(reader, target, created)
            elif verb in ("connect", "disconnect", "set", "delete", "deleteMany"):
                _, alias = reader.table(target)
                reader.where(target, alias, record, unique=True)
    reader.open, reader.reasons, reader.aliases = open_, reasons, aliases
