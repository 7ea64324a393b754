"""A limit counts the rows of a collection that is joined.

Sequelize keeps the limit of a query with an included collection in a subquery of the model alone. With
`subQuery: false` the limit stands at the joined rows: a member with four stories takes four of them, fewer members
come than asked for, and the last one comes with a part of its stories.

Leave `subQuery: false` out, load the collection with `separate: true`, or choose the ids of the page first.

The rule is silent where a condition on what is joined may leave one row for each object, and where rows are grouped.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import query_problems


@rule(Category.INCORRECT_QUERY_LOGIC)
def limit_over_joined_rows(facts: Facts) -> Iterator[Problem]:
    """Yield each limit over the rows of a joined collection."""
    yield from query_problems(facts, "sequelize/limit-over-joined-rows")
