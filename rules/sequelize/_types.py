"""Sequelize's data types: what ``DataTypes.STRING(50)`` stores."""

from __future__ import annotations

from functools import cache

from verifier.api import (
    UNKNOWN_TYPE,
    Class,
    ColumnType,
    Const,
    External,
    Instance,
    Record,
    Sequence,
    TypeKind,
    Value,
    options,
    replace,
    text_of,
)

from ._models import Connection, DefinedModel

KINDS: dict[str, TypeKind] = {
    "STRING": "string",
    "CHAR": "string",
    "TEXT": "text",
    "CITEXT": "text",
    "TINYINT": "smallint",
    "SMALLINT": "smallint",
    "MEDIUMINT": "integer",
    "INTEGER": "integer",
    "BIGINT": "bigint",
    "NUMBER": "float",
    "FLOAT": "float",
    "REAL": "float",
    "DOUBLE": "float",
    "DOUBLE PRECISION": "float",
    "DECIMAL": "numeric",
    "NUMERIC": "numeric",
    "BOOLEAN": "boolean",
    "TIME": "time",
    "DATE": "datetime",
    "NOW": "datetime",
    "DATEONLY": "date",
    "JSON": "json",
    "JSONB": "json",
    "BLOB": "binary",
    "UUID": "uuid",
    "UUIDV1": "uuid",
    "UUIDV4": "uuid",
    "ENUM": "enum",
    "ARRAY": "array",
    "CIDR": "network",
    "INET": "network",
    "MACADDR": "network",
    "VIRTUAL": "other",
    "HSTORE": "other",
    "RANGE": "other",
    "GEOMETRY": "other",
    "GEOGRAPHY": "other",
    "TSVECTOR": "other",
    "ABSTRACT": "other",
}
# By which name Sequelize itself calls a type that it offers under several.
SPELLED = {"NUMERIC": "DECIMAL", "DOUBLE": "DOUBLE PRECISION"}
LENGTH = {"STRING": 255, "CHAR": 255}
STANDARD: dict[str, TypeKind] = {  # types written as SQL
    "varchar": "string",
    "character varying": "string",
    "char": "string",
    "text": "text",
    "int": "integer",
    "integer": "integer",
    "bigint": "bigint",
    "smallint": "smallint",
    "boolean": "boolean",
    "timestamp": "datetime",
    "timestamptz": "datetime",
    "datetime": "datetime",
    "date": "date",
    "time": "time",
    "uuid": "uuid",
    "json": "json",
    "jsonb": "json",
    "real": "float",
    "float": "float",
    "double precision": "float",
    "decimal": "numeric",
    "numeric": "numeric",
    "bytea": "binary",
    "blob": "binary",
}


def type_of(value: object) -> ColumnType:
    """What a value names as a type; unknown where it names none."""
    if isinstance(value, ColumnType):
        return value
    if isinstance(value, str):
        return written(value)
    if isinstance(value, Const):
        return written(value.value) if isinstance(value.value, str) else UNKNOWN_TYPE
    if isinstance(value, Class):
        return of_class(value)
    if isinstance(value, External):
        return of_external(value)
    if isinstance(value, Instance) and value.kind is not None:
        return of_class(value.kind)
    if isinstance(value, Instance) and value.path is not None and value.made_by is not None:
        return of_call(value)
    if isinstance(value, Value):
        found = {type_of(option) for option in options(value)} if len(options(value)) > 1 else set()
        if len(found) == 1:
            return found.pop()
    return UNKNOWN_TYPE


def written(text: str) -> ColumnType:
    """A type written as SQL."""
    name, _, rest = text.partition("(")
    kind = STANDARD.get(name.strip().lower(), "other")
    length = rest.partition(")")[0].strip()
    return ColumnType(kind, text, length=int(length) if kind == "string" and length.isdecimal() else None)


def of_class(cls: Class) -> ColumnType:
    """A type that the project derives from one of Sequelize's."""
    for base in cls.lineage():
        if isinstance(base, External) and name_in(base.path) is not None:
            return replace(of_external(base), declared=cls.name)
    return UNKNOWN_TYPE


@cache
def name_in(path: str) -> str | None:
    """The type that a path of the library names: the first part that is one."""
    return next((part for part in path.split(".") if part.isupper() and part in KINDS), None)


def of_external(value: External) -> ColumnType:
    """``DataTypes.STRING``, ``DataTypes.INTEGER.UNSIGNED``, ``DataTypes.STRING(20).BINARY``."""
    receiver = value.receiver
    if isinstance(receiver, Instance) and not isinstance(receiver, Connection | DefinedModel):
        made = type_of(receiver)
        if made.kind != "unknown":
            return made
    name = name_in(value.path)
    return of_name(name) if name is not None else UNKNOWN_TYPE


@cache
def of_name(name: str) -> ColumnType:
    """A type by its name alone."""
    timezone = True if name in ("DATE", "NOW") else None
    return ColumnType(KINDS[name], SPELLED.get(name, name), length=LENGTH.get(name), timezone=timezone)


def of_call(value: Instance) -> ColumnType:
    """``DataTypes.STRING(50)``, ``DataTypes.ENUM("a", "b")``, ``new DataTypes.ARRAY(DataTypes.TEXT)``."""
    call = value.made_by
    name = name_in(value.path or "")
    if name is None or call is None:
        return UNKNOWN_TYPE
    found = of_name(name)
    first = call.argument(0)
    if isinstance(call.callee, External) and isinstance(call.callee.receiver, Instance):
        found = of_external(call.callee)
    if name in ("STRING", "CHAR"):
        length = number(call.option(0, "length") if isinstance(first, Record) else first)
        return replace(found, length=length if length is not None else found.length if first is None else None)
    if name in ("DECIMAL", "NUMERIC"):
        named = isinstance(first, Record)
        precision = number(call.option(0, "precision") if named else first)
        return replace(found, precision=precision, scale=number(call.option(0, "scale") if named else call.argument(1)))
    if name == "ENUM":
        return replace(found, values=enumerated(call.arguments))
    if name == "ARRAY":
        inner = call.option(0, "type") if isinstance(first, Record) else first
        return replace(found, items=type_of(inner) if inner is not None else None)
    return found


def number(value: Value | None) -> int | None:
    """A whole number."""
    return value.value if isinstance(value, Const) and isinstance(value.value, int) else None


def enumerated(given: list[Value]) -> tuple[str, ...]:
    """The values of an enumeration: one by one, as a list, or in an object; none where they are not all known."""
    first = given[0] if given else None
    items: list[Value] | None = given
    if isinstance(first, Record):
        first = first.entries.get("values")
    if isinstance(first, Sequence):
        items = first.items if first.complete else None
    texts = [text_of(item) for item in items or []]
    return tuple(text for text in texts if text is not None) if None not in texts else ()


def is_virtual(value: object) -> bool:
    """Whether an attribute of the type has no column."""
    return type_of(value).declared == "VIRTUAL"
