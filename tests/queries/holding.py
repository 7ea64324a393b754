"""Statements as they are held against a schema, and as two databases take them."""

from __future__ import annotations

import re
import sqlite3
from functools import cache
from pathlib import Path

import psycopg

from verifier.datamodel import DataModel
from verifier.ddl.statements import apply_text
from verifier.ddl.tables import Database, Schema
from verifier.evaluate.values import Const, Origin
from verifier.hold import schema as known
from verifier.hold.faults import Fault
from verifier.hold.statement import hold
from verifier.lift.texts import lift_text
from verifier.model import LeftOut, Manifests, Project, SourceFile, Span
from verifier.run import postgres

HERE = Path(__file__).parent / "hold"
TABLES = (HERE / "schema.sql").read_text()
STATEMENTS = [line for line in (HERE / "statements.sql").read_text().splitlines() if not line.startswith("--")]
DATABASES: dict[str, Database] = {"sqlite": "sqlite", "postgres": "postgresql"}


@cache
def schema(dialect: str, text: str = TABLES) -> known.Schema:
    """The tables of a script, as a database has them."""
    made = Schema(DATABASES[dialect])
    source = SourceFile("schema.sql", text.encode())
    apply_text(made, text, source.span)

    def quoted(span: Span, name: str) -> bool:
        return source.line(span.line)[span.column - 1] == '"'

    return known.schema_of(DataModel(tables=tuple(made.result("ddl"))), quoted)


def held(sql: str, dialect: str, text: str = TABLES) -> list[Fault]:
    """What is said of a statement."""
    source = SourceFile("query.sql", f'"{sql}"'.encode())
    project = Project(None, {}, {source.path: source}, frozenset({source.path}), Manifests(), LeftOut())
    lifted = lift_text(project, Const(sql, Origin(source.path, 0, len(source.data))), dialect)
    return [fault for statement in lifted.statements for fault in hold(statement, schema(dialect, text), dialect)]


def sqlite_says(sql: str, text: str = TABLES) -> str | None:
    """The words in which SQLite refuses a statement."""
    connection = sqlite3.connect(":memory:")
    connection.executescript(text)
    try:
        connection.execute(sql).fetchall()
    except sqlite3.Error as error:
        return str(error)
    finally:
        connection.close()
    return None


class Postgres:
    """A PostgreSQL with the tables of a script."""

    def __init__(self, server: postgres.Server, text: str = TABLES) -> None:
        self.connection = psycopg.connect(host=str(server.socket.parent), user=postgres.USER, dbname=postgres.NAME)
        self.connection.execute(text)
        self.connection.execute("SAVEPOINT made")

    def says(self, sql: str) -> str | None:
        """The words in which it refuses a statement."""
        try:
            self.connection.execute(sql)
        except psycopg.Error as error:
            return str(error).partition("\n")[0]
        finally:
            self.connection.execute("ROLLBACK TO SAVEPOINT made")
        return None

    def close(self) -> None:
        """End the connection; nothing was ever committed."""
        self.connection.rollback()
        self.connection.close()


def comparable(said: str) -> str:
    """The words of a database without what depends on types of arguments, on how words are written, on versions."""
    said = re.sub(r"^(function \w+)\(.*\) does not exist", r"\1", said.replace("main.", "").lower())
    return re.sub(r"^(operator does not exist:) .* == .*", r"\1 ==", said)
