"""The nouns of what a running application talks to: its databases, and what creates their tables.

packs    Connection, from the calls that make one
link     Connection, SchemaCreation: those that starting the application reaches
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from verifier.model import Evidence, Span

# What tasks, URLs, settings and libraries call a database, in one vocabulary.
DIALECTS = {
    "sqlite": "sqlite",
    "sqlite3": "sqlite",
    "better-sqlite3": "sqlite",
    "better-sqlite": "sqlite",
    "libsql": "sqlite",
    "postgres": "postgresql",
    "postgresql": "postgresql",
    "postgresql_psycopg2": "postgresql",
    "pg": "postgresql",
    "pgsql": "postgresql",
    "postgis": "postgresql",
    "mysql": "mysql",
    "mysql2": "mysql",
    "mysqli": "mysql",
    "mariadb": "mysql",
    "mssql": "mssql",
    "tedious": "mssql",
    "oracle": "oracle",
    "oracledb": "oracle",
    "mongodb": "mongodb",
    "mongo": "mongodb",
    "cockroachdb": "cockroachdb",
    "cockroach": "cockroachdb",
    "snowflake": "snowflake",
    "duckdb": "duckdb",
}


class Connection(Struct, frozen=True):
    """A connection to a database that the program opens, or sets up to be opened.

    Attributes:
        library: what opens it, by its package (``sqlalchemy``, ``sequelize``, ``sqlite3``).
        dialect: the kind of database, in the words of ``DIALECTS``; None where that was not read.
        span: the call that makes it, or the setting that describes it.
        driver: the module behind the library, where one is named.
        url: its address as far as it is known, the password masked; None where nothing of it is.
        host, port, user, password, database: the parts of the address that are known.
        evidence: the way from the call back to the setting, the default, the environment.
        alternatives: what it may be instead, where run time decides.
        reason: why the dialect is not known; it completes "depends on ...".
        requested: it is opened below a route, not when the application starts.
        certain: whether it is made whenever its code runs.
    """

    library: str
    dialect: str | None
    span: Span
    driver: str | None = None
    url: str | None = None
    host: str | None = None
    port: str | None = None
    user: str | None = None
    password: str | None = None
    database: str | None = None
    is_async: bool = False
    evidence: tuple[Evidence, ...] = ()
    alternatives: tuple[Connection, ...] = ()
    reason: str = ""
    requested: bool = False
    certain: bool = True

    @property
    def dialects(self) -> frozenset[str]:
        """The kinds of database that it may be; empty where one of them is not known."""
        found = {self.dialect, *(other.dialect for other in self.alternatives)}
        return frozenset() if None in found else frozenset(name for name in found if name is not None)


class Binding(Struct, frozen=True):
    """A server that code makes listen.

    Attributes:
        by: its name.
        host: what it listens on; None for all interfaces, ``?`` where it is not known.
        told: the code says the host, rather than the server's own default.
        port: the port that it listens on; None where it is not told and the server has no default, ``?`` not known.
        basis: what the port rests on: a number that the code or the server's own default says, a variable that is set
            where the program is started, or a default for a variable that nothing sets.
        asked: variables of the environment that were asked for by then in vain, and are called after a port.
    """

    span: Span
    by: str
    host: str | None
    told: bool = False
    certain: bool = True
    port: int | str | None = None
    basis: Literal["written", "given", "default"] = "written"
    asked: tuple[str, ...] = ()


class SchemaCreation(Struct, frozen=True):
    """Something on the way of the start that creates tables: a call, or a command of the start script.

    ``what`` is the call's library path or the command, and ``by`` the pack that knows it; ``certain``: it is run
    whenever the application starts. ``known`` are the classes, by file and line, that had been declared by then, and
    ``files`` those whose top level had begun to run (None for a command).
    """

    span: Span
    what: str
    certain: bool = True
    known: frozenset[tuple[str, int]] | None = None
    files: frozenset[str] | None = None
    by: str = ""


def dialect_of(name: str | None) -> str | None:
    """The kind of database under one of its names, without the driver behind it (``postgresql+asyncpg``)."""
    if name is None:
        return None
    word = name.strip().lower().partition("+")[0]
    return DIALECTS.get(word) or (word or None)
