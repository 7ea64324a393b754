"""`contains_eager` names a relationship that the query does not join.

`contains_eager(Post.author)` says that the query itself has joined the author, and adds the columns of its table. Where
no join does, the table stands in FROM by itself: each row is combined with every row of the other table, and objects
get relatives that are not theirs.

Join along the relationship (`.join(Post.author)`), or let `joinedload()` do it.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import asked


@rule(Category.INCORRECT_QUERY_LOGIC)
def eager_without_join(facts: Facts) -> Iterator[Problem]:
    """Yield each `contains_eager` without its join."""
    yield from asked(facts, "eager-without-join")
