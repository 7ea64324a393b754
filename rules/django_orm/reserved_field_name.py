"""A field has a name that Django cannot use.

A field's name must not end with an underscore (fields.E001), for `author_id` and look-ups are made of it; it must not
contain two of them (fields.E002), for they separate the parts of a look-up; and it must not be `pk` (fields.E003).
`migrate`, `check` and `runserver` stop with `SystemCheckError`.

Name the field otherwise; where the column must bear that name, give it as `db_column`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import problem


@rule(Category.SERVER_STARTUP_FAILURE)
def reserved_field_name(facts: Facts) -> Iterator[Problem]:
    """Yield each field with such a name."""
    for found in facts.models.defects_of("django_orm/reserved-field-name"):
        yield problem(found)
