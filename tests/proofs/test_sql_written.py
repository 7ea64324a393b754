"""What drivers say to statements whose placeholders, values or number they do not take."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import subprocess
from collections.abc import Iterator
from typing import Any

import asyncpg  # type: ignore[import-untyped]
import psycopg
import psycopg2  # type: ignore[import-untyped]
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import StatementError

from tests.frameworks.harness import NODE
from verifier.run import postgres

TABLES = """
    CREATE TABLE books (id integer, title text, author text, year integer, hidden boolean);
    INSERT INTO books VALUES (1, 'Emma', 'Jane', 1815, false);
"""


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Server]:
    started = postgres.start()
    with psycopg.connect(address(started)) as connection:
        connection.execute(TABLES)
    yield started
    started.stop()


def address(server: postgres.Server) -> str:
    return f"host={server.socket.parent} user={postgres.USER} password={postgres.PASSWORD} dbname={postgres.NAME}"


def in_sqlite(*call: Any) -> str:
    """What sqlite3 gives, or says."""
    connection = sqlite3.connect(":memory:")
    connection.executescript(TABLES)
    try:
        return str(connection.execute(*call).fetchall())
    except (sqlite3.Error, TypeError) as error:
        return f"{type(error).__name__}: {error}"


def in_psycopg2(server: postgres.Server, *call: Any) -> str:
    connection = psycopg2.connect(address(server))
    try:
        cursor = connection.cursor()
        cursor.execute(*call)
        return str(cursor.fetchall() if cursor.description else cursor.rowcount)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    finally:
        connection.close()


def in_psycopg(server: postgres.Server, *call: Any) -> str:
    with psycopg.connect(address(server)) as connection:
        try:
            cursor = connection.execute(*call)
            return str(cursor.fetchall() if cursor.description else cursor.rowcount)
        except Exception as error:
            return f"{type(error).__name__}: {error}"


def in_asyncpg(server: postgres.Server, method: str, *call: Any) -> str:
    async def run() -> str:
        url = f"postgresql://{postgres.USER}:{postgres.PASSWORD}@/{postgres.NAME}?host={server.socket.parent}"
        connection = await asyncpg.connect(url)
        try:
            return str(await getattr(connection, method)(*call))
        except Exception as error:
            return f"{type(error).__name__}: {error}"
        finally:
            await connection.close()

    return asyncio.run(run())


def in_node(server: postgres.Server, calls: list[list[Any]]) -> list[str]:
    """What pg gives, or says, to some calls of ``query``; and sqlite3 to those of ``all``."""
    home = NODE / "data"
    if not (home / "node_modules").is_dir():
        pytest.skip("needs node, and `npm ci` in tests/node/data")
    script = """
        const pg = require("pg"), sqlite3 = require("sqlite3");
        const db = new sqlite3.Database(":memory:");
        const all = (...given) => new Promise((done) => {
          db.all(...given, (error, rows) => done(error ? `Error: ${error.message}` : JSON.stringify(rows)));
        });
        (async () => {
          await new Promise((done) => db.exec("CREATE TABLE t (a); INSERT INTO t VALUES (1), (2)", done));
          const [calls, host, user, password, database] = JSON.parse(process.argv[1]);
          const client = new pg.Client({ host, user, password, database });
          await client.connect();
          const found = [];
          for (const [kind, ...given] of calls) {
            try {
              if (kind === "pg") found.push(JSON.stringify((await client.query(...given)).rows));
              else found.push(await all(...given));
            } catch (error) { found.push(`Error: ${error.message}`); }
          }
          await client.end();
          console.log(JSON.stringify(found));
        })();
    """
    given = [calls, str(server.socket.parent), postgres.USER, postgres.PASSWORD, postgres.NAME]
    done = subprocess.run(
        ["node", "-e", script, json.dumps(given)], cwd=home, capture_output=True, text=True, check=True, timeout=60
    )
    found: list[str] = json.loads(done.stdout)
    return found


def test_numbers_of_values(server: postgres.Server) -> None:
    two = "SELECT title FROM books WHERE id = ? AND hidden = ?"
    assert in_sqlite(two, (1,)) == (
        "ProgrammingError: Incorrect number of bindings supplied. "
        "The current statement uses 2, and there are 1 supplied."
    )
    assert in_sqlite(two, (1, "false")) == "[]"
    assert in_sqlite("SELECT title FROM books WHERE id = ?1 OR id = ?1", (1,)) == "[('Emma',)]"
    assert in_psycopg2(server, "SELECT %s, %s", (1,)) == "IndexError: tuple index out of range"
    assert "not all arguments converted" in in_psycopg2(server, "SELECT %s", (1, 2))
    assert in_psycopg2(server, "SELECT 1", (1, 2)) == "[(1,)]", "it looks at values only where there are placeholders"
    assert in_psycopg(server, "SELECT %s, %s", (1,)).endswith(
        "the query has 2 placeholders but 1 parameters were passed"
    )
    assert "the server expects 1 argument for this query, 2 were passed" in in_asyncpg(
        server, "fetch", "SELECT title FROM books WHERE id = $1", 1, 2
    )
    assert in_node(
        server,
        [
            ["pg", "SELECT title FROM books WHERE id = $1 AND year = $2", [1]],
            ["pg", "SELECT title FROM books WHERE id = $1"],
            ["pg", "SELECT title FROM books WHERE id = $1 AND year = $2", [1, 1815]],
            ["sqlite3", "SELECT ? AS a, ? AS b", [1]],
            ["sqlite3", "SELECT ? AS a", [1, 2]],
            ["sqlite3", "SELECT $a AS a", {"a": 1}],
            ["sqlite3", "SELECT $a AS a", {"$a": 1}],
        ],
    ) == [
        'Error: bind message supplies 1 parameters, but prepared statement "" requires 2',
        "Error: there is no parameter $1",
        '[{"title":"Emma"}]',
        '[{"a":1,"b":null}]',
        "Error: SQLITE_RANGE: column index out of range",
        "Error: SQLITE_RANGE: column index out of range",
        '[{"a":1}]',
    ]


def test_names_of_values(server: postgres.Server) -> None:
    named = "SELECT title FROM books WHERE author = :author AND year > :since"
    assert in_sqlite(named, {"author": "Jane", "year": 1}).endswith(
        "You did not supply a value for binding parameter :since."
    )
    assert in_sqlite(named, {"author": "Jane", "since": 1, "more": 2}) == "[('Emma',)]"
    assert in_sqlite("SELECT ?", {"a": 1}).endswith(
        "has no name, but you supplied a dictionary (which has only names)."
    )
    assert in_psycopg2(server, "SELECT %(a)s", {"b": 1}) == "KeyError: 'a'"
    assert in_psycopg(server, "SELECT %(a)s", {"b": 1}).endswith("query parameter missing: a")
    assert in_psycopg2(server, "SELECT %s", {"b": 1}) == "TypeError: dict is not a sequence"
    assert "require a sequence" in in_psycopg(server, "SELECT %s", {"b": 1})
    assert "must be integers or slices" in in_psycopg2(server, "SELECT %(a)s", (1,))
    assert "require a mapping" in in_psycopg(server, "SELECT %(a)s", (1,))


def test_names_of_values_of_mappers() -> None:
    with create_engine("sqlite://").connect() as connection:
        with pytest.raises(StatementError, match="A value is required for bind parameter 'id'"):
            connection.execute(text("SELECT :slug WHERE 1 <> :id"), {"slug": "a"})
        assert connection.execute(text("SELECT :slug"), {"slug": "a", "more": 1}).scalar() == "a"
    home = NODE / "data"
    if not (home / "node_modules").is_dir():
        pytest.skip("needs node, and `npm ci` in tests/node/data")
    script = """
        const { Sequelize } = require("sequelize");
        const sequelize = new Sequelize({ dialect: "sqlite", storage: ":memory:", logging: false });
        const asked = [
          ["SELECT :a AS x", { replacements: { b: 1 } }],
          ["SELECT ? AS x, ? AS y", { replacements: [1] }],
          ["SELECT $1 AS x, $2 AS y", { bind: [1] }],
          ["SELECT :a AS x", { replacements: { a: 1, b: 2 } }],
        ];
        (async () => {
          const found = [];
          for (const [text, settings] of asked) {
            try { found.push((await sequelize.query(text, { type: "SELECT", ...settings }))[0]); }
            catch (error) { found.push(error.message); }
          }
          console.log(JSON.stringify(found));
        })();
    """
    done = subprocess.run(["node", "-e", script], cwd=home, capture_output=True, text=True, check=True, timeout=60)
    assert json.loads(done.stdout) == [
        'Named replacement ":a" has no entry in the replacement map.',
        "Positional replacement (?) 1 has no entry in the replacement map (replacements[1] is undefined).",
        'Named bind parameter "$2" has no value in the given object.',
        {"x": 1},
    ]


def test_styles(server: postgres.Server) -> None:
    assert 'near "%": syntax error' in in_sqlite("SELECT day FROM nights WHERE room = %s", (1,))
    assert "syntax error" in in_asyncpg(server, "fetch", "SELECT title FROM books WHERE id = ?", 1)
    assert 'syntax error at or near "%"' in in_asyncpg(server, "fetch", "SELECT title FROM books WHERE id = %s", 1)
    assert "the query has 0 placeholders" in in_psycopg(server, "SELECT title FROM books WHERE id = $1", (1,))
    assert "there is no parameter $1" in in_psycopg2(server, "SELECT title FROM books WHERE id = $1", (1,))
    assert 'syntax error at or near ":"' in in_psycopg(server, "SELECT title FROM books WHERE id = :id", {"id": 1})
    asked = [["pg", f"SELECT title FROM books WHERE id = {mark}", [1]] for mark in ("?", ":id", "%s", "$1")]
    said = in_node(server, asked)
    assert [found.startswith("Error: syntax error") for found in said] == [True, True, True, False]


def test_several_statements(server: postgres.Server) -> None:
    assert in_sqlite("DELETE FROM books WHERE id = ?; DELETE FROM books", (1,)).endswith(
        "You can only execute one statement at a time."
    )
    refused = "cannot insert multiple commands into a prepared statement"
    assert refused in in_asyncpg(server, "execute", "SELECT $1::int; SELECT 2", 1)
    assert refused in in_asyncpg(server, "fetch", "SELECT 1; SELECT 2")
    assert refused not in in_asyncpg(server, "execute", "SELECT 1; SELECT 2")
    assert refused in in_psycopg(server, "SELECT %s; SELECT 2", (1,))
    assert refused not in in_psycopg(server, "SELECT 1; SELECT 2")
    assert in_psycopg2(server, "SELECT %s; SELECT 2", (1,)) == "[(2,)]"
    assert in_node(
        server,
        [
            ["pg", "SELECT $1::int; SELECT 2", [1]],
            ["sqlite3", "DELETE FROM t WHERE a = 1; DELETE FROM t"],
            ["sqlite3", "SELECT a FROM t"],
        ],
    ) == [f"Error: {refused}", "[]", '[{"a":2}]']


def test_placeholders_in_quotes(server: postgres.Server) -> None:
    assert "uses 0, and there are 1 supplied" in in_sqlite("SELECT title FROM books WHERE title LIKE '%?%'", ("m",))
    assert in_sqlite("SELECT title FROM books WHERE title = ':t'", {"t": "Emma"}) == "[]"
    assert "syntax error" in in_psycopg2(server, "SELECT title FROM books WHERE title = '%s'", ("Emma",))
    assert "could not determine data type" in in_psycopg(server, "SELECT id FROM books WHERE title = '%s'", ("Emma",))
    assert "expects 0 arguments" in in_asyncpg(server, "fetch", "SELECT 1 FROM books WHERE title ILIKE '%$1%'", "m")
    assert in_node(server, [["pg", "SELECT id FROM books WHERE title ILIKE '%$1%'", ["m"]]]) == [
        'Error: bind message supplies 1 parameters, but prepared statement "" requires 0'
    ]
    assert in_sqlite("SELECT title FROM books WHERE title LIKE '%' || ? || '%'", ("m",)) == "[('Emma',)]"


def test_one_value_for_a_list(server: postgres.Server) -> None:
    assert "uses 1, and there are 4 supplied" in in_sqlite("SELECT id FROM books WHERE title = ?", "Emma")
    assert "parameters are of unsupported type" in in_sqlite("SELECT title FROM books WHERE id = ?", 1)
    assert "not all arguments converted" in in_psycopg2(server, "SELECT id FROM books WHERE title = %s", "Emma")
    assert "does not support indexing" in in_psycopg2(server, "SELECT id FROM books WHERE id = %s", 1)
    assert "should be a sequence or a mapping" in in_psycopg(server, "SELECT id FROM books WHERE title = %s", "Emma")
    assert in_node(server, [["pg", "SELECT title FROM books WHERE id = $1", 1]]) == [
        "Error: Query values must be an array"
    ]
    assert in_sqlite("SELECT title FROM books WHERE id = ?", (1,)) == "[('Emma',)]"


UNTYPED = "could not determine data type of parameter"


def test_parameters_without_a_type(server: postgres.Server) -> None:
    for asked in (
        "SELECT title FROM books WHERE ($1 IS NULL OR author = $1)",
        "SELECT title FROM books WHERE $1 IS NOT NULL",
        "SELECT concat('Hello ', $1)",
        "SELECT jsonb_build_object('asked', $1)",
        "SELECT count($1)",
    ):
        assert UNTYPED in in_asyncpg(server, "fetch", asked, "Jane"), asked
        assert in_node(server, [["pg", asked, ["Jane"]]]) == [f"Error: {UNTYPED} $1"]
    for asked in (
        "SELECT title FROM books WHERE ($1::text IS NULL OR author = $1)",
        "SELECT title FROM books WHERE (author = $1 OR $1 IS NULL)",
        "SELECT concat('Hello ', $1::text)",
    ):
        assert UNTYPED not in in_asyncpg(server, "fetch", asked, "Jane"), asked
    either = "SELECT title FROM books WHERE %s IS NULL OR author = %s"
    assert UNTYPED in in_psycopg(server, either, (None, None))
    assert UNTYPED in in_psycopg(server, either, ("Jane", "Jane"))
    assert in_psycopg(server, either.replace("%s IS", "%s::text IS"), ("Jane", "Jane")) == "[('Emma',)]"
    assert in_psycopg2(server, either, (None, None)) == "[('Emma',)]"
    named = "SELECT title FROM books WHERE %(a)s IS NULL OR author = %(a)s"
    assert UNTYPED in in_psycopg(server, named, {"a": None})


def test_parameters_of_two_types(server: postgres.Server) -> None:
    def said(asked: str) -> str:
        return in_asyncpg(server, "prepare", asked)

    assert "operator does not exist: text = integer" in said("SELECT 1 FROM books WHERE id = $1 OR title = $1")
    assert "inconsistent types deduced for parameter $1" in said("INSERT INTO books (id, title) VALUES ($1, $1)")
    assert 'column "hidden" is of type boolean' in said("UPDATE books SET hidden = $1 WHERE title = $1")
    assert "argument of LIMIT must be type bigint, not type text" in said(
        "SELECT 1 FROM books WHERE title = $1 LIMIT $1"
    )
    assert "datatype mismatch" in in_sqlite("SELECT 1 FROM books WHERE title = :title LIMIT :title", {"title": "Emma"})
    for asked in (
        "SELECT 1 FROM books WHERE id = $1 OR title = $1::text",
        "SELECT 1 FROM books WHERE id = $1 OR year = $1",
        "UPDATE books SET title = $1 WHERE id = $1",
        "INSERT INTO books (author, title) VALUES ($1, $1)",
    ):
        assert "Error" not in said(asked), asked


def test_texts_that_are_no_sql(server: postgres.Server) -> None:
    for asked, word in (
        ("SELECT id, title, FROM books", "FROM"),
        ("INSERT INTO books (id, title) VALUES (1, 'a',)", ")"),
        ("UPDATE books SET title = 'a', WHERE id = 1", "WHERE"),
        ("SELECT id FROM books WHERE ORDER BY id", "ORDER"),
    ):
        assert f'near "{word}": syntax error' in in_sqlite(asked)
        assert f'syntax error at or near "{word}"' in in_psycopg(server, asked)
    asked = "SELECT id FROM books WHERE id IN (SELECT id FROM books"
    assert "incomplete input" in in_sqlite(asked)
    assert "syntax error at end of input" in in_psycopg(server, asked)
    assert "error" not in in_sqlite("INSERT INTO books DEFAULT VALUES").lower()


def test_texts_of_requests_in_statements(server: postgres.Server) -> None:
    def find(name: str) -> str:
        return in_sqlite(f"SELECT title FROM books WHERE title = '{name}'")

    assert find("Emma") == "[('Emma',)]"
    assert 'near "Brien": syntax error' in find("O'Brien")
    assert find("' OR '1' = '1") == "[('Emma',)]", "a request reads all rows"
    assert in_sqlite("SELECT title FROM books WHERE title = ?", ("O'Brien",)) == "[]"
