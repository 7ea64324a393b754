"""Connections that drivers and query builders open, and what their commands create."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from verifier.api import (
    Connection,
    Const,
    Engine,
    Environment,
    Evidence,
    Instance,
    Record,
    Unknown,
    Use,
    Value,
    dialect_of,
    entry,
    from_url,
    options,
    parts_in,
    regex,
    replace,
    text_of,
    written,
)

Reader = Callable[[Engine, Use], Iterator[Connection]]

DATASOURCE = regex(r"^\s*datasource\s+\w+\s*\{(.*?)^\s*\}", re.MULTILINE | re.DOTALL)
FIELD = regex(r"^\s*(\w+)\s*=\s*(?:env\(\s*\"(\w+)\"\s*\)|\"([^\"]*)\")", re.MULTILINE)
DDL = regex(r"\s*(?:--[^\n]*\n\s*|/\*.*?\*/\s*)*CREATE\s+(?:UNLOGGED\s+)?TABLE\b", re.IGNORECASE | re.DOTALL)


def driver(
    engine: Engine, use: Use, *, library: str, dialect: str | None, is_async: bool = False
) -> Iterator[Connection]:
    """A driver's own connect: ``(url)``, ``(settings)`` or keywords."""
    first = use.argument(0)
    names = ("dsn", "conninfo", "url", "database", "connectionString", "host", "uri", "filename", "path")
    settings = [option for option in options(first) if isinstance(option, Record)] if first is not None else []
    if settings:
        for found in settings:
            url = next(
                (
                    entry(engine, found, name)
                    for name in ("connectionString", "url", "uri")
                    if entry(engine, found, name)
                ),
                None,
            )
            parts = parts_in(engine, found)
            yield from_url(engine, use.span, library, url, dialect=dialect, is_async=is_async, parts=parts)
        return
    parts = parts_in(engine, Record(dict[object, Value](use.keywords.items()))) if use.keywords else {}
    url = first if first is not None else next((use.keywords[name] for name in names[:3] if name in use.keywords), None)
    if isinstance(first, Instance):
        url = None
    if dialect == "sqlite" and url is not None:
        parts, url = {"database": url}, None
    yield from_url(
        engine,
        use.span,
        library,
        url,
        dialect=dialect,
        is_async=is_async,
        parts=environment(engine, dialect, parts, url),
    )


def environment(
    engine: Engine, dialect: str | None, parts: Mapping[str, Value | None], url: Value | None
) -> Mapping[str, Value | None]:
    """What PostgreSQL's drivers take from the environment where nothing else is given."""
    around = engine.surroundings
    if dialect != "postgresql" or around is None or (url is not None and written(url)):
        return parts
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "database": "PGDATABASE"}
    found = {part: Const(around.variables[name]) for part, name in names.items() if name in around.variables}
    return {**found, **parts}


def knex(engine: Engine, use: Use, *, library: str = "knex") -> Iterator[Connection]:
    """``knex({ client: "pg", connection })``, ``new DataSource({ type: "postgres", ... })``."""
    for settings in options(use.argument(0) or Unknown("nothing")):
        name = text_of(
            entry(engine, settings, "client") or entry(engine, settings, "type") or entry(engine, settings, "dialect")
        )
        connection = entry(engine, settings, "connection") or entry(engine, settings, "url")
        parts = parts_in(engine, connection) if isinstance(connection, Record) else parts_in(engine, settings)
        url = connection if connection is not None and not isinstance(connection, Record) else None
        if isinstance(connection, Record):
            url = entry(engine, connection, "connectionString")
        if name is None and url is None and not isinstance(settings, Record):
            yield Connection(library, None, use.span, reason="settings that only run time knows")
            continue
        yield from_url(engine, use.span, library, url, dialect=dialect_of(name), driver=name, parts=parts)


