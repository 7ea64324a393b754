"""What PostgreSQL and its drivers refuse, shown by a real server."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

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


@pytest.mark.parametrize("driver", ["psycopg", "psycopg2"])
def test_other_drivers_take_it(server: postgres.Server, driver: str) -> None:
    assert stored(url(driver, server), "DateTime", AWARE) == "stored"


def test_sqlite_takes_it() -> None:
    assert stored("sqlite+aiosqlite://", "DateTime", AWARE) == "stored"
