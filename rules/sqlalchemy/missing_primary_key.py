"""A mapped class whose table has no primary key.

The mapper tells rows apart by the primary key, and refuses a table without one as soon as the class is defined:
`Mapper[Setting(settings)] could not assemble any primary key columns for mapped table 'settings'`. The module cannot be
imported, so the application does not start. It happens to join tables that were given a class, and to tables whose key
was meant to come from a mixin that is not among the bases.

Mark the column or columns that tell rows apart with `primary_key=True`. A table that only joins two others has both
foreign keys as its key, or is a `Table` without a class.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import noted


@rule(Category.SERVER_STARTUP_FAILURE)
def missing_primary_key(facts: Facts) -> Iterator[Problem]:
    """Yield each mapped class without a key."""
    yield from noted(facts, "missing-primary-key")
