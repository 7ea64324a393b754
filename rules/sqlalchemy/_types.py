"""Types of columns: the library's own, those of its dialects, those that the project makes of them, Python's."""

from __future__ import annotations

from verifier.api import (
    UNKNOWN_TYPE,
    Call,
    Choice,
    Class,
    ColumnType,
    Const,
    Engine,
    External,
    Frame,
    Instance,
    Sequence,
    TypeKind,
    Value,
    replace,
    text_of,
)

from ._drafts import Root, call_of, is_ours, path_of
from ._hints import CONTAINERS, Hint, from_value, same_hint
from ._order import ancestors, member_of

KINDS: dict[str, TypeKind] = {
    **dict.fromkeys(("SmallInteger", "SMALLINT", "TINYINT"), "smallint"),
    **dict.fromkeys(("Integer", "INTEGER", "INT", "MEDIUMINT"), "integer"),
    **dict.fromkeys(("BigInteger", "BIGINT"), "bigint"),
    **dict.fromkeys(("Float", "FLOAT", "REAL", "Double", "DOUBLE", "DOUBLE_PRECISION"), "float"),
    **dict.fromkeys(("Numeric", "NUMERIC", "DECIMAL", "NUMBER"), "numeric"),
    **dict.fromkeys(("Boolean", "BOOLEAN"), "boolean"),
    **dict.fromkeys(("String", "VARCHAR", "CHAR", "NCHAR", "NVARCHAR", "Unicode", "AutoString", "VARCHAR2"), "string"),
    **dict.fromkeys(
        ("Text", "TEXT", "UnicodeText", "CLOB", "CITEXT", "LONGTEXT", "MEDIUMTEXT", "TINYTEXT", "NTEXT"), "text"
    ),
    **dict.fromkeys(
        ("LargeBinary", "BLOB", "BYTEA", "BINARY", "VARBINARY", "Binary", "PickleType"), "binary"
    ),
    **dict.fromkeys(("LONGBLOB", "MEDIUMBLOB", "TINYBLOB"), "binary"),
    **dict.fromkeys(("Date", "DATE"), "date"),
    **dict.fromkeys(("Time", "TIME"), "time"),
    **dict.fromkeys(("DateTime", "DATETIME", "TIMESTAMP", "DATETIME2", "UTCDateTime"), "datetime"),
    **dict.fromkeys(("Interval", "INTERVAL"), "interval"),
    **dict.fromkeys(("JSON", "JSONB"), "json"),
    "ARRAY": "array",
    **dict.fromkeys(("Uuid", "UUID", "UNIQUEIDENTIFIER"), "uuid"),
    **dict.fromkeys(("Enum", "ENUM", "SchemaType"), "enum"),
    **dict.fromkeys(("INET", "CIDR", "MACADDR", "MACADDR8"), "network"),
    "NullType": "unknown",
}  # fmt: skip
# Python's types, by path.
PYTHON: dict[str, ColumnType] = {
    "int": ColumnType("integer", "Integer"),
    "float": ColumnType("float", "Float"),
    "bool": ColumnType("boolean", "Boolean"),
    "str": ColumnType("string", "String"),
    "bytes": ColumnType("binary", "LargeBinary"),
    "decimal.Decimal": ColumnType("numeric", "Numeric"),
    "datetime.date": ColumnType("date", "Date"),
    "datetime.datetime": ColumnType("datetime", "DateTime", timezone=False),
    "datetime.time": ColumnType("time", "Time", timezone=False),
    "datetime.timedelta": ColumnType("interval", "Interval"),
    "uuid.UUID": ColumnType("uuid", "Uuid"),
}
WRAPPERS = frozenset({"with_variant", "evaluates_none", "as_generic", "adapt", "copy"})


def is_type(value: Value | None) -> bool:
    """Whether a value can be the type of a column."""
    if isinstance(value, Class):
        return any(path_of(found).rpartition(".")[2] in TYPE_BASES for found in ancestors(value)[1:])
    path = path_of(value)
    if not path or isinstance(value, Class):
        return False
    if isinstance(value, Instance) and value.kind is not None:
        return is_type(value.kind)
    name = path.rpartition(".")[2]
    if is_ours(path):
        return name in KINDS or ".dialects." in path or name in WRAPPERS or name == "as_mutable"
    return name[:1].isupper()


