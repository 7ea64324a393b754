"""A statement names a column that its table does not have.

The database refuses the statement: `no such column: u.user_name`, `column u.user_name does not exist`, and of an
INSERT `table users has no column named user_name`. This holds for what is selected, compared, ordered by, written and
returned, in sub-queries and in `ON CONFLICT`, too. In PostgreSQL, `WHERE` does not see names of the select list, and
`WHERE name = "bob"` looks for a column `bob`: a text stands in single quotes.

Write the column as the model, DDL or migration declares it; the finding says where that is. Of tables of
which columns may exist that could not be read, it speaks only of a name that is one letter away from that of a column
and stands nowhere else in the project, as a warning.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule


@rule(Category.INCORRECT_QUERY_LOGIC)
def unknown_column(facts: Facts) -> Iterator[Problem]:
    """Yield each unknown column."""
    yield from facts.faults.get("sql/unknown-column", ())
