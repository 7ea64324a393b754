"""`filter_by` names an attribute that the entity does not have.

Keywords of `filter_by()`, `any()` and `has()` are attributes of the class that the query is about: the one that was
joined last, or else the first one that it selects. A name that this class does not have raises an error when the query
is built.

Write the attribute as the class declares it, or use `where(Other.attribute == value)` for another class.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import asked


@rule(Category.DATABASE_RUNTIME_ERROR)
def unknown_filter_keyword(facts: Facts) -> Iterator[Problem]:
    """Yield each keyword of `filter_by` that the entity lacks."""
    yield from asked(facts, "unknown-filter-keyword")
