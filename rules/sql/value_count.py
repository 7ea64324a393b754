"""A statement gives another number of values, or columns, than the place takes.

An INSERT must bring one value for each column that it names, in each of its rows; the sides of a UNION must have as
many columns as each other; a sub-query that is compared gives one. The database refuses the statement:
`2 values for 3 columns`, `INSERT has more target columns than expressions`,
`each UNION query must have the same number of columns`.

Count columns and values again; the last change most likely added one of them alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule


@rule(Category.INCORRECT_QUERY_LOGIC)
def value_count(facts: Facts) -> Iterator[Problem]:
    """Yield each number of values that does not fit."""
    yield from facts.faults.get("sql/value-count", ())
