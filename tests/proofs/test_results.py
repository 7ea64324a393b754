"""What the rules on results that were not fetched, and on rows taken for numbers, claim, shown by the libraries."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy
import sqlmodel
from sqlalchemy.engine import CursorResult, ScalarResult
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Query, Session, scoped_session, sessionmaker

from tests.frameworks.harness import NODE
from tests.proofs.node import run_fixture
from tests.proofs.prisma import prisma_on_sqlite
from tests.proofs.python import FIXTURES, Asked, ask, get
from tests.proofs.test_prisma import EXPRESS
from tests.queries.prisma_client import run_prisma
from verifier.packs import load_book
from verifier.run import postgres

FERRIES = FIXTURES / "sqlalchemy" / "result_not_fetched"
COUNTS = ("/any", "/pages", "/total")


def test_a_result_is_none_of_what_it_fetches() -> None:
    paths = ("/ferries/1", "/ferries/1/first", "/ferries/1/queried", "/any", "/many", "/total")
    bad = ask("flask/result", "bad", "main", *map(get, paths), folder=FERRIES / "bad")
    assert bad.statuses == [500] * 6
    good = ask("flask/result", "good", "main", *map(get, (*paths, "/tried")), folder=FERRIES / "good")
    assert good.statuses == [200] * 7


def test_the_rule_knows_what_results_and_queries_have() -> None:
    module = load_book().rules["sqlalchemy/result-not-fetched"].check.__globals__
    for kind, known in ((CursorResult, "OF_RESULTS"), (ScalarResult, "OF_SCALARS"), (Query, "OF_QUERIES")):
        assert {name for name in dir(kind) if not name.startswith("_")} <= module[known]


@pytest.mark.parametrize("folder", ["lite", "mapped"])
def test_a_row_is_no_number(folder: str) -> None:
    home = FIXTURES / "orm" / "row_as_number"
    assert ask("fastapi/row", "bad", "main", *map(get, COUNTS), folder=home / "bad" / folder).statuses == [500] * 3
    assert ask("fastapi/row", "good", "main", *map(get, COUNTS), folder=home / "good" / folder).statuses == [200] * 3


GIVEN = FIXTURES / "orm" / "row_not_given"
SENT = """
import * as module from './app.js';
const { app, sequelize } = module.default;
await sequelize?.sync({ force: true });
await sequelize?.models.Sluice.create({ name: 'North' });
const server = app.listen(0);
for (const [method, path] of REQUESTS) {
  const response = await fetch(`http://127.0.0.1:${server.address().port}${path}`, { method });
  console.log(JSON.stringify(await response.json()));
}
process.exit(0);
"""
# Sends the request of each route to its handler: the fake database finds no row, and says that it has changed one.
CALLED = """
globalThis.adapter = require('./adapter.cjs').adapter;
require('./app.js');
(async () => {
  for (const [, , handler] of require('express').routes) {
    await handler({ params: { id: '1' } }, { json: (told) => console.log(JSON.stringify(told)), end: () => {} });
  }
})();
"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    started = postgres.start()
    yield f"postgresql://{postgres.USER}:{postgres.PASSWORD}@/{postgres.NAME}?host={started.socket.parent}"
    started.stop()


