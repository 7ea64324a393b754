"""A statement sets a field that the model does not have.

`update`, `get_or_create`, `update_or_create`, `bulk_update` and `save(update_fields=...)` take names of the model's
own columns. Any other raises `FieldDoesNotExist: Article has no field named 'titel'`, `FieldError: Invalid field
name(s)` or `ValueError`, and nothing is written. `update` cannot set a many-to-many relation or what another table
holds, either: `FieldError: Cannot update model field`.

Name a column of the model; change many-to-many relations by `add`, `remove` and `set`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import problem


@rule(Category.DATABASE_RUNTIME_ERROR)
def unknown_field(facts: Facts) -> Iterator[Problem]:
    """Yield each place that the reader of queries has noted."""
    for defect in facts.queries.defects_of("django_orm/unknown-field"):
        yield problem(defect)
