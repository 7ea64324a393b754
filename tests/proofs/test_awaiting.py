"""What becomes of work that nobody awaits, shown by Python, Node and the libraries themselves."""

from __future__ import annotations

import inspect
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.frameworks.harness import NODE
from tests.proofs.node import run_fixture
from verifier.packs import load_book

FIXTURES = Path(__file__).parent.parent.parent / "fixtures" / "awaiting"
SERVE = """
import json, sys, warnings
from fastapi.testclient import TestClient
from main import app
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    with TestClient(app) as client:
        for method, path in json.loads(sys.argv[1]):
            try:
                answer = client.request(method, path)
                print(json.dumps([answer.status_code, answer.json()]))
            except Exception as error:
                print(json.dumps([500, f"{type(error).__name__}: {error}"]))
    import gc; gc.collect()
lost = {str(one.message).split(" was never")[0] for one in caught if "never awaited" in str(one.message)}
print(json.dumps(sorted(lost)))
"""
ASK = """
import { createRequire } from 'node:module';
const { app, sequelize } = createRequire(import.meta.url)('./app.js');
app.use((error, req, res, next) => res.status(500).json(`${error.name}: ${error.message}`));
const lost = [];
process.on('unhandledRejection', (error) => lost.push(error.name));
await sequelize.sync({ force: true });
const server = app.listen(0);
const base = `http://127.0.0.1:${server.address().port}`;
for (const [method, path, body] of REQUESTS) {
  const answer = await fetch(base + path, {
    method,
    headers: { 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: AbortSignal.timeout(700),
  }).then(async (found) => [found.status, await found.json().catch(() => null)], (error) => [0, error.name]);
  console.log(JSON.stringify(answer));
}
await new Promise((resolve) => setTimeout(resolve, 200));
console.log(JSON.stringify(lost));
server.close();
server.closeAllConnections();
"""


def served(folder: Path, *requests: tuple[str, str]) -> list[Any]:
    """What a FastAPI application answers, line by line; the last are the coroutines that nobody awaited."""
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SERVE, json.dumps(requests)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return [json.loads(line) for line in ran.stdout.splitlines()]


def asked(rule: str, kind: str, *requests: tuple[Any, ...]) -> list[Any]:
    """What an Express application answers; the last are the errors that nobody took."""
    return run_fixture(FIXTURES / rule / kind / "node", ASK.replace("REQUESTS", json.dumps(requests)), "data")


CONCERTS = (
    ("GET", "/concerts/total"),
    ("GET", "/halls/opera/concerts"),
    ("GET", "/halls/opera/count"),
    ("GET", "/concerts/1/seats"),
    ("POST", "/concerts/1/tickets"),
    ("GET", "/concerts/1"),
    ("GET", "/concerts/1/poster"),
)


def test_a_coroutine_is_no_result() -> None:
    *answers, lost = served(FIXTURES / "missing_await" / "bad" / "python", *CONCERTS)
    assert [status for status, _ in answers] == [500, 500, 500, 500, 409, 500, 500]
    assert [said for _, said in answers][:4] == [
        "TypeError: unsupported operand type(s) for +: 'coroutine' and 'int'",
        "TypeError: 'coroutine' object is not iterable",
        "TypeError: unsupported operand type(s) for +: 'coroutine' and 'int'",
        "AttributeError: 'coroutine' object has no attribute 'seats'",
    ]
    assert answers[6][1] == "AttributeError: 'coroutine' object has no attribute 'hall'"
    assert "coroutine 'Concerts.is_full'" in lost


def test_an_awaited_coroutine_is_one() -> None:
    *answers, lost = served(FIXTURES / "missing_await" / "good" / "python", *CONCERTS, ("GET", "/concerts/names"))
    assert [status for status, _ in answers] == [200, 200, 200, 404, 200, 200, 200, 200]
    assert lost == []


