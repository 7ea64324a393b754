"""Values of different types are compared or stored, which PostgreSQL does not do.

`operator does not exist: integer = character varying`, `operator does not exist: boolean = integer` for `active = 1`,
`invalid input syntax for type integer: "abc"`, `column "active" is of type boolean but expression is of type integer`.
SQLite takes all of it, finds no row where a text is compared with a number, and keeps what it is given.

Compare what belongs together (an id with an id, a slug with a slug), write `true` and `false`, or cast one side.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule


@rule(Category.INCORRECT_QUERY_LOGIC)
def type_mismatch(facts: Facts) -> Iterator[Problem]:
    """Yield each value of another type."""
    yield from facts.faults.get("sql/type-mismatch", ())
