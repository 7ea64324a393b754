"""A statement names a table that nothing in the project declares.

The database refuses it when it runs: `no such table: artciles`, `relation "artciles" does not exist`. The request fails
with status 500, also where the table exists on somebody's machine from an older version.

Write the name of the table as its model, DDL or migration has it. The rule is silent where the text of any file makes a
table of that name, and for catalogs of the database. Where something that declares tables could not be read, it speaks
only of a name that is one letter away from that of a table and stands nowhere else in the project, as a warning.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule


@rule(Category.DATABASE_RUNTIME_ERROR)
def unknown_table(facts: Facts) -> Iterator[Problem]:
    """Yield each unknown table."""
    yield from facts.faults.get("sql/unknown-table", ())
