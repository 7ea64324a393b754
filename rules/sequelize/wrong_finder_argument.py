"""A finder is given a key where it wants options, or options where it wants a key.

`findOne(5)` and `findAll("ann")` throw `The argument passed to findOne must be an options object`; `findByPk({ id: 5
})` and `findByPk(member)` throw `Argument passed to findByPk is invalid: [object Object]`.

Write `findByPk(5)`, or `findOne({ where: { nick: "ann" } })`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import query_problems


@rule(Category.DATABASE_RUNTIME_ERROR)
def wrong_finder_argument(facts: Facts) -> Iterator[Problem]:
    """Yield each finder with an argument of another kind."""
    yield from query_problems(facts, "sequelize/wrong-finder-argument")
