"""A query names a field or lookup that the model does not have.

The keywords of `filter`, `exclude` and `get`, the names in `order_by`, `values`, `only`, `F` and `Count` lead from
field to field: `author__country__name`. Where a name is neither a field, a relation nor what the other side calls it,
Django raises `FieldError: Cannot resolve keyword 'autor' into field`, where it is no lookup of its field,
`Unsupported lookup 'contain' for CharField`. The request is answered with 500.

Name the field as the model declares it, what points at the model by its `related_query_name`, `related_name` or the
model's name in small letters (not `comment_set`), and what `annotate` made by its alias. Models of which not all was
read are left alone, and so are lookups where the project registers some of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import problem


@rule(Category.DATABASE_RUNTIME_ERROR)
def unknown_lookup(facts: Facts) -> Iterator[Problem]:
    """Yield each place that the reader of queries has noted."""
    for defect in facts.queries.defects_of("django_orm/unknown-lookup"):
        yield problem(defect)
