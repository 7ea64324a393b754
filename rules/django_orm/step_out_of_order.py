"""A method is called on a query set that no longer allows it.

After a slice (`articles[:20]`) Django takes no more conditions, orders, updates or deletions: `TypeError: Cannot
filter a query once a slice has been taken.` After `union`, `intersection` or `difference` there is no `filter`,
`annotate` or `distinct`: `NotSupportedError: Calling QuerySet.filter() after union() is not supported.` After
`values` there is no `select_related` and no `delete`.

Filter and order first and slice last; do what must be done to each query before they are joined.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import problem


@rule(Category.INCORRECT_QUERY_LOGIC)
def step_out_of_order(facts: Facts) -> Iterator[Problem]:
    """Yield each place that the reader of queries has noted."""
    for defect in facts.queries.defects_of("django_orm/step-out-of-order"):
        yield problem(defect)
