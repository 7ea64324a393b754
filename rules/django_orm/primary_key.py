"""A field takes the place of the primary key without being it.

Where no field of a model has `primary_key=True`, Django adds a key named `id`. A field of that name that is no primary
key is in its way (models.E004), and two fields with `primary_key=True` are one too many (models.E026): `migrate`,
`check` and `runserver` stop with `SystemCheckError`.

Write `id = models.UUIDField(primary_key=True, default=uuid.uuid4)`, or leave the field out. A key of several columns is
a `CompositePrimaryKey` since Django 5.2, or a `UniqueConstraint` beside `id`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import problem


@rule(Category.SERVER_STARTUP_FAILURE)
def primary_key(facts: Facts) -> Iterator[Problem]:
    """Yield each field that is in the way of the primary key."""
    for found in facts.models.defects_of("django_orm/primary-key"):
        yield problem(found)
