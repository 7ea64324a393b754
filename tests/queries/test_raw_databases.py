"""Statements as text through real databases: what they prepare is lifted, means the same, and needs the same values."""

from __future__ import annotations

import asyncio
import itertools
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg  # type: ignore[import-untyped]
import psycopg2  # type: ignore[import-untyped]
import pytest
from sqlglot import exp

from verifier.evaluate.values import Const, Origin
from verifier.lift.nouns import Statement, Style
from verifier.lift.placeholders import needed
from verifier.lift.texts import lift_text
from verifier.model import LeftOut, Manifests, Project, SourceFile
from verifier.run import postgres

EXPRESSIONS = Path(__file__).parent / "expressions"
TABLES = """
    CREATE TABLE users (
        id {key}, username text UNIQUE, email text, bio text, created_at {moment}, updated_at {moment}
    );
    CREATE TABLE articles (
        id {key}, slug text, title text, body text, author_id integer, meta {json}, created_at {moment},
        updated_at {moment}
    );
    CREATE TABLE tags (id {key}, name text UNIQUE);
    CREATE TABLE article_tags (article_id integer, tag_id integer);
    CREATE TABLE comments (id {key}, body text, article_id integer, author_id integer);
    CREATE TABLE favorites (user_id integer, article_id integer);
    CREATE TABLE follows (follower_id integer, followed_id integer, UNIQUE (follower_id, followed_id));
    CREATE TABLE "Accounts" ("Id" {key}, "userName" text);
"""
SQLITE: frozenset[Style] = frozenset({"qmark", "named", "numeric", "at", "dollar", "dollar-name"})
DOLLAR: frozenset[Style] = frozenset({"dollar"})


def written(name: str) -> list[str]:
    """The statements of a file, which empty lines stand between."""
    return [part.strip() for part in re.split(r"\n\s*\n", (EXPRESSIONS / name).read_text()) if part.strip()]


def lifted(text: str, dialect: str, styles: frozenset[Style]) -> tuple[Statement, SourceFile]:
    """The one statement of a text, and the file in which it is written."""
    source = SourceFile("é.sql", f"-- é\n{text}\n".encode())
    start = len("-- é\n".encode())
    project = Project(None, {}, {source.path: source}, frozenset({source.path}), Manifests(), LeftOut())
    value = Const(text, Origin(source.path, start, start + len(text.encode())))
    found = lift_text(project, value, dialect, styles)
    assert found.reason is None
    assert len(found.statements) == 1
    return found.statements[0], source


def as_written(statement: Statement, source: SourceFile, dialect: str) -> str:
    """The SQL that the tree makes, with the placeholders that were written."""
    assert statement.wording is not None
    signs = {
        mark.at: source.data[mark.at.start : mark.at.end].decode() for mark in statement.wording.placeholders if mark.at
    }
    numbers = itertools.count(1)
    signs = {at: f"?{next(numbers)}" if sign == "?" else sign for at, sign in signs.items()}
    tree = statement.tree.copy()
    for node in list(tree.find_all(exp.Placeholder)):
        node.replace(exp.Identifier(this=signs[node.meta["at"]], quoted=False))
    return tree.sql(dialect)


def places_are_right(statement: Statement, source: SourceFile) -> None:
    """Each name of the tree is the word at the place that it is said to have."""
    names = [node for node in statement.tree.find_all(exp.Identifier) if not isinstance(node.parent, exp.DataType)]
    placed = [node for node in names if "at" in node.meta]
    assert len(placed) >= 0.9 * len(names)
    for node in placed:
        at = node.meta["at"]
        assert source.data[at.start : at.end].decode().strip('"`[]').lower() == node.name.lower()


@pytest.fixture(scope="module")
def sqlite() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.executescript(TABLES.format(key="integer PRIMARY KEY", moment="text", json="text"))
    return connection


def explained(sqlite: sqlite3.Connection, text: str, values: Any) -> list[tuple[Any, ...]]:
    """The code that SQLite makes of a statement; what a numbered placeholder is called does not matter."""
    rows = sqlite.execute(f"EXPLAIN {text}", values).fetchall()
    return [row[:5] if row[1] == "Variable" else row for row in rows]


@pytest.mark.parametrize("text", written("raw_sqlite.txt"))
def test_sqlite(sqlite: sqlite3.Connection, text: str) -> None:
    statement, source = lifted(text, "sqlite", SQLITE)
    assert statement.wording is not None
    marks = [mark for mark in statement.wording.placeholders if not mark.quoted]
    count, names = needed(marks)
    values: Any = dict.fromkeys(names, 1) if names else [1] * count
    code = explained(sqlite, text, values)
    if names:
        for name in names:
            with pytest.raises(sqlite3.ProgrammingError, match=f"parameter .{name}"):
                sqlite.execute(f"EXPLAIN {text}", {other: 1 for other in names if other != name})
    else:
        with pytest.raises(sqlite3.ProgrammingError, match=f"uses {count}, and there are {count + 1} supplied"):
            sqlite.execute(f"EXPLAIN {text}", [*values, 1])
    again = as_written(statement, source, "sqlite")
    assert explained(sqlite, again, values) == code, again
    places_are_right(statement, source)


class Prepared:
    """A connection to PostgreSQL that prepares statements."""

    def __init__(self, server: postgres.Server) -> None:
        folder = server.socket.parent
        self.plain = psycopg2.connect(
            f"host={folder} user={postgres.USER} password={postgres.PASSWORD} dbname={postgres.NAME}"
        )
        self.plain.autocommit = True
        url = f"postgresql://{postgres.USER}:{postgres.PASSWORD}@/{postgres.NAME}?host={folder}"
        self.loop = asyncio.new_event_loop()
        self.connection = self.run(asyncpg.connect(url))
        self.run(
            self.connection.execute(
                TABLES.format(
                    key="integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY",
                    moment="timestamptz DEFAULT now()",
                    json="jsonb",
                )
            )
        )

    def run(self, waiting: Any) -> Any:
        return self.loop.run_until_complete(waiting)

    def parameters(self, text: str) -> list[str]:
        """The types of the parameters that a statement has."""
        return [found.name for found in self.run(self.connection.prepare(text)).get_parameters()]

    def plan(self, text: str) -> list[str]:
        """How a statement would be run, whatever it is given."""
        with self.plain.cursor() as cursor:  # one that leaves placeholders alone
            cursor.execute(f"EXPLAIN (GENERIC_PLAN, VERBOSE, COSTS OFF) {text}")
            return [row[0].lower().replace("now()", "current_timestamp") for row in cursor.fetchall()]


@pytest.fixture(scope="module")
def database() -> Iterator[Prepared]:
    server = postgres.start()
    made = Prepared(server)
    yield made
    made.plain.close()
    made.run(made.connection.close())
    server.stop()


@pytest.mark.parametrize("text", written("raw_postgres.txt"))
def test_postgres(database: Prepared, text: str) -> None:
    statement, source = lifted(text, "postgres", DOLLAR)
    assert statement.wording is not None
    types = database.parameters(text)
    assert needed(mark for mark in statement.wording.placeholders if not mark.quoted) == (len(types), frozenset())
    again = as_written(statement, source, "postgres")
    assert database.parameters(again) == types, again
    assert database.plan(again) == database.plan(text)
    places_are_right(statement, source)


def test_there_are_enough() -> None:
    assert len(written("raw_sqlite.txt")) + len(written("raw_postgres.txt")) >= 80
