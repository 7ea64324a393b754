"""A condition has an operator that is written as a text.

Sequelize 4 took `{ $gt: 5 }`; since version 5 these texts are values like any other. `{ points: { $gt: 5 } }`
compares `points` with the object: the text `[object Object]`, or `Error: Invalid value { '$in': [...] }`. `$or` and
`$and` as keys are taken for columns.

Write the symbols of `Op`: `{ points: { [Op.gt]: 5 } }`, `{ [Op.or]: [...] }`. Projects that set `operatorsAliases`
are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import query_problems


@rule(Category.INCORRECT_QUERY_LOGIC)
def string_operator(facts: Facts) -> Iterator[Problem]:
    """Yield each operator that is written as a text."""
    yield from query_problems(facts, "sequelize/string-operator")
