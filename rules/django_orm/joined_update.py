"""An update takes a value from another table.

`update(author_name=F("author__name"))` would need a join, which UPDATE has not: Django raises `FieldError: Joined field
references are not permitted in this query`.

Use a subquery: `update(author_name=Subquery(Author.objects.filter(pk=OuterRef("author")).values("name")[:1]))`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import problem


@rule(Category.INCORRECT_QUERY_LOGIC)
def joined_update(facts: Facts) -> Iterator[Problem]:
    """Yield each place that the reader of queries has noted."""
    for defect in facts.queries.defects_of("django_orm/joined-update"):
        yield problem(defect)
