"""A relation points at a model that does not exist.

A relation may name its target by a text: `"Model"` of the same application, or `"application.Model"`. Where no model
has that name, the system checks say so (fields.E300, fields.E307), and `migrate`, `check` and `runserver` stop with
`SystemCheckError`. Most often the label of the application is missing, or the model lives in another one.

Write the label of the application and the name of the model, `"people.Author"`, or import the class.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import problem


@rule(Category.SERVER_STARTUP_FAILURE)
def unknown_relation_target(facts: Facts) -> Iterator[Problem]:
    """Yield each relation whose target is missing."""
    for found in facts.models.defects_of("django_orm/unknown-relation-target"):
        yield problem(found)
