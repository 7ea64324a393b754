"""A condition has an operator that SQLite does not know.

`Op.iLike`, `Op.iRegexp`, `Op.contains`, `Op.overlap`, `Op.any` and others are PostgreSQL's. Sequelize writes them
into the SQL whatever the database is, and SQLite refuses it: `near "ILIKE": syntax error`, `unrecognized token: "@"`,
`no such function: REGEXP`.

Write `Op.like`, which does not mind the case of ASCII letters in SQLite, or compare `fn('lower', col('name'))`; keep
what is searched by `Op.contains` in a table of its own. Files that look at the dialect are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import query_problems


@rule(Category.INCORRECT_QUERY_LOGIC)
def operator_not_in_dialect(facts: Facts) -> Iterator[Problem]:
    """Yield each operator that the database lacks."""
    yield from query_problems(facts, "sequelize/operator-not-in-dialect")
