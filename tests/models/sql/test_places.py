"""Where SQL is found, in what order it is applied, and which lines its tables and columns are given."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from tests.models.sql.reading import read
from verifier.datamodel import DataModel, Table
from verifier.ddl.tables import Database
from verifier.session import Options, open_session


def model(folder: Path, files: dict[str, str]) -> DataModel:
    """What we read of a project."""
    for name, text in {"app.py": "", **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return open_session(Options(path=folder, cache=False, quiet=True)).facts.models


def tables(folder: Path, files: dict[str, str]) -> dict[str, Table]:
    """The tables by name."""
    return {table.name: table for table in model(folder, files).tables}


def names(table: Table) -> list[str]:
    """The names of its columns."""
    return [column.name for column in table.columns]


def lines(table: Table) -> dict[str, int]:
    """The line of each column."""
    return {column.name: column.span.line for column in table.columns}


FOLDERS = {
    "numbered": {
        "migrations/2_b.sql": "ALTER TABLE t ADD COLUMN b int;",
        "migrations/10_c.sql": "ALTER TABLE t RENAME COLUMN b TO c;",
        "migrations/1_a.sql": "CREATE TABLE t (a int);",
    },
    "pairs": {
        "db/001_a.up.sql": "CREATE TABLE t (a int);",
        "db/001_a.down.sql": "DROP TABLE t;",
        "db/002_c.up.sql": "ALTER TABLE t ADD COLUMN c int;",
        "db/002_c.down.sql": "ALTER TABLE t DROP COLUMN c;",
    },
    "do and undo": {
        "migrations/001.do.a.sql": "CREATE TABLE t (a int);",
        "migrations/001.undo.a.sql": "DROP TABLE t;",
        "migrations/002.do.c.sql": "ALTER TABLE t ADD c int;",
        "migrations/002.undo.c.sql": "ALTER TABLE t DROP COLUMN c;",
    },
    "dbmate": {
        "db/migrations/20240101000000_a.sql": "-- migrate:up\nCREATE TABLE t (a int);\n-- migrate:down\nDROP TABLE t;",
        "db/migrations/20240102000000_c.sql": "-- migrate:up\nALTER TABLE t ADD c int;\n-- migrate:down\nDROP TABLE t;",
    },
    "goose": {
        "schema/00001_a.sql": "-- +goose Up\nCREATE TABLE t (a int);\n-- +goose Down\nDROP TABLE t;\n",
        "schema/00002_c.sql": "-- +goose Up\nALTER TABLE t ADD c int;\n-- +goose Down\nDROP TABLE t;\n",
    },
    "prisma": {
        "prisma/migrations/20240101_a/migration.sql": 'CREATE TABLE "t" ("a" INTEGER);',
        "prisma/migrations/20240102_c/migration.sql": 'ALTER TABLE "t" ADD COLUMN "c" INTEGER;',
        "prisma/migrations/migration_lock.toml": 'provider = "sqlite"\n',
    },
    "drizzle": {
        "drizzle/0000_a.sql": 'CREATE TABLE "t" ("a" integer);',
        "drizzle/0001_left.sql": 'ALTER TABLE "t" ADD COLUMN "x" integer;',
        "drizzle/0001_taken.sql": 'ALTER TABLE "t" ADD COLUMN "c" integer;',
        "drizzle/meta/_journal.json": json.dumps(
            {"dialect": "postgresql", "entries": [{"idx": 0, "tag": "0000_a"}, {"idx": 1, "tag": "0001_taken"}]}
        ),
    },
}


@pytest.mark.parametrize("name", FOLDERS)
def test_migrations_are_applied_in_their_order(name: str, tmp_path: Path) -> None:
    (table,) = tables(tmp_path, FOLDERS[name]).values()
    assert table.source == "migration"
    assert names(table) == ["a", "c"]
    assert not table.open


def test_each_schema_file_is_by_itself(tmp_path: Path) -> None:
    found = model(
        tmp_path,
        {
            "sql/postgres.sql": "CREATE TABLE t (id SERIAL PRIMARY KEY);",
            "sql/sqlite.sql": "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, b TEXT);",
            "tests/sql/schema.sql": "CREATE TABLE of_tests (id INTEGER);",
        },
    ).tables
    assert [(table.span.path, table.source, names(table)) for table in found] == [
        ("sql/postgres.sql", "ddl", ["id"]),
        ("sql/sqlite.sql", "ddl", ["id", "b"]),
    ]


PYTHON = '''"""CREATE TABLE of_a_docstring (id int)"""
import sqlite3
from names import USERS

SCHEMA = """
CREATE TABLE IF NOT EXISTS notes (
    id INTEGER PRIMARY KEY,
    body TEXT NOT NULL
);
CREATE INDEX notes_body ON notes (body);
"""
STATEMENTS = [
    f"""CREATE TABLE {USERS} (
        id INTEGER PRIMARY KEY,
        name TEXT DEFAULT 'a\\tb'
    )""",
    "CREATE TABLE tags ("
    "  name TEXT PRIMARY KEY,"
    "  weight REAL"
    ")",
    "CREATE TABLE " + USERS + "_tags (user_id INTEGER REFERENCES users (id))",
]


def create(connection: sqlite3.Connection, name: str) -> None:
    connection.executescript(SCHEMA)
    for statement in STATEMENTS:
        connection.execute(statement)
    connection.execute(f"CREATE TABLE {name} (id INTEGER)")
    connection.execute(f"CREATE TABLE mixed (id INTEGER, {name} TEXT, b VARCHAR({len(name)}))")
    connection.execute("CREATE TABLE {} (id INTEGER)".format(name))
    print("CREATE TABLE failed: %s" % name)
'''


def test_texts_of_python(tmp_path: Path) -> None:
    model_ = model(tmp_path, {"db.py": PYTHON, "names.py": 'USERS = "users"\n'})
    found = {table.name: table for table in model_.tables}
    assert set(found) == {"notes", "users", "tags", "users_tags", "mixed"}
    assert all(table.source == "ddl" for table in found.values())
    assert (found["notes"].span.line, lines(found["notes"])) == (6, {"id": 7, "body": 8})
    assert lines(found["users"]) == {"id": 14, "name": 15}
    assert lines(found["tags"]) == {"name": 18, "weight": 19}
    assert found["notes"].column("body").indexed  # type: ignore[union-attr]
    assert names(found["mixed"]) == ["id", "b"]
    assert found["mixed"].open
    assert len(model_.unread) == 2


JAVASCRIPT = """const Database = require('better-sqlite3');
const { USERS } = require('./names');
const db = new Database('notes.db');

