"""A LEFT JOIN keeps rows without a partner, and WHERE throws them away again.

`LEFT JOIN comments c ON ... WHERE c.hidden = false` compares NULL for those without comments, which holds for none: the
join is an inner one. The rule speaks of statements that do count on such rows, since they aggregate the joined table or
replace its NULLs: articles without comments should count 0, and are missing.

Move the condition into ON, where it chooses partners and not rows, or write JOIN if only rows with partners are meant.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Severity, rule


@rule(Category.INCORRECT_QUERY_LOGIC, Severity.WARNING)
def outer_join_filtered(facts: Facts) -> Iterator[Problem]:
    """Yield each filter that undoes an outer join."""
    yield from facts.faults.get("sql/outer-join-filtered", ())
