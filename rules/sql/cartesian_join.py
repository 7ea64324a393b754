"""No condition links two tables of a statement, and all their rows are combined.

A condition that was forgotten, or that compares a column with one of its own table, leaves every combination: rows
come back many times, counts are products, and rows of other users appear. Nothing fails until the tables grow.

Write the condition of the join. `CROSS JOIN` and `ON TRUE` say that all combinations are meant, and tables of which a
unique column is fixed give one row; the rule is silent on them, and on statements that are not wholly known.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Severity, rule


@rule(Category.INCORRECT_QUERY_LOGIC, Severity.WARNING)
def cartesian_join(facts: Facts) -> Iterator[Problem]:
    """Yield each table that no condition links."""
    yield from facts.faults.get("sql/cartesian-join", ())
