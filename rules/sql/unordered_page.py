"""A page of rows is taken by LIMIT and OFFSET without ORDER BY.

Without an order, the database gives rows as it finds them, which changes with every update and every plan: a client
that reads page after page sees some rows twice and others never.

Order by something that no two rows share, such as the time and then the id.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Severity, rule


@rule(Category.INCORRECT_QUERY_LOGIC, Severity.WARNING)
def unordered_page(facts: Facts) -> Iterator[Problem]:
    """Yield each page without an order."""
    yield from facts.faults.get("sql/unordered-page", ())
