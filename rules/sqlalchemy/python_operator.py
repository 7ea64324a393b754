"""A condition of SQL is given to an operator that Python answers itself.

`is`, `is not`, `not`, `and`, `or` and `in` cannot be given another meaning: Python answers them at once, with the
objects that stand for columns, and the statement never hears of them. `User.email is None` is always false, so that the
query finds nothing; `Post.slug == a or Post.title == b` keeps the second condition only; `not User.active` is false.
Where Python has to ask a condition whether it is true, SQLAlchemy raises a `TypeError`.

Write what stands for them in SQL: `.is_(None)`, `.is_not(None)`, `~`, `and_()` or `&`, `or_()` or `|`, `.in_()`. With
`&` and `|`, put each condition in parentheses.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import asked


@rule(Category.INCORRECT_QUERY_LOGIC)
def python_operator(facts: Facts) -> Iterator[Problem]:
    """Yield each operator of Python between conditions of a statement."""
    yield from asked(facts, "python-operator")
