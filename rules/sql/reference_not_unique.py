"""A foreign key refers to a column that is no key: a value may stand in it twice.

PostgreSQL refuses the statement: `there is no unique constraint matching given keys for referenced table`. SQLite takes
it, and where `PRAGMA foreign_keys` is on, refuses each insert with `foreign key mismatch`. A partial unique index, or
one over an expression, does not make a column a key; a primary key over two columns makes neither of them one.

Refer to the primary key of the table, or declare the column `UNIQUE`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import problem


@rule(Category.DATABASE_RUNTIME_ERROR)
def reference_not_unique(facts: Facts) -> Iterator[Problem]:
    """Yield each foreign key to what is no key."""
    for found in facts.models.defects_of("sql/reference-not-unique"):
        yield problem(found)
