"""A mapped class has a table that no migration and no DDL makes.

The program makes its tables by migrations, or by DDL of its own, and none of them makes the table of this model. Each
query of it fails: `no such table: comments`, `relation "comments" does not exist`. It works on the machine of whoever
made the table by hand, and in tests that make their tables of the models.

Add a migration that makes the table. The rule is silent where something makes tables of the models (`create_all`,
`sync`, `db push`), where a migration could not be read wholly, and where most tables come from elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Related, rule

from ._drift import declared, maker, mapped


@rule(Category.DATABASE_RUNTIME_ERROR)
def table_without_migration(facts: Facts) -> Iterator[Problem]:
    """Yield each mapped class whose table nothing makes."""
    tables = declared(facts)
    if not tables or any(table.open for table in tables):
        return
    names = {table.name.lower() for table in tables}
    paths = {table.span.path.rpartition("/")[0] for table in tables}
    if any(unread.span.path.rpartition("/")[0] in paths for unread in facts.models.unread):
        return
    entities = [entity for entity in mapped(facts) if entity.inheritance != "single"]
    found = [entity for entity in entities if (entity.table or "").lower() in names]
    missing = [entity for entity in entities if (entity.table or "").lower() not in names]
    if len(found) <= len(missing):
        return
    for entity in missing:
        yield Problem(
            entity.span,
            f"`{entity.name}` has the table `{entity.table}`, which nothing makes",
            related=(Related(tables[0].span, f"a table of {maker(tables[0])}"),),
            symptom=f"Queries of `{entity.name}` fail: no such table: {entity.table}",
            remedy=f"Add a migration that makes `{entity.table}`",
            identity=entity.name,
        )