def drizzle(engine: Engine, use: Use) -> Iterator[Connection]:
    """``drizzle(client)`` of the package for a driver; the client's own connection tells the rest."""
    package = (use.library or "").partition(".")[0].rpartition("/")[2]
    known = {
        **dict.fromkeys(
            ("better-sqlite3", "libsql", "bun-sqlite", "sql-js", "expo-sqlite", "d1", "durable-sqlite"), "sqlite"
        ),
        **dict.fromkeys(
            (
                "node-postgres",
                "postgres-js",
                "neon-http",
                "neon-serverless",
                "pglite",
                "vercel-postgres",
                "bun-sql",
                "aws-data-api",
            ),
            "postgresql",
        ),
        **dict.fromkeys(("mysql2", "planetscale-serverless", "tidb-serverless"), "mysql"),
    }
    dialect = known.get(package)
    url = use.argument(0)
    plain = url if url is not None and text_of(url) is not None else None
    if isinstance(url, Record):
        plain = entry(engine, url, "connection")
        plain = (
            plain
            if not isinstance(plain, Record)
            else entry(engine, plain, "connectionString") or entry(engine, plain, "url")
        )
    if dialect is not None:
        yield from_url(engine, use.span, "drizzle", plain, dialect=dialect, doing="is set up")


def prisma(engine: Engine, use: Use) -> Iterator[Connection]:
    """``new PrismaClient()``: what the datasource of its schema says, or the URL that it is given."""
    sources = [(path, source) for path, source in sorted(engine.project.others.items()) if path.endswith(".prisma")]
    for _, source in sources:
        match = DATASOURCE.search(source.text)
        if match is None:
            continue
        fields = {name: (variable, literal) for name, variable, literal in FIELD.findall(match[1])}
        provider = fields.get("provider", ("", ""))[1]
        variable, literal = fields.get("url", ("", ""))
        around = engine.surroundings
        start = len(source.text[: match.start(1)].encode())
        place = source.span(start, start)
        url: Value | None = Const(literal) if literal else None
        if variable and around is not None:
            for path in (f"{use.span.path.rpartition('/')[0]}/.env", ".env", "prisma/.env"):
                if path in engine.project.others:
                    around.load(engine.project.others[path])
            url = around.read(variable)
        elif variable:
            url = Environment(variable)
        connection = from_url(engine, use.span, "prisma", url, dialect=dialect_of(provider), doing="is set up")
        yield replace(connection, evidence=(*connection.evidence, Evidence(place, f"its datasource is `{provider}`")))
        return


def kysely(engine: Engine, use: Use) -> Iterator[Connection]:
    """``new PostgresDialect({ pool })``."""
    name = (use.library or "").rpartition(".")[2]
    dialect = {
        "PostgresDialect": "postgresql",
        "SqliteDialect": "sqlite",
        "MysqlDialect": "mysql",
        "MssqlDialect": "mssql",
    }
    yield from_url(engine, use.span, "kysely", None, dialect=dialect.get(name), doing="is set up")


def tortoise(engine: Engine, use: Use) -> Iterator[Connection]:
    """``Tortoise.init(db_url=...)``."""
    url = use.argument(1, "db_url")
    if url is not None:
        yield from_url(engine, use.span, "tortoise", url, is_async=True)


def of(library: str, dialect: str | None, *, is_async: bool = False) -> Reader:
    """The reader for one driver."""
    return partial(driver, library=library, dialect=dialect, is_async=is_async)


