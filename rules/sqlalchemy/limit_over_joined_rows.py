"""A limit counts the rows of a collection that is joined.

With `contains_eager()` of a collection, each object comes in as many rows as the collection has. LIMIT counts rows:
fewer objects come than asked for, and the last one with a part of its collection.

Load the collection by `selectinload()`, or put the limit into a subquery of the objects alone. (`joinedload()` does
that by itself.)
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import asked


@rule(Category.INCORRECT_QUERY_LOGIC)
def limit_over_joined_rows(facts: Facts) -> Iterator[Problem]:
    """Yield each limit over the rows of a joined collection."""
    yield from asked(facts, "limit-over-joined-rows")
