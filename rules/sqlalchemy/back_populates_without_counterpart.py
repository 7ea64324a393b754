"""`back_populates` names an attribute that is not the other side of the relationship.

Two relationships that name each other keep each other in step. Where the named attribute does not exist on the other
class, is a column, or leads to another class, mappers cannot be configured: `Mapper[User(users)] has no property
'comments'`. That happens on the first query or the first object of any mapped class, and every use of every model after
it fails as well.

Declare the other side with the name that is given, and let it name this one; or write `backref="..."`, which makes the
other side by itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import noted


@rule(Category.DATABASE_RUNTIME_ERROR)
def back_populates_without_counterpart(facts: Facts) -> Iterator[Problem]:
    """Yield each relationship whose other side is not there."""
    yield from noted(facts, "back-populates-without-counterpart")
