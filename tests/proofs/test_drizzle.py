"""What the rules of Drizzle claim, shown by the library on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.proofs.node import run_fixture
from verifier.run import postgres

FIXTURES = Path(__file__).parent.parent.parent / "fixtures" / "drizzle"
ASK = """
import { app, pool } from './app.js';
await pool.query(`
  drop table if exists trips; drop table if exists boats;
  create table boats (id serial primary key, name text not null unique, home_port text, length integer);
  create table trips (id serial primary key, goal text not null, done boolean default false, boat_id integer);
  insert into boats (name, length) values ('Ada', 5), ('Bo', 5), ('Cy', 12);
  insert into trips (goal, boat_id) values ('here', 1), ('there', 1), ('far', 2);
`);
const request = { params: { id: '1', name: 'Ada' }, query: { done: 'yes' }, body: { port: 'Kiel', name: 'Dee' } };
for (const layer of app.router.stack) {
  if (layer.route === undefined) continue;
  let answer = null;
  let error = '';
  const handler = layer.route.stack[0].handle;
  try { await handler(request, { json: (data) => { answer = data } }) } catch (found) {
    error = `${found.constructor.name}: ${found.message} ${found.cause?.message ?? ''}`;
  }
  console.log(JSON.stringify([layer.route.path, answer, error]));
}
await pool.end();
"""


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Server]:
    """A real server."""
    started = postgres.start()
    yield started
    started.stop()


@pytest.fixture(autouse=True)
def address(server: postgres.Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the fixtures connect to."""
    monkeypatch.setenv(
        "DATABASE_URL",
        f"postgresql://{postgres.USER}:{postgres.PASSWORD}@localhost/{postgres.NAME}?host={server.socket.parent}",
    )


def answers(rule: str, kind: str) -> list[tuple[Any, str]]:
    """What each route of a fixture answers, or throws."""
    return [(answer, error) for _, answer, error in run_fixture(FIXTURES / rule / kind, ASK, "data")]


def test_a_column_that_a_table_lacks() -> None:
    first, second, third, fourth, last = answers("unknown_column", "bad")
    assert "syntax error" in first[1]
    assert "Cannot convert undefined or null to object" in second[1]
    assert "syntax error" in third[1]
    assert "syntax error" in fourth[1]
    assert "No values to set" in last[1] or "syntax error" in last[1]


def test_a_relation_that_is_not_declared() -> None:
    first, second, third = answers("unknown_relation", "bad")
    assert first[0] and not first[1]
    assert "reading 'referencedTable'" in second[1]
    assert "reading 'referencedTable'" in third[1]


def test_a_subquery_that_compares_a_table_with_itself() -> None:
    wrong, _ = answers("correlation_without_table", "bad")[0]
    # One trip has the number of its own boat; no boat but the first has one trip, and the second has one.
    assert [boat["trips"] for boat in wrong] == [1, 1]
    right, busy, done = answers("correlation_without_table", "good")
    assert sorted((boat["name"], boat["trips"]) for boat in right[0]) == [("Ada", 2), ("Bo", 1), ("Cy", 0)]
    assert sorted((boat["name"], boat["trips"], boat["first"]) for boat in busy[0]) == [
        ("Ada", 2, "here"),
        ("Bo", 1, "far"),
        ("Cy", 0, None),
    ]
    assert sorted(boat["name"] for boat in done[0]) == ["Ada", "Bo"]


@pytest.mark.parametrize("rule", ["unknown_column", "unknown_relation", "correlation_without_table"])
def test_good(rule: str) -> None:
    assert [error for _, error in answers(rule, "good") if error] == []
