"""A foreign key has another type than the column that it references.

PostgreSQL refuses to make such a table: `foreign key constraint "..." cannot be implemented`, with the detail that
the key columns are of incompatible types. It happens where a model is given UUIDs as its key while models that point
at it declare their own `DataTypes.INTEGER`. SQLite takes both, and then finds no rows.

Give the foreign key the type of what it references, or leave the attribute to the association, which copies the type.
The rule looks at projects that use PostgreSQL alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import problems


@rule(Category.DATABASE_RUNTIME_ERROR)
def foreign_key_type_mismatch(facts: Facts) -> Iterator[Problem]:
    """Yield each foreign key whose type cannot be compared."""
    yield from problems(facts, "sequelize/foreign-key-type-mismatch")
