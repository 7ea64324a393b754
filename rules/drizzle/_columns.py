"""Columns as Drizzle builds them: a type, and what is said of it in a chain of calls."""

from __future__ import annotations

import re
from collections.abc import Mapping

from verifier.api import (
    Call,
    Column,
    ColumnType,
    Const,
    Constraint,
    Default,
    Engine,
    Function,
    Instance,
    Record,
    Reference,
    Sequence,
    Span,
    Text,
    TypeKind,
    Value,
    regex,
    sql_type,
    text_of,
    texts_of,
)

from ._tables import CORES, ColumnOf, DrizzleEnum, DrizzleTable, chain, text_option

POSTGRESQL: Mapping[str, TypeKind] = {
    "serial": "integer",
    "bigserial": "bigint",
    "smallserial": "smallint",
    "integer": "integer",
    "bigint": "bigint",
    "smallint": "smallint",
    "boolean": "boolean",
    "text": "text",
    "varchar": "string",
    "char": "string",
    "numeric": "numeric",
    "decimal": "numeric",
    "real": "float",
    "doublePrecision": "float",
    "json": "json",
    "jsonb": "json",
    "time": "time",
    "timestamp": "datetime",
    "date": "date",
    "interval": "interval",
    "uuid": "uuid",
    "inet": "network",
    "cidr": "network",
    "macaddr": "network",
    "macaddr8": "network",
    "bytea": "binary",
    "enumeration": "enum",
}
SQLITE: Mapping[str, TypeKind] = {
    "integer": "integer",
    "int": "integer",
    "text": "text",
    "real": "float",
    "blob": "binary",
    "numeric": "numeric",
}
MYSQL: Mapping[str, TypeKind] = {
    **POSTGRESQL,
    "serial": "bigint",
    "int": "integer",
    "tinyint": "smallint",
    "mediumint": "integer",
    "double": "float",
    "float": "float",
    "datetime": "datetime",
    "year": "smallint",
    "binary": "binary",
    "varbinary": "binary",
    "blob": "binary",
    "tinytext": "text",
    "mediumtext": "text",
    "longtext": "text",
    "mysqlEnum": "enum",
}
KINDS: Mapping[str, Mapping[str, TypeKind]] = {CORES["pg"]: POSTGRESQL, CORES["sqlite"]: SQLITE, CORES["mysql"]: MYSQL}
MODES: Mapping[str, TypeKind] = {
    "boolean": "boolean",
    "timestamp": "datetime",
    "timestamp_ms": "datetime",
    "json": "json",
}
SNAKE = regex(rb"casing\s*:\s*['\"]snake_case")


class Made:
    """A column with the keys that its chain declares."""

    def __init__(self, column: Column, constraints: list[Constraint]) -> None:
        self.column = column
        self.constraints = constraints


def read_column(engine: Engine, table: DrizzleTable, key: str, value: Value) -> Made | None:
    """A column of a table; None where the value is no column that is known."""
    calls = chain(value)
    if not calls:
        return None
    base, first = calls[0]
    kinds = KINDS.get(table.core, POSTGRESQL)
    name = text_of(first.argument(0)) or spelled(engine, key)
    place = engine.span(first.origin)
    found = Building(name, place, type_of(table, base, first, kinds))
    if base in ("serial", "bigserial", "smallserial"):
        found.default, found.nullable, found.autoincrement = "generated", False, True
    for method, call in calls[1:]:
        found.take(engine, table, method, call)
    if table.core == CORES["sqlite"] and base in ("integer", "int") and found.primary and found.default is None:
        found.default, found.autoincrement = "generated", True
    column = Column(
        name,
        key,
        found.type,
        place,
        nullable=found.nullable,
        default=found.default,
        default_text=found.default_text,
        primary_key=found.primary,
        autoincrement=found.autoincrement,
        unique=found.unique,
        references=found.references,
        known=found.known,
    )
    return Made(column, found.constraints)


def spelled(engine: Engine, key: str) -> str:
    """The name of a column that is given none: its key, or that in small letters where the connection says so."""
    files = engine.project.files.values()
    known = engine.library_attributes.setdefault("<casing of drizzle>", {})
    if "snake" not in known:
        known["snake"] = Const(any(SNAKE.search(source.data) for source in files))
    snake = known["snake"]
    if isinstance(snake, Const) and snake.value:
        return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda match: f"_{match[1]}", key).lower()
    return key


