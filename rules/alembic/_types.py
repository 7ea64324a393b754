"""Types of SQLAlchemy, as migrations write them."""

from __future__ import annotations

from collections.abc import Mapping

from verifier.api import (
    UNKNOWN_TYPE,
    Call,
    Class,
    ColumnType,
    Const,
    Engine,
    External,
    Instance,
    Sequence,
    TypeKind,
    Value,
    kind_of,
    replace,
    text_of,
)

KINDS: Mapping[str, TypeKind] = {
    "SmallInteger": "smallint",
    "Integer": "integer",
    "BigInteger": "bigint",
    "Numeric": "numeric",
    "Float": "float",
    "Double": "float",
    "Boolean": "boolean",
    "String": "string",
    "Unicode": "string",
    "AutoString": "string",
    "Text": "text",
    "UnicodeText": "text",
    "LargeBinary": "binary",
    "PickleType": "binary",
    "Date": "date",
    "Time": "time",
    "DateTime": "datetime",
    "Interval": "interval",
    "Uuid": "uuid",
    "Enum": "enum",
    "MatchType": "boolean",
    "ENUM": "enum",
    "ARRAY": "array",
    "DOUBLE_PRECISION": "float",
}
DEEPEST = 5  # classes of types around types


def column_type(engine: Engine, value: Value | None, depth: int = 0) -> ColumnType:
    """What a type stores. A class of the project is looked through to the type that it decorates."""
    if depth > DEEPEST or value is None:
        return UNKNOWN_TYPE
    if isinstance(value, External):
        return named(value.name)
    if isinstance(value, Class):
        return decorated(engine, value, depth)
    if not isinstance(value, Instance):
        return UNKNOWN_TYPE
    if value.kind is not None:
        return decorated(engine, value.kind, depth)
    found = named((value.path or "").rpartition(".")[2])
    return made(engine, found, value.made_by, depth) if value.made_by is not None else found


def named(name: str) -> ColumnType:
    """A type by its name."""
    kind = KINDS.get(name) or kind_of(name)
    known = ColumnType(kind or "other", name)
    return replace(known, timezone=False) if kind in ("datetime", "time") else known


def made(engine: Engine, found: ColumnType, call: Call, depth: int) -> ColumnType:
    """A type with its arguments."""
    if call.callee is not None and getattr(call.callee, "name", "") in ("with_variant", "copy"):
        receiver = getattr(call.callee, "receiver", None)
        return column_type(engine, receiver, depth + 1)
    first, second = number(call.argument(0)), number(call.argument(1))
    if found.kind in ("string", "binary"):
        length = first if first is not None else number(call.argument(None, "length"))
        return replace(found, length=length)
    if found.kind == "numeric":
        precision, scale = number(call.argument(None, "precision")), number(call.argument(None, "scale"))
        return replace(
            found,
            precision=first if first is not None else precision,
            scale=second if second is not None else scale,
        )
    if found.kind in ("datetime", "time"):
        zone = call.argument(0, "timezone")
        return replace(found, timezone=zone.value is True) if isinstance(zone, Const) else found
    if found.kind == "array":
        return replace(found, items=column_type(engine, call.argument(0, "item_type"), depth + 1))
    if found.kind == "enum":
        values = [text for text in map(text_of, spread(call.arguments)) if text is not None]
        return replace(found, values=tuple(values), declared=call.text(None, "name") or found.declared)
    return found


def spread(arguments: list[Value]) -> list[Value]:
    """Arguments, a single list among them taken apart."""
    if len(arguments) == 1 and isinstance(arguments[0], Sequence):
        return list(arguments[0].items)
    return arguments


def decorated(engine: Engine, cls: Class, depth: int) -> ColumnType:
    """What a type of the project's own stores: its ``impl``, or the type that it derives from."""
    for ancestor in cls.lineage():
        impl = ancestor.members.get("impl") if isinstance(ancestor, Class) else None
        if impl is not None:
            return replace(column_type(engine, engine.force(impl), depth + 1), declared=cls.name)
        if isinstance(ancestor, External) and ancestor.name in KINDS:
            return replace(named(ancestor.name), declared=cls.name)
    return ColumnType("other", cls.name)


def number(value: Value | None) -> int | None:
    """An argument that is a number."""
    if isinstance(value, Const) and isinstance(value.value, int) and not isinstance(value.value, bool):
        return value.value
    return None


def is_type(value: Value) -> bool:
    """Whether an argument of a column is its type: what is no constant, key, default or constraint."""
    if isinstance(value, External):
        return value.name[:1].isupper()
    if isinstance(value, Class):
        return True
    return isinstance(value, Instance) and (
        value.kind is not None or (value.path or "").rpartition(".")[2] not in NO_TYPES
    )


NO_TYPES = frozenset(
    "ForeignKey Identity Computed Sequence CheckConstraint FetchedValue DefaultClause ColumnDefault UniqueConstraint "
    "PrimaryKeyConstraint ForeignKeyConstraint ExcludeConstraint Index Column".split()
)
