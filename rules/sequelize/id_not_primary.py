"""A model declares an `id` that is not its primary key.

Where no attribute has `primaryKey: true`, Sequelize adds a key called `id`. A model that declares `id` itself, and
leaves the mark away, throws as it is defined: `A column called 'id' was added to the attributes of 'Users' but not
marked with 'primaryKey: true'`.

Write `primaryKey: true`, or leave the attribute away.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import problems


@rule(Category.SERVER_STARTUP_FAILURE)
def id_not_primary(facts: Facts) -> Iterator[Problem]:
    """Yield each `id` of that kind."""
    yield from problems(facts, "sequelize/id-not-primary")
