"""A join names no condition, and no single foreign key gives one.

`select(A).join(B)` joins by the foreign key between the two tables. Where none leads from one to the other, or several
do, SQLAlchemy cannot tell how to join, and raises an error when the statement is compiled.

Write the condition (`.join(B, A.b_id == B.id)`), or join by a relationship (`.join(A.b)`).
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import asked


@rule(Category.DATABASE_RUNTIME_ERROR)
def join_without_path(facts: Facts) -> Iterator[Problem]:
    """Yield each join that SQLAlchemy cannot make."""
    yield from asked(facts, "join-without-path")
