"""A many-to-many relation goes through a model that does not exist.

`through` names the model that joins the two sides, as a class or by `"Model"` or `"application.Model"`. Where no model
has that name, the system checks say so (fields.E331), and `migrate`, `check` and `runserver` stop with
`SystemCheckError`.

Write the label of the application and the name of the model, or leave `through` out: Django then makes the table.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import problem


@rule(Category.SERVER_STARTUP_FAILURE)
def missing_through_model(facts: Facts) -> Iterator[Problem]:
    """Yield each many-to-many relation whose `through` is missing."""
    for found in facts.models.defects_of("django_orm/missing-through-model"):
        yield problem(found)
