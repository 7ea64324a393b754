"""A table declares a column twice.

Every database refuses the statement: `column "name" specified more than once`, `duplicate column name: name`. The table
is not created, and what needs it fails with `no such table`. The same holds for a migration that adds a column which
the table has already.

Declare the column once.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import problem


@rule(Category.DATABASE_RUNTIME_ERROR)
def duplicate_column(facts: Facts) -> Iterator[Problem]:
    """Yield each column that its table has already."""
    for found in facts.models.defects_of("sql/duplicate-column"):
        yield problem(found)
