"""A foreign key refers to a table or column that does not exist when it is declared.

PostgreSQL looks for the table and the columns of a foreign key when it reads the statement, and refuses it where they
are not there: `relation "users" does not exist`. The tables of a script must stand in the order of their references.
SQLite looks only when a row is written, where `PRAGMA foreign_keys` is on: each insert then fails with
`no such table: main.users`, or with `foreign key mismatch` where the column is missing.

Create the table that is referred to first; where two tables refer to each other, add one of the keys afterwards with
`ALTER TABLE ... ADD CONSTRAINT`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import problem


@rule(Category.DATABASE_RUNTIME_ERROR)
def unknown_reference(facts: Facts) -> Iterator[Problem]:
    """Yield each foreign key to what does not exist."""
    tables = {table.name.lower() for table in facts.models.tables if table.source not in ("ddl", "migration")}
    tables |= {entity.table.lower() for entity in facts.models.entities if entity.table is not None}
    open_ = any(entity.table is None and entity.open for entity in facts.models.entities)
    for found in facts.models.defects_of("sql/unknown-reference"):
        mapped = any(f"`{name}`, a table that nothing" in found.message.lower() for name in tables)
        if not mapped and not open_:
            yield problem(found)
