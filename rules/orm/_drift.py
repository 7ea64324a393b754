"""Mapped classes beside the tables that migrations and DDL of the same project make."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from verifier.api import Column, Entity, Facts, Memo, Table, is_test, regex

# What makes tables of the models themselves, at the start of the program or by hand: then migrations lag by right.
FROM_MODELS = regex(
    rb"\bcreate_all\b|\.sync\s*\(|\bsyncdb\b|\bsynchronize\b|\bcreate_tables\b|\bgenerate_schemas\b|\bdb\s+push\b"
    rb"|drizzle-kit\s+push|\bpushSchema\b"
)
WORDS = (b"create_all", b"sync", b"create_tables", b"generate_schemas", b"push")  # one of which each of these has
MADE: Memo[Facts, bool] = Memo()
USUAL = frozenset({None, "", "public", "main", "dbo"})


class Pair(NamedTuple):
    """A mapped class and the tables of its name, one for each place that makes it."""

    entity: Entity
    tables: tuple[Table, ...]


def declared(facts: Facts) -> list[Table]:
    """The tables that migrations and DDL make, where nothing makes tables of the models."""
    tables = [table for table in facts.models.tables if table.source in ("migration", "ddl") and table.orm != "django"]
    return tables if tables and not made_of_models(facts) else []


def made_of_models(facts: Facts) -> bool:
    """Whether the program, or a command that prepares it, makes tables of its models."""
    if facts not in MADE:
        project = facts.project
        commands = ((path, source) for path, source in project.others.items() if is_command(path))
        MADE[facts] = any(
            FROM_MODELS.search(source.data) is not None
            for path, source in (*project.files.items(), *commands)
            if any(word in source.data for word in WORDS) and not is_test(path)
        )
    return MADE[facts]


def is_command(path: str) -> bool:
    """Whether a file that is no source may prepare the program."""
    return not path.endswith((".sql", ".prisma", ".lock", "-lock.json", "_journal.json"))


def mapped(facts: Facts) -> Iterator[Entity]:
    """The mapped classes whose tables migrations should make, all of them read."""
    for entity in facts.models.entities:
        if entity.orm != "django" and entity.table is not None and entity.managed and not entity.open:
            yield entity


def pairs(facts: Facts) -> Iterator[Pair]:
    """Mapped classes with their tables, where each of the tables was read wholly."""
    by_name: dict[str, list[Table]] = {}
    for table in declared(facts):
        by_name.setdefault(table.name.lower(), []).append(table)
    for entity in mapped(facts) if by_name else ():
        tables = [
            table
            for table in by_name.get((entity.table or "").lower(), ())
            if table.schema == entity.schema or table.schema in USUAL or entity.schema in USUAL
        ]
        if tables and not any(table.open or table.view for table in tables):
            yield Pair(entity, tuple(tables))


def own_columns(entity: Entity) -> list[Column]:
    """The columns of an entity that lie in its own table."""
    return [
        column
        for column in entity.columns
        if column.known
        and (entity.own is None or column.attribute in entity.own)
        and "VIRTUAL" not in column.type.declared.upper()
    ]


def column_of(table: Table, name: str) -> Column | None:
    """The column of a name, in whatever case."""
    return next((column for column in table.columns if column.name.lower() == name.lower()), None)


def maker(table: Table) -> str:
    """What makes a table, for a reader."""
    return "the migrations" if table.source == "migration" else "the DDL"
