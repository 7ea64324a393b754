"""The table refuses rows without a value that the model does not give.

Migrations or DDL declare the column `NOT NULL` without a default. The model declares it nullable, or says that the
server gives its value (`server_default`), so that an insert leaves the column out, or writes NULL. The database refuses
the row: `NOT NULL constraint failed: articles.slug`, `null value in column "slug" violates not-null constraint`.

Say the same in both places: give the column a default in the migration, let it take NULL, or give the value in the
model. The rule is silent where something makes tables of the models, and where a migration could not be read wholly.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Column, Confidence, Entity, Facts, Problem, Related, Severity, Table, rule

from ._drift import column_of, maker, own_columns, pairs


@rule(Category.DATABASE_RUNTIME_ERROR, Severity.WARNING, confidence=Confidence.MEDIUM)
def not_null_drift(facts: Facts) -> Iterator[Problem]:
    """Yield each column that the table needs and the model may leave out."""
    for entity, tables in pairs(facts):
        for column in own_columns(entity):
            found = [(table, column_of(table, column.name)) for table in tables]
            if column.primary_key or any(other is None or not needs(other) for _, other in found):
                continue
            problem = left_out(entity, column, found[0][0])
            if problem is not None:
                yield problem


def needs(column: Column) -> bool:
    """Whether a row must bring a value for a column."""
    return column.known and not column.nullable and column.default is None and not column.primary_key


def left_out(entity: Entity, column: Column, table: Table) -> Problem | None:
    """Why the model may bring none."""
    if column.default == "server":
        says = f"leaves `{column.name}` to the server's default, which {maker(table)} did not declare"
    elif column.nullable and column.default is None:
        says = f"lets `{column.name}` be empty, which `{table.name}` does not"
    else:
        return None
    return Problem(
        column.span,
        f"`{entity.name}` {says}",
        related=(Related(table.span, f"`{table.name}` is made here"),),
        symptom=f"Inserts fail: NOT NULL constraint failed: {table.name}.{column.name}",
        remedy=f"Let the model and {maker(table)} say the same of `{column.name}`",
        severity=Severity.ERROR if column.default == "server" else None,
        identity=f"{entity.name}.{column.name}",
    )
