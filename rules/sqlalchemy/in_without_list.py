"""`in_` is given something that is no list.

`column.in_(...)` takes a list, a tuple or set, or a statement that selects the values. A text, a number or an object
of a mapped class is refused when the condition is built.

Give it a list, of the ids where objects are at hand (`Post.author_id.in_([user.id for user in users])`), or compare one
value with `==`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import asked


@rule(Category.DATABASE_RUNTIME_ERROR)
def in_without_list(facts: Facts) -> Iterator[Problem]:
    """Yield each value in place of the list of `in_`."""
    yield from asked(facts, "in-without-list")
