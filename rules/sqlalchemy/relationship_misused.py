"""`any()` is asked of a single object, `has()` of a collection, a column of neither.

`any()` asks whether some row of a collection fits, `has()` whether the one related row does. SQLAlchemy refuses the one
where the other belongs, when the condition is built. `Book.author.name` is no column either: the attribute of the class
stands for the relationship, and only an object has an author to read a name of (`AttributeError: Neither
'InstrumentedAttribute' object nor 'Comparator' object associated with Book.author has an attribute 'name'`).

Write `has()` for relationships that lead to one object, `any()` for collections:
`Book.author.has(Author.name == name)`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import asked


@rule(Category.INCORRECT_QUERY_LOGIC)
def relationship_misused(facts: Facts) -> Iterator[Problem]:
    """Yield each `any()`, `has()` and column of another kind of relationship."""
    yield from asked(facts, "relationship-misused")
