"""`mapped_column()` stands inside of `Table(...)`.

A `Table` takes `Column` objects, constraints and indexes. `mapped_column()` is for the bodies of mapped classes, and
gives something else: `'SchemaItem' object, such as a 'Column' or a 'Constraint' expected`. The import of the module
fails.

Write `Column(...)`, with its type as an argument: there is no annotation to take it from.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import noted


@rule(Category.SERVER_STARTUP_FAILURE)
def mapped_column_in_table(facts: Facts) -> Iterator[Problem]:
    """Yield each `mapped_column()` that a `Table` is given."""
    yield from noted(facts, "mapped-column-in-table")
