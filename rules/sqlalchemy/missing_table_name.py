"""A class derives from the declarative base and says nothing of its table.

Every class that derives from a declarative base is mapped. One without `__tablename__`, `__table__` or a mapped class
to inherit from ends the import: `Class <class 'User'> does not have a __table__ or __tablename__ specified and does not
inherit from an existing table-mapped class`.

Give it a `__tablename__`, or `__abstract__ = True` where it is a base for others. (Flask-SQLAlchemy and SQLModel name
tables by themselves.)
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import noted


@rule(Category.SERVER_STARTUP_FAILURE)
def missing_table_name(facts: Facts) -> Iterator[Problem]:
    """Yield each mapped class without a table."""
    yield from noted(facts, "missing-table-name")
