"""What PostgreSQL and its drivers refuse, shown by a real server."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.proofs.node import run_fixture
from tests.test_fixtures import FIXTURES
from verifier.run import postgres

SCRIPT = """
import asyncio, sys
from datetime import datetime, timezone
from sqlalchemy import DateTime, create_engine
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

class Base(DeclarativeBase): ...

class Note(Base):
    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    made: Mapped[datetime] = mapped_column({type}, default={default})

async def asynchronous(url):
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.drop_all)
        await connection.run_sync(Base.metadata.create_all)
    async with async_sessionmaker(engine)() as session:
        session.add(Note())
        await session.commit()

def synchronous(url):
    engine = create_engine(url)
    Base.metadata.drop_all(engine)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Note())
        session.commit()

try:
    url = sys.argv[1]
    asyncio.run(asynchronous(url)) if url.startswith(("postgresql+asyncpg", "sqlite+aiosqlite")) else synchronous(url)
    print("stored")
except Exception as error:
    print(str(error).replace(chr(10), " "))
"""
AWARE = "lambda: datetime.now(timezone.utc)"
NAIVE = "datetime.utcnow"
REFUSED = "can't subtract offset-naive and offset-aware datetimes"


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Server]:
    started = postgres.start()
    yield started
    started.stop()


def stored(url: str, column: str, default: str) -> str:
    script = SCRIPT.replace("{type}", column).replace("{default}", default)
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script, url], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip()


def url(driver: str, server: postgres.Server) -> str:
    return f"postgresql+{driver}://{postgres.USER}:{postgres.PASSWORD}@/{postgres.NAME}?host={server.socket.parent}"


def test_asyncpg_refuses_a_moment_with_a_zone_for_a_column_without_one(server: postgres.Server) -> None:
    assert REFUSED in stored(url("asyncpg", server), "DateTime", AWARE)
    assert stored(url("asyncpg", server), "DateTime", NAIVE) == "stored"
    assert stored(url("asyncpg", server), "DateTime(timezone=True)", AWARE) == "stored"


def test_asyncpg_refuses_it_from_a_type_of_the_project(server: postgres.Server) -> None:
    moment = (
        'type("Moment", (__import__("sqlalchemy").TypeDecorator,), {{"impl": {impl}, "cache_ok": True, '
        '"process_bind_param": lambda self, value, dialect: value.astimezone(timezone.utc)}})'
    )
    assert REFUSED in stored(url("asyncpg", server), moment.format(impl="DateTime()"), NAIVE)
    assert stored(url("asyncpg", server), moment.format(impl="DateTime(timezone=True)"), NAIVE) == "stored"


@pytest.mark.parametrize("driver", ["psycopg", "psycopg2"])
def test_other_drivers_take_it(server: postgres.Server, driver: str) -> None:
    assert stored(url(driver, server), "DateTime", AWARE) == "stored"


def test_sqlite_takes_it() -> None:
    assert stored("sqlite+aiosqlite://", "DateTime", AWARE) == "stored"


ASK_FOR_LOAVES = """
import { createRequire } from 'node:module';
const { app, sequelize } = createRequire(import.meta.url)('./app.js');
app.use((error, req, res, next) => res.status(500).json(error.message));
await sequelize.sync({ force: true });
const server = app.listen(0);
const answer = await fetch(`http://127.0.0.1:${server.address().port}/loaves`, {
  method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"flour": "rye", "grams": 500}',
});
console.log(JSON.stringify([answer.status, answer.status === 500 ? await answer.json() : '']));
server.close();
await sequelize.close();
"""


def test_a_column_of_numbers_takes_no_text(server: postgres.Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("HOST", str(server.socket.parent)), ("NAME", postgres.NAME), ("USER", postgres.USER)):
        monkeypatch.setenv(f"DATABASE_{name}", value)
    folder = FIXTURES / "contract" / "number_for_text"
    (bad,) = run_fixture(folder / "bad", ASK_FOR_LOAVES, "data")
    (good,) = run_fixture(folder / "good", ASK_FOR_LOAVES, "data")
    assert bad == [500, 'invalid input syntax for type integer: "rye"']
    assert good == [201, ""]


TEXT = """
import asyncio, sys
from sqlalchemy import create_engine, select
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

class Base(DeclarativeBase): ...

class Shelf(Base):
    __tablename__ = "shelves"
    id: Mapped[int] = mapped_column(primary_key=True)

async def asynchronous(url):
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    for ask in (lambda s: s.scalars(select(Shelf).where(Shelf.id == "7")), lambda s: s.get(Shelf, "7")):
        try:
            async with async_sessionmaker(engine)() as session:
                await ask(session)
            print("answered")
        except Exception as error:
            print(str(error).replace(chr(10), " "))

def synchronous(url):
    engine = create_engine(url)
    Base.metadata.create_all(engine)
    for ask in (lambda s: s.scalars(select(Shelf).where(Shelf.id == "7")), lambda s: s.get(Shelf, "7")):
        try:
            with Session(engine) as session:
                ask(session)
            print("answered")
        except Exception as error:
            print(str(error).replace(chr(10), " "))

url = sys.argv[1]
asyncio.run(asynchronous(url)) if url.startswith(("postgresql+asyncpg", "sqlite+aiosqlite")) else synchronous(url)
"""
COMPARED = "operator does not exist: integer = character varying"


def asked(url: str) -> list[str]:
    """What comes of a condition that compares a number with a text, and of a key that is one."""
    ran = subprocess.run([sys.executable, "-W", "ignore", "-c", TEXT, url], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.splitlines()


def test_asyncpg_takes_no_text_for_a_number(server: postgres.Server) -> None:
    compared, key = asked(url("asyncpg", server))
    assert COMPARED in compared
    assert "'str' object cannot be interpreted as an integer" in key


def test_psycopg_compares_no_text_with_a_number_and_takes_one_as_a_key(server: postgres.Server) -> None:
    compared, key = asked(url("psycopg", server))
    assert COMPARED in compared
    assert key == "answered"


@pytest.mark.parametrize("driver", ["psycopg2", "sqlite"])
def test_others_read_the_number_in_the_text(driver: str, server: postgres.Server) -> None:
    assert asked("sqlite://" if driver == "sqlite" else url(driver, server)) == ["answered", "answered"]
