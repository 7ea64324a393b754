"""Rows with a joined collection are fetched without `.unique()`.

`joinedload()` of a collection repeats each object, once for each row of the collection. A result of `select()` does not
drop the repetitions by itself: without `.unique()`, SQLAlchemy 2 refuses to hand out its rows. Only `first()`
and `session.scalar()`, which take one row, do without.

Write `session.scalars(statement).unique().all()`, or load the collection by `selectinload()`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import asked


@rule(Category.DATABASE_RUNTIME_ERROR)
def missing_unique(facts: Facts) -> Iterator[Problem]:
    """Yield each fetch of rows with a joined collection that are not made unique."""
    yield from asked(facts, "missing-unique")
