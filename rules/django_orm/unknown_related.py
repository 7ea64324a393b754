"""`select_related` or `prefetch_related` names no relation that it can follow.

`select_related` joins what leads to one row: foreign keys, one-to-one fields and the other side of those. A plain
column, a relation to several rows or a name that the model does not have raises `FieldError: Invalid field name(s)
given in select_related`. `prefetch_related` follows any relation, by the names that objects have; else it raises
`AttributeError: Cannot find 'coments' on Article object` or `ValueError: 'title' does not resolve to an item that
supports prefetching`, once there are rows.

Write the relation as the model declares it, and `prefetch_related` for relations to several rows.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import problem


@rule(Category.DATABASE_RUNTIME_ERROR)
def unknown_related(facts: Facts) -> Iterator[Problem]:
    """Yield each place that the reader of queries has noted."""
    for defect in facts.queries.defects_of("django_orm/unknown-related"):
        yield problem(defect)