def type_of(table: DrizzleTable, base: str, call: Call, kinds: Mapping[str, TypeKind]) -> ColumnType:
    """The type that a builder makes."""
    config = next((argument for argument in call.arguments if isinstance(argument, Record)), Record())
    entries = config.entries

    def number(key: str) -> int | None:
        value = entries.get(key)
        return value.value if isinstance(value, Const) and isinstance(value.value, int) else None

    kind = kinds.get(base)
    if kind is None:
        return custom_type(call) or ColumnType("other", base.removesuffix("()"))
    if table.core == CORES["sqlite"]:
        return ColumnType(MODES.get(text_of(entries.get("mode")) or "", kind), base)
    if kind == "enum":
        return ColumnType(kind, base, values=enum_values(call))
    if kind == "string":
        return ColumnType(kind, base, length=number("length"))
    if kind == "numeric":
        return ColumnType(kind, base, precision=number("precision"), scale=number("scale"))
    if kind in ("datetime", "time"):
        zone = entries.get("withTimezone")
        return ColumnType(kind, base, timezone=isinstance(zone, Const) and bool(zone.value))
    return ColumnType(kind, base)


def custom_type(call: Call) -> ColumnType | None:
    """What ``customType({ dataType: () => "tsvector" })`` is called in the database."""
    maker = call.callee.made_by if isinstance(call.callee, Instance) else None
    told = maker.option(0, "dataType") if maker is not None else None
    if maker is None or not isinstance(told, Function):
        return None
    name = text_of(maker.engine.call(told, [], maker.node, maker.frame))
    return sql_type(name) if name is not None else None


def enum_values(call: Call) -> tuple[str, ...]:
    """The values of an enumeration."""
    owner = call.callee if isinstance(call.callee, DrizzleEnum) else None
    made = owner.made_by if owner is not None else call
    return tuple(texts_of(made.argument(1)) or ()) if made is not None else ()


class Building:
    """A column while its chain is read."""

    def __init__(self, name: str, place: Span, type_: ColumnType) -> None:
        self.name = name
        self.place = place
        self.type = type_
        self.nullable = True
        self.primary = False
        self.unique = False
        self.default: Default | None = None
        self.default_text = ""
        self.autoincrement = False
        self.references: tuple[Reference, ...] = ()
        self.constraints: list[Constraint] = []
        self.known = True

    def take(self, engine: Engine, table: DrizzleTable, method: str, call: Call) -> None:
        """One link of the chain."""
        if method == "primaryKey":
            self.primary, self.nullable = True, False
            counting = call.option(0, "autoIncrement")
            if isinstance(counting, Const) and counting.value:
                self.default, self.autoincrement = "generated", True
        elif method == "notNull":
            self.nullable = False
        elif method in ("default", "defaultNow", "defaultRandom"):
            self.default = "server"
            self.default_text = {"defaultNow": "now()", "defaultRandom": "gen_random_uuid()"}.get(method) or shown(
                call.argument(0)
            )
        elif method in ("$default", "$defaultFn", "$onUpdate", "$onUpdateFn"):
            self.default = self.default or "function"
        elif method.startswith("generated"):
            self.default = "generated"
            self.autoincrement = "Identity" in method
            self.nullable = self.nullable and "Identity" not in method
        elif method == "autoincrement":
            self.default, self.autoincrement = "generated", True
        elif method == "unique":
            self.unique = True
        elif method == "array":
            self.type = ColumnType("array", f"{self.type.declared}[]", items=self.type)
        elif method == "references":
            self.refer(engine, call)

    def refer(self, engine: Engine, call: Call) -> None:
        """``references(() => users.id, { onDelete: "cascade" })``."""
        pointing = call.argument(0)
        at = engine.call(pointing, [], call.node, call.frame) if isinstance(pointing, Function) else None
        if not isinstance(at, ColumnOf) or text_of(at.table.name) is None:
            self.known = False
            return
        delete, update = text_option(call, 1, "onDelete"), text_option(call, 1, "onUpdate")
        self.references = (reference_to(engine, at, delete, update),)


def reference_to(engine: Engine, at: ColumnOf, on_delete: str | None, on_update: str | None) -> Reference:
    """A foreign key to a column of a table."""
    name = text_of(at.table.name) or ""
    table = f"{at.table.schema}.{name}" if at.table.schema else name
    delete = on_delete.upper() if on_delete else None
    update = on_update.upper() if on_update else None
    return Reference(table, column_name(engine, at), delete, update, at.table.held)


def column_name(engine: Engine, at: ColumnOf) -> str:
    """The name of a column in the database."""
    columns = at.table.columns
    value = columns.entries.get(at.key) if isinstance(columns, Record) else None
    calls = chain(value) if value is not None else []
    return (text_of(calls[0][1].argument(0)) if calls else None) or spelled(engine, at.key)


def shown(value: Value | None) -> str:
    """A default as written."""
    if isinstance(value, Const):
        return str(value.value) if value.value != "" else "''"
    if isinstance(value, Text):
        return "".join(part for part in value.parts if isinstance(part, str))
    if isinstance(value, Sequence):
        return "[]" if not value.items else "[...]"
    if isinstance(value, Instance) and value.made_by is not None:
        return shown(value.made_by.argument(0))
    return ""
