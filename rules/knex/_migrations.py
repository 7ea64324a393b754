"""Runs the migrations of Knex on a schema that starts out empty."""

from __future__ import annotations

from collections.abc import Iterable

from verifier.api import (
    Databases,
    Declaration,
    Engine,
    Project,
    Schema,
    Span,
    is_test,
    migration_folders,
    migration_of,
    regex,
    run_migration,
)

from ._builder import Connection

MENTIONS = regex(rb"\bschema\b[\s\S]{0,200}?\.\s*(?:createTable|alterTable|table|raw)\w*\s*\(|\bknex\.raw\s*\(")


def read(engine: Engine, project: Project) -> Iterable[Declaration]:
    """The tables that the migrations of each folder leave behind."""
    program = {path: facts for path, facts in engine.table.facts.items() if not is_test(path)}
    database = Databases(program, project).only
    for files in migration_folders(project, program, MENTIONS):
        schema = Schema(database)
        connection = Connection(schema)
        for path in files:
            up = migration_of(engine, path)
            if up is None:
                schema.doubt("what a migration without `up` does", Span(path, 1))
            elif not run_migration(engine, up, [connection]):
                schema.doubt("a migration that runs too long to be followed", Span(path, 1))
        if schema.tables:
            yield from schema.result("migration")
            yield from schema.unread
