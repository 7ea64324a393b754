"""A page is limited by a condition on rows that are joined outside of it.

With `limit` and an included collection, Sequelize puts the limit into a statement of its own inside, and joins the
collection outside, so that the limit counts rows of the model. A condition `'$stories.title$'` goes to the statement
inside, where nothing is joined: `no such column: stories.title`.

Put the condition into the include (`{ association: 'stories', where: { title } }`), or write `subQuery: false` where
each row joins at most one.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import query_problems


@rule(Category.INCORRECT_QUERY_LOGIC)
def nested_column_in_page(facts: Facts) -> Iterator[Problem]:
    """Yield each condition on what is joined outside of the limited statement."""
    yield from query_problems(facts, "sequelize/nested-column-in-page")
