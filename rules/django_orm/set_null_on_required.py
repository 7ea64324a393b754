"""A key is set to NULL when its target is deleted, and cannot be NULL.

`on_delete=models.SET_NULL` needs `null=True` (fields.E320), and `SET_DEFAULT` needs a `default` (fields.E321).
`migrate`, `check` and `runserver` stop with `SystemCheckError`.

Add `null=True`, or choose `CASCADE` or `PROTECT`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import problem


@rule(Category.SERVER_STARTUP_FAILURE)
def set_null_on_required(facts: Facts) -> Iterator[Problem]:
    """Yield each such key."""
    for found in facts.models.defects_of("django_orm/set-null-on-required"):
        yield problem(found)
