"""A related manager is asked to let go of rows that cannot stand alone.

`author.books.remove(book)` sets the foreign key of the book to NULL. Where the field is not `null=True`, Django gives
the manager no `remove` and no `clear` at all: `AttributeError: 'RelatedManager' object has no attribute 'remove'`.

Delete the rows (`author.books.filter(...).delete()`), give them to somebody else, or let the field be NULL.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import problem


@rule(Category.INCORRECT_QUERY_LOGIC)
def missing_manager_method(facts: Facts) -> Iterator[Problem]:
    """Yield each place that the reader of queries has noted."""
    for defect in facts.queries.defects_of("django_orm/missing-manager-method"):
        yield problem(defect)
