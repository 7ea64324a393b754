"""What becomes of objects, sessions and connections when a transaction or a block is over, shown by the libraries."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.frameworks.older import available, with_packages
from tests.proofs.node import run_fixture
from verifier.run import postgres

FIXTURES = Path(__file__).parent.parent.parent / "fixtures"
SERVE = """
import json, os, sys, tempfile, warnings
sys.path.insert(0, os.getcwd())
os.chdir(tempfile.mkdtemp())
from fastapi.testclient import TestClient
app = __import__(sys.argv[2]).app
try:
    with TestClient(app) as client:
        for method, path in json.loads(sys.argv[1]):
            try:
                answer = client.request(method, path)
                print(json.dumps([answer.status_code, answer.json()]))
            except Exception as error:
                print(json.dumps([500, f"{type(error).__name__}: {error}"]))
except Exception as error:
    print(json.dumps(f"{type(error).__name__}: {error}"))
"""


def served(folder: str, *requests: tuple[str, str], module: str = "main") -> list[Any]:
    """What a fixture answers, line by line; a text where it does not start."""
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SERVE, json.dumps(requests), module],
        cwd=FIXTURES / folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return [json.loads(line) for line in ran.stdout.splitlines()]


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Server]:
    started = postgres.start()
    yield started
    started.stop()


def test_a_connection_ends_with_its_block() -> None:
    assert served("drivers/connection_after_block/bad") == ["ResourceClosedError: This Connection is closed"]
    requests = (("GET", "/lights"), ("GET", "/heights"))
    assert served("drivers/connection_after_block/good", *requests) == [[200, {"lights": []}], [200, {"heights": []}]]


AFTER = """
import asyncio, sys
import aiosqlite, asyncpg, psycopg
from sqlalchemy import create_engine, text

async def main(url):
    async with aiosqlite.connect(":memory:") as db:
        pass
    try:
        await db.execute("SELECT 1")
    except Exception as error:
        print(type(error).__name__, error)
    async with asyncpg.create_pool(url) as pool:
        async with pool.acquire() as connection:
            pass
        try:
            await connection.fetch("SELECT 1")
        except Exception as error:
            print(type(error).__name__, error)
    async with await psycopg.AsyncConnection.connect(url) as connection:
        pass
    try:
        await connection.execute("SELECT 1")
    except Exception as error:
        print(type(error).__name__, error)

asyncio.run(main(sys.argv[1]))
with create_engine("sqlite://").connect() as connection:
    pass
try:
    connection.execute(text("SELECT 1"))
except Exception as error:
    print(type(error).__name__, error)
