"""A relationship is compared with an id.

`Post.author == user` compares the key of the post with that of the user, and takes an object. An id, or a column of
another class, is refused when the condition is built.

Compare the column that holds the key, `Post.author_id == user_id`, or give the object.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import asked


@rule(Category.DATABASE_RUNTIME_ERROR)
def relationship_compared_with_id(facts: Facts) -> Iterator[Problem]:
    """Yield each comparison of a relationship with something that is no object."""
    yield from asked(facts, "relationship-compared-with-id")
