"""The drivers: what the text of a statement may look like that each is handed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal, NamedTuple, TypeAlias

from verifier.api import Action, Style, regex

Taking: TypeAlias = Literal["none", "argument", "rest", "flat", "rows", "keyword", "options", "tag", "unsafe"]


class Driver(NamedTuple):
    """A driver, as far as the texts of statements go.

    Attributes:
        name: what it is called.
        dialect: of its database, in sqlglot's words; empty where it serves several.
        styles: the placeholders that it understands.
        several: whether it runs more than one statement of a text: always, never, or where nothing is given along.
        signed: names in a mapping carry the sign of the placeholder.
    """

    name: str
    dialect: str
    styles: frozenset[Style]
    several: Literal["always", "never", "alone", "first"] = "never"
    signed: bool = False


class Method(NamedTuple):
    """How a method is handed a statement.

    Attributes:
        given: where the values are: in the next ``argument`` (a list or mapping), in the ``rest`` of the arguments, in
            those taken ``flat`` (lists and mappings among them), in ``rows``, under a ``keyword``, in the ``options``.
        action: what becomes of the rows that a reading statement gives.
        text: the keyword of the statement's text.
        values: the keyword of the values.
    """

    given: Taking = "argument"
    action: Action = "rows"
    text: str = ""
    values: str = ""


QUESTION: frozenset[Style] = frozenset({"qmark"})
SQLITE: frozenset[Style] = frozenset({"qmark", "named", "numeric", "at", "dollar", "dollar-name"})
FORMAT: frozenset[Style] = frozenset({"format", "pyformat"})
DOLLAR: frozenset[Style] = frozenset({"dollar"})
NAMED: frozenset[Style] = frozenset({"named"})

PYTHON_SQLITE = Driver("sqlite3", "sqlite", SQLITE)
AIOSQLITE = Driver("aiosqlite", "sqlite", SQLITE)
PSYCOPG2 = Driver("psycopg2", "postgres", FORMAT, "always")
PSYCOPG = Driver("psycopg", "postgres", FORMAT, "alone")
ASYNCPG = Driver("asyncpg", "postgres", DOLLAR, "alone")
DATABASES = Driver("databases", "", NAMED)
PYMYSQL = Driver("PyMySQL", "mysql", FORMAT)
DJANGO = Driver("Django", "", FORMAT, "alone")
AIOSQL = Driver("aiosql", "", NAMED)
PG = Driver("pg", "postgres", DOLLAR, "alone")
MYSQL = Driver("mysql2", "mysql", QUESTION)
NODE_SQLITE = Driver("sqlite3", "sqlite", SQLITE, "first", True)
SQLITE_WRAPPER = Driver("sqlite", "sqlite", SQLITE, "first", True)
BETTER_SQLITE = Driver("better-sqlite3", "sqlite", SQLITE)
NODE_BUILT_IN = Driver("node:sqlite", "sqlite", SQLITE, "first")
POSTGRES_JS = Driver("postgres", "postgres", DOLLAR, "alone")
PRISMA = Driver("Prisma", "", frozenset({"dollar", "qmark"}), "alone")
SLONIK = Driver("slonik", "postgres", DOLLAR)
SEQUELIZE = Driver("Sequelize", "", frozenset(), "first")
UNKNOWN = Driver("", "", frozenset(), "always")

EXECUTE = {
    "execute": Method("argument"),
    "executemany": Method("rows", "write"),
    "executescript": Method("none", "write"),
    "execute_insert": Method("argument", "write"),
    "execute_fetchall": Method("argument"),
    "mogrify": Method("argument", "build"),
    "stream": Method("argument", "stream"),
    "callproc": Method("none"),
}
ASYNC_METHODS = {
    "execute": Method("rest"),
    "executemany": Method("rows", "write"),
    "fetch": Method("rest"),
    "fetchrow": Method("rest", "first"),
    "fetchval": Method("rest", "value"),
    "cursor": Method("rest", "stream"),
    "prepare": Method("none", "build"),
    "fetchmany": Method("rows", "write"),
}
DATABASES_METHODS = {
    "execute": Method("keyword", text="query", values="values"),
    "execute_many": Method("rows", "write", text="query", values="values"),
    "fetch_all": Method("keyword", text="query", values="values"),
    "fetch_one": Method("keyword", "first", text="query", values="values"),
    "fetch_val": Method("keyword", "value", text="query", values="values"),
    "iterate": Method("keyword", "stream", text="query", values="values"),
}
SQLITE_METHODS = {
    "run": Method("flat", "write"),
    "get": Method("flat", "first"),
    "all": Method("flat"),
    "each": Method("flat", "stream"),
    "iterate": Method("flat", "stream"),
    "exec": Method("none", "write"),
    "prepare": Method("none", "build"),
    "query": Method("none", "build"),
}
QUERY = {"query": Method("options"), "execute": Method("options")}

UNSAFE = {"unsafe": Method("argument")}
PRISMA_METHODS = {
    "$queryRaw": Method("tag"),
    "$executeRaw": Method("tag", "write"),
    "$queryRawUnsafe": Method("rest"),
    "$executeRawUnsafe": Method("rest", "write"),
}


def names(methods: Mapping[str, Method]) -> str:
    """Methods as a regular expression."""
    return "|".join(re.escape(name) for name in methods)


# By regular expressions for what is before the method in its path.
PATHS: tuple[tuple[str, Driver, Mapping[str, Method]], ...] = (
    (r"(?:sqlite3|pysqlite3|sqlcipher3)(?!\.(?:verbose|Database|cached))[\w.()]*", PYTHON_SQLITE, EXECUTE),
    (r"aiosqlite[\w.()]*", AIOSQLITE, EXECUTE),
    (r"(?:psycopg2|psycopg2cffi|aiopg)\.(?!extras\.execute_)[\w.()]*", PSYCOPG2, EXECUTE),
    (r"(?:psycopg|psycopg_pool)\.[\w.()]*", PSYCOPG, EXECUTE),
    (r"asyncpg\.[\w.()]*", ASYNCPG, ASYNC_METHODS),
    (r"databases\.[\w.()]*", DATABASES, DATABASES_METHODS),
    (r"(?:pymysql|aiomysql|asyncmy|MySQLdb|mysql\.connector)[\w.()]*", PYMYSQL, EXECUTE),
    (r"django\.db\.(?:connections?|transaction)[\w.()\[\]]*\.cursor\(\)", DJANGO, EXECUTE),
    (r"(?:pg|pg-pool|pg-native|@neondatabase/serverless|@vercel/postgres)[\w.()]*", PG, QUERY),
    (r"mysql2?(?:/promise)?[\w.()]*", MYSQL, QUERY),
    (r"better-sqlite3[\w.()]*", BETTER_SQLITE, SQLITE_METHODS),
    (r"sqlite\.open\(\)[\w.()]*", SQLITE_WRAPPER, SQLITE_METHODS),
    (r"(?:(?:node:)?sqlite|bun:sqlite)\.(?:DatabaseSync|Database)[\w.()]*", NODE_BUILT_IN, SQLITE_METHODS),
    (r"sqlite3\.(?:verbose|Database|cached)[\w.()]*", NODE_SQLITE, SQLITE_METHODS),
    (r"postgres\(\)[\w.()]*", POSTGRES_JS, UNSAFE),
    (r"@prisma/client\.[\w.()$]*", PRISMA, PRISMA_METHODS),
)
TABLE = tuple((regex(rf"{path}\.({names(methods)})"), driver, methods) for path, driver, methods in PATHS)
SEQUELIZE_QUERY = r"(?:sequelize|sequelize-typescript|@sequelize/core|sequelize-cli)[\w.()]*\.query"
STATEMENTS = (
    r"\?",
    *(pattern.pattern for pattern, _, _ in TABLE),
    r"psycopg2\.extras\.execute_(?:values|batch)",
    r"aiosql\.(?:from_path|from_str)\(\)(?:\.\w+)+",
    r"postgres\(\)\(\)",
    SEQUELIZE_QUERY,
)


def find(path: str) -> tuple[Driver, str, Method] | None:
    """The driver of a path, with the method that is called."""
    for pattern, driver, methods in TABLE:
        match = pattern.fullmatch(path)
        if match is not None and match[1] in methods:
            return driver, match[1], methods[match[1]]
    return None
