"""Says what SQLAlchemy itself makes of a project's models. Runs in the project's own environment, with nothing of ours.

    python oracle.py ROOT MODULE...

imports the modules (from ROOT) and prints tables and mappers as JSON.
"""

from __future__ import annotations

import gc
import importlib
import json
import sys
from pathlib import Path
from typing import Any

import sqlalchemy
from sqlalchemy import schema, types
from sqlalchemy.orm import configure_mappers
from sqlalchemy.schema import Column, MetaData, Sequence, Table, UniqueConstraint

GENERATED = tuple(getattr(schema, name) for name in ("Identity", "Computed") if hasattr(schema, name))
SYSTEM = ("pg_catalog", "information_schema", "sys", "mssql_sys", "tempdb")

KINDS = [
    (types.Enum, "ENUM"),
    (types.SmallInteger, "SMALLINT"),
    (types.BigInteger, "BIGINT"),
    (types.Integer, "INTEGER"),
    (types.Float, "FLOAT"),
    (types.Boolean, "BOOLEAN"),
    (types.Date, "DATE"),
    (types.JSON, "JSON"),
    (types.Text, "TEXT"),
]


def shown(kind: Any, root: str) -> str:
    """A type in the words of the data model."""
    if isinstance(kind, types.TypeDecorator):
        module = type(kind).__module__
        source = getattr(sys.modules.get(module), "__file__", "") or ""
        if type(kind).__name__ == "PickleType":
            return "BLOB"
        if type(kind).__name__ == "Interval":
            return "INTERVAL"
        if type(kind).__name__ == "UTCDateTime" and module.startswith("sqlmodel"):
            return "TIMESTAMP WITH TIME ZONE"
        bases = [base for base in type(kind).__mro__ if issubclass(base, types.TypeEngine)]
        if any(is_foreign(base, root) for base in bases):
            return type(kind).__name__.upper()
        if not Path(source).resolve().is_relative_to(root) and not module.startswith(("sqlmodel", "sqlalchemy.")):
            return type(kind).__name__.upper()
        return shown(kind.impl_instance if hasattr(kind, "impl_instance") else kind.impl, root)
    name = type(kind).__name__
    if isinstance(kind, types.NullType):
        return "UNKNOWN"
    if name == "CITEXT":
        return "TEXT"
    if name.endswith("TEXT"):
        return "TEXT"
    if name == "TINYINT":
        return "SMALLINT"
    for cls, text in KINDS:
        if isinstance(kind, cls):
            return text
    if isinstance(kind, types.String):
        return f"VARCHAR({kind.length})" if kind.length is not None else "VARCHAR"
    if isinstance(kind, types.DateTime):
        return "TIMESTAMP WITH TIME ZONE" if kind.timezone else "TIMESTAMP"
    if isinstance(kind, types.Time):
        return "TIME WITH TIME ZONE" if kind.timezone else "TIME"
    if isinstance(kind, types.ARRAY) or name == "ARRAY":
        return f"{shown(kind.item_type, root)}[]"
    if isinstance(kind, types.Numeric):
        if kind.precision is None:
            return "NUMERIC"
        return f"NUMERIC({kind.precision}{f', {kind.scale}' if kind.scale is not None else ''})"
    if isinstance(kind, types._Binary):
        length = getattr(kind, "length", None)
        return f"BLOB({length})" if length is not None else "BLOB"
    if name in ("UUID", "Uuid"):
        return "UUID"
    if name in ("INTERVAL", "Interval"):
        return "INTERVAL"
    if name in ("INET", "CIDR", "MACADDR", "MACADDR8"):
        return "INET"
    return name.upper()


def is_foreign(cls: type, root: str) -> bool:
    """Whether a type is one of neither the project nor the library."""
    source = getattr(sys.modules.get(cls.__module__), "__file__", None) or ""
    if cls.__module__.startswith(("sqlalchemy.", "sqlmodel", "typing", "builtins", "abc")):
        return False
    return not Path(source).resolve().is_relative_to(root) and source != ""


def relative(source: str, root: str) -> str:
    """A file's path from the root; ``..`` for one that lies elsewhere."""
    path = Path(source).resolve()
    return path.relative_to(root).as_posix() if source and path.is_relative_to(root) else ".."


def default_of(column: Any) -> str | None:
    """What gives the column a value."""
    if isinstance(column.default, Sequence) or isinstance(column.server_default, GENERATED):
        return "generated"
    if column.default is not None:
        return "value" if column.default.is_scalar else "function"
    if column.server_default is not None:
        return "server"
    return "generated" if column.table._autoincrement_column is column else None


