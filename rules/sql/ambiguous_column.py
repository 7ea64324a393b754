"""A column without a table in front exists in several tables of the statement.

The database does not guess which is meant: `ambiguous column name: id`, `column reference "id" is ambiguous`. A join
that is added to a working query makes names ambiguous that were not before, `id` and `created_at` first of all. In
`ON CONFLICT ... DO UPDATE SET n = n + 1`, PostgreSQL finds both the row that exists and `excluded`.

Write the table's name or alias in front of the column.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule


@rule(Category.INCORRECT_QUERY_LOGIC)
def ambiguous_column(facts: Facts) -> Iterator[Problem]:
    """Yield each ambiguous column."""
    yield from facts.faults.get("sql/ambiguous-column", ())
