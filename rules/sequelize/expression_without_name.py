"""An include selects an expression, and gives it no name.

Sequelize reads what is joined by the names of its columns. `attributes: [fn('COUNT', col('id'))]` in an include has
none, and it throws `Tried to select attributes using Sequelize.cast or Sequelize.fn without specifying an alias for
the result, during eager loading`.

Write a pair: `[fn('COUNT', col('id')), 'total']`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import query_problems


@rule(Category.DATABASE_RUNTIME_ERROR)
def expression_without_name(facts: Facts) -> Iterator[Problem]:
    """Yield each expression of an include without a name."""
    yield from query_problems(facts, "sequelize/expression-without-name")
