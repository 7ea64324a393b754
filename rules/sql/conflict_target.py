"""ON CONFLICT names columns that no key or unique index holds.

The database looks for an index over just these columns, and refuses the statement without one:
`ON CONFLICT clause does not match any PRIMARY KEY or UNIQUE constraint`,
`there is no unique or exclusion constraint matching the ON CONFLICT specification`.

Declare the columns unique together, or name those of the key. PostgreSQL wants columns for every `DO UPDATE`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule


@rule(Category.DATABASE_RUNTIME_ERROR)
def conflict_target(facts: Facts) -> Iterator[Problem]:
    """Yield each target that is not unique."""
    yield from facts.faults.get("sql/conflict-target", ())
