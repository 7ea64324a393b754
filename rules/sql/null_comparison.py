"""A column is compared with NULL by `=` or `<>`, which holds for no row.

NULL is equal to nothing, not even to NULL, and the database does not complain: the statement finds no row, ever.

Write `IS NULL` or `IS NOT NULL`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule


@rule(Category.INCORRECT_QUERY_LOGIC)
def null_comparison(facts: Facts) -> Iterator[Problem]:
    """Yield each comparison with NULL."""
    yield from facts.faults.get("sql/null-comparison", ())