"""


def test_connections_of_drivers_end_with_their_blocks(server: postgres.Server) -> None:
    address = f"postgresql://{postgres.USER}:{postgres.PASSWORD}@/{postgres.NAME}?host={server.socket.parent}"
    ran = subprocess.run([sys.executable, "-c", AFTER, address], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    first, second, third, fourth = ran.stdout.splitlines()
    assert first == "ValueError no active connection"
    assert "connection has been released back to the pool" in second
    assert third == "OperationalError the connection is closed"
    assert fourth == "ResourceClosedError This Connection is closed"


def test_a_connection_starts_once() -> None:
    lamps = ("GET", "/lamps")
    assert served("drivers/connection_started_twice/bad", lamps) == [
        [500, "RuntimeError: threads can only be started once"]
    ]
    assert served("drivers/connection_started_twice/good", lamps) == [[200, {"lamps": [[1]], "again": [[1]]}]]


TREES = (("POST", "/trees?kind=oak"), ("PUT", "/trees/oak"))


def test_a_commit_expires_objects() -> None:
    first, second = served("sqlalchemy/expired_after_commit/bad/aio", *TREES)
    assert first[0] == second[0] == 500
    assert "MissingGreenlet" in first[1]
    assert "greenlet_spawn has not been called" in first[1]
    (plain,) = served("sqlalchemy/expired_after_commit/bad/plain", ("POST", "/buoys?colour=red"))
    assert plain[0] == 500
    assert plain[1].startswith("DetachedInstanceError: Instance <Buoy at ")


def test_objects_that_are_refreshed_or_read_before_are_there() -> None:
    assert served("sqlalchemy/expired_after_commit/good/aio", *TREES, ("GET", "/trees/oak")) == [
        [200, {"id": 1}],
        [200, {"kind": "oak", "rings": 1}],
        [200, {"kind": "oak", "rings": 1}],
    ]
    buoys = (("POST", "/buoys?colour=red"), ("GET", "/buoys?colour=red"))
    assert served("sqlalchemy/expired_after_commit/good/plain", *buoys) == [[200, {"id": 1}], [200, {"id": 1}]]


SHIPS = (("POST", "/ships/Swan"), ("GET", "/ships"), ("GET", "/ships/Swan/crew"))


def test_a_relationship_cannot_be_loaded_where_it_is_read() -> None:
    launched, ships, crew = served("sqlalchemy/lazy_load_in_async_session/bad", *SHIPS)
    assert launched == [200, {}]
    assert ships[0] == crew[0] == 500
    assert "MissingGreenlet" in ships[1]
    assert "MissingGreenlet" in crew[1]


def test_a_relationship_that_is_brought_along_is_there() -> None:
    assert served("sqlalchemy/lazy_load_in_async_session/good", *SHIPS) == [
        [200, {}],
        [200, [{"name": "Swan", "town": "Whitby", "flags": []}]],
        [200, []],
    ]


def test_a_driver_is_of_the_kind_of_its_engine() -> None:
    folder = "sqlalchemy/driver_of_other_kind"
    mills = ("GET", "/mills")
    with pytest.raises(
        AssertionError, match=r"requires an async driver to be used. The loaded 'pysqlite' is not async"
    ):
        served(f"{folder}/bad/aio", mills)
    ((status, said),) = served(f"{folder}/bad/plain", mills)
    assert status == 500
    assert "MissingGreenlet" in said
    assert served(f"{folder}/good/aio", mills) == served(f"{folder}/good/plain", mills) == [[200, {"one": 1}]]


def test_what_an_address_without_a_driver_means() -> None:
    script = "from sqlalchemy import create_engine, __version__; print(create_engine('postgresql://').driver)"
    for version, driver in (("sqlalchemy<2.1", "psycopg2"), ("sqlalchemy>=2.1,<2.2", "psycopg")):
        packages = (version, "psycopg[binary]", "psycopg2-binary")
        if (reason := available(packages)) is not None:
            pytest.skip(reason)
        ran = subprocess.run(
            [*with_packages(packages), "python", "-c", script], capture_output=True, text=True, check=False
        )
        assert ran.stdout.strip() == driver, ran.stderr


KEPT = """
import asyncio, gc, os, sys, tempfile, warnings
sys.path.insert(0, os.getcwd())
os.chdir(tempfile.mkdtemp())
import main

async def ask():
    await main.create_tables()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in range(3):
            await main.wells()
            gc.collect()
            await asyncio.sleep(0)
    print(any("trying to clean up non-checked-in connection" in str(one.message) for one in caught))
    held = [main.sessions() for _ in range(2)] if len(sys.argv) > 1 else []
    try:
        for session in held:
            await session.scalar(main.select(1))
    except Exception as error:
        print(type(error).__name__)
    for session in held:
        await session.close()
    await main.engine.dispose()

