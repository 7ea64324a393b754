"""What drivers of both languages are handed: read from projects, to the word."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlglot import exp

from verifier.lift.nouns import Queries, Query
from verifier.link import Facts
from verifier.session import Options, open_session

PYTHON = """
import aiosqlite, aiosql, asyncpg, databases, psycopg2, psycopg2.extras, pymysql, sqlite3
from django.db import connection
from psycopg_pool import AsyncConnectionPool

database = databases.Database("sqlite:///x.db")
queries = aiosql.from_path("sql", "asyncpg")
pool = AsyncConnectionPool("x")

async def all_of_them(pg: asyncpg.Connection, unknown, text):
    with sqlite3.connect("x.db") as own:
        own.execute("SELECT 1 FROM a WHERE x = ?", (1,))
        own.cursor().executemany("INSERT INTO a (x) VALUES (?)", [(1,), (2,)])
        own.executescript("DELETE FROM a; DELETE FROM b; CREATE TABLE c (d)")
    async with aiosqlite.connect("x.db") as other:
        async with other.execute("SELECT 2 FROM a WHERE x = :x", {"x": 2}) as cursor:
            await cursor.fetchone()
    await pg.fetchrow("SELECT 3 FROM a WHERE x = $1", 3)
    await pg.executemany("INSERT INTO a (x) VALUES ($1)", [(1,)])
    prepared = await pg.prepare("SELECT 4 FROM a WHERE x = $1")
    await prepared.fetchval(4)
    await database.fetch_all(query="SELECT 5 FROM a WHERE x = :x", values={"x": 5})
    async with pool.connection() as inner, inner.cursor() as cursor:
        await cursor.execute("SELECT 6 FROM a WHERE x = %(x)s", {"x": 6})
    with psycopg2.connect("x") as inner, inner.cursor() as cursor:
        cursor.execute("UPDATE a SET x = %s", [7])
        psycopg2.extras.execute_values(cursor, "INSERT INTO a VALUES %s", [(1, 2)])
    with pymysql.connect(host="x").cursor() as cursor:
        cursor.execute("SELECT 8 FROM a WHERE x = %s", (8,))
    with connection.cursor() as cursor:
        cursor.execute("SELECT 9 FROM a WHERE x = %s", [9])
    await queries.get_user(pg, name="x")
    unknown.run("SELECT 10 FROM a")
    unknown.run("Select the best from the rest")
    own.execute(text)
    own.execute("PRAGMA foreign_keys = ON")
"""
JAVASCRIPT = """
const { Pool } = require("pg");
const sqlite3 = require("sqlite3").verbose();
const { open } = require("sqlite");
const Database = require("better-sqlite3");
const { DatabaseSync } = require("node:sqlite");
const mysql = require("mysql2/promise");
const postgres = require("postgres");
const { PrismaClient } = require("@prisma/client");
const { Sequelize, QueryTypes } = require("sequelize");

const pool = new Pool();
const db = new sqlite3.Database("x.db");
const better = new Database("y.db");
const built = new DatabaseSync("z.db");
const sql = postgres("postgres://x");
const prisma = new PrismaClient();
const my = mysql.createPool({});
const sequelize = new Sequelize("sqlite::memory:");

async function all(unknown, columns) {
  await pool.query("SELECT 1 FROM a WHERE x = $1", [1]);
  const client = await pool.connect();
  await client.query({ text: "SELECT 2 FROM a WHERE x = $1", values: [2] });
  db.get("SELECT 3 FROM a WHERE x = ?", [3], (error, row) => {});
  db.all("SELECT 4 FROM a WHERE x = $x", { $x: 4 }, () => {});
  const statement = better.prepare("SELECT 5 FROM a WHERE x = ? AND y = @y");
  statement.get(5, { y: 6 });
  built.prepare("SELECT 6 FROM a WHERE x = ?").all(6);
  await sql`SELECT 7 FROM a WHERE x = ${7} AND ${sql`y = ${8}`}`;
  await sql`INSERT INTO a ${sql(columns)}`;
  await sql.unsafe("SELECT 8 FROM a WHERE x = $1", [8]);
  await prisma.$queryRaw`SELECT 9 FROM "A" WHERE x = ${9}`;
  await prisma.$queryRawUnsafe("SELECT 10 FROM a WHERE x = $1", 10);
  await my.query("SELECT 11 FROM a WHERE x = ?", [11]);
  const lite = await open({ filename: "a", driver: sqlite3.Database });
  await lite.get("SELECT 12 FROM a WHERE x = ?", 12);
  await sequelize.query("SELECT 13 FROM a WHERE x = :x", { replacements: { x: 13 }, type: QueryTypes.SELECT });
  await sequelize.query("SELECT 14 FROM a WHERE x = $1", { bind: [14] });
  unknown.query("SELECT 15 FROM a");
}
module.exports = { all };
"""
NAMED = """-- name: get_user^
SELECT id FROM users WHERE name = :name;

