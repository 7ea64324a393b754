"""For which database SQL is meant: by the drivers that the program imports, else by what it says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from verifier.ddl.tables import Database
from verifier.model import FileFacts, Project
from verifier.regex import regex

NAMES: tuple[tuple[Database, str], ...] = (
    (
        "sqlite",
        "sqlite3 aiosqlite apsw pysqlite3 libsql better-sqlite3 sqlite node:sqlite bun:sqlite @libsql/client",
    ),
    (
        "postgresql",
        "asyncpg psycopg psycopg2 psycopg_pool psycopg2cffi pg8000 aiopg pg pg-promise pg-pool postgres "
        "@neondatabase/serverless @vercel/postgres @fastify/postgres @electric-sql/pglite",
    ),
    ("mysql", "pymysql aiomysql asyncmy MySQLdb mysql mysql2 mysql2/promise mariadb @fastify/mysql mysqlclient"),
)
DRIVERS: Mapping[str, Database] = {name: database for database, names in NAMES for name in names.split()}
INSTALLED: Mapping[str, Database] = {
    **DRIVERS,
    "psycopg2-binary": "postgresql",
    "psycopg-binary": "postgresql",
    "psycopg-pool": "postgresql",
}
MARKS: Mapping[Database, re.Pattern[str]] = {
    "mysql": regex(
        r"\bAUTO_INCREMENT\b|\bENGINE\s*=|\bUNSIGNED\b|\bTINYINT\s*\(|\bON\s+UPDATE\s+CURRENT_", re.IGNORECASE
    ),
    "sqlite": regex(
        r"\bAUTOINCREMENT\b|\bWITHOUT\s+ROWID\b|^\s*PRAGMA\b|\bstrftime\s*\(|\bdatetime\s*\(",
        re.IGNORECASE | re.MULTILINE,
    ),
    "postgresql": regex(
        r"\b(?:BIG|SMALL)?SERIAL\b|\bTIMESTAMPTZ\b|\bJSONB\b|\bBYTEA\b|\w::\w|\bUSING\s+(?:btree|gin|gist)\b|\bplpgsql\b"
        r"|\bgen_random_uuid\b|\buuid_generate_v4\b|\bWITH\s+TIME\s+ZONE\b|\bnextval\s*\(|\bAS\s+IDENTITY\b|\bILIKE\b"
        r"|\bcharacter varying\b|\bAS\s+ENUM\b",
        re.IGNORECASE,
    ),
}


class Databases:
    """Which databases the drivers of a program are for; ``facts`` are those of its files, without tests."""

    def __init__(self, facts: Mapping[str, FileFacts], project: Project) -> None:
        self.facts = facts
        self.files = project.files
        self.imported = {database for path in facts for database in self.of_file(path)}
        if not self.imported:
            named = {requirement.name.lower() for requirement in project.manifests.requirements}
            self.imported = {INSTALLED[name] for name in named if name in INSTALLED}

    def of_file(self, path: str) -> set[Database]:
        """The databases whose drivers a file imports."""
        facts = self.facts.get(path)
        found: set[Database] = set()
        for imported in facts.imports if facts is not None else ():
            if imported.level == 0:
                whole = imported.module
                known = DRIVERS.get(whole) or DRIVERS.get(whole.partition(".")[0])
                if known is not None:
                    found.add(known)
        return found

    @property
    def only(self) -> Database | None:
        """The one database that the program has drivers for; None where there are several, or none."""
        return next(iter(self.imported)) if len(self.imported) == 1 else None

    def certain(self, path: str) -> Database | None:
        """The one database whose driver a text in a file is handed to; None where there may be several."""
        for found in (self.of_file(path), self.imported):
            if found:
                return next(iter(found)) if len(found) == 1 else None
        return None

    def naming(self, path: str) -> set[Database]:
        """The databases whose drivers those files of the program import that name a file of SQL."""
        name = path.rpartition("/")[2].encode()
        naming = (other for other in self.facts if name in self.files[other].data)
        return {database for other in naming for database in self.of_file(other)}

    def of_script(self, path: str, texts: Iterable[str]) -> tuple[Database | None, bool]:
        """The one database that a file of SQL is for, and whether the program itself hands it over.

        Where no file of the program names it, another tool may: then what it says must not speak against the drivers.
        """
        named = self.naming(path)
        if named:
            return (next(iter(named)), True) if len(named) == 1 else (None, False)
        return (self.only, False) if marked(texts) in (None, self.only) else (None, False)

    def meant(self, path: str, texts: Iterable[str]) -> Database | None:
        """The database that some texts of a file are meant for."""
        return self.certain(path) or marked(texts)


def marked(texts: Iterable[str]) -> Database | None:
    """The database whose own words some texts use."""
    whole = "\n".join(texts)
    found = [database for database, mark in MARKS.items() if mark.search(whole)]
    return found[0] if found else None
