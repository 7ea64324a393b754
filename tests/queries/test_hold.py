"""Statements held against a schema: what we refuse is what SQLite and PostgreSQL refuse, in their own words."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.queries.holding import HERE, STATEMENTS, Postgres, comparable, held, sqlite_says
from verifier.run import postgres

# What a database takes, and gives other rows for than was meant.
TAKEN = {
    "null-comparison",
    "outer-join-filtered",
    "unordered-page",
    "cartesian-join",
    "unbounded-write",
    "uncorrelated-subquery",
}


def listed(name: str) -> set[tuple[str, str]]:
    """The database and the statement of each line of a list."""
    lines = (HERE / name).read_text().splitlines()
    return {(parts[0], parts[1]) for line in lines if not line.startswith("#") for parts in [line.split("\t")]}


GAPS = listed("gaps.txt")  # what is refused, and is of no class that a rule speaks of
OTHER_WORDS = listed("words.txt")  # what is refused in words that we do not foresee


@pytest.fixture(scope="module")
def database() -> Iterator[Postgres]:
    started = postgres.start()
    opened = Postgres(started)
    yield opened
    opened.close()
    started.stop()


def compare(sql: str, dialect: str, real: str | None) -> None:
    found = [fault for fault in held(sql, dialect) if fault.rule not in TAKEN]
    if dialect == "sqlite":
        found = [fault for fault in found if fault.rule != "ungrouped-column"]
    said = [comparable(fault.symptom) for fault in found]
    if (dialect, sql) in GAPS:
        assert real is not None
        assert said == []
    elif real is None:
        assert found == []
    elif (dialect, sql) in OTHER_WORDS:
        assert said
        assert comparable(real) not in said
    else:
        assert comparable(real) in said


@pytest.mark.parametrize("sql", STATEMENTS)
def test_sqlite(sql: str) -> None:
    compare(sql, "sqlite", sqlite_says(sql))


@pytest.mark.parametrize("sql", STATEMENTS)
def test_postgres(sql: str, database: Postgres) -> None:
    compare(sql, "postgres", database.says(sql))
