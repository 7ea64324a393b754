"""A query of Drizzle names a column that its table does not have.

A table is an object, and a key that it lacks is `undefined`. Drizzle writes nothing in its place: `eq(users.nmae, 1)`
becomes `where  = $1`, which the database refuses as a syntax error; `select({ name: users.nmae })` throws `TypeError:
Cannot convert undefined or null to object`; `count(users.nmae)` counts all rows. Keys of `values` and `set` that the
table lacks are dropped without a word.

Use the keys under which the table declares its columns (`hashPassword`, not the `hash_password` of the database).
Tables of which not all columns were read are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import problems


@rule(Category.INCORRECT_QUERY_LOGIC)
def unknown_column(facts: Facts) -> Iterator[Problem]:
    """Yield each key that a table does not have."""
    yield from problems(facts, "drizzle/unknown-column")
