"""An option of loading is given something that is no relationship there.

`joinedload()`, `selectinload()` and the like take a relationship of the class that is loaded at that point:
`joinedload(Post.author)`, then `.joinedload(Author.posts)`. A column, a class, a name as text (since SQLAlchemy 2) or a
relationship of another class is refused when the query runs.

Name the relationship by its class, in the order in which they lead from one class to the next.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import asked


@rule(Category.DATABASE_RUNTIME_ERROR)
def loader_option(facts: Facts) -> Iterator[Problem]:
    """Yield each option of loading that does not fit."""
    yield from asked(facts, "loader-option")