asyncio.run(ask())
"""


def test_the_garbage_collector_finds_sessions_that_are_left_open() -> None:
    said = [
        subprocess.run(
            [sys.executable, "-W", "ignore", "-c", KEPT, *more],
            cwd=FIXTURES / "sqlalchemy" / "session_never_closed" / kind,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        for kind, more in (("bad", ()), ("good", ()), ("good", ("held",)))
    ]
    assert said == [["True"], ["False"], ["False", "TimeoutError"]]


def test_what_gives_no_coroutine_cannot_be_awaited() -> None:
    piers = (("POST", "/piers/Deal"), ("GET", "/piers/Deal"), ("GET", "/piers"))
    built, shown, listed = served("sqlalchemy/awaited_plain_method/bad", *piers)
    assert built[0] == shown[0] == 500
    assert listed == [200, {"piers": []}]
    assert built[1].startswith("TypeError: ")
    assert "await" in built[1]
    good = served("sqlalchemy/awaited_plain_method/good", *piers)
    assert good == [[200, {}], [200, {"found": True}], [200, {"piers": ["Deal"]}]]


ASK = """
import { createRequire } from 'node:module';
const { app, sequelize, pool } = createRequire(import.meta.url)('./app.js');
app.use((error, req, res, next) => res.status(500).json(`${error.name}: ${error.message}`));
if (sequelize) await sequelize.sync({ force: true });
const server = app.listen(0);
const base = `http://127.0.0.1:${server.address().port}`;
for (const [method, path, body] of REQUESTS) {
  const answer = await fetch(base + path, {
    method,
    headers: { 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: AbortSignal.timeout(4000),
  }).then(async (found) => [found.status, await found.json()], (error) => [0, error.name]);
  console.log(JSON.stringify(answer));
}
process.exit(0);
"""


def asked(folder: str, *requests: tuple[Any, ...]) -> list[Any]:
    """What an Express application answers."""
    return run_fixture(FIXTURES / folder, ASK.replace("REQUESTS", json.dumps(requests)), "data")


def test_a_transaction_that_nobody_rolls_back_stays_open() -> None:
    guests: tuple[tuple[Any, ...], ...] = (("POST", "/guests", {}), ("POST", "/guests", {"name": "Ann"}))
    refused, locked = asked("sequelize/transaction_left_open/bad", *guests)
    assert refused[0] == locked[0] == 500
    assert "notNull Violation" in refused[1]
    assert "SQLITE_BUSY: database is locked" in locked[1]
    refused, kept, again = asked("sequelize/transaction_left_open/good", *guests, ("PUT", "/guests"))
    assert (refused[0], kept[0], again[0]) == (500, 200, 200)


def test_a_pool_whose_clients_are_kept_runs_dry(server: postgres.Server, monkeypatch: pytest.MonkeyPatch) -> None:
    address = f"postgresql://{postgres.USER}:{postgres.PASSWORD}@/{postgres.NAME}?host={server.socket.parent}"
    monkeypatch.setenv("DATABASE_URL", address)
    tides = [("GET", "/tides")] * 3
    one = [200, [{"height": 1}]]
    assert asked("drivers/client_never_released/bad", *tides) == [one, one, [0, "TimeoutError"]]
    assert asked("drivers/client_never_released/good", *tides, ("GET", "/tides/all")) == [one] * 4


def test_a_session_of_all_requests_stays_broken() -> None:
    twice = [("POST", "/boats?name=Tern")] * 2
    bad = served("sqlalchemy/session_of_all_requests/bad", *twice, ("POST", "/boats?name=Gull"), ("GET", "/boats"))
    assert [status for status, _ in bad] == [200, 500, 500, 500]
    assert all("PendingRollbackError" in said for _, said in bad[2:])
    good = served("sqlalchemy/session_of_all_requests/good", *twice, ("POST", "/boats?name=Gull"), ("GET", "/boats"))
    assert [status for status, _ in good] == [200, 500, 200, 200]
    assert good[3][1] == ["Ark", "Tern", "Gull"]


def test_a_client_goes_back_with_its_broken_transaction(
    server: postgres.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"postgresql://{postgres.USER}:{postgres.PASSWORD}@/{postgres.NAME}?host={server.socket.parent}"
    monkeypatch.setenv("DATABASE_URL", address)
    tides = [("POST", "/tides?by=1"), ("GET", "/tides"), ("POST", "/tides?by=0"), ("GET", "/tides")]
    one, done = [200, [{"height": 1}]], [200, {"done": True}]
    failed = [500, "error: division by zero"]
    refused = [500, "error: current transaction is aborted, commands ignored until end of transaction block"]
    assert asked("drivers/transaction_left_open/bad", *tides) == [done, one, failed, refused]
    assert asked("drivers/transaction_left_open/good", *tides) == [done, one, failed, one]
    replaced = [("PUT", "/tides?by=0"), ("GET", "/tides")]
    assert asked("drivers/transaction_left_open/good", *replaced) == [failed, one]


# One request begins a transaction and fails; another one stores something meanwhile, and is told that it has.
MEANWHILE = """
import { createRequire } from 'node:module';
import { setTimeout as pause } from 'node:timers/promises';
const { app, pool } = createRequire(import.meta.url)('./app.js');
await pool.query('CREATE TABLE IF NOT EXISTS notes (text text NOT NULL)');
await pool.query('DELETE FROM notes');
const server = app.listen(0);
const base = `http://127.0.0.1:${server.address().port}`;
const send = (method, path) => fetch(base + path, { method }).then(async (found) => [found.status, await found.json()]);
const failing = send('POST', '/shares?by=0');
await pause(100);
console.log(JSON.stringify(await send('POST', '/notes?text=kept')));
console.log(JSON.stringify(await failing));
console.log(JSON.stringify(await send('GET', '/notes')));
process.exit(0);
"""


def test_a_transaction_on_a_pool_takes_back_what_another_request_did(
    server: postgres.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"postgresql://{postgres.USER}:{postgres.PASSWORD}@/{postgres.NAME}?host={server.socket.parent}"
    monkeypatch.setenv("DATABASE_URL", address)
    done, failed = [200, {"done": True}], [500, "division by zero"]
    bad = run_fixture(FIXTURES / "drivers/transaction_on_pool/bad", MEANWHILE, "data")
    assert bad == [done, failed, [200, []]]
    good = run_fixture(FIXTURES / "drivers/transaction_on_pool/good", MEANWHILE, "data")
    assert good == [done, failed, [200, [{"text": "kept"}]]]


def test_rows_of_sqlite3_have_no_attributes() -> None:
    requests = (("GET", "/gardens/1"), ("GET", "/gardens/1/name"))
    assert served("drivers/misread_row/bad/rows", *requests) == [
        [500, "AttributeError: 'sqlite3.Row' object has no attribute 'get'"],
        [500, "AttributeError: 'sqlite3.Row' object has no attribute 'name'"],
    ]
    assert served("drivers/misread_row/good/rows", *requests) == [
        [200, {"name": "North", "place": 1, "area": 4.5}],
        [200, {"name": "North"}],
    ]


def test_rows_of_psycopg2_are_tuples(server: postgres.Server, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"postgresql://{postgres.USER}:{postgres.PASSWORD}@/{postgres.NAME}?host={server.socket.parent}"
    monkeypatch.setenv("DATABASE_URL", f"{url}&port={postgres.PORT}")
    assert served("drivers/misread_row/bad/tuples", ("GET", "/paths")) == [
        [500, "TypeError: tuple indices must be integers or slices, not str"]
    ]
    ((status, found),) = served("drivers/misread_row/good/tuples", ("GET", "/paths"))
    assert (status, found[0]) == (200, {"id": 1, "name": "East"})


def test_all_rows_are_no_row() -> None:
    requests = (("GET", "/buoys/1"), ("GET", "/buoys/1/colour"), ("GET", "/first"))
    assert served("drivers/misread_row/bad/lists", *requests) == [
        [500, "TypeError: list indices must be integers or slices, not str"],
        [500, "AttributeError: 'list' object has no attribute 'colour'"],
        [500, "TypeError: 'sqlite3.Cursor' object is not subscriptable"],
    ]
    asked = (*requests, ("GET", "/any"), ("GET", "/any?all=true"))
    assert [status for status, _ in served("drivers/misread_row/good/lists", *asked)] == [200] * 5


# Asks for what is in the first row, in three ways.
ISLES = """
import { createRequire } from 'node:module';
const { app, pool } = createRequire(import.meta.url)('./app.js');
await pool.query("CREATE TABLE IF NOT EXISTS isles (id int PRIMARY KEY, name text NOT NULL)");
await pool.query("INSERT INTO isles VALUES (1, 'Mull') ON CONFLICT DO NOTHING");
const server = app.listen(0);
for (const path of ['/isles/1', '/isles/1/name', '/first'])
  console.log(JSON.stringify(await (await fetch(`http://127.0.0.1:${server.address().port}${path}`)).json()));
process.exit(0);
"""


def test_what_pg_gives_is_no_row(server: postgres.Server, monkeypatch: pytest.MonkeyPatch) -> None:
    address = f"postgresql://{postgres.USER}:{postgres.PASSWORD}@/{postgres.NAME}?host={server.socket.parent}"
    monkeypatch.setenv("DATABASE_URL", address)
    assert run_fixture(FIXTURES / "drivers/misread_row/bad/pool", ISLES, "data") == [{"id": 1}] * 3
    assert run_fixture(FIXTURES / "drivers/misread_row/good/pool", ISLES, "data") == [
        {"id": 1, "name": "Mull"},
        {"id": 1, "name": "Mull", "fields": 2},
        {"id": 1, "first": "Mull", "other": "none"},
    ]


def test_rows_have_what_their_statement_gives() -> None:
    requests = (("GET", "/boats"), ("GET", "/boats/1"), ("GET", "/longest"), ("GET", "/count"))
    assert served("drivers/unknown_row_key/bad", *requests) == [
        [500, "KeyError: 'title'"],
        [500, "IndexError: No item with that key"],
        [200, {"id": 1, "name": "Ida", "length": 7.5}],
        [500, "IndexError: No item with that key"],
    ]
    assert [status for status, _ in served("drivers/unknown_row_key/good", *requests)] == [200] * 4


NUMBERS = """
import asyncio, sys
import asyncpg, lamps

async def main():
    connection = await asyncpg.connect(sys.argv[1])
    await connection.execute("DROP TABLE IF EXISTS lamps; " + lamps.SCHEMA)
    for work in (
        lamps.Lamps(connection).update(1, {"name": "Ada", "watts": 4}),
        lamps.Lamps(connection).find(1, {"name": "Ada"}),
    ):
        try:
            print(await work)
        except Exception as error:
            print(type(error).__name__)

asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("kind", "said"), [("bad", ["InterfaceError", "UndefinedFunctionError"]), ("good", ["None", "[]"])]
)
def test_numbers_of_placeholders(server: postgres.Server, kind: str, said: list[str]) -> None:
    url = f"postgresql://{postgres.USER}:{postgres.PASSWORD}@/{postgres.NAME}?host={server.socket.parent}"
    ran = subprocess.run(
        [sys.executable, "-c", NUMBERS, f"{url}&port={postgres.PORT}"],
        cwd=FIXTURES / "sql/number_used_twice" / kind / "python",
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.stdout.splitlines() == said, ran.stderr


def test_classes_take_what_they_declare() -> None:
    requests = (("GET", "/kites/1"), ("GET", "/kites/1/label"), ("GET", "/kites/1/owner"))
    assert served("drivers/row_for_another_class/bad", *requests) == [
        [500, "TypeError: Kite.__init__() got an unexpected keyword argument 'sewn'"],
        [500, "TypeError: Label.__new__() missing 1 required positional argument: 'tail'"],
        [500, "TypeError: Owner.__init__() got an unexpected keyword argument 'sewn'"],
    ]
    again = (*requests, ("GET", "/kites/1/loose"), ("GET", "/kites/1/owned"))
    assert [status for status, _ in served("drivers/row_for_another_class/good", *again)] == [200] * len(again)
