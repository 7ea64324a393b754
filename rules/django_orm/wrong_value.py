"""A lookup or a new row is given a value that Django refuses.

A relation is compared with an object of another model (`ValueError: Cannot query "tag": Must be "Author" instance.`), a
number with a text that is none (`Field 'id' expected a number but got 'latest'`), a lookup other than `exact` with None
(`Cannot use None as a query value`), one value with a query that may give many, or a query is filtered by an expression
that is no condition. A relation of a new row takes the object alone: `Review.objects.create(book=book_id)` raises
`ValueError: Cannot assign "1": "Review.book" must be a "Book" instance.` The request is answered with 500.

Give a relation an object of its model or that one's key; of a new row, `book_id=book_id`. Write `isnull=True` for None
and `__in` for a query.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import problem


@rule(Category.INCORRECT_QUERY_LOGIC)
def wrong_value(facts: Facts) -> Iterator[Problem]:
    """Yield each place that the reader of queries has noted."""
    for defect in facts.queries.defects_of("django_orm/wrong-value"):
        yield problem(defect)
