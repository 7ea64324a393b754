"""`Op.in` or `Op.between` is given a single value.

`{ [Op.in]: 'ann' }` throws `value.map is not a function`; `{ [Op.in]: 5 }` becomes `IN (NULL)`, and `{ [Op.between]:
5 }` becomes `BETWEEN NULL AND NULL`: no row is ever found.

Write a list, or compare with the value itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import query_problems


@rule(Category.INCORRECT_QUERY_LOGIC)
def operator_without_list(facts: Facts) -> Iterator[Problem]:
    """Yield each list operator with a single value."""
    yield from query_problems(facts, "sequelize/operator-without-list")