PATIENTS = (
    ("POST", "/patients/ann"),
    ("GET", "/patients/ann"),
    ("GET", "/patients/nobody"),
    ("GET", "/patients"),
    ("GET", "/count"),
)


def test_a_promise_is_no_result() -> None:
    assert asked("missing_await", "bad", *PATIENTS) == [
        [200, {"id": None}],
        [200, {"name": None}],
        [200, {"name": None}],
        [500, "TypeError: rows.map is not a function"],
        [200, {"count": {}}],
        [],
    ]


def test_an_awaited_promise_is_one() -> None:
    assert asked("missing_await", "good", *PATIENTS) == [
        [200, {"id": 1}],
        [200, {"name": "ann"}],
        [404, None],
        [200, {"patients": ["ann"], "count": 1}],
        [200, {"count": 1}],
        [],
    ]


def test_a_promise_lets_everybody_in_or_nobody() -> None:
    known: Any = {"name": "ann", "password": "right"}
    wrong: Any = {"name": "ann", "password": "wrong"}
    keepers = (
        ("POST", "/keepers", known),
        ("POST", "/login", known),
        ("POST", "/login", wrong),
        ("POST", "/enter", known),
    )
    assert [status for status, _ in asked("credentials_not_awaited", "bad", *keepers)[:-1]] == [200, 200, 200, 401]
    assert [status for status, _ in asked("credentials_not_awaited", "good", *keepers)[:-1]] == [200, 200, 401, 200]


@pytest.mark.parametrize(
    ("kind", "removed", "left", "lost"),
    [
        ("bad", [200, {"removed": True}], 1, ["coroutine 'Concerts.remove'"]),
        ("good", [200, {"removed": True}], 0, []),
    ],
)
def test_a_coroutine_that_is_thrown_away_does_nothing(kind: str, removed: Any, left: int, lost: list[str]) -> None:
    folder = FIXTURES / "coroutine_never_run" / kind
    if kind == "bad":
        added, first, *_ = served(folder, ("POST", "/concerts?hall=opera"), ("GET", "/concerts"))
        assert (added, first) == ([200, {"id": 1}], [200, {"count": 0}])  # it was never committed
        answer, never = served(folder, ("DELETE", "/concerts/1"))
        assert (answer, never) == (removed, lost)
    else:
        added, answer, count, never = served(
            folder, ("POST", "/concerts?hall=opera"), ("DELETE", "/concerts/1"), ("GET", "/concerts")
        )
        assert (added[0], answer, count, never) == (200, removed, [200, {"count": left}], lost)


FERRIES = (("POST", "/ferries/swan"), ("PUT", "/ferries/swan"))


def test_the_failure_of_a_floating_promise_is_nobodys() -> None:
    assert asked("floating_promise", "bad", *FERRIES, ("POST", "/ferries/swan")) == [
        [200, {"registered": True}],
        [0, "TimeoutError"],
        [200, {"registered": True}],
        ["SequelizeUniqueConstraintError", "SequelizeUniqueConstraintError"],
    ]


@pytest.mark.parametrize("path", ["booked", "fleet"])
def test_a_transaction_and_several_writes_float_alike(path: str) -> None:
    """The first of two requests registers the ferry, so that the second one's work has to fail."""
    twice = [("POST", f"/ferries/heron/{path}")] * 2
    *answers, lost = asked("floating_promise", "bad", *twice)
    assert answers == [[200, {"registered": True}]] * 2
    assert "SequelizeUniqueConstraintError" in lost
    *answers, lost = asked("floating_promise", "good", *twice)
    assert [status for status, _ in answers] == [200, 500]
    assert lost == []


def test_node_ends_for_it() -> None:
    script = ASK.replace("REQUESTS", json.dumps((*FERRIES, ("GET", "/ferries"))))
    script = script.replace("process.on('unhandledRejection', (error) => lost.push(error.name));", "")
    script = script.replace(
        "const lost", "process.on('exit', (code) => console.log(JSON.stringify({ code })));\nconst lost"
    )
    with pytest.raises(AssertionError, match="SequelizeUniqueConstraintError"):
        run_fixture(FIXTURES / "floating_promise" / "bad" / "node", script, "data")