db.exec(`
  CREATE TABLE IF NOT EXISTS ${USERS} (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    email TEXT UNIQUE
  );
`);
db.prepare('CREATE TABLE IF NOT EXISTS sessions (token TEXT PRIMARY KEY, user_id INTEGER)').run();

function upgrade() {
  db.exec("ALTER TABLE users ADD COLUMN image TEXT");
  db.exec(`DROP TABLE IF EXISTS sessions`);
}
"""


def test_texts_of_javascript(tmp_path: Path) -> None:
    found = tables(tmp_path, {"db.js": JAVASCRIPT, "names.js": "exports.USERS = 'users';\n"})
    assert set(found) == {"users", "sessions"}
    assert lines(found["users"]) == {"id": 7, "email": 8, "image": 14}
    assert found["users"].column("id").autoincrement  # type: ignore[union-attr]


def test_alterations_of_another_file_reach_the_table(tmp_path: Path) -> None:
    found = tables(
        tmp_path,
        {
            "a.py": 'import sqlite3\nsqlite3.connect("x").execute("ALTER TABLE t ADD COLUMN later TEXT")\n',
            "b.py": 'import sqlite3\nsqlite3.connect("x").execute("CREATE TABLE t (id INTEGER)")\n',
        },
    )
    assert names(found["t"]) == ["id", "later"]
    assert found["t"].columns[1].span.path == "a.py"


def test_a_statement_that_is_not_understood_opens_its_table() -> None:
    schema, (first, second) = read("CREATE TABLE a (x int); CREATE TABLE b (x int; ALTER TABLE a FROB x;", "postgresql")
    assert first.name == "a"
    assert first.open
    assert second.open
    assert len(schema.unread) == 2


def test_blocks_that_run_time_decides_open_what_they_name() -> None:
    block = "DO $$ BEGIN IF true THEN ALTER TABLE a ADD y int; END IF; END $$;"
    _, (first, second) = read(f"CREATE TABLE a (x int); CREATE TABLE b (x int); {block}", "postgresql")
    assert first.open
    assert not second.open


WORDS = (
    "CREATE TABLE ALTER DROP ( ) , ; \"a\" 'x' int PRIMARY KEY REFERENCES b ADD COLUMN CONSTRAINT UNIQUE INDEX ON "
    "DEFAULT NOT NULL GENERATED AS IDENTITY . IF EXISTS TYPE ENUM RENAME TO DO $$ CHECK FOREIGN SET 1 - USING VIEW ` "
    "[ COMMENT IS /* --"
).split()
DATABASES: tuple[Database, ...] = ("postgresql", "sqlite", "mysql")
DEEP = ("CREATE TABLE t (" + "(" * 50_000, "DO $$" + "$a$" * 20_000, "/*" * 50_000, "COPY t FROM stdin;\n" * 5000)


def test_any_text_is_read_to_its_end() -> None:
    chance = random.Random(4)
    for _ in range(3000):
        words = [chance.choice(WORDS) for _ in range(chance.randint(1, 30))]
        schema, _ = read("CREATE TABLE b (a int); " + " ".join(words), chance.choice(DATABASES))
        assert isinstance(schema.tables, dict)
    for text in DEEP:
        read(text, "postgresql")
