"""What is wrong with models, seen while they are read: types that do not exist, and keys of different types."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from verifier.api import ColumnType, Database, Defect, Engine, External, Instance, Project, TypeKind, Value, options

from ._models import Connection
from ._plain import Options, text
from ._schema import Model, Registry, attribute_type, database_of, has_column
from ._types import KINDS

# Types that PostgreSQL compares with one another; a foreign key between two groups is refused.
GROUPS: dict[TypeKind, str] = {
    **dict.fromkeys(("smallint", "integer", "bigint", "float", "numeric"), "a number"),
    **dict.fromkeys(("string", "text"), "a text"),
    "uuid": "a UUID",
    "boolean": "a truth value",
    "datetime": "a time",
    "date": "a time",
}
# What SQLite makes of types that are PostgreSQL's.
LACKING = {
    "ARRAY": (
        "SQLite has no arrays: the table cannot be made",
        'SequelizeDatabaseError: SQLITE_ERROR: near "[]": syntax error',
        "Use `DataTypes.JSON`, or a table of its own for the items",
    ),
    "RANGE": (
        "SQLite has no ranges: what is stored is the text `[object Object]`",
        "the attribute is read back as the text [object Object]",
        "Use two attributes, one for each end",
    ),
    "HSTORE": (
        "SQLite has no `HSTORE`: what is stored is the text `[object Object]`",
        "the attribute is read back as the text [object Object]",
        "Use `DataTypes.JSON`",
    ),
    "GEOMETRY": (
        "SQLite has no geometries: no row can be saved with one",
        "SequelizeDatabaseError: SQLITE_ERROR: no such function: ST_GeomFromText",
        "Use two numbers, or `DataTypes.JSON`",
    ),
}
LACKING["GEOGRAPHY"] = LACKING["GEOMETRY"]
# What `DataTypes` has, and what is meant by names that it lacks.
TYPES = frozenset({*KINDS, "NUMBER", "DOUBLE PRECISION"})
HOLDERS = ("sequelize.DataTypes.", "sequelize.Sequelize.DataTypes.", "sequelize-typescript.DataType.")
MEANT = {
    "VARCHAR": "STRING",
    "INT": "INTEGER",
    "BOOL": "BOOLEAN",
    "DATETIME": "DATE",
    "TIMESTAMP": "DATE",
    "TIMESTAMPTZ": "DATE",
    "LONGTEXT": "TEXT('long')",
    "OBJECT": "JSON",
    "BINARY": "BLOB",
    "SERIAL": "INTEGER",
}


def suspects(engine: Engine, project: Project, registry: Registry) -> Iterator[Defect]:
    """The defects of all models."""
    database = database_of(project, registry)
    tables: dict[str, list[Model]] = {}
    for model in registry.all:
        tables.setdefault(model.full_table(), []).append(model)
    for model in registry.all:
        if model.keyless and not model.open:
            yield keyless(model)
        for name, given in model.attributes.items():
            yield from not_a_type(model, name, given)
            yield from on_instance(model, name, given)
            yield from not_in_dialect(model, name, given, database)
            if database == "postgresql":
                yield from mismatched(model, name, given, tables)


def keyless(model: Model) -> Defect:
    """An attribute ``id`` that is not the key, where there is no other."""
    return Defect(
        "sequelize/id-not-primary",
        model.spans.get("id", model.span),
        f"`{model.name}.id` is not marked as the primary key, and no other attribute is: Sequelize throws here",
        symptom=f"Error: A column called 'id' was added to the attributes of '{model.table}' but not marked with "
        "'primaryKey: true'",
        remedy="Write `primaryKey: true`, or leave `id` away: Sequelize adds one that counts up",
    )


def not_a_type(model: Model, name: str, given: Options) -> Iterator[Defect]:
    """A member of ``DataTypes`` that does not exist."""
    wanted = given.get("type")
    called = isinstance(wanted, Instance) and wanted.made_by is not None
    callee = wanted.made_by.callee if isinstance(wanted, Instance) and wanted.made_by is not None else wanted
    if not isinstance(callee, External) or callee.receiver is not None:
        return
    found = next((callee.path[len(start) :] for start in HOLDERS if callee.path.startswith(start)), None)
    if found is None or "." in found or found in TYPES or not found.isupper():
        return
    near = MEANT.get(found) or next(iter(get_close_matches(found, sorted(KINDS), 1)), None)
    holder = "DataType" if callee.path.startswith("sequelize-typescript") else "DataTypes"
    yield Defect(
        "sequelize/unknown-data-type",
        model.spans.get(name, model.span),
        f"`{holder}.{found}` does not exist: `{model.name}.{name}` has no type",
        symptom=f"TypeError: {holder}.{found} is not a function"
        if called
        else f'Error: Unrecognized datatype for attribute "{model.name}.{name}"',
        remedy=f"Write `{holder}.{near}`" if near else f"Use one of the types of `{holder}`",
    )


def called(value: Value) -> Value:
    """What gave a value, where a call did; else the value."""
    return value.made_by.callee if isinstance(value, Instance) and value.made_by is not None else value


def on_instance(model: Model, name: str, given: Options) -> Iterator[Defect]:
    """A type that is read from the connection, which has none."""
    wanted = given.get("type")
    several = [called(option) for option in options(wanted)] if isinstance(wanted, Value) else []
    asked = [one for one in several if isinstance(one, External) and isinstance(one.receiver, Connection)]
    holder = asked[0].receiver if asked else None
    if len(asked) < len(several) or not isinstance(holder, Connection):
        return
    rest = asked[0].path.removeprefix(f"{holder.path}.").split(".")
    kind = rest[1] if rest[0] == "DataTypes" and len(rest) > 1 else rest[0]
    if kind not in KINDS:
        return
    read = f"sequelize.{'.'.join(rest[:2] if rest[0] == 'DataTypes' else rest[:1])}"
    symptom = (
        f"TypeError: Cannot read properties of undefined (reading '{kind}')"
        if rest[0] == "DataTypes"
        else f'Error: Unrecognized datatype for attribute "{model.name}.{name}"'
    )
    yield Defect(
        "sequelize/data-types-on-instance",
        model.spans.get(name, model.span),
        f"`{read}` is undefined: a connection has no data types",
        symptom=symptom,
        remedy=f"Import `DataTypes` from `sequelize`, and write `DataTypes.{kind}`",
    )


def not_in_dialect(model: Model, name: str, given: Options, database: Database | None) -> Iterator[Defect]:
    """A type of PostgreSQL on SQLite."""
    named = model.home.dialect if model.home is not None else None
    if named != "sqlite" and (named is not None or database != "sqlite"):
        return
    found = LACKING.get(attribute_type(given).declared)
    if found is None or not has_column(given):
        return
    message, symptom, remedy = found
    kind = attribute_type(given).declared
    yield Defect(
        "sequelize/type-not-in-dialect",
        model.spans.get(name, model.span),
        f"`{model.name}.{name}` has the type `{kind}`, and {message}",
        symptom=symptom,
        remedy=remedy,
    )


def mismatched(model: Model, name: str, given: Options, tables: dict[str, list[Model]]) -> Iterator[Defect]:
    """A foreign key whose type PostgreSQL cannot compare with that of what it points at."""
    references = given.get("references")
    if not isinstance(references, Options):
        return
    owners = tables.get(text(references.get("model")) or "", [])
    key = text(references.get("key")) or "id"
    if len(owners) != 1 or owners[0].open or model.open:
        return
    target = next(
        ((other, attribute) for other, attribute in owners[0].attributes.items() if attribute.get("field") == key), None
    )
    if target is None:
        return
    own, theirs = attribute_type(given), attribute_type(target[1])
    left, right = GROUPS.get(own.kind), GROUPS.get(theirs.kind)
    if left is None or right is None or left == right:
        return
    place = model.spans.get(name, model.span)
    other = owners[0].spans.get(target[0], owners[0].span)
    yield Defect(
        "sequelize/foreign-key-type-mismatch",
        place,
        f"`{model.name}.{name}` is {left} ({said(own)}), and `{owners[0].name}.{target[0]}`, which it references, is "
        f"{right} ({said(theirs)})",
        symptom=f'foreign key constraint "{model.table}_{given.get("field")}_fkey" cannot be implemented',
        remedy=f"Give `{name}` the type of `{owners[0].name}.{target[0]}`",
        related=((other, f"`{owners[0].name}.{target[0]}`"),),
    )


def said(type_: ColumnType) -> str:
    """A type as the project names it."""
    return f"`{type_.declared}`" if type_.declared else "no type"