-- name: remove-user!
DELETE FROM users WHERE name = :name;
"""


def facts_of(folder: Path, files: dict[str, str]) -> Facts:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    return open_session(Options(path=folder, cache=False, quiet=True)).facts


def told(queries: Queries) -> list[tuple[str, str, str, int]]:
    """Dialect, action, SQL and how many values are known, of each query."""
    return [
        (query.dialect, query.action, query.statements[0].tree.sql(), len(query.statements[0].values))
        for query in queries.queries
        if query.statements
    ]


def test_python(tmp_path: Path) -> None:
    queries = facts_of(tmp_path, {"app.py": PYTHON, "sql/users.sql": NAMED}).queries
    assert told(queries) == [
        ("sqlite", "rows", "SELECT 1 FROM a WHERE x = :value", 1),
        ("sqlite", "write", "INSERT INTO a (x) VALUES (:value)", 1),
        ("sqlite", "write", "DELETE FROM a", 0),
        ("sqlite", "write", "DELETE FROM b", 0),
        ("sqlite", "rows", "SELECT 2 FROM a WHERE x = :x", 1),
        ("postgres", "first", "SELECT 3 FROM a WHERE x = :value", 1),
        ("postgres", "write", "INSERT INTO a (x) VALUES (:value)", 1),
        ("postgres", "value", "SELECT 4 FROM a WHERE x = :value", 1),
        ("", "rows", "SELECT 5 FROM a WHERE x = :x", 1),
        ("postgres", "rows", "SELECT 6 FROM a WHERE x = :x", 1),
        ("postgres", "write", "UPDATE a SET x = :value", 1),
        ("postgres", "write", "INSERT INTO a VALUES (:value)", 0),
        ("mysql", "rows", "SELECT 8 FROM a WHERE x = :value", 1),
        ("", "rows", "SELECT 9 FROM a WHERE x = :value", 1),
        ("postgres", "first", "SELECT id FROM users WHERE name = :name", 1),
        ("", "rows", "SELECT 10 FROM a", 0),
    ]
    unread = [query.reason for query in queries.queries if not query.statements and query.library == "drivers"]
    assert unread == ["the parameter `text`"]


def test_javascript(tmp_path: Path) -> None:
    queries = facts_of(tmp_path, {"app.js": JAVASCRIPT, "package.json": "{}"}).queries
    assert told(queries) == [
        ("postgres", "rows", "SELECT 1 FROM a WHERE x = :value", 1),
        ("postgres", "rows", "SELECT 2 FROM a WHERE x = :value", 1),
        ("sqlite", "first", "SELECT 3 FROM a WHERE x = :value", 1),
        ("sqlite", "rows", "SELECT 4 FROM a WHERE x = :x", 1),
        ("sqlite", "first", "SELECT 5 FROM a WHERE x = :value AND y = :y", 2),
        ("sqlite", "rows", "SELECT 6 FROM a WHERE x = :value", 1),
        ("postgres", "rows", "SELECT 7 FROM a WHERE x = :value AND y = :value", 2),
        ("postgres", "write", "INSERT INTO a", 0),
        ("postgres", "rows", "SELECT 8 FROM a WHERE x = :value", 1),
        ("", "rows", 'SELECT 9 FROM "A" WHERE x = :value', 1),
        ("", "rows", "SELECT 10 FROM a WHERE x = :value", 1),
        ("mysql", "rows", "SELECT 11 FROM a WHERE x = :value", 1),
        ("sqlite", "first", "SELECT 12 FROM a WHERE x = :value", 1),
        ("", "rows", "SELECT 13 FROM a WHERE x = :x", 1),
        ("", "rows", "SELECT 14 FROM a WHERE x = :value", 1),
        ("", "rows", "SELECT 15 FROM a", 0),
    ]


SPELLINGS = {
    "plain": 'execute("SELECT ünder, second FROM things WHERE third = 1")',
    "implicit": 'execute("SELECT ünder, "\n        # a comment\n        r"second FROM things " \'WHERE third = 1\')',
    "plus": 'execute("SELECT ünder, second " + "FROM things" + """ WHERE third = 1""")',
    "stripped": 'execute("""\n      SELECT ünder, second\n        FROM things WHERE third = 1\n    """.strip())',
    "dedent": 'execute(textwrap.dedent("""\n      SELECT ünder, second\n        FROM things WHERE third = 1\n    """))',
    "variable": 'execute(TEXT)',
    "f-string": 'execute(f"SELECT ünder, {COLUMN} FROM {TABLE} WHERE third = {1}")',
    "format": 'execute("SELECT ünder, {} FROM {table} WHERE third = 1".format("second", table=TABLE))',
    "percent": 'execute("SELECT ünder, %s FROM %s WHERE third = 1" % (COLUMN, TABLE))',
    "join": 'execute(" ".join(["SELECT ünder, second", "FROM things", "WHERE third = 1"]))',
    "appended": 'execute(built())',
    "escapes": 'execute("SELECT\\t\\u00fcnder, second\\n FROM things \\\n WHERE third = 1")',
}  # fmt: skip
LINES = '''execute("""\\
      SELECT ünder,
             second
        FROM things -- é
       WHERE third = 1
    """)'''
HEAD = """import sqlite3
import textwrap

