"""PostgreSQL's own INSERT is given SQLite's words for conflicts.

`insert(Stamp).prefix_with("OR IGNORE")` writes `INSERT OR IGNORE INTO ...`, which SQLite knows and PostgreSQL does not:
`syntax error at or near "OR"`, 500 on each call.

Write `.on_conflict_do_nothing()` or `.on_conflict_do_update(...)`, which the inserts of both dialects have; or say for
which one the prefix is: `.prefix_with("OR IGNORE", dialect="sqlite")`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import asked


@rule(Category.INCORRECT_QUERY_LOGIC)
def prefix_not_in_dialect(facts: Facts) -> Iterator[Problem]:
    """Yield each prefix of SQLite on an INSERT of PostgreSQL."""
    yield from asked(facts, "prefix-not-in-dialect")
