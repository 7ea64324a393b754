"""A SELECT DISTINCT is ordered by what it does not select.

Rows that become one may differ in what is ordered by, and PostgreSQL refuses to choose:
`for SELECT DISTINCT, ORDER BY expressions must appear in select list`. With `DISTINCT ON`, the rows must be ordered by
its expressions first.

Select what is ordered by, or group by the columns and order by an aggregate such as MAX.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule


@rule(Category.INCORRECT_QUERY_LOGIC)
def distinct_order_by(facts: Facts) -> Iterator[Problem]:
    """Yield each order that DISTINCT does not select."""
    yield from facts.faults.get("sql/distinct-order-by", ())
