"""A sub-query that belongs to each row does not look at the row.

`SELECT c.*, (SELECT COUNT(*) FROM rentals r) AS rented FROM cars c` counts the rentals of all cars for each of them,
and `EXISTS (SELECT 1 FROM rentals r WHERE r.member_id = $1)` beside a car says whether the member rented any car at
all. With one row in the table the answer is right, so that it passes for correct until there is a second.

Compare the column that refers to the outer table: `WHERE r.car_id = c.id`.

The rule looks at sub-queries in the select list that count or sum, and at EXISTS, of a table that refers to one of the
outer tables by a foreign key which no condition of the sub-query names. A total in a row of its own, without a table
around it, is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Severity, rule


@rule(Category.INCORRECT_QUERY_LOGIC, Severity.WARNING)
def uncorrelated_subquery(facts: Facts) -> Iterator[Problem]:
    """Yield each sub-query that is the same for every row."""
    yield from facts.faults.get("sql/uncorrelated-subquery", ())
