"""A row is deleted to which rows of other tables still refer.

The foreign key of the other table says nothing of what becomes of its rows (no `ON DELETE`), and nothing on the way of
the request deletes them first, or even looks at them. As soon as there is one, the database refuses to delete the row:
`update or delete on table "concerts" violates foreign key constraint`, and the request is answered with an error.

Say at the foreign key what becomes of the rows: `ondelete="CASCADE"`, `ON DELETE CASCADE`, `onDelete: 'CASCADE'`; or
delete them before.

The rule looks at keys that are enforced (SQLite has to be told to), and at tables into which the project inserts. It is
silent where the key says `RESTRICT`, where a mapper deletes or empties what refers to the row by itself, and where the
request asks the other table anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sqlglot import exp

from verifier.api import (
    Category,
    Class,
    Column,
    Confidence,
    Entity,
    Facts,
    FunctionRef,
    Problem,
    Query,
    Related,
    Severity,
    Table,
    is_test,
    regex,
    rule,
)

SILENT = frozenset({"", "NO ACTION"})
TOLD = regex(rb"(?i)PRAGMA\s+foreign_keys\s*(?:=|\()\s*(?:on|1|true)")
# Libraries that tell SQLite to heed foreign keys, or that it is built with for that.
HEEDING = frozenset({"sequelize", "django_orm", "prisma", "better-sqlite3"})


class Key(NamedTuple):
    """A foreign key that says nothing of what becomes of its row: of which table, and where it leads."""

    table: str
    column: Column
    target: str


@rule(Category.DATABASE_RUNTIME_ERROR, Severity.WARNING, confidence=Confidence.MEDIUM)
def referenced_row_deleted(facts: Facts) -> Iterator[Problem]:
    """Yield each statement that deletes rows of a table to which an enforced key leads, on the way of a route."""
    if not enforced(facts):
        return
    keys: dict[str, list[Key]] = {}
    for key in keys_of(facts):
        keys.setdefault(key.target, []).append(key)
    if not keys:
        return
    inserted = set(filled(facts))
    below = [set(facts.calls.runs.below([start])) for _, start in facts.calls.runs.starts]
    seen: set[tuple[object, str]] = set()
    for query in facts.queries.queries:
        if query.function is None or is_test(query.span.path):
            continue
        for target in sorted(written(query, exp.Delete)):
            for key in keys.get(target, ()):
                if key.table == target or key.table not in inserted or (query.span, key.table) in seen:
                    continue
                ways = [functions for functions in below if query.function in functions]
                if not ways or any(key.table in asked(facts, functions) for functions in ways):
                    continue
                if empties(facts, query, key):
                    continue
                seen.add((query.span, key.table))
                yield Problem(
                    query.span,
                    f"rows of `{target}` are deleted, and those of `{key.table}` that refer to them stay",
                    related=(Related(key.column.span, f"`{key.column.name}` says nothing of what becomes of them"),),
                    symptom=f'500: update or delete on table "{target}" violates foreign key constraint on table '
                    f'"{key.table}"',
                    remedy="Say it at the key (`ON DELETE CASCADE`), or delete these rows before",
                    identity=f"{target} {key.table}",
                )


def enforced(facts: Facts) -> bool:
    """Whether the database of the project heeds foreign keys."""
    if facts.dialects & {"postgresql", "mysql"} or "postgres" in facts.further_dialects:
        return True
    if "sqlite" not in facts.dialects:
        return False
    libraries = {connection.library for connection in facts.connections}
    return bool(libraries & HEEDING) or any(TOLD.search(source.data) for source in facts.project.files.values())


def keys_of(facts: Facts) -> Iterator[Key]:
    """The foreign keys of mapped classes and tables that say nothing of what becomes of their rows.

    Of a class whose table migrations make, too, those that neither says anything of.
    """
    made = {table.name: {column.name: column for column in table.columns} for table in facts.models.tables}
    mapped = set()
    for entity in facts.models.entities:
        if entity.table is not None and entity.managed and not is_test(entity.span.path):
            mapped.add(entity.table)
            for column in entity.columns:
                if entity.table not in made or any(silent(entity.table, made[entity.table].get(column.name))):
                    yield from silent(entity.table, column)
    for table in facts.models.tables:
        if table.name not in mapped and not is_test(table.span.path):
            for column in table.columns:
                yield from silent(table.name, column)


def silent(table: str, column: Column | None) -> Iterator[Key]:
    """The key of a column, where it has exactly one that says nothing."""
    if column is None or len(column.references) != 1:
        return
    for reference in column.references:
        if (reference.on_delete or "").upper() in SILENT and reference.table:
            yield Key(table, column, reference.table)


def written(query: Query, kind: type[exp.Expr]) -> set[str]:
    """The tables that a query inserts into, or deletes from."""
    return {
        table.name
        for statement in query.statements
        for node in statement.tree.find_all(kind)
        for table in [node.find(exp.Table)]
        if table is not None
    }


def filled(facts: Facts) -> Iterator[str]:
    """The tables that get rows: by statements, or by objects that are made."""
    for query in facts.queries.queries:
        yield from written(query, exp.Insert)
    for use in facts.uses:
        entity = facts.entity_of(use.callee) if isinstance(use.callee, Class) else None
        if entity is not None and entity.table is not None:
            yield entity.table


def asked(facts: Facts, functions: set[FunctionRef]) -> set[str]:
    """The tables that the queries of some functions name."""
    return {
        table.name
        for query in facts.queries.queries
        if query.function in functions
        for statement in query.statements
        for table in statement.tree.find_all(exp.Table)
    }


def empties(facts: Facts, query: Query, key: Key) -> bool:
    """Whether a mapper deletes the rows that refer to the deleted one, or empties their keys."""
    owner: Entity | Table | None = next((one for one in facts.models.entities if one.table == key.target), None)
    if not isinstance(owner, Entity):
        return False
    if query.library == "django_orm":
        return True  # it looks for them itself
    if query.library == "sqlalchemy" and query.site is not None and query.site.library.endswith(".delete"):
        return any(rel.many or rel.on_delete for rel in owner.relationships if leads_to(facts, rel.target, key.table))
    return False


def leads_to(facts: Facts, target: str, table: str) -> bool:
    """Whether an entity of a name maps a table."""
    return any(entity.name == target and entity.table == table for entity in facts.models.entities)
