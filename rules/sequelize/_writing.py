"""INSERT, UPDATE and DELETE as Sequelize writes them."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from verifier.api import Choice, Const, Instance, Origin, Record, Sequence, Unknown, Value, options, pieces, text_of

from ._conditions import Context, conditions, joined
from ._fragments import column, sql_of, table, whole_number
from ._given import Reading, is_nothing, method_of, place_of_key, why
from ._judging import note_values
from ._reader import unique_keys
from ._schema import Model, has_column
from ._scopes import scope_of
from ._selecting import not_deleted
from ._unknown import note_column, note_keys
from ._values import default_of

hole, name, placed = pieces.hole, pieces.name, pieces.placed

NOW = "moment"


def now(reading: Reading, title: str = NOW) -> exp.Expression:
    """A moment that the library gives."""
    del reading
    made = exp.Placeholder(this=title)
    made.meta["library"] = True
    return made


def merged_values(reading: Reading, value: Value | None) -> Record | None:
    """The object of values: that of one form, where there are several."""
    found = reading.pick(value) if value is not None else None
    return found if isinstance(found, Record) else None


def bound(reading: Reading, value: Value, title: str) -> exp.Expression:
    """What a column is given."""
    if method_of(value) is not None:
        return sql_of(reading, value)
    if isinstance(value, Choice) and any(method_of(option) is not None for option in options(value)):
        return sql_of(reading, reading.pick(value))
    return reading.bindings.bound(value, title)


def given_values(
    reading: Reading,
    model: Model,
    values: Record,
    *,
    filled: bool,
    fields: frozenset[str] | None = None,
    noted: bool = True,
) -> dict[str, tuple[exp.Expression, Value | None, object]]:
    """By attribute, what is stored: unknown keys are dropped. ``filled``: a new row has its defaults, too."""
    made: dict[str, tuple[exp.Expression, Value | None, object]] = {}
    stamps = {model.automatic.get("createdAt"), model.automatic.get("updatedAt")}
    for attribute, described in model.attributes.items():
        if not has_column(described) or (fields is not None and attribute not in fields and attribute not in stamps):
            continue
        value = values.entries.get(attribute)
        if value is not None and not is_undefined(value):
            origin = place_of_key(values, attribute)
            note_values(reading, model, attribute, reading.structured(value), origin)
            made[attribute] = bound(reading, value, attribute), value, origin
        elif is_filled(model, attribute, filled=filled):
            made[attribute] = now(reading, attribute), None, None
    note_keys(reading, model, values)
    if not values.complete:
        reading.opens("values" if filled else "set", "values that are set at run time")
    return made


def is_filled(model: Model, attribute: str, *, filled: bool) -> bool:
    """Whether the library gives an attribute a value by itself: ``filled`` in a new row."""
    if not filled:
        return attribute == model.automatic.get("updatedAt")
    if attribute in (model.automatic.get("createdAt"), model.automatic.get("updatedAt")):
        return True
    described = model.attributes[attribute]
    return described.get("autoIncrement") is not True and default_of(described)[0] is not None


def is_undefined(value: Value) -> bool:
    """Whether a value is ``undefined``, as what an object lacks."""
    return isinstance(value, Const) and value.value is None and value.origin is None


def fields_of(reading: Reading, given: Record | None) -> frozenset[str] | None:
    """``fields``: the attributes that are stored; None for all."""
    wanted = reading.entry(given, "fields")
    if isinstance(wanted, Sequence) and wanted.complete:
        names = [text_of(item) for item in wanted.items]
        return frozenset(found for found in names if found is not None)
    return None


def insert(reading: Reading, model: Model, value: Value | None, given: Record | None) -> exp.Insert:
    """``create``."""
    values = merged_values(reading, value)
    if values is None:
        if value is not None and not is_nothing(value):
            reading.opens("values", why(value))
        values = Record()
    made = given_values(reading, model, values, filled=True, fields=fields_of(reading, given))
    return inserted(model, list(made), [[entry[0] for entry in made.values()]], [entry[2] for entry in made.values()])


def inserted(
    model: Model, attributes: list[str], rows: list[list[exp.Expression]], places: list[object] | None = None
) -> exp.Insert:
    """INSERT of some rows."""
    origins = places or [None] * len(attributes)
    names = [
        name(model.field(attribute) or attribute, origin)  # type: ignore[arg-type]
        for attribute, origin in zip(attributes, origins, strict=True)
    ]
    target = exp.Schema(this=table(model), expressions=names)
    return exp.Insert(this=target, expression=exp.Values(expressions=[exp.Tuple(expressions=row) for row in rows]))


def bulk_insert(reading: Reading, model: Model, value: Value | None, given: Record | None) -> exp.Insert:
    """``bulkCreate``."""
    found = reading.pick(value) if value is not None else None
    items: list[Value] = []
    if isinstance(found, Sequence):
        items = [*found.items, *([found.element] if found.element is not None else [])]
        if not found.complete and found.element is None:
            reading.opens("values", why(found))
    elif found is not None:
        reading.opens("values", why(found))
    fields = fields_of(reading, given)
    rows = []
    for item in items:
        values = merged_values(reading, item)
        if values is None:
            reading.opens("values", why(item))
            continue
        rows.append(given_values(reading, model, values, filled=True, fields=fields))
    if not rows:
        rows = [given_values(reading, model, Record(), filled=True, fields=fields)]
    names = list(dict.fromkeys(key for row in rows for key in row))
    places = [next((row[key][2] for row in rows if key in row), None) for key in names]
    made = inserted(
        model, names, [[row[key][0] if key in row else exp.Null() for key in names] for row in rows], places
    )
    updated = reading.entry(given, "updateOnDuplicate")
    if isinstance(updated, Sequence):
        keys = [text_of(item) for item in updated.items]
        wanted = [key for key in keys if key is not None]
        origins = {text_of(item): item.origin for item in updated.items}
        on_conflict(made, model, bulk_keys(reading, model, given), wanted, origins)
        if not updated.complete:
            reading.opens("conflict", "columns that are chosen at run time")
    elif reading.flag(given, "ignoreDuplicates"):
        if reading.dialect == "sqlite":
            made.set("alternative", "IGNORE")
        else:
            made.set("conflict", exp.OnConflict(action=exp.var("DO NOTHING")))
    return made


def bulk_keys(reading: Reading, model: Model, given: Record | None) -> list[str]:
    """The columns that ``ON CONFLICT`` of ``bulkCreate`` names: the first that are unique."""
    wanted = reading.entry(given, "conflictAttributes")
    if isinstance(wanted, Sequence):
        return [model.field(text_of(item)) or "?" for item in wanted.items]
    unique = unique_keys(model)
    return [model.field(key) or key for key in (unique[0][0] if unique else model.primary_keys)]


def upsert(reading: Reading, model: Model, value: Value | None, given: Record | None) -> exp.Insert:
    """``upsert``: what is given is changed where the row exists already."""
    values = merged_values(reading, value)
    made = insert(reading, model, value, None)
    if values is None:
        reading.opens("conflict", why(value))
        return made
    fields = fields_of(reading, given)
    defaults = [key for key, found in model.attributes.items() if has_column(found) and default_of(found)[0] == "value"]
    del defaults
    changed = [
        key
        for key in values.entries
        if isinstance(key, str)
        and key in model.attributes
        and has_column(model.attributes[key])
        and (fields is None or key in fields)
    ]
    stamp = model.automatic.get("updatedAt")
    if stamp is not None and stamp not in changed:
        changed.append(stamp)
    on_conflict(made, model, conflict_keys(reading, model, given, changed), changed, {})
    return made


def conflict_keys(reading: Reading, model: Model, given: Record | None, changed: list[str]) -> list[str]:
    """The columns that ``ON CONFLICT`` names."""
    wanted = reading.entry(given, "conflictFields")
    if isinstance(wanted, Sequence):
        return [text_of(item) or "?" for item in wanted.items]
    keys = [model.field(key) or key for key in model.primary_keys]
    unique: list[list[str]] = [[model.field(part) or part for part in names] for names, _ in unique_keys(model)]
    fields = [model.field(key) or key for key in changed]
    found: list[str] = []
    for field in fields:
        found = next((names for names in unique if field in names), [])
        if found:
            break
    return keys if not found or set(fields) & set(keys) else found


def on_conflict(
    made: exp.Insert, model: Model, keys: list[str], changed: list[str], places: Mapping[str | None, object]
) -> None:
    """``ON CONFLICT (...) DO UPDATE SET x = EXCLUDED.x``."""
    sets = []
    for key in changed:
        field = model.field(key) or key
        left = exp.Column(this=name(field, places.get(key)))  # type: ignore[arg-type]
        sets.append(exp.EQ(this=left, expression=column("excluded", field)))
    made.set(
        "conflict",
        exp.OnConflict(conflict_keys=[name(key) for key in keys], action=exp.var("DO UPDATE"), expressions=sets),
    )


def scoped(reading: Reading, model: Model, given: Record | None, scopes: tuple[Value, ...] | None) -> Record:
    """The options with what scopes add."""
    from ._given import merged_record

    options_ = given if given is not None else Record()
    scope = scope_of(reading, model, scopes)
    return merged_record(scope, options_, deep=True) if scope is not None else options_


def update(reading: Reading, model: Model, value: Value | None, given: Record, *, paranoid: bool = True) -> exp.Update:
    """``update`` of a model; ``given`` has the scopes."""
    values = merged_values(reading, value)
    if values is None:
        if not is_nothing(value):
            reading.opens("set", why(value))
        values = Record()
    stored = given_values(reading, model, values, filled=False, fields=fields_of(reading, given))
    if reading.flag(given, "silent"):
        stamp = model.automatic.get("updatedAt")
        if stamp is not None and stamp not in values.entries:
            stored.pop(stamp, None)
    sets = [assignment(model, attribute, expression, origin) for attribute, (expression, _, origin) in stored.items()]
    where = conditions_of(reading, model, given, paranoid=paranoid)
    return updated(reading, model, sets, where, given)


def assignment(model: Model, attribute: str, value: exp.Expression, origin: object = None) -> exp.EQ:
    """``column = value``."""
    field = model.field(attribute) or attribute
    return exp.EQ(this=exp.Column(this=name(field, origin)), expression=value)  # type: ignore[arg-type]


def conditions_of(reading: Reading, model: Model, given: Record, *, paranoid: bool) -> exp.Expression | None:
    """The conditions of a statement that has no other source."""
    if not given.complete:
        reading.opens("where", "options that are set at run time")
    alive = not_deleted(model, None) if paranoid and reading.flag(given, "paranoid") is not False else None
    return joined([alive, conditions(reading, given.entries.get("where"), Context(model, None))])


def updated(
    reading: Reading, model: Model, sets: list[exp.EQ], where: exp.Expression | None, given: Record
) -> exp.Update:
    """UPDATE of its parts."""
    made = exp.Update(this=placed(table(model), None), expressions=sets or [unknown_set(reading)])
    where = within_limit(reading, model, where, given)
    if where is not None:
        made.set("where", exp.Where(this=where))
    return made


def unknown_set(reading: Reading) -> exp.Expression:
    """What is set where nothing is known of it."""
    reading.opens("set", "what is changed")
    return exp.EQ(this=exp.Column(this=name("?")), expression=hole("what is changed"))


def within_limit(reading: Reading, model: Model, where: exp.Expression | None, given: Record) -> exp.Expression | None:
    """A limit of a change, which SQLite keeps by the number of the row."""
    limit = reading.entry(given, "limit")
    if limit is None:
        return where
    inner = exp.Select(expressions=[column(None, "rowid")], from_=exp.From(this=table(model)))
    if where is not None:
        inner.set("where", exp.Where(this=where))
    count = whole_number(reading, limit)
    if count is not None:
        inner.set("limit", exp.Limit(expression=count))
    if reading.dialect != "sqlite":
        reading.opens("limit", "how the database limits a change")
    return exp.In(this=column(None, "rowid"), query=exp.Subquery(this=inner))


def destroy(reading: Reading, model: Model, given: Record) -> exp.Expression:
    """``destroy`` of a model: rows of a paranoid one are only marked."""
    if reading.flag(given, "truncate"):
        return (
            exp.Delete(this=table(model))
            if reading.dialect == "sqlite"
            else exp.TruncateTable(expressions=[table(model)])
        )
    deleted = model.automatic.get("deletedAt")
    where = conditions(reading, given.entries.get("where"), Context(model, None))
    if not given.complete:
        reading.opens("where", "options that are set at run time")
    if deleted is not None and model.options.get("paranoid") and reading.flag(given, "force") is not True:
        alive = not_deleted(model, None)
        sets = [assignment(model, deleted, now(reading, deleted))]
        return updated(reading, model, sets, joined([alive, where]), given)
    made = exp.Delete(this=table(model))
    where = within_limit(reading, model, where, given)
    if where is not None:
        made.set("where", exp.Where(this=where))
    return made


def restore(reading: Reading, model: Model, given: Record) -> exp.Expression:
    """``restore``."""
    deleted = model.automatic.get("deletedAt") or "deletedAt"
    where = conditions(reading, given.entries.get("where"), Context(model, None))
    return updated(reading, model, [assignment(model, deleted, exp.Null())], where, given)


def arithmetic(
    reading: Reading, model: Model, fields: Value | None, given: Record, where: exp.Expression | None, sign: int
) -> exp.Update:
    """``increment`` and ``decrement``."""
    found = reading.pick(fields) if fields is not None else None
    by = reading.entry(given, "by") or Const(1)
    pairs: list[tuple[str, Value, Origin | None]] = []
    if isinstance(found, Record):
        pairs = [(str(key), entry, place_of_key(found, key)) for key, entry in found.entries.items()]
        if not found.complete:
            reading.opens("set", "columns that are chosen at run time")
    elif isinstance(found, Sequence):
        pairs = [(text_of(item) or "?", by, item.origin) for item in found.items]
    elif text_of(found) is not None:
        pairs = [(text_of(found) or "", by, found.origin if found is not None else None)]
    else:
        reading.opens("set", why(found))
    node = exp.Add if sign > 0 else exp.Sub
    sets = []
    for attribute, amount, origin in pairs:
        field = model.field(attribute) or attribute
        note_column(reading, model, attribute, origin, "increment" if sign > 0 else "decrement")
        value = node(
            this=exp.Column(this=name(field, origin)),
            expression=reading.bindings.bound(amount, attribute),
        )
        sets.append(assignment(model, attribute, value, origin))
    stamp = model.automatic.get("updatedAt")
    if stamp is not None and reading.flag(given, "silent") is not True:
        sets.append(assignment(model, stamp, now(reading, stamp)))
    return updated(reading, model, sets, where, Record())


def row_condition(reading: Reading, model: Model, row: Value | None) -> exp.Expression | None:
    """The key of a row."""
    keys = model.primary_keys
    made = []
    for key in keys:
        value = row.attributes.get(key) if isinstance(row, Instance) else None
        known = value if value is not None else Unknown(f"the key `{key}`")
        field = model.field(key) or key
        made.append(exp.EQ(this=column(None, field), expression=reading.bindings.bound(known, key)))
    return joined(made)
