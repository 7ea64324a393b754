"""A foreign key does not say what happens when the row that it points at is deleted.

Since Django 2, `ForeignKey` and `OneToOneField` must be given `on_delete`. Without it the import of the models raises
`TypeError: ForeignKey.__init__() missing 1 required positional argument: 'on_delete'`, and neither the server nor
`manage.py` starts.

Write `on_delete=models.CASCADE`, or `PROTECT`, or `SET_NULL` together with `null=True`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import problem


@rule(Category.SERVER_STARTUP_FAILURE)
def missing_on_delete(facts: Facts) -> Iterator[Problem]:
    """Yield each relation to one row without `on_delete`."""
    for found in facts.models.defects_of("django_orm/missing-on-delete"):
        yield problem(found)