def test_what_is_awaited_or_caught_is_answered_for() -> None:
    *answers, lost = asked("floating_promise", "good", *FERRIES, ("PATCH", "/ferries/swan"))
    assert [status for status, _ in answers] == [200, 500, 500]
    assert lost == []


PALLETS = (
    ("POST", "/pallets", {"labels": ["a", "b"]}),
    ("POST", "/pallets/free", {"labels": ["a", "c"]}),
    ("GET", "/pallets"),
    ("GET", "/labels"),
)


def test_methods_of_arrays_wait_for_nothing() -> None:
    *answers, lost = asked("callback_not_awaited", "bad", *PALLETS)
    assert answers[0] == [200, {"count": 0}]
    assert answers[1] == [200, {"free": ["a", "c"], "none": True}]
    assert answers[2] == [200, {"pallets": [{}, {}]}]
    assert answers[3] == [200, {"labels": [{}, {}]}]
    assert lost == []


def test_promises_of_arrays_that_are_awaited() -> None:
    *answers, _ = asked("callback_not_awaited", "good", *PALLETS)
    assert answers == [
        [200, {"count": 2}],
        [200, {"free": ["a", "c"], "none": False}],
        [200, {"pallets": [{"label": "a", "full": False}, {"label": "b", "full": False}]}],
        [200, {"labels": ["a", "b"]}],
    ]


def test_errors_of_an_asynchronous_executor_are_lost() -> None:
    hives: tuple[tuple[Any, ...], ...] = (("POST", "/hives", {"place": "roof"}), ("POST", "/hives", {}))
    assert asked("async_executor", "bad", *hives) == [
        [200, {"id": 1}],
        [0, "TimeoutError"],
        ["SequelizeValidationError"],
    ]
    *answers, lost = asked("async_executor", "good", *hives)
    assert [status for status, _ in answers] == [200, 500]
    assert lost == []


def test_a_loop_runs_in_no_other() -> None:
    stations = (("GET", "/stations/pier"), ("GET", "/stations/pier/now"))
    first, second, _ = served(FIXTURES / "loop_in_loop" / "bad", *stations)
    assert first == [500, "RuntimeError: asyncio.run() cannot be called from a running event loop"]
    assert second == [500, "RuntimeError: This event loop is already running"]
    assert [status for status, _ in served(FIXTURES / "loop_in_loop" / "good", *stations)[:2]] == [200, 200]


def promises_of(pack: str) -> re.Pattern[str]:
    found = next(one for one in load_book().packs if one.name == pack)
    return re.compile("|".join(f"(?:{pattern})" for pattern in found.promises))


def coroutines_of(kind: type) -> set[str]:
    return {name for name, found in inspect.getmembers(kind) if inspect.iscoroutinefunction(found) and name[0] != "_"}


def callables_of(kind: type) -> set[str]:
    return {name for name, found in inspect.getmembers(kind) if callable(found) and name[0] != "_"}


def classes() -> list[tuple[str, type, str, frozenset[str]]]:
    import aiohttp.web
    import asyncpg  # type: ignore[import-untyped]
    import psycopg
    from sqlalchemy.ext import asyncio as sa
    from starlette.requests import Request

    none: frozenset[str] = frozenset()
    return [
        ("sqlalchemy", sa.AsyncSession, "sqlalchemy.ext.asyncio.AsyncSession", frozenset({"close_all"})),
        ("sqlalchemy", sa.AsyncConnection, "sqlalchemy.ext.asyncio.AsyncConnection", frozenset({"start"})),
        ("sqlalchemy", sa.AsyncEngine, "sqlalchemy.ext.asyncio.AsyncEngine", none),
        ("fastapi", Request, "fastapi.Request", frozenset({"close", "send_push_promise", "send_early_hints"})),
        ("aiohttp", aiohttp.web.Request, "aiohttp.web.Request", frozenset({"release"})),
        ("drivers", psycopg.AsyncConnection, "psycopg.AsyncConnection", none),
        ("drivers", asyncpg.Connection, "asyncpg.Connection", none),
    ]


