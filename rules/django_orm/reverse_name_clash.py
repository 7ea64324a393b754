"""Two relations give one model the same name, or a name that a field has.

Django adds an accessor to the model that a `ForeignKey`, `OneToOneField` or `ManyToManyField` points at:
`related_name`, or `article_set`. Two foreign keys from one model to another without a `related_name` want the same
one, and so do the children of an abstract base whose `related_name` is a plain word; an accessor may also bear the name
of a field of the target. The system checks find that (fields.E302, fields.E304), and `migrate`, `check` and `runserver`
stop with `SystemCheckError`. A server that runs no checks starts, and the accessor is that of the relation declared
last.

Give each relation a `related_name` of its own; in an abstract base, one with `%(class)s`. `related_name="+"` asks for
no accessor.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import problem


@rule(Category.SERVER_STARTUP_FAILURE)
def reverse_name_clash(facts: Facts) -> Iterator[Problem]:
    """Yield each relation whose accessor is taken."""
    for found in facts.models.defects_of("django_orm/reverse-name-clash"):
        yield problem(found)
