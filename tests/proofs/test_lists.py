"""What the rule on lists that are read as rows claims, shown by the mappers and builders themselves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.proofs.node import run_fixture
from tests.proofs.prisma import prisma_on_sqlite
from tests.proofs.python import FIXTURES, ask, get
from verifier.run import postgres

FOLDER = FIXTURES / "orm" / "list_as_row"
ASKED = """
import * as module from './app.js';
const { app, pool, knex, sequelize } = module.app ? module : module.default;
await sequelize?.sync({ force: true });
await sequelize?.query("INSERT INTO Trams (line, createdAt, updatedAt) VALUES ('7', '2020-01-01', '2020-01-01')");
await pool?.query('CREATE TABLE IF NOT EXISTS trams (id int PRIMARY KEY, line text NOT NULL)');
await pool?.query("INSERT INTO trams VALUES (1, '7') ON CONFLICT DO NOTHING");
const server = app.listen(0);
for (const [method, path] of REQUESTS) {
  const response = await fetch(`http://127.0.0.1:${server.address().port}${path}`, { method });
  console.log(JSON.stringify(await response.json()));
}
process.exit(0);
"""
TRAM = "CREATE TABLE Tram (id INTEGER PRIMARY KEY, line TEXT NOT NULL); INSERT INTO Tram VALUES (1, '7');"
QUERIED = "[['GET', '/lines/7'], ['PUT', '/trams/1'], ['GET', '/trams']]"
MAPPED = "[['GET', '/lines/7'], ['PUT', '/lines/7'], ['GET', '/trams'], ['POST', '/trams']]"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    started = postgres.start()
    yield f"postgresql://{postgres.USER}:{postgres.PASSWORD}@localhost/{postgres.NAME}?host={started.socket.parent}"
    started.stop()


def test_a_list_of_sqlalchemy_and_a_row_have_not_what_an_object_has() -> None:
    paths = ("/lines/7", "/lines/7/queried", "/trams/1", "/trams")
    bad = ask("fastapi/list-as-row", "bad", "main", *map(get, paths), folder=FOLDER / "bad" / "orm")
    assert bad.statuses == [500] * 4
    good = ask("fastapi/list-as-row", "good", "main", *map(get, (*paths, "/columns/1")), folder=FOLDER / "good" / "orm")
    assert good.statuses == [200] * 5


def told(folder: Path, requests: str, packages: str, beside: str | None = None) -> list[object]:
    """What a fixture answers."""
    return run_fixture(folder, ASKED.replace("REQUESTS", requests), packages, beside)


def test_what_sequelize_gives_has_not_what_a_row_has() -> None:
    assert told(FOLDER / "bad" / "sequelize", MAPPED, "data") == [{"found": True}] * 4
    one = {"found": True, "line": "7"}
    good = told(FOLDER / "good" / "sequelize", MAPPED, "data")
    assert good == [one, one, {**one, "count": 1}, {"found": True, "line": "9"}]


def test_what_drizzle_gives_has_not_what_a_row_has(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", address)
    assert told(FOLDER / "bad" / "drizzle", QUERIED, "data") == [{"found": True}] * 3
    assert told(FOLDER / "good" / "drizzle", QUERIED, "data") == [{"found": True, "line": "7"}] * 3


def test_what_builders_give_is_a_list(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", address)
    assert told(FOLDER / "bad" / "builders", QUERIED, "data", "builders") == [{"found": True}] * 3
    assert told(FOLDER / "good" / "builders", QUERIED, "data", "builders") == [{"found": True, "line": "7"}] * 3


def test_what_prisma_gives_has_not_what_a_row_has() -> None:
    said = [prisma_on_sqlite(FOLDER / kind / "prisma", TRAM) for kind in ("bad", "good")]
    assert said == [[{"found": True}] * 2, [{"found": True, "line": line} for line in ("7", "9")]]
