"""Rows are changed or deleted, and nothing says which.

`update`, `destroy`, `increment` and `findOrCreate` of a model need `where`: without it Sequelize throws `Missing
where attribute in the options parameter`. A condition that stands beside the options (`destroy({ id })`) is none.

Write `{ where: { id } }`; to delete all rows, `{ truncate: true }` or `{ where: {} }`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import query_problems


@rule(Category.DATABASE_RUNTIME_ERROR)
def missing_where(facts: Facts) -> Iterator[Problem]:
    """Yield each change that says of no row that it is meant."""
    yield from query_problems(facts, "sequelize/missing-where")
