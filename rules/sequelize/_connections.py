"""``new Sequelize(...)``: which database it talks to, in each of the forms that the constructor takes."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import (
    Connection,
    Const,
    Engine,
    Instance,
    Record,
    Use,
    Value,
    dialect_of,
    entry,
    from_url,
    options,
    parts_in,
    text_of,
)

from ._models import PACKAGES

PACKAGE = rf"(?:{'|'.join(PACKAGES)})"


def connection(engine: Engine, use: Use) -> Iterator[Connection]:
    """``(url)``, ``(url, options)``, ``(database, user, password, options)`` or ``(options)``."""
    given = [option for argument in use.arguments for option in options(argument)]
    settings: list[Record | Instance] = [option for option in given if isinstance(option, Record)]
    settings = settings or [option for option in given if isinstance(option, Instance)]
    plain = [
        argument for argument in use.arguments if not any(isinstance(o, Record | Instance) for o in options(argument))
    ]
    library = (use.library or "").partition(".")[0]
    url: Value | None = plain[0] if plain else None
    parts: dict[str, Value | None] = {}
    if len(plain) > 1:
        parts = dict(zip(("database", "user", "password"), plain, strict=False))
        url = None
    nothing: list[Value | None] = [None]
    for option in [*settings] or nothing:
        name = text_of(entry(engine, option, "dialect")) or dialect_in(entry(engine, option, "dialect"))
        own = parts_in(engine, option)
        storage = entry(engine, option, "storage")
        if storage is not None:
            own["database"] = storage
        address = url if url is not None else entry(engine, option, "url")
        if address is not None and isinstance(address, Const) and address.value is None:
            address = None
        if address is None and name is None and not own and not parts:
            yield Connection(library, None, use.span, reason="options that only run time knows")
            continue
        yield from_url(
            engine, use.span, library, address, dialect=dialect_of(name), is_async=True, parts={**own, **parts}
        )


def dialect_in(value: Value | None) -> str | None:
    """The name of a dialect's class (``PostgresDialect`` of version 7)."""
    name = getattr(value, "name", "") or ""
    return name.removesuffix("Dialect").lower() if name.endswith("Dialect") else None


# Drivers that Sequelize loads itself, or the packages of version 7 that bring them.
DRIVERS = {
    "postgresql": ("pg", "pg-native", "@sequelize/postgres"),
    "sqlite": ("sqlite3", "better-sqlite3", "@vscode/sqlite3", "@sequelize/sqlite3"),
    "mysql": ("mysql2", "mariadb", "@sequelize/mysql", "@sequelize/mariadb"),
    "mssql": ("tedious", "@sequelize/mssql"),
    "oracle": ("oracledb", "@sequelize/oracle"),
    "snowflake": ("snowflake-sdk", "@sequelize/snowflake"),
    "db2": ("ibm_db", "@sequelize/db2", "@sequelize/db2-ibmi"),
}
CONNECTS = {rf"{PACKAGE}(?:\.(?:Sequelize|default))*": connection}
CREATES = (
    rf"{PACKAGE}(?:\.(?:Sequelize|Model|default))*(?:\(\))?\.sync",
    rf"{PACKAGE}[\w.()]*\.createTable",
    r"umzug\.(?:Umzug|default)(?:\(\))?\.up|umzug\.up",
)
MIGRATES = (r"\bsequelize(?:-cli)?\b.*\bdb:migrate\b(?!:undo|:status)",)