def column_data(column: Any, attribute: str, root: str) -> dict[str, Any]:
    """A column."""
    references = []
    for key in column.foreign_keys:
        target = key.column
        references.append(f"{target.table.fullname}.{target.name}")
    return {
        "name": column.name,
        "attribute": attribute,
        "type": shown(column.type, root),
        "nullable": bool(column.nullable),
        "primary_key": bool(column.primary_key),
        "unique": bool(column.unique),
        "default": default_of(column),
        "references": sorted(set(references)),
    }


def table_data(table: Any, root: str) -> dict[str, Any]:
    """A table."""
    uniques = {
        tuple(sorted(column.name for column in constraint.columns))
        for constraint in table.constraints
        if isinstance(constraint, UniqueConstraint)
    }
    indexes = set()
    for index in table.indexes:
        names = tuple(one.name if isinstance(one, Column) else "(expression)" for one in index.expressions)
        indexes.add((names, bool(index.unique)))
    return {
        "columns": [column_data(column, column.key, root) for column in table.columns],
        "uniques": sorted(uniques),
        "indexes": sorted([[*names, "unique"] if unique else list(names) for names, unique in indexes]),
    }


def lazy_of(value: object) -> str:
    """How a relationship is loaded, in one word."""
    return {True: "select", False: "joined", None: "noload"}.get(value, value)  # type: ignore[call-overload, no-any-return]


def relationship_data(prop: Any) -> dict[str, Any]:
    """A relationship."""
    direction = prop.direction.name
    words = {"MANYTOONE": "many-to-one", "ONETOMANY": "one-to-many", "MANYTOMANY": "many-to-many"}
    found = words[direction]
    if found == "one-to-many" and not prop.uselist:
        found = "one-to-one"
    reverse = prop.back_populates or (prop.backref[0] if prop.backref else None)
    return {
        "name": prop.key,
        "target": prop.mapper.class_.__name__,
        "many": bool(prop.uselist),
        "direction": found,
        "through": getattr(prop.secondary, "fullname", None) if prop.secondary is not None else None,
        "lazy": lazy_of(prop.lazy),
        "reverse": reverse,
    }


def mapper_data(mapper: Any, root: str) -> dict[str, Any]:
    """A mapped class."""
    columns = [
        column_data(prop.columns[0], prop.key, root)
        for prop in mapper.column_attrs
        if isinstance(prop.columns[0], Column)
    ]
    table = mapper.local_table
    inheritance = None
    if mapper.inherits is not None:
        inheritance = "concrete" if mapper.concrete else "single" if mapper.single else "joined"
    source = getattr(sys.modules.get(mapper.class_.__module__), "__file__", None) or ""
    return {
        "name": mapper.class_.__name__,
        "path": relative(source, root),
        "table": getattr(table, "name", None) if isinstance(table, Table) else None,
        "inheritance": inheritance,
        "columns": columns,
        "relationships": [relationship_data(prop) for prop in mapper.relationships],
    }


def all_mappers() -> list[Any]:
    """Every mapper, wherever the version keeps them."""
    from sqlalchemy.orm import mapperlib

    if hasattr(mapperlib, "_all_registries"):
        registries = mapperlib._all_registries()
        return [manager.mapper for registry in registries for manager in registry._managers if manager.is_mapped]
    return list(mapperlib._mapper_registry)  # type: ignore[attr-defined]


def main() -> None:
    root = str(Path(sys.argv[1]).resolve())
    failed = {}
    for module in sys.argv[2:]:
        try:
            importlib.import_module(module)
        except BaseException as error:
            failed[module] = f"{type(error).__name__}: {error}"
    try:
        configure_mappers()
    except Exception as error:
        print(json.dumps({"failed": {**failed, "": str(error)}, "mappers": [], "tables": {}, "version": ""}))
        return
    mappers = all_mappers()
    tables = {}
    for meta in gc.get_objects():
        if type(meta) is MetaData:
            for table in meta.tables.values():
                if (table.schema or "").partition(".")[0].lower() not in SYSTEM:
                    tables[table.fullname] = table_data(table, root)
    found = {
        "version": sqlalchemy.__version__,
        "failed": failed,
        "mappers": sorted((mapper_data(m, root) for m in mappers), key=lambda found: (found["path"], found["name"])),
        "tables": tables,
    }
    print(json.dumps(found))


if __name__ == "__main__":
    sys.path.insert(0, str(Path(sys.argv[1]).resolve()))
    main()
