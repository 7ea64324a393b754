"""A condition stands among the options of a query, and not in its `where`.

`Member.findOne({ nick })` looks as if it found the member of that name. Sequelize takes the object for options, knows
none that is called `nick`, and finds any row; `findAll` finds all of them. A login that looks up its user so lets
everybody in as the first.

Write `Member.findOne({ where: { nick } })`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import query_problems


@rule(Category.INCORRECT_QUERY_LOGIC)
def condition_outside_where(facts: Facts) -> Iterator[Problem]:
    """Yield each attribute that stands where options do."""
    yield from query_problems(facts, "sequelize/condition-outside-where")
