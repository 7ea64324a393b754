"""A relational query of Drizzle asks for a relation that its table does not declare.

`db.query.users.findMany({ with: { posts: true } })` finds `posts` in the `relations` of `users`. Where it is missing
there, Drizzle throws `TypeError: Cannot read properties of undefined (reading 'referencedTable')`; a foreign key by
itself declares no relation.

Declare it: `relations(users, ({ many }) => ({ posts: many(posts) }))`, and hand that to `drizzle(client, { schema })`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import problems


@rule(Category.INCORRECT_QUERY_LOGIC)
def unknown_relation(facts: Facts) -> Iterator[Problem]:
    """Yield each relation that is asked for and not declared."""
    yield from problems(facts, "drizzle/unknown-relation")
