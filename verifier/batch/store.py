"""The store: a DuckDB file that one process writes. What is half written is never seen: a run is one transaction."""

from __future__ import annotations

import types
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

import msgspec
from msgspec import Struct

from verifier import VERSION
from verifier.batch.nouns import (
    SCHEMA_VERSION,
    BatchError,
    CauseRow,
    ClauseRow,
    FindingRow,
    JudgedRow,
    LabelRow,
    Outcome,
    PublishedRow,
    RequestRow,
    RunRow,
    UnreadRow,
)

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from verifier.batch.published import Imported

TABLES: dict[str, type[Struct]] = {
    "runs": RunRow,
    "findings": FindingRow,
    "clauses": ClauseRow,
    "requests": RequestRow,
    "causes": CauseRow,
    "unread": UnreadRow,
    "labels": LabelRow,
    "judged": JudgedRow,
    "published": PublishedRow,
}
OF_RUNS = ("findings", "clauses", "requests", "causes", "unread", "labels")
SQL_TYPES = {str: "VARCHAR", int: "BIGINT", float: "DOUBLE", bool: "BOOLEAN"}
# A file that speaks of one model only is newer than what others say of that model, as the paper counts them.
JUDGEMENTS = """
CREATE OR REPLACE VIEW judgements AS
WITH files AS (SELECT file, kind, min(model) AS only, count(DISTINCT model) AS models FROM judged GROUP BY file, kind)
SELECT judged.* FROM judged JOIN files USING (file, kind)
WHERE files.models = 1 OR NOT EXISTS (
    SELECT 1 FROM files AS other
    WHERE other.kind = judged.kind AND other.models = 1 AND other.only = judged.model
)
"""
# Of each task the newest date counts, as in the paper. A broken constraint makes the rate 0: the paper's A%.
COUNTED = """
CREATE OR REPLACE VIEW counted AS
SELECT *, CASE WHEN compliant IS FALSE THEN 0.0 ELSE pass_rate END AS strict_rate
FROM runs
QUALIFY date IS NULL OR source <> 'tree'
    OR date = max(date) OVER (PARTITION BY source, runtime, agent, model, task)
"""


def columns_of(row: type[Struct]) -> dict[str, str]:
    """The columns of a table, with their types."""
    hints = get_type_hints(row)
    return {name: sql_type(hints[name]) for name in row.__struct_fields__}


def sql_type(hint: Any) -> str:
    """The type of a column."""
    if isinstance(hint, types.UnionType):
        hint = next(part for part in get_args(hint) if part is not type(None))
    if hint in SQL_TYPES:
        return SQL_TYPES[hint]
    return f"{SQL_TYPES[get_args(hint)[0]]}[]"


@contextmanager
def opened(path: Path, *, write: bool, export: Path | None = None) -> Iterator[DuckDBPyConnection]:
    """A store; one that is written is made where there is none.

    What stands in it may come from somebody else, its views too: it can reach no other file, but for those in the
    folder that it is exported to.

    Raises:
        BatchError: it is none, another program has it open, or it belongs to another version.
    """
    try:
        import duckdb
    except ImportError:
        raise BatchError("A store needs DuckDB: pip install 'buttress[study]'.") from None
    if not write and not path.is_file():
        raise BatchError(f"There is no store {path}.")
    if write and not path.parent.is_dir():
        raise BatchError(f"There is no folder {path.parent} for the store.")
    try:
        connection = duckdb.connect(str(path), read_only=not write, config={"autoload_known_extensions": False})
    except duckdb.Error as error:
        raise BatchError(refused(path, str(error))) from error
    try:
        if export is not None:
            connection.execute("SET allowed_directories = [?]", [f"{export}/"])
        connection.execute("SET enable_external_access = false")
        version(connection, path, write)
        yield connection
    except duckdb.Error as error:
        raise BatchError(f"The store {path} cannot be used: {first_line(error)}.") from error
    finally:
        connection.close()


def refused(path: Path, reason: str) -> str:
    """The sentence for a file that cannot be opened."""
    if "lock" in reason.lower():
        return f"The store {path} is in use by another program: one batch at a time writes it."
    if path.is_dir():
        return f"{path} is a folder: a store is a file, such as {path / 'runs.duckdb'}."
    return f"{path} is no store, or it is broken: {first_line(reason)}."


def first_line(error: object) -> str:
    """What DuckDB says first, without its full stop."""
    return (str(error).splitlines() or [""])[0].split(": ", 1)[-1].rstrip("!. ")


