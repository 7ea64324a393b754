"""Two models have the same table.

Two models that give one name as `db_table`, or a many-to-many relation whose table bears the name of a model's, write
to the same table with different columns. The system checks refuse that (models.E028, fields.E340), and `migrate`,
`check` and `runserver` stop with `SystemCheckError`.

Give one of them another `db_table`. A model that is meant to be another view of the same rows is a proxy
(`proxy = True`), or not managed. A model that is the table of a many-to-many relation belongs into its `through`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import problem


@rule(Category.SERVER_STARTUP_FAILURE)
def duplicate_table(facts: Facts) -> Iterator[Problem]:
    """Yield each table that two models claim."""
    for found in facts.models.defects_of("django_orm/duplicate-table"):
        yield problem(found)
