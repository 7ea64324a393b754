"""An attribute has a type that the database lacks.

With the dialect `sqlite`, `DataTypes.ARRAY` makes a column of the type `VARCHAR(255)[]`, which is a syntax error;
geometries fail when a row is saved (`no such function: ST_GeomFromText`); of a range or an `HSTORE`, the text
`[object Object]` is stored. JSON and JSONB work on SQLite.

Use `DataTypes.JSON`, a table for the items, or PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import problems


@rule(Category.DATABASE_RUNTIME_ERROR)
def type_not_in_dialect(facts: Facts) -> Iterator[Problem]:
    """Yield each attribute of such a type."""
    yield from problems(facts, "sequelize/type-not-in-dialect")
