"""An annotation is given the name of a field.

The objects that a query gives have the model's fields and the annotations side by side, so `annotate(comments=
Count("comments"))` raises `ValueError: The annotation 'comments' conflicts with a field on the model.` The names of
relations from other models count as well.

Give the annotation a name of its own, such as `comment_count`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import problem


@rule(Category.INCORRECT_QUERY_LOGIC)
def annotation_clash(facts: Facts) -> Iterator[Problem]:
    """Yield each place that the reader of queries has noted."""
    for defect in facts.queries.defects_of("django_orm/annotation-clash"):
        yield problem(defect)
