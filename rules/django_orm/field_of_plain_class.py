"""A field stands in a class that is no model.

Django takes the fields of a model and of the abstract models that it derives from. A mixin that does not derive from
`models.Model` hands its fields down as plain attributes: the table has no such column, migrations never mention it, a
look-up raises `FieldError: Cannot resolve keyword`, and what is assigned to the attribute is not saved.

Derive the mixin from `models.Model`, and give it `class Meta: abstract = True`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import problem


@rule(Category.DATABASE_RUNTIME_ERROR)
def field_of_plain_class(facts: Facts) -> Iterator[Problem]:
    """Yield each field that Django does not see."""
    for found in facts.models.defects_of("django_orm/field-of-plain-class"):
        yield problem(found)
