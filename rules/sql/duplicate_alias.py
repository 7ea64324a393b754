"""One statement joins a table twice under one name.

A filter that joins the table of users for the author, and another one for who marked the article as a favorite, are
right alone; used together they join `users` twice. PostgreSQL refuses the statement,
`table name "users" specified more than once`; SQLite refuses each column of it, `ambiguous column name: users.id`.

Give each of the two an alias of its own, and use it in the conditions.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule


@rule(Category.INCORRECT_QUERY_LOGIC)
def duplicate_alias(facts: Facts) -> Iterator[Problem]:
    """Yield each second table of one name."""
    yield from facts.faults.get("sql/duplicate-alias", ())