COLUMN, TABLE = "second", "things"
TEXT = '''SELECT ünder, second
            FROM things WHERE third = 1'''


def built():
    text = "SELECT ünder, second"
    text += " FROM things"
    text += " WHERE third = 1"
    return text


def run():
    with sqlite3.connect("x.db") as connection:
        connection."""


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("spelling", [*SPELLINGS, "lines"])
def test_places_of_names_in_python(tmp_path: Path, spelling: str, ends: str) -> None:
    text = (HEAD + {**SPELLINGS, "lines": LINES}[spelling] + "\n").replace("\n", ends)
    facts = facts_of(tmp_path, {"app.py": text})
    (query,) = facts.queries.queries
    assert words(facts, query) == {"ünder", "second", "things", "third"}


def words(facts: Facts, query: Query) -> set[str]:
    """The names of a query's tree; each stands in the file where it is said to."""
    found: set[str] = set()
    for node in query.statements[0].tree.find_all(exp.Identifier):
        at = node.meta["at"]
        written = facts.project.files[at.path].data[at.start : at.end].decode()
        assert written.replace("\\u00fc", "ü") == node.name
        found.add(node.name)
    return found


TEMPLATES = {
    "plain": 'query("SELECT ünder, second FROM things WHERE third = 1")',
    "plus": "query('SELECT ünder, ' +\n    'second FROM things ' + `WHERE third = 1`)",
    "template": "query(`\n    SELECT ünder,\n           second\n      FROM things -- é\n     WHERE third = ${1}`)",
    "parts": "query(`SELECT ünder, ${COLUMN} FROM ${TABLE} WHERE third = 1`)",
    "join": "query(['SELECT ünder, second', 'FROM things', 'WHERE third = 1'].join(' '))",
    "trimmed": "query(`\n    SELECT ünder, second\n    FROM things WHERE third = 1\n  `.trim())",
    "variable": "query(TEXT)",
    "escapes": 'query("SELECT \\u00fcnder, second \\\n FROM things WHERE third = 1")',
}


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("spelling", TEMPLATES)
def test_places_of_names_in_javascript(tmp_path: Path, spelling: str, ends: str) -> None:
    head = (
        'const { Pool } = require("pg");\nconst pool = new Pool();\nconst COLUMN = "second", TABLE = "things";\n'
        "const TEXT = `SELECT ünder, second\n FROM things WHERE third = 1`;\nfunction run() {\n  pool."
    )
    text = f"{head}{TEMPLATES[spelling]};\n}}\nmodule.exports = {{ run }};\n".replace("\n", ends)
    facts = facts_of(tmp_path, {"app.js": text, "package.json": "{}"})
    (query,) = facts.queries.queries
    assert words(facts, query) == {"ünder", "second", "things", "third"}
