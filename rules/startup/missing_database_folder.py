"""The file of the database lies in a folder that nobody makes.

SQLite makes the file, not the folder: `unable to open database file`, from the first connection on, which most often is
the one that creates the tables, so that the server does not start. Folders that hold nothing but the database are not
delivered, for git knows no empty folders.

Make the folder before the database is opened (`Path(...).mkdir(parents=True, exist_ok=True)`, `fs.mkdirSync(...)`), or
put the file beside the code.

The rule is silent where any code, script or container of the project makes folders, and about libraries that make them
by themselves, such as Sequelize.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import basename, dirname, normpath

from verifier.api import Category, Connection, Facts, Problem, Span, is_test, regex, rule

from ._scripts import containers

LIBRARIES = frozenset({"sqlalchemy", "sqlmodel", "sqlite3", "aiosqlite", "better-sqlite3", "django", "knex"})
MAKING = regex(rb"\bmkdir\w*\b|\bmakedirs\b|\bmkdtemp\b|\bmkdirp\b|ensureDir|ensure_dir|outputFile|create_dir")
PLAIN = regex(r"[\w./ -]+")


@rule(Category.SERVER_STARTUP_FAILURE)
def missing_database_folder(facts: Facts) -> Iterator[Problem]:
    """Yield each file of SQLite that is opened in a folder which the project neither holds nor makes."""
    for connection in facts.connections:
        path = connection.database or ""
        if connection.dialect != "sqlite" or connection.library not in LIBRARIES or not connection.certain:
            continue
        if connection.alternatives or is_test(connection.span.path) or not PLAIN.fullmatch(path) or path[0] == "/":
            continue
        folder = normpath(dirname(path) or ".")
        directories = {entry.command.directory for entry in facts.startup.entries} or {""}
        if folder == "." or folder.startswith("..") or "?" in directories:
            continue
        below = {normpath(f"{directory}/{folder}" if directory else folder) for directory in directories}
        if below & facts.project.directories or makes_folders(facts, folder):
            continue
        yield Problem(
            place(facts, connection, path),
            f"Nobody makes the folder `{folder}` that the file of this database lies in",
            symptom="sqlite3.OperationalError: unable to open database file"
            if connection.span.path.endswith(".py")
            else "SQLITE_CANTOPEN: unable to open database file",
            remedy="Make the folder before the database is opened, or put the file beside the code",
            identity=path,
        )


def makes_folders(facts: Facts, folder: str) -> bool:
    """Whether something of the project makes folders, or a container mounts one of that name."""
    project = facts.project
    sources = [*project.files.values(), *(one for one in project.others.values() if not one.path.endswith(".json"))]
    if any(MAKING.search(source.data) for source in sources if not is_test(source.path)):
        return True
    name = re.compile(rf"(?<![\w-]){re.escape(basename(folder))}(?![\w-])")
    return any(name.search(text) for text in containers(facts))


def place(facts: Facts, connection: Connection, path: str) -> Span:
    """Where the file is named: in the setting that the address comes from, else where the database is opened."""
    for span in (connection.span, *(one.span for one in reversed(connection.evidence))):
        source = facts.project.files.get(span.path)
        at = source.line(span.line).find(path) if source is not None else -1
        if at >= 0:
            return Span(span.path, span.line, at + 1, span.line, at + 1 + len(path))
    return connection.span
