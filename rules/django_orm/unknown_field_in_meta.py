"""`Meta` names a field that the model does not have.

`unique_together`, and the `fields` of constraints and indexes, must name fields of the model (models.E012), and so must
`ordering` (models.E015). `migrate`, `check` and `runserver` stop with `SystemCheckError`.

Name the fields by their attributes: `author`, not the name of a column or of a class.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import problem


@rule(Category.SERVER_STARTUP_FAILURE)
def unknown_field_in_meta(facts: Facts) -> Iterator[Problem]:
    """Yield each such name."""
    for found in facts.models.defects_of("django_orm/unknown-field-in-meta"):
        yield problem(found)
