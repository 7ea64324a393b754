"""A column stands beside an aggregate and is not grouped by.

A group has many rows and may have many values of it. PostgreSQL refuses the statement:
`column "a.title" must appear in the GROUP BY clause or be used in an aggregate function`; a primary key in GROUP BY
covers the columns of its own table, not those of tables that are joined. SQLite gives the value of any row, which
without a GROUP BY is one row for the whole table; the rule speaks of that case there.

Add the column to GROUP BY, or aggregate it.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule


@rule(Category.INCORRECT_QUERY_LOGIC)
def ungrouped_column(facts: Facts) -> Iterator[Problem]:
    """Yield each column that is neither grouped by nor aggregated."""
    yield from facts.faults.get("sql/ungrouped-column", ())
