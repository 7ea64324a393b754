"""`select` is given a list of columns.

`select([User.id, User.name])` is the form of SQLAlchemy 1.3. Since version 2 `select` takes columns one by one, and a
list raises an error.

Write `select(User.id, User.name)`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import asked


@rule(Category.DATABASE_RUNTIME_ERROR)
def select_with_list(facts: Facts) -> Iterator[Problem]:
    """Yield each `select` with a list, where SQLAlchemy 2 is used."""
    yield from asked(facts, "select-with-list")
