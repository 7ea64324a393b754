"""A mapped column is one that neither migrations nor DDL give to its table.

The program makes its tables by migrations, or by DDL of its own, and these leave the table without the column that the
model maps. Each query and each insert of the model names the column, and fails: `no such column: articles.subtitle`,
`column articles.subtitle does not exist`. It works on the machine of whoever added the column by hand, and in tests
that make their tables of the models.

Add a migration that adds the column, or take it out of the model. The rule is silent where something makes tables of
the models (`create_all`, `sync`, `db push`), and where a migration could not be read wholly.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Related, rule

from ._drift import column_of, maker, own_columns, pairs


@rule(Category.DATABASE_RUNTIME_ERROR)
def column_without_migration(facts: Facts) -> Iterator[Problem]:
    """Yield each mapped column that no migration adds."""
    for entity, tables in pairs(facts):
        table = tables[0]
        for column in own_columns(entity):
            if any(column_of(found, column.name) is not None for found in tables):
                continue
            yield Problem(
                column.span,
                f"`{entity.name}` maps the column `{column.name}`, which `{table.name}` is not given by {maker(table)}",
                related=(Related(table.span, f"`{table.name}` is made here"),),
                symptom=f"Queries of `{entity.name}` fail: no such column: {table.name}.{column.name}",
                remedy=f"Add the column `{column.name}` to `{table.name}`, or take it out of the model",
                identity=f"{entity.name}.{column.name}",
            )
