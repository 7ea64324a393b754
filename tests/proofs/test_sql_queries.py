"""What the rules on statements claim, shown by SQLite and PostgreSQL: each bad fixture is refused in those words."""

from __future__ import annotations

import ast
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.queries.holding import Postgres, comparable, sqlite_says
from verifier.check import check
from verifier.model import Finding
from verifier.run import postgres
from verifier.session import Options, open_session

FIXTURES = Path(__file__).parent.parent.parent / "fixtures" / "sql"
ON_SQLITE = [
    "unknown_table",
    "unknown_column",
    "alias_not_in_scope",
    "ambiguous_column",
    "value_count",
    "missing_required_column",
    "conflict_target",
    "text_limit",
    "aggregate_in_where",
]
ON_POSTGRES = [
    "duplicate_alias",
    "ungrouped_column",
    "distinct_order_by",
    "not_in_dialect",
    "folded_name",
    "type_mismatch",
]
TEMPLATE = re.compile(r"(?:query|prepare)\(`(.*?)`", re.DOTALL)
ROWS = {
    "missing_required_column": "INSERT INTO users VALUES (1, 'ann', 'ann', NULL, true);"
    "INSERT INTO articles (id, slug, title, author_id) VALUES (1, 'a', 'a', 1);"
}
PLACEHOLDER = re.compile(r"\?|%s|\$\d")
MARK = re.compile(r"-- finding:.*")


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Server]:
    started = postgres.start()
    yield started
    started.stop()


def texts(path: Path) -> Iterator[tuple[str, int, int]]:
    """The texts that a fixture sends, with the lines where they begin and end."""
    text = path.read_text()
    if path.suffix == ".py":
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "execute":
                sent = node.args[0]
                assert isinstance(sent, ast.Constant)
                yield str(sent.value), sent.lineno, sent.end_lineno or sent.lineno
    for match in TEMPLATE.finditer(text) if path.suffix == ".js" else ():
        first = text.count("\n", 0, match.start()) + 1
        yield match[1], first, first + match[0].count("\n")


def statements(folder: Path) -> Iterator[tuple[str, int, int, str]]:
    """The statements of a fixture with the file and the lines where they stand, each value being ``'1'``."""
    for path in sorted(folder.glob("store.*")):
        for text, first, last in texts(path):
            yield path.name, first, last, PLACEHOLDER.sub("'1'", MARK.sub("", text)).strip()


def findings(folder: Path) -> tuple[Finding, ...]:
    return check(open_session(Options(path=folder, cache=False, quiet=True)).facts).findings


def refusals(folder: Path, said: dict[str, str | None]) -> list[tuple[str, str]]:
    """For each finding, what we foresee and what the database says of that statement."""
    found: list[tuple[str, str]] = []
    for finding in findings(folder):
        if not finding.span.path.startswith("store."):
            continue  # what another library writes is shown beside it
        own = [
            sql
            for name, first, last, sql in statements(folder)
            if name == finding.span.path and first <= finding.span.line <= last
        ]
        assert len(own) == 1
        found.append((comparable(finding.symptom), comparable(said[own[0]] or "")))
    return found


@pytest.mark.parametrize("rule", ON_SQLITE)
def test_sqlite_refuses_what_is_reported(rule: str) -> None:
    bad, good = FIXTURES / rule / "bad", FIXTURES / rule / "good"
    tables = (bad / "schema.sql").read_text() + ROWS.get(rule, "")
    said = {sql: sqlite_says(sql, tables) for _, _, _, sql in statements(bad)}
    assert all(said.values())
    told = refusals(bad, said)
    assert len(told) >= 2
    for foreseen, real in told:
        assert foreseen == real or rule == "unknown_column"  # two wrong names: the database says one of them
    assert {real for _, real in told} <= {foreseen for foreseen, _ in told}
    for _, _, _, sql in statements(good):
        assert sqlite_says(sql, tables) is None


