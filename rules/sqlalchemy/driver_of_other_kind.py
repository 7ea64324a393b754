"""An asynchronous engine gets a driver that blocks, or a plain engine one that does not.

`create_async_engine("sqlite:///app.db")` raises where it is called, and the server does not start:
`InvalidRequestError: The asyncio extension requires an async driver to be used. The loaded 'pysqlite' is not async.`
`create_engine("postgresql+asyncpg://...")` is made, and fails with `MissingGreenlet` when it first connects.

Name the driver in the address: `sqlite+aiosqlite://`, `postgresql+asyncpg://` for asynchronous engines; `sqlite://`,
`postgresql+psycopg://` for the others. psycopg 3 serves both, and is what `postgresql://` means since SQLAlchemy 2.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Connection, Facts, Problem, rule, version_range

BLOCKING = {"postgresql": "psycopg2", "sqlite": "pysqlite", "mysql": "mysqldb", "mariadb": "mysqldb"}
PLAIN = frozenset({"psycopg2", "pysqlite", "pymysql", "mysqldb", "pg8000", "mysqlconnector"})
AWAITED = frozenset({"asyncpg", "aiosqlite", "aiomysql", "asyncmy", "psycopg_async"})


@rule(Category.SERVER_STARTUP_FAILURE)
def driver_of_other_kind(facts: Facts) -> Iterator[Problem]:
    """Yield each engine whose driver is of the other kind."""
    for connection in facts.connections:
        if (
            connection.library != "sqlalchemy"
            or not connection.certain
            or not connection.url
            or connection.alternatives
        ):
            continue
        driver = connection.driver or default_of(facts, connection)
        if connection.is_async and driver in PLAIN:
            yield Problem(
                connection.span,
                f"an asynchronous engine gets `{driver}`, which blocks",
                symptom="InvalidRequestError: The asyncio extension requires an async driver to be used. "
                f"The loaded '{driver}' is not async.",
                remedy=f"Write `{connection.dialect}+{'aiosqlite' if connection.dialect == 'sqlite' else 'asyncpg'}://`",
                identity=f"{driver} async",
            )
        elif not connection.is_async and driver in AWAITED and not is_wrapped(facts, connection):
            yield Problem(
                connection.span,
                f"a plain engine gets `{driver}`, which has to be awaited",
                symptom="MissingGreenlet: greenlet_spawn has not been called; can't call await_only() here",
                remedy="Write `create_async_engine`, or name a driver that blocks",
                identity=f"{driver} plain",
            )


def default_of(facts: Facts, connection: Connection) -> str | None:
    """The driver that an address without one means."""
    if connection.dialect == "postgresql":
        versions = version_range(facts.project, "sqlalchemy")
        if versions is None or not versions.surely("<2.1"):
            return None
    return BLOCKING.get(connection.dialect or "")


def is_wrapped(facts: Facts, connection: Connection) -> bool:
    """Whether the engine may be handed to `AsyncEngine`, which awaits for it."""
    source = facts.project.files.get(connection.span.path)
    return source is None or b"AsyncEngine(" in source.data or b"async_engine_from_config" in source.data