TYPE_BASES = frozenset({"TypeDecorator", "UserDefinedType", "TypeEngine", *KINDS})


def column_type(engine: Engine, value: Value | None, depth: int = 0) -> ColumnType:
    """A type as the library would make it: a class is called without arguments."""
    if value is None or depth > 8 or isinstance(value, Choice):
        return UNKNOWN_TYPE
    if isinstance(value, Class):
        return decorated(engine, value, None, depth)
    if isinstance(value, Instance) and value.kind is not None:
        return decorated(engine, value.kind, call_of(value), depth)
    path = path_of(value)
    if not path:
        return UNKNOWN_TYPE
    name = path.rpartition(".")[2]
    call = call_of(value) if isinstance(value, Instance) else None
    if name in WRAPPERS and call is not None and isinstance(call.callee, External):
        found = column_type(engine, call.callee.receiver, depth + 1)
        return replace(found, varies=True) if name == "with_variant" else found
    if name == "as_mutable" and call is not None:
        return column_type(engine, call.argument(0, "sqltype"), depth + 1)
    if not is_ours(path) or (name not in KINDS and ".dialects." not in path and ".types." not in path):
        return ColumnType("other", name) if name[:1].isupper() else UNKNOWN_TYPE
    return made(engine, name, call, depth)


def made(engine: Engine, name: str, call: Call | None, depth: int = 0) -> ColumnType:
    """A type of the library by its name and arguments."""
    kind = KINDS.get(name, "other")
    found = ColumnType(kind, name)
    if kind in ("datetime", "time"):
        zone = call.argument(0, "timezone") if call is not None else None
        if name == "UTCDateTime":
            return replace(found, timezone=True)
        return replace(found, timezone=bool(zone.value) if isinstance(zone, Const) else False if zone is None else None)
    if call is None:
        return found
    if kind in ("string", "binary"):
        return replace(found, length=number(call.argument(0, "length")))
    if kind == "numeric":
        return replace(found, precision=number(call.argument(0, "precision")), scale=number(call.argument(1, "scale")))
    if kind == "array":
        return replace(found, items=column_type(engine, call.argument(0, "item_type"), depth + 1))
    if kind == "enum":
        return replace(found, values=enum_values(call))
    return found


def number(value: Value | None) -> int | None:
    """A whole number that is surely known."""
    known = isinstance(value, Const) and isinstance(value.value, int) and not isinstance(value.value, bool)
    return value.value if known else None  # type: ignore[union-attr]


def enum_values(call: Call) -> tuple[str, ...]:
    """The values of ``Enum(...)``: the names of an enumeration's members, or texts."""
    if "values_callable" in call.keywords:
        return ()
    found: list[str] = []
    for argument in call.arguments:
        if isinstance(argument, Class):
            return tuple(
                name for name, value in argument.members.items() if isinstance(value, Const) and name[:1] != "_"
            )
        items = argument.items if isinstance(argument, Sequence) else [argument]
        for item in items:
            text = text_of(item)
            if text is None:
                return ()
            found.append(text)
    return tuple(found)


def decorated(engine: Engine, cls: Class, call: Call | None, depth: int) -> ColumnType:
    """A type of the project: what it decorates, or the library's type that it derives from."""
    behind = member_of(cls, "impl")
    for base in ancestors(cls)[1:]:
        path = path_of(base)
        name = path.rpartition(".")[2]
        if name == "TypeDecorator" and is_ours(path):
            if behind is None:
                return ColumnType("other", cls.name)
            found = column_type(engine, behind, depth + 1)
            if call is not None and isinstance(behind, External) and is_ours(path_of(behind)):
                found = made(engine, behind.name, call, depth + 1)
            return replace(found, declared=cls.name)
        if is_ours(path) and name in KINDS:
            return replace(made(engine, name, call, depth), declared=cls.name)
    return ColumnType("other", cls.name)