@pytest.mark.parametrize("rule", ON_POSTGRES)
def test_postgres_refuses_what_is_reported(rule: str, server: postgres.Server) -> None:
    bad, good = FIXTURES / rule / "bad", FIXTURES / rule / "good"
    with closing(Postgres(server, (bad / "schema.sql").read_text())) as database:
        said = {sql: database.says(sql) for _, _, _, sql in statements(bad)}
        accepted = [database.says(sql) for _, _, _, sql in statements(good)]
    assert all(said.values())
    assert accepted == [None] * len(accepted)
    told = refusals(bad, said)
    assert len(told) >= 2
    assert [foreseen for foreseen, _ in told] == [real for _, real in told]


def rows(script: str, *queries: str) -> list[list[tuple[object, ...]]]:
    """What SQLite gives for queries behind a script."""
    connection = sqlite3.connect(":memory:")
    connection.executescript(script)
    return [connection.execute(query).fetchall() for query in queries]


TWO = """
CREATE TABLE users (id INTEGER PRIMARY KEY, username TEXT, bio TEXT);
CREATE TABLE articles (id INTEGER PRIMARY KEY, slug TEXT, author_id INTEGER, hidden BOOLEAN);
INSERT INTO users VALUES (1, 'ann', NULL), (2, 'bob', 'x'), (3, 'cid', NULL);
INSERT INTO articles VALUES (1, 'a', 1, false), (2, 'b', 1, true), (3, 'c', 2, true);
"""


def test_tables_without_a_condition_give_all_combinations() -> None:
    loose, joined = rows(
        TWO,
        "SELECT a.slug, u.username FROM articles a, users u",
        "SELECT a.slug, u.username FROM articles a, users u WHERE u.id = a.author_id",
    )
    assert (len(loose), len(joined)) == (9, 3)


def test_a_filter_undoes_an_outer_join() -> None:
    count = "SELECT u.username, COUNT(a.id) FROM users u LEFT JOIN articles a ON a.author_id = u.id"
    lost, kept = rows(
        TWO, f"{count} WHERE a.hidden = false GROUP BY u.id", f"{count} AND a.hidden = false GROUP BY u.id"
    )
    assert lost == [("ann", 1)]
    assert kept == [("ann", 1), ("bob", 0), ("cid", 0)]


def test_a_comparison_with_null_finds_nothing() -> None:
    equal, unequal, right = rows(
        TWO,
        "SELECT id FROM users WHERE bio = NULL",
        "SELECT id FROM users WHERE bio <> NULL",
        "SELECT id FROM users WHERE bio IS NULL",
    )
    assert (equal, unequal, right) == ([], [], [(1,), (3,)])


def test_one_row_stands_for_all_without_a_group() -> None:
    alone, grouped = rows(
        TWO,
        "SELECT author_id, COUNT(*) FROM articles",
        "SELECT author_id, COUNT(*) FROM articles GROUP BY author_id",
    )
    assert len(alone) == 1
    assert grouped == [(1, 2), (2, 1)]


def test_a_write_without_a_condition_takes_every_row() -> None:
    assert rows(TWO, "DELETE FROM articles", "SELECT COUNT(*) FROM articles")[1] == [(0,)]


def test_pages_without_an_order_change_with_each_update(server: postgres.Server) -> None:
    page = "SELECT id FROM notes LIMIT 3 OFFSET "
    ordered = "SELECT id FROM notes ORDER BY id LIMIT 3 OFFSET "
    with closing(Postgres(server, "CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT)")) as database:
        run = database.connection.execute
        run("INSERT INTO notes SELECT n, 'x' FROM generate_series(1, 6) n")
        first, same = run(page + "0").fetchall(), run(ordered + "0").fetchall()
        run("UPDATE notes SET body = 'y' WHERE id = 1")
        second, next_ = run(page + "3").fetchall(), run(ordered + "3").fetchall()
    assert set(first) & set(second)
    assert not set(same) & set(next_)