@pytest.mark.parametrize(("pack", "kind", "path", "left"), classes())
def test_coroutines_are_those_of_the_library(pack: str, kind: type, path: str, left: frozenset[str]) -> None:
    pattern = promises_of(pack)
    told = {name for name in callables_of(kind) if pattern.fullmatch(f"{path}.{name}")}
    assert told <= coroutines_of(kind)
    if pack != "drivers":  # of which the seldom ones are left out
        assert coroutines_of(kind) - told == left


def test_coroutines_of_asyncio() -> None:
    import asyncio

    from verifier.link.awaiting import OF_LANGUAGES

    pattern = re.compile(OF_LANGUAGES[0])
    told = {name for name in dir(asyncio) if pattern.fullmatch(f"asyncio.{name}")}
    assert told == {name for name in asyncio.__all__ if inspect.iscoroutinefunction(getattr(asyncio, name))}


TURNS = """
import asyncio
import httpx
from main import app

turns = 0


async def others():
    global turns
    while True:
        turns += 1
        await asyncio.sleep(0)


async def ask():
    task = asyncio.create_task(others())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here") as client:
        assert (await client.get("/slow")).status_code == 200
    task.cancel()
    print(turns)


asyncio.run(ask())
"""


def test_a_call_that_blocks_gives_no_turn_to_others() -> None:
    turns = {}
    for kind in ("bad", "good"):
        folder = FIXTURES / "blocking_call" / kind
        ran = subprocess.run([sys.executable, "-c", TURNS], cwd=folder, capture_output=True, text=True, check=True)
        turns[kind] = int(ran.stdout)
    assert turns["bad"] * 10 < turns["good"]


def test_sessions_of_sqlalchemy_take_no_coroutine() -> None:
    from sqlalchemy import Integer, create_engine
    from sqlalchemy.orm import Session, mapped_column, registry
    from sqlalchemy.orm.exc import UnmappedInstanceError

    @registry().mapped
    class Letter:
        __tablename__ = "letters"
        id = mapped_column(Integer, primary_key=True)

    async def found() -> Letter:
        return Letter()

    with Session(create_engine("sqlite://")) as session:
        for take in (session.add, session.delete, session.refresh, session.merge, session.expunge):
            late = found()
            with pytest.raises(UnmappedInstanceError, match="coroutine"):
                take(late)
            late.close()
    late = found()
    with pytest.raises(AttributeError, match="'coroutine' object has no attribute 'text'"):
        setattr(late, "text", "hello")  # noqa: B010
    late.close()


def test_queries_of_drizzle_are_promises_of_rows() -> None:
    script = """
        import { drizzle } from 'drizzle-orm/sqlite-proxy';
        import { integer, sqliteTable } from 'drizzle-orm/sqlite-core';
        const letters = sqliteTable('letters', { id: integer().primaryKey() });
        const db = drizzle(async () => ({ rows: [[1]] }), { schema: { letters } });
        const query = db.query.letters.findMany();
        const has = (name) => typeof query[name];
        const names = ['map', 'length', 'then', 'catch', 'finally', 'prepare', 'toSQL', 'getSQL', 'execute'];
        console.log(JSON.stringify([names.map(has), (await query).map((letter) => letter.id)]));
    """
    ran = subprocess.run(
        ["node", "--input-type=module", "-e", script],
        cwd=NODE / "data",
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(ran.stdout) == [["undefined"] * 2 + ["function"] * 7, [1]]
