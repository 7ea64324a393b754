"""What the rules on wrong rows claim, shown by SQLite: what comes out of the bad fixtures, and of the good ones."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.proofs.test_sql_queries import FIXTURES, statements
from tests.queries.holding import Postgres
from verifier.run import postgres

FLEET = """
INSERT INTO cars VALUES (1, 'A', 4), (2, 'B', 4);
INSERT INTO members VALUES (1, 'ann');
INSERT INTO rentals VALUES (1, 1, 1, 3), (2, 1, 1, 2);
"""


STAGES = """
INSERT INTO stages VALUES (1, 'big');
INSERT INTO plays VALUES (1, 'Faust', 1, 1), (2, 'Nathan', 2, 1);
INSERT INTO lights VALUES (1, 90);
"""


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Server]:
    started = postgres.start()
    yield started
    started.stop()


def rows(folder: Path, kept: str) -> list[list[Any]]:
    """What each statement of a fixture gives on a database with these rows."""
    with closing(sqlite3.connect(":memory:")) as db:
        db.executescript((folder / "schema.sql").read_text() + kept)
        return [db.execute(text).fetchall() for _, _, _, text in statements(folder)]


def test_a_subquery_that_does_not_look_at_the_row_gives_all_rows_the_same() -> None:
    seen, never, fleet, hours = rows(FIXTURES / "uncorrelated_subquery" / "bad", FLEET)
    assert seen == [("A", 1), ("B", 1)]
    assert never == []
    assert fleet == [("A", 2), ("B", 2)]
    assert hours == [("A", 5), ("B", 5)]


def test_one_that_does_tells_them_apart() -> None:
    fleet, *_ = rows(FIXTURES / "uncorrelated_subquery" / "good", FLEET)
    assert fleet == [("A", 2, 2, 1), ("B", 0, 2, 0)]


def test_a_subquery_of_many_rows_is_refused_by_postgres(server: postgres.Server) -> None:
    bad, good = (FIXTURES / "subquery_of_many_rows" / kind for kind in ("bad", "good"))
    with closing(Postgres(server, (bad / "schema.sql").read_text() + STAGES)) as database:
        said = [database.says(sql) for _, _, _, sql in statements(bad)]
        assert said == ["more than one row returned by a subquery used as an expression"] * 2
        assert [database.says(sql) for _, _, _, sql in statements(good)] == [None] * 2


def test_sqlite_takes_one_of_the_rows() -> None:
    title, count = rows(FIXTURES / "subquery_of_many_rows" / "bad", STAGES)
    assert title in ([("big", "Faust")], [("big", "Nathan")])
    assert count == [("big", 1)]
