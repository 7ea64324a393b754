"""An option of a query is a text where Sequelize wants a list or an object.

`order: "createdAt DESC"` throws `Order must be type of array or instance of a valid sequelize method`, `attributes:
"name"` throws `The attributes option must be an array of column names or an object`, and `where: "points > 5"` throws
`Support for {where: 'raw query'} has been removed`.

Write `order: [['createdAt', 'DESC']]`, `attributes: ['name']`, `where: { points: { [Op.gt]: 5 } }`. Sequelize 7 takes
a text in `order`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import query_problems


@rule(Category.DATABASE_RUNTIME_ERROR)
def option_as_text(facts: Facts) -> Iterator[Problem]:
    """Yield each option that is a text and must be something else."""
    yield from query_problems(facts, "sequelize/option-as-text")
