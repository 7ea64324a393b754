"""A condition compares with `undefined`.

Sequelize refuses it: `WHERE parameter "nick" has invalid "undefined" value`. It happens where an object is asked for
a key that it does not have, so that every such request fails with status 500.

Leave the condition away where there is no value, or write `null` for rows that have none. The rule speaks only where
the value surely is `undefined`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import query_problems


@rule(Category.DATABASE_RUNTIME_ERROR)
def undefined_condition(facts: Facts) -> Iterator[Problem]:
    """Yield each condition without a value."""
    yield from query_problems(facts, "sequelize/undefined-condition")
