"""An aggregate stands in WHERE, which chooses rows before there are groups.

The database refuses the statement: `misuse of aggregate: COUNT()`, `aggregate functions are not allowed in WHERE`. The
same holds for window functions such as `ROW_NUMBER()`.

Write the condition in HAVING behind GROUP BY, or select from a sub-query that computes the value.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule


@rule(Category.DATABASE_RUNTIME_ERROR)
def aggregate_in_where(facts: Facts) -> Iterator[Problem]:
    """Yield each aggregate in WHERE."""
    yield from facts.faults.get("sql/aggregate-in-where", ())