def version(connection: DuckDBPyConnection, path: Path, write: bool) -> None:
    """Make the tables of a new store; refuse one of another version, or somebody else's database."""
    present = {row[0] for row in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    if not present and write:
        connection.begin()
        connection.execute("CREATE TABLE meta (name VARCHAR PRIMARY KEY, value VARCHAR)")
        connection.execute(
            "INSERT INTO meta VALUES ('schema_version', ?), ('tool', ?)", [str(SCHEMA_VERSION), f"buttress {VERSION}"]
        )
        for name, row in TABLES.items():
            columns = ", ".join(f'"{column}" {kind}' for column, kind in columns_of(row).items())
            connection.execute(f"CREATE TABLE {name} ({columns})")
        connection.execute(JUDGEMENTS)
        connection.execute(COUNTED)
        connection.commit()
        return
    if "meta" not in present:
        raise BatchError(f"{path} is a database, but no store of Buttress.")
    found = connection.execute("SELECT value FROM meta WHERE name = 'schema_version'").fetchone()
    if found is None or found[0] != str(SCHEMA_VERSION):
        said = found[0] if found is not None else "unknown"
        raise BatchError(
            f"The store {path} has version {said} of the schema, this Buttress reads {SCHEMA_VERSION}: make a new one."
        )


def known_keys(connection: DuckDBPyConnection) -> dict[str, tuple[str, bool]]:
    """The runs of a store: the key of each, and whether looking at it failed."""
    rows = connection.execute("SELECT run, key, error IS NOT NULL FROM runs").fetchall()
    return {run: (key, failed) for run, key, failed in rows}


def write_runs(connection: DuckDBPyConnection, outcomes: Sequence[Outcome]) -> None:
    """Put runs in the place of what was there of them, all or nothing."""
    if not outcomes:
        return
    runs = [outcome.row.run for outcome in outcomes]
    connection.begin()
    try:
        for name in ("runs", *OF_RUNS):
            connection.execute(f"DELETE FROM {name} WHERE run IN (SELECT unnest(?::VARCHAR[]))", [runs])
        insert(connection, "runs", [outcome.row for outcome in outcomes])
        for name in OF_RUNS:
            insert(connection, name, [row for outcome in outcomes for row in getattr(outcome, name)])
        connection.commit()
    except BaseException:
        connection.rollback()
        raise


def write_published(connection: DuckDBPyConnection, imported: Iterable[Imported]) -> int:
    """Put published files in the place of what was there of them; gives how many rows they have."""
    count = 0
    connection.begin()
    try:
        for one in imported:
            for name in ("judged", "published"):
                connection.execute(f"DELETE FROM {name} WHERE file = ?", [one.file])
            insert(connection, "judged", one.judged)
            insert(connection, "published", one.averages)
            count += len(one.judged) + len(one.averages)
        connection.commit()
    except BaseException:
        connection.rollback()
        raise
    return count


def insert(connection: DuckDBPyConnection, name: str, rows: Sequence[Struct]) -> None:
    """Add rows to a table, column by column: a thousand times faster than row by row."""
    if not rows:
        return
    columns = columns_of(TABLES[name])
    parts = ", ".join(f"unnest(?::{kind}[])" for kind in columns.values())
    values = [[cell(getattr(row, column)) for row in rows] for column in columns]
    connection.execute(f"INSERT INTO {name} SELECT {parts}", values)


def cell(value: object) -> object:
    """A value as DuckDB takes it: lists for tuples, and no text that is no Unicode."""
    if isinstance(value, tuple):
        return [cell(part) for part in value]
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")
    return value


def rows_of(connection: DuckDBPyConnection, query: str, row: type[Struct]) -> list[Any]:
    """The rows that a query gives, as structs."""
    found = connection.execute(query)
    names = [column[0] for column in found.description or ()]
    wanted = set(row.__struct_fields__)
    return [
        msgspec.convert(
            {name: value for name, value in zip(names, values, strict=True) if name in wanted}, row, strict=False
        )
        for values in found.fetchall()
    ]


def write_parquet(connection: DuckDBPyConnection, folder: Path) -> None:
    """Write each table as a Parquet file.

    Raises:
        BatchError: the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BatchError(f"{folder} cannot be written: {error.strerror or error}.") from error
    for name in TABLES:
        escaped = str(folder / f"{name}.parquet").replace("'", "''")
        connection.execute(f"COPY {name} TO '{escaped}' (FORMAT parquet)")