def test_execute_gives_no_rows(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", f"{address}&port={postgres.PORT}")
    paths = ("/sluices", "/sluices/first", "/sluices/made")
    for kind, status in (("bad", 500), ("good", 200)):
        assert (
            ask("fastapi/row", kind, "main", *map(get, paths), folder=GIVEN / kind / "postgres").statuses
            == [status] * 3
        )


def sent(folder: Path, requests: str) -> list[object]:
    """What a fixture answers."""
    return run_fixture(folder, SENT.replace("REQUESTS", requests), "data")


def test_update_and_destroy_of_sequelize_give_counts() -> None:
    requests = "[['PUT', '/sluices/1'], ['DELETE', '/sluices/1']]"
    assert sent(GIVEN / "bad" / "sequelize", requests) == [{"done": True}] * 2
    assert sent(GIVEN / "good" / "sequelize", requests) == [{"done": True, "name": "South"}] * 2


@pytest.mark.skipif(not (NODE / "data" / "node_modules" / "better-sqlite3").is_dir(), reason="it is not installed")
def test_run_of_better_sqlite3_gives_no_row() -> None:
    requests = "[['POST', '/sluices']]"
    assert sent(GIVEN / "bad" / "prepared", requests) == [{"done": True}]
    assert sent(GIVEN / "good" / "prepared", requests) == [{"done": True, "id": 1}]


def test_the_methods_of_prisma_for_many_rows_give_counts() -> None:
    told = []
    for kind in ("bad", "good"):
        text = (GIVEN / kind / "prisma" / "app.js").read_text().replace("'@prisma/client'", "'./client'")
        schema = (GIVEN / kind / "prisma" / "prisma" / "schema.prisma").read_text()
        files = {"app.js": text, "node_modules/express/index.js": EXPRESS}
        told.append(run_prisma(schema, files, CALLED, f"row-not-given-{kind}"))
    assert told == [[{}, {}], [{"name": "South"}, {"name": "South"}]]


def test_an_object_is_no_row() -> None:
    folder = FIXTURES / "sqlalchemy" / "object_as_row"
    paths = [get(path) for path in ("/seen", "/pair", "/shown")]
    assert ask("fastapi/row", "bad", "main", *paths, folder=folder / "bad").statuses == [500] * 3
    assert ask("fastapi/row", "good", "main", *paths, folder=folder / "good").statuses == [200] * 3


LISTED = FIXTURES / "orm" / "row_as_list"


def test_one_row_of_sequelize_is_no_list() -> None:
    requests = "[['GET', '/sluices/1'], ['GET', '/named/North'], ['GET', '/first']]"
    assert sent(LISTED / "bad" / "sequelize", requests) == [{"told": "nothing"}, *[{"told": "TypeError"}] * 2]
    assert sent(LISTED / "good" / "sequelize", requests) == [{"told": "North"}] * 3
    assert sent(LISTED / "good" / "sequelize", "[['GET', '/joined']]") == [{"told": "North and South", "long": True}]


def test_one_row_of_prisma_is_no_list() -> None:
    tables = "CREATE TABLE Weir (id INTEGER PRIMARY KEY, name TEXT NOT NULL); INSERT INTO Weir VALUES (1, 'North');"
    said = [prisma_on_sqlite(LISTED / kind / "prisma", tables) for kind in ("bad", "good")]
    assert said == [["TypeError", ["neither"]], [["North"], ["known"]]]


ROWS = """
import * as module from './app.js';
const { app, knex, pool } = module;
const send = (text) => (pool ? pool.query(text) : knex.raw(text));
await send('CREATE TABLE IF NOT EXISTS ferries (id int PRIMARY KEY, name text NOT NULL)');
await send("INSERT INTO ferries VALUES (1, 'North') ON CONFLICT DO NOTHING");
const server = app.listen(0);
for (const path of ['/named/North', '/first', '/each', '/known/North']) {
  const response = await fetch(`http://127.0.0.1:${server.address().port}${path}`);
  console.log(JSON.stringify([response.status, (await response.json()).told]));
}
process.exit(0);
"""


@pytest.mark.parametrize("library", ["kysely", "drizzle", "knex"])
def test_one_row_of_a_builder_is_no_list(library: str, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", address.replace("@/", "@localhost/"))
    bad, good = (run_fixture(LISTED / kind / library, ROWS, "data", "builders") for kind in ("bad", "good"))
    assert bad == [[500, "TypeError"]] * 3 + [[200, "unknown"]]
    assert good == [[200, "North"]] * 3 + [[200, "known"]]


PROXY = """
import { drizzle } from 'drizzle-orm/sqlite-proxy';
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { eq } from 'drizzle-orm';
import sqlite from 'sqlite3';
const lite = new sqlite.Database(':memory:');
const ferries = sqliteTable('ferries', { id: integer('id').primaryKey(), name: text('name').notNull() });
const send = (sql, values, method) => new Promise((give, fail) => lite.all(sql, values, (error, rows) => {
  if (error) return fail(error);
  const found = rows.map((row) => Object.values(row));
  give({ rows: method === 'get' ? found[0] : found });
}));
await send('CREATE TABLE ferries (id INTEGER PRIMARY KEY, name TEXT NOT NULL)', [], 'run');
await send("INSERT INTO ferries VALUES (1, 'North')", [], 'run');
const db = drizzle(send);
const one = await db.select().from(ferries).where(eq(ferries.id, 1)).get();
const all = await db.select().from(ferries).where(eq(ferries.id, 1)).all();
console.log(JSON.stringify([typeof one.map, one[0] === undefined, one.name, all.map((each) => each.name)[0]]));
"""


def test_get_of_drizzle_gives_no_list() -> None:
    assert run_fixture(LISTED / "good" / "drizzle", PROXY, "data") == [["undefined", True, "North", "North"]]


def test_exec_of_sqlmodel_gives_single_values_to_its_own_select_alone() -> None:
    class Letter(sqlmodel.SQLModel, table=True):
        id: int | None = sqlmodel.Field(default=None, primary_key=True)
        text: str

    engine = sqlmodel.create_engine("sqlite://")
    Letter.metadata.create_all(engine)
    with sqlmodel.Session(engine) as session:
        session.add(Letter(text="hello"))
        session.commit()
        rows = session.exec(sqlalchemy.select(Letter))  # type: ignore[call-overload]
        assert [letter.text for letter in rows.scalars().all()] == ["hello"]
        with pytest.raises(AttributeError, match="'ScalarResult' object has no attribute 'scalars'"):
            session.exec(sqlmodel.select(Letter)).scalars()  # type: ignore[attr-defined]


def test_sessions_have_the_methods_that_the_rule_knows_and_no_others() -> None:
    folder = FIXTURES / "sqlalchemy" / "unknown_session_method"
    asked = (Asked("POST", "/buoys/North"), Asked("PUT", "/buoys/1/South"), get("/buoys/1"))
    bad = ask("flask/session", "bad", "main", *asked, folder=folder / "bad")
    assert bad.statuses == [500] * 3
    good = ask("flask/session", "good", "main", *asked, folder=folder / "good")
    assert good.statuses == [201, 204, 200]
    known = load_book().rules["sqlalchemy/unknown-session-method"].check.__globals__["KNOWN"]
    engine = sqlalchemy.create_engine("sqlite://")
    made = (Session(engine), AsyncSession(), scoped_session(sessionmaker(engine)), sqlmodel.Session(engine))
    for session in made:
        assert {name for name in dir(session) if not name.startswith("_")} <= known
