"""A statement uses a function, an operator or a form of another database.

SQLite has no `NOW()`, `ILIKE`, `::`, `INTERVAL`, `DISTINCT ON`, `FOR UPDATE` and no arrays; PostgreSQL has no
`datetime('now')`, `strftime`, `IFNULL`, `GROUP_CONCAT`, `INSERT OR IGNORE`, `GLOB` and no `LIMIT 5, 10`. What one of
them runs, the other refuses: `no such function: now`, `function ifnull(...) does not exist`,
`near "ILIKE": syntax error`.

Write what the database has; the finding says what that is. Functions that newer releases of SQLite have (`concat`,
`string_agg`) are not reported. In a project that works with several databases, code that asks which one it has is not
judged.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule


@rule(Category.INCORRECT_QUERY_LOGIC)
def not_in_dialect(facts: Facts) -> Iterator[Problem]:
    """Yield each word of another database."""
    yield from facts.faults.get("sql/not-in-dialect", ())
