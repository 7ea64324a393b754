"""A page is counted by the rows of a join.

`findAndCountAll` with an included collection counts one row for each item of it: a member with two stories counts
twice, so that `count` is higher than the number of members, and clients ask for pages that are empty.

Write `distinct: true`, which counts the model's own rows, or load the collection with `separate: true`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import query_problems


@rule(Category.INCORRECT_QUERY_LOGIC)
def count_of_joined_rows(facts: Facts) -> Iterator[Problem]:
    """Yield each page that counts the rows of a join."""
    yield from query_problems(facts, "sequelize/count-of-joined-rows")
