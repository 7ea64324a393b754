"""Declarations for PostgreSQL, as we read them and as a real server tells of the tables that they made."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.models.sql.reading import read
from verifier.datamodel import Table
from verifier.ddl.types import sql_type
from verifier.run import postgres

SCRIPTS = sorted((Path(__file__).parent / "postgresql").glob("*.sql"))
OWN = "n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND n.nspname NOT LIKE 'pg_temp%'"
COLUMNS = f"""
SELECT coalesce(json_agg(json_build_array(n.nspname, c.relname, c.relkind IN ('v', 'm'), a.attname,
    format_type(a.atttypid, a.atttypmod), a.attnotnull, a.atthasdef, a.attidentity <> '' OR a.attgenerated <> '',
    pg_get_expr(d.adbin, d.adrelid), t.typtype) ORDER BY c.relname, a.attnum), '[]')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relkind IN ('r', 'p', 'v', 'm') AND a.attnum > 0 AND NOT a.attisdropped AND {OWN}"""
KEYS = f"""
SELECT coalesce(json_agg(json_build_array(c.relname, i.indisprimary, (SELECT json_agg(a.attname)
    FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY ((i.indkey::int[])[0:i.indnkeyatts - 1])))), '[]')
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE i.indisunique AND i.indpred IS NULL AND i.indexprs IS NULL AND {OWN}"""
FOREIGN = f"""
SELECT coalesce(json_agg(json_build_array(c.relname, a.attname, f.relname, b.attname, k.confdeltype)), '[]')
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_class f ON f.oid = k.confrelid
CROSS JOIN LATERAL unnest(k.conkey, k.confkey) AS pair (own, other)
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = pair.own
JOIN pg_attribute b ON b.attrelid = f.oid AND b.attnum = pair.other
WHERE k.contype = 'f' AND {OWN}"""
ACTIONS = {"a": "NO ACTION", "r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}


class Database:
    """A database of its own on the shared server."""

    def __init__(self, server: postgres.Server, name: str) -> None:
        self.server = server
        self.name = name

    def run(self, statement: str, *, script: bool = False) -> str:
        """What the server says to a statement; of a script, nothing."""
        binary = self.server.binaries / "psql"
        command = [binary, "-h", self.server.socket.parent, "-U", postgres.USER, "-d", self.name, "-Atq"]
        command += ["-v", "ON_ERROR_STOP=1", *(["-f", "-"] if script else ["-c", statement])]
        given = statement if script else None
        done = subprocess.run(list(map(str, command)), input=given, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Server]:
    """One server for all scripts."""
    started = postgres.start()
    yield started
    started.stop()


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_tables_are_those_of_postgresql(server: postgres.Server, script: Path) -> None:
    text = script.read_text()
    Database(server, "postgres").run(f'CREATE DATABASE "{script.stem}"')
    database = Database(server, script.stem)
    database.run(text, script=True)
    schema, tables = read(text, "postgresql")
    assert not schema.unread
    assert all(not table.open for table in tables)
    assert columns_of(tables) == {
        (schema, table, name): (
            None if view else kind(declared, of),
            not required,
            given or "nextval" in (default or ""),
            bool(has),
        )
        for schema, table, view, name, declared, required, has, given, default, of in json.loads(database.run(COLUMNS))
    }
    keys = [(table, bool(primary), frozenset(names or ())) for table, primary, names in json.loads(database.run(KEYS))]
    assert primary_of(tables) == {(table, names) for table, primary, names in keys if primary}
    assert unique_of(tables) == {(table, names) for table, primary, names in keys if not primary}
    assert foreign_of(tables) == {
        (table, name, target, other, ACTIONS[action])
        for table, name, target, other, action in json.loads(database.run(FOREIGN))
    }


def kind(declared: str, of: str) -> Any:
    """A type, as the server spells it, in our words."""
    if of == "e":
        return "enum"
    found = sql_type(declared)
    return plain(found)


def plain(found: Any) -> Any:
    """What matters of a type."""
    if found.kind == "array":
        return ["array", plain(found.items)]
    length = 1 if found.kind == "string" and found.length is None and found.declared.lower() == "char" else found.length
    scale = found.scale or (0 if found.precision is not None else None)
    return [found.kind, length, found.precision, scale, found.timezone]


def columns_of(tables: list[Table]) -> dict[Any, Any]:
    """Our columns; of a view the names alone, for we know no more."""
    found = {}
    for table in tables:
        for column in table.columns:
            generated = column.default == "generated"
            given = "enum" if column.type.kind == "enum" else plain(column.type)
            found[table.schema or "public", table.name, column.name] = (
                None if table.view else given,
                column.nullable,
                generated,
                column.default == "server" or (generated and not identity(column)),
            )
    return found


def identity(column: Any) -> bool:
    """Whether a column is numbered without an expression."""
    return bool(column.autoincrement) and "serial" not in column.type.declared.lower() and not column.default_text


def primary_of(tables: list[Table]) -> set[Any]:
    """Our primary keys."""
    keys = {table.name: frozenset(column.name for column in table.columns if column.primary_key) for table in tables}
    return {(name, columns) for name, columns in keys.items() if columns}


def unique_of(tables: list[Table]) -> set[Any]:
    """Our other keys."""
    found = {(table.name, frozenset([column.name])) for table in tables for column in table.columns if column.unique}
    for table in tables:
        for constraint in table.constraints:
            plain = not constraint.condition and not any(name.startswith("(") for name in constraint.columns)
            if constraint.kind in ("unique", "index") and constraint.unique and plain:
                found.add((table.name, frozenset(constraint.columns)))
    return found


def foreign_of(tables: list[Table]) -> set[Any]:
    """Our foreign keys; one that names no column points at the key."""
    keys = {table.name: [column.name for column in table.columns if column.primary_key] for table in tables}
    found = set()
    for table in tables:
        for column in table.columns:
            for at in column.references:
                target = at.table.rpartition(".")[2]
                own = [c.name for c in table.columns if any(r.table == at.table for r in c.references)]
                other = at.column or keys[target][own.index(column.name) % len(keys[target])]
                found.add((table.name, column.name, target, other, at.on_delete or "NO ACTION"))
    return found
