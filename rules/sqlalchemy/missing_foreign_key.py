"""A relationship between two classes whose tables no foreign key joins.

When mappers are configured, SQLAlchemy looks for a foreign key between the two tables, and fails without one: `Could
not determine join condition between parent/child tables on relationship User.posts - there are no foreign keys
linking these tables`. That happens on the first query or the first object of any mapped class, and every use of every
model after it fails as well.

Give the side that belongs to the other one a column with a `ForeignKey`; for a many-to-many relationship, a table
with a foreign key to each side, named by `secondary`. Where the tables are joined by something else, write a
`primaryjoin`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import noted


@rule(Category.DATABASE_RUNTIME_ERROR)
def missing_foreign_key(facts: Facts) -> Iterator[Problem]:
    """Yield each relationship that nothing joins."""
    yield from noted(facts, "missing-foreign-key")
