"""Declarations for SQLite, as we read them and as SQLite itself tells of the tables that they made."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.models.sql.reading import read, squeezed
from verifier.datamodel import Table

SCRIPTS = sorted((Path(__file__).parent / "sqlite").glob("*.sql"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_tables_are_those_of_sqlite(script: Path) -> None:
    text = script.read_text()
    connection = sqlite3.connect(":memory:")
    connection.executescript(text)
    names = [
        name
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
        if not name.startswith("sqlite_")
    ]
    schema, tables = read(text, "sqlite")
    assert not schema.unread
    assert sorted(table.name for table in tables) == sorted(names)
    for table in tables:
        assert not table.open
        assert ours(table) == theirs(connection, table.name, view=table.view)


def ours(table: Table) -> dict[str, Any]:
    """What we read of a table."""
    together = [found for found in table.constraints if found.kind in ("unique", "index") and found.unique]
    unique = {
        frozenset(found.columns) for found in together if not found.condition and not found.columns[0].startswith("(")
    }
    unique |= {frozenset([column.name]) for column in table.columns if column.unique}
    keys = {
        (column.name, at.table.lower(), at.column, at.on_delete or "NO ACTION", at.on_update or "NO ACTION")
        for column in table.columns
        for at in column.references
    }
    return {
        "columns": [
            (column.name, "" if table.view else column.type.declared.upper(), column.nullable, column.primary_key)
            for column in table.columns
        ],
        "defaults": {
            column.name: squeezed(column.default_text) for column in table.columns if column.default == "server"
        },
        "generated": {column.name for column in table.columns if column.default == "generated"},
        "unique": {columns for columns in unique if columns},
        "foreign": keys,
    }


def theirs(connection: sqlite3.Connection, name: str, *, view: bool) -> dict[str, Any]:
    """What SQLite says of it."""
    quoted = '"' + name.replace('"', '""') + '"'
    rows = connection.execute(f"PRAGMA table_xinfo({quoted})").fetchall()
    sql = connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", (name,)).fetchone()[0]
    listed = connection.execute(f"PRAGMA index_list({quoted})").fetchall()
    key_index = any(origin == "pk" for _, _, _, origin, _ in listed)
    rowid = not re.search(r"WITHOUT\s+ROWID", sql, re.IGNORECASE)
    alone = sum(1 for row in rows if row[5]) == 1
    unique = set()
    for _, index, is_unique, origin, partial in listed:
        inner = [column for _, _, column in connection.execute(f'PRAGMA index_info("{index}")')]
        if is_unique and not partial and origin != "pk" and None not in inner:
            unique.add(frozenset(inner))
    numbered = {row[1] for row in rows if row[5] and rowid and alone and not key_index}
    return {
        "columns": [
            (
                row[1],
                "" if view else re.sub(r"\s*GENERATED ALWAYS$", "", row[2]).upper(),
                not row[3] and row[1] not in numbered,
                bool(row[5]),
            )
            for row in rows
        ],
        "defaults": {row[1]: squeezed(row[4]) for row in rows if row[4] is not None and row[4].upper() != "NULL"},
        "generated": {row[1] for row in rows if row[6] in (2, 3)} | numbered,
        "unique": unique,
        "foreign": {
            (row[3], row[2].lower(), row[4], row[6], row[5])
            for row in connection.execute(f"PRAGMA foreign_key_list({quoted})")
        },
    }
