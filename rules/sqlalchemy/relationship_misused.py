"""`any()` is asked of a single object, or `has()` of a collection.

`any()` asks whether some row of a collection fits, `has()` whether the one related row does. SQLAlchemy refuses the one
where the other belongs, when the condition is built.

Write `has()` for relationships that lead to one object, `any()` for collections.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import asked


@rule(Category.DATABASE_RUNTIME_ERROR)
def relationship_misused(facts: Facts) -> Iterator[Problem]:
    """Yield each `any()` or `has()` of the other kind of relationship."""
    yield from asked(facts, "relationship-misused")
