"""What the rules on SQL claim, shown by SQLite and PostgreSQL themselves."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from verifier.packs import load_book
from verifier.run import postgres

FIXTURES = Path(__file__).parent.parent.parent / "fixtures" / "sql"


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Server]:
    """One server for all proofs."""
    started = postgres.start()
    yield started
    started.stop()


def errors(server: postgres.Server, script: str) -> list[str]:
    """What a fresh PostgreSQL database says against the statements of a script, each taken by itself."""
    psql = [server.binaries / "psql", "-h", server.socket.parent, "-U", postgres.USER, "-Atq"]
    fresh = "DROP DATABASE IF EXISTS proof WITH (FORCE); CREATE DATABASE proof"
    for statement in fresh.split("; "):
        subprocess.run([*map(str, psql), "-d", "postgres", "-c", statement], check=True, capture_output=True)
    done = subprocess.run(
        [*map(str, psql), "-d", "proof", "-f", "-"], input=script, text=True, capture_output=True, check=False
    )
    return re.findall(r"ERROR:  (.*)", done.stderr)


def texts(path: Path) -> list[str]:
    """The texts of SQL in a JavaScript file."""
    found = re.findall(r"`((?:CREATE|\s*CREATE|\s*PRAGMA)[^`]*)`|'(CREATE[^']*)'", path.read_text())
    return [first or second for first, second in found]


def create(rule: str, kind: str, module: str, folder: Path) -> str:
    """The last line of what a fixture's own function says when it creates its tables in SQLite."""
    code = f"import {module}; {module}.create({str(folder / 'proof.db')!r})"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=FIXTURES / rule / kind, capture_output=True, text=True, check=False
    )
    return (done.stderr.strip().splitlines() or [""])[-1]


def test_references_are_looked_for_at_once(server: postgres.Server) -> None:
    assert errors(server, (FIXTURES / "unknown_reference/bad/schema.sql").read_text()) == [
        'relation "users" does not exist',
        'column "user_id" referenced in foreign key constraint does not exist',
        'relation "article" does not exist',
    ]
    good = (FIXTURES / "unknown_reference/good/schema.sql").read_text()
    auth = "CREATE SCHEMA auth; CREATE TABLE auth.users (id UUID PRIMARY KEY);"
    assert errors(server, auth + good) == []


def test_sqlite_looks_for_the_table_when_a_row_is_written(tmp_path: Path) -> None:
    assert create("unknown_reference", "bad", "notes", tmp_path).endswith("no such table: main.folder")
    assert create("unknown_reference", "good", "notes", tmp_path) == ""


def test_references_must_be_unique(server: postgres.Server) -> None:
    said = errors(server, (FIXTURES / "reference_not_unique/bad/schema.sql").read_text())
    assert said[0] == 'there is no unique constraint matching given keys for referenced table "users"'
    assert said[-1] == 'there is no primary key for referenced table "settings"'
    follows = "CREATE TABLE follows (followed INT, follower INT, PRIMARY KEY (follower, followed));"
    blocks = "CREATE TABLE blocks (blocked INT REFERENCES follows (followed));"
    assert errors(server, follows + blocks) == [
        'there is no unique constraint matching given keys for referenced table "follows"'
    ]
    users = "CREATE TABLE users (email TEXT); CREATE UNIQUE INDEX ON users (email) WHERE email <> '';"
    assert errors(server, users + "CREATE TABLE blocks (email TEXT REFERENCES users (email));") == [
        'there is no unique constraint matching given keys for referenced table "users"'
    ]
    assert errors(server, (FIXTURES / "reference_not_unique/good/schema.sql").read_text()) == []


@pytest.mark.parametrize("kind", ["bad", "good"])
def test_sqlite_refuses_rows_that_refer_to_no_key(kind: str) -> None:
    source = (FIXTURES / f"reference_not_unique/{kind}/tasks.js").read_text()
    connection = sqlite3.connect(":memory:")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.executescript(re.findall(r"`([^`]*)`", source)[0])
    inserts = re.findall(r'"(INSERT[^"]*)"', source)
    connection.execute(inserts[0])
    if kind == "bad":
        with pytest.raises(sqlite3.OperationalError, match='foreign key mismatch - "tasks" referencing "lists"'):
            connection.execute(inserts[1])
    else:
        connection.execute(inserts[1])


def test_columns_are_declared_once(server: postgres.Server, tmp_path: Path) -> None:
    assert create("duplicate_column", "bad", "store", tmp_path).endswith("duplicate column name: Created_At")
    assert create("duplicate_column", "good", "store", tmp_path) == ""
    for kind, said in (("bad", ['column "bio" of relation "users" already exists']), ("good", [])):
        folder = FIXTURES / "duplicate_column" / kind / "migrations"
        script = "".join((folder / name).read_text() for name in ("0001_users.up.sql", "0002_bio.up.sql"))
        assert errors(server, script) == said
    assert errors(server, "CREATE TABLE a (x INT, X INT)") == ['column "x" specified more than once']


def test_postgresql_knows_its_own_words_only(server: postgres.Server) -> None:
    load_book()
    bad = [errors(server, text) for text in texts(FIXTURES / "ddl_not_in_dialect/bad/events.ts")]
    assert bad == [
        ['syntax error at or near "AUTOINCREMENT"'],
        ['type "datetime" does not exist'],
        ['syntax error at or near "`"'],
    ]
    assert errors(server, "CREATE TABLE events (picture BLOB)") == ['type "blob" does not exist']
    good = texts(FIXTURES / "ddl_not_in_dialect/good/events.ts")
    assert errors(server, "CREATE TYPE mood AS ENUM ('good', 'bad');\nCREATE DOMAIN string AS TEXT;\n" + good[-1]) == []
    for name in import_module("buttress_pack_sql._dialects").NOT_IN_POSTGRESQL:
        assert errors(server, f"CREATE TABLE t (x {name})") == [f'type "{name}" does not exist']


def test_sqlite_knows_its_own_words_only(tmp_path: Path) -> None:
    import runpy

    found = runpy.run_path(str(FIXTURES / "ddl_not_in_dialect/bad/notes.py"))

    def said(name: str) -> str:
        with pytest.raises(sqlite3.OperationalError) as error:
            sqlite3.connect(":memory:").executescript(found[name])
        return str(error.value)

    assert said("FOLDERS") == "AUTOINCREMENT is only allowed on an INTEGER PRIMARY KEY"
    assert said("NOTES") == 'near "(": syntax error'
    assert said("LABELS") == 'near "AS": syntax error'
    assert said("COUNTS") == 'near "AUTO_INCREMENT": syntax error'
    assert said("CASTS") == 'unrecognized token: ":"'
    assert said("KINDS") == 'near "TYPE": syntax error'
    connection = sqlite3.connect(":memory:")
    connection.executescript(found["USERS"])
    connection.executescript(found["PARTS"])
    connection.execute("INSERT INTO parts (name) VALUES ('lid')")
    assert connection.execute("SELECT id FROM parts").fetchall() == [(None,)]
    connection.execute("INSERT INTO users (name) VALUES ('ann')")
    assert connection.execute("SELECT id FROM users").fetchall() == [(None,)]
    connection.execute("CREATE TABLE keyed (id SERIAL PRIMARY KEY NOT NULL, name TEXT)")
    with pytest.raises(sqlite3.IntegrityError, match="NOT NULL constraint failed"):
        connection.execute("INSERT INTO keyed (name) VALUES ('ann')")
    assert create("ddl_not_in_dialect", "good", "notes", tmp_path) == ""
