"""Aggregates over two relations multiply each other.

`annotate(likes=Count("likes_set"), comments=Count("comments"))` joins both tables at once: an article with three likes
and two comments becomes six rows, and both counts are six. Nothing fails; the numbers in the response are wrong as soon
as there is more than one row on each side. Sums suffer the same, and means that are not taken for each object, or whose
relation is that which branches.

Write `Count("comments", distinct=True)`, or count in a subquery. Sums have no such help: take them in a subquery.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Severity, rule

from ._problems import problem


@rule(Category.INCORRECT_QUERY_LOGIC, Severity.WARNING)
def inflated_aggregate(facts: Facts) -> Iterator[Problem]:
    """Yield each place that the reader of queries has noted."""
    for defect in facts.queries.defects_of("django_orm/inflated-aggregate"):
        yield problem(defect)
