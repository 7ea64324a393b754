"""An INSERT leaves out a column that must not be NULL and has no default.

Every such INSERT fails: `NOT NULL constraint failed: users.email`, `null value in column "email" violates not-null
constraint`. What a mapped class gives by default (`default=` of SQLAlchemy or Django) is given by the mapper alone: SQL
that is written as text does not get it.

Give the column a value in the INSERT, or a default in the database. The rule is silent where the project has triggers.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule


@rule(Category.DATABASE_RUNTIME_ERROR)
def missing_required_column(facts: Facts) -> Iterator[Problem]:
    """Yield each INSERT that lacks a column."""
    yield from facts.faults.get("sql/missing-required-column", ())