CONNECTS: dict[str, Reader] = {
    r"sqlite3\.connect": of("sqlite3", "sqlite"),
    r"aiosqlite(?:\.core)?\.connect": of("aiosqlite", "sqlite", is_async=True),
    r"apsw\.Connection": of("apsw", "sqlite"),
    r"psycopg2(?:\.pool)?\.(?:connect|\w*ConnectionPool)": of("psycopg2", "postgresql"),
    r"psycopg(?:_pool)?(?:\.Connection)?\.(?:connect|ConnectionPool)": of("psycopg", "postgresql"),
    r"psycopg(?:_pool)?(?:\.AsyncConnection)?\.(?:AsyncConnection\.connect|connect_async|AsyncConnectionPool)": of(
        "psycopg", "postgresql", is_async=True
    ),
    r"asyncpg(?:\.\w+)?\.(?:connect|create_pool)": of("asyncpg", "postgresql", is_async=True),
    r"aiopg(?:\.\w+)*\.(?:connect|create_pool|create_engine)": of("aiopg", "postgresql", is_async=True),
    r"(?:pymysql|MySQLdb|mysql\.connector)\.connect": of("mysql", "mysql"),
    r"(?:aiomysql|asyncmy)\.(?:connect|create_pool)": of("aiomysql", "mysql", is_async=True),
    r"databases(?:\.core)?\.Database": of("databases", None, is_async=True),
    r"(?:pymongo(?:\.mongo_client)?\.MongoClient|motor\.motor_asyncio\.AsyncIOMotorClient)": of("pymongo", "mongodb"),
    r"peewee\.SqliteDatabase|playhouse\.\w+\.SqliteExtDatabase": of("peewee", "sqlite"),
    r"peewee\.PostgresqlDatabase|playhouse\.\w+\.Postgresql\w*Database": of("peewee", "postgresql"),
    r"tortoise\.Tortoise\.init": tortoise,
    r"pg(?:-pool)?(?:\.default)?(?:\.(?:Pool|Client|native\.Pool|native\.Client))?": of(
        "pg", "postgresql", is_async=True
    ),
    r"pg-promise\(\)": of("pg-promise", "postgresql", is_async=True),
    r"postgres": of("postgres", "postgresql", is_async=True),
    r"better-sqlite3": of("better-sqlite3", "sqlite"),
    r"sqlite3(?:\.(?:cached\.)?Database|\.verbose\(\)\.Database)": of("sqlite3", "sqlite"),
    r"sqlite\.open": of("sqlite", "sqlite", is_async=True),
    r"sqlite\.DatabaseSync|bun:sqlite(?:\.Database)?": of("sqlite", "sqlite"),
    r"@libsql/client(?:/\w+)?\.createClient": of("libsql", "sqlite", is_async=True),
    r"mysql2?(?:/promise)?\.(?:createPool|createConnection|createPoolCluster)": of("mysql2", "mysql", is_async=True),
    r"knex(?:\.(?:knex|default))?": knex,
    r"typeorm\.DataSource|typeorm\.createConnection": partial(knex, library="typeorm"),
    r"drizzle-orm/[\w-]+\.drizzle": drizzle,
    r"@prisma/client\.PrismaClient": prisma,
    r"kysely\.(?:Postgres|Sqlite|Mysql|Mssql)Dialect": kysely,
    r"mongoose\.(?:connect|createConnection)": of("mongoose", "mongodb", is_async=True),
}
CREATES = (
    r"knex[\w.()]*\.migrate\.(?:latest|up)",
    r"knex[\w.()]*\.schema[\w.()]*\.(?:createTable|createTableIfNotExists)",
    r"kysely\.Migrator[\w.()]*\.migrate(?:ToLatest|Up)",
    r"kysely[\w.()]*\.schema\.createTable\(\)[\w.()]*\.execute",
    r"drizzle-orm/[\w-]+/migrator\.migrate",
    r"peewee[\w.()]*\.create_tables",
    r"tortoise\.Tortoise\.generate_schemas",
    r"typeorm\.DataSource\.(?:synchronize|runMigrations)",
    r"yoyo[\w.()]*\.apply_migrations",
)
MIGRATES = (
    r"\bprisma\b.*\b(?:db push|migrate (?:deploy|dev|reset))\b",
    r"\bknex\b.*\bmigrate:(?:latest|up)\b",
    r"\bdrizzle-kit\b.*\b(?:push|migrate)\b",
    r"\btypeorm\b.*\bmigration:run\b",
    r"\b(?:aerich|yoyo|dbmate|goose|flyway|liquibase|node-pg-migrate|db-migrate)\b.*\b(?:upgrade|apply|up|migrate|update)\b",
    r"\b(?:psql|sqlite3)\b.*\.sql\b",
)
