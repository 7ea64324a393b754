"""A name with capital letters lacks the quotes without which PostgreSQL makes it small.

Mappers create `"createdAt"` in quotes. In SQL of one's own, `createdAt` means `createdat`:
`column "createdat" does not exist`, `relation "users" does not exist` for the table `"Users"`. SQLite takes both, so
that the statement works in a test there.

Write the name in double quotes wherever it is used, or let the mapper use small letters (`underscored`, `field`).
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule


@rule(Category.DATABASE_RUNTIME_ERROR)
def folded_name(facts: Facts) -> Iterator[Problem]:
    """Yield each name that lacks its quotes."""
    yield from facts.faults.get("sql/folded-name", ())