def is_enum(cls: Class) -> bool:
    """Whether a class is an enumeration."""
    return any(path_of(base).startswith("enum.") for base in ancestors(cls)[1:])


def enum_type(cls: Class) -> ColumnType:
    """The type of a Python enumeration."""
    names = tuple(name for name, value in cls.members.items() if isinstance(value, Const) and name[:1] != "_")
    return ColumnType("enum", cls.name, values=names)


def annotated_type(engine: Engine, root: Root, hint: Hint, frame: Frame) -> ColumnType:
    """The type that an annotation stands for, by the base's ``type_annotation_map`` and the library's own."""
    for key, value in root.types:
        if isinstance(key, Hint) and same_hint(key, hint):
            return column_type(engine, value)
    if hint.short == "Annotated" and hint.arguments:
        return annotated_type(engine, root, hint.arguments[0], frame)
    if hint.short == "Literal":
        return ColumnType("enum", "Literal", values=tuple(text_of(part.value) or "" for part in hint.arguments))
    if isinstance(hint.value, Class):
        if is_enum(hint.value):
            for key, value in root.types:
                if isinstance(key, Hint) and isinstance(key.value, External) and key.value.path.startswith("enum."):
                    return replace(column_type(engine, value), declared=hint.name)
            return enum_type(hint.value)
        return UNKNOWN_TYPE
    if isinstance(hint.value, External):
        if hint.value.path == "typing.Any":
            return UNKNOWN_TYPE
        for key, value in root.types:  # `dict[str, Any]` is found under `dict`, too
            if isinstance(key, Hint) and not key.arguments and same_hint(key, Hint(hint.value, hint.name)):
                return column_type(engine, value)
        return PYTHON.get(hint.value.path, UNKNOWN_TYPE)
    behind = call_of(hint.value) if isinstance(hint.value, Instance) else None
    if behind is not None and (path_of(hint.value).endswith("NewType")):
        inner = behind.argument(1)
        return (
            annotated_type(engine, root, from_value(engine, inner, frame), frame) if inner is not None else UNKNOWN_TYPE
        )
    return UNKNOWN_TYPE


def lacks_type(root: Root, hint: Hint) -> bool:
    """Whether an annotation surely stands for no type: a container, or a class that is only the project's own."""
    if root.more_types:
        return False
    for key, _ in root.types:
        if not isinstance(key, Hint) or key.value is None or key.short.lower() == hint.short.lower():
            return False
        if isinstance(hint.value, Class) and key.value in ancestors(hint.value):
            return False
    if isinstance(hint.value, External):
        return hint.value.path.lower().removeprefix("typing.") in CONTAINING or hint.value.path == "typing.Any"
    if not isinstance(hint.value, Class) or is_enum(hint.value):
        return False
    return all(isinstance(base, Class) or path_of(base) in OWN for base in ancestors(hint.value)[1:])


CONTAINING = frozenset({"list", "dict", "set", "frozenset", "tuple", "object"})
OWN = frozenset({"object", "pydantic.BaseModel", "pydantic.main.BaseModel", "sqlmodel.SQLModel",
                 "sqlmodel.main.SQLModel", "sqlalchemy.orm.DeclarativeBase"})  # fmt: skip


def is_plain(hint: Hint) -> bool:
    """Whether an annotation is surely that of a plain value: a type of Python's own, or a class of the project."""
    if hint.name == "|":
        return all(part.name == "None" or is_plain(part) for part in hint.arguments)
    if isinstance(hint.value, External):
        return hint.value.path in PYTHON or hint.value.path in ("list", "set", "dict", "typing.List", "typing.Set")
    return isinstance(hint.value, Class) and not any(is_container(base) for base in ancestors(hint.value)[1:])


def is_container(base: Value) -> bool:
    """Whether a base class is ``Mapped`` or one of its kind."""
    path = path_of(base)
    return is_ours(path) and path.rpartition(".")[2] in CONTAINERS
