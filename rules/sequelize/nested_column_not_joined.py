"""A condition names a column of an association that the query does not include.

`'$member.nick$'` is written into the SQL as the column `nick` of `member`. Only an include joins it; without one the
database refuses the query: `no such column: member.nick`. What an include loads with `separate: true` is not joined
either.

Include the association: `include: ['member']`; with `attributes: []` where none of it is wanted.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import query_problems


@rule(Category.INCORRECT_QUERY_LOGIC)
def nested_column_not_joined(facts: Facts) -> Iterator[Problem]:
    """Yield each condition on a column that nothing joins."""
    yield from query_problems(facts, "sequelize/nested-column-not-joined")
