"""A statement is no SQL.

A comma too many (`SELECT id, name, FROM users`, `VALUES (?, ?,)`), a parenthesis without its other, a clause without
what it needs (`WHERE ORDER BY id`, `SET name = `): `syntax error at or near "FROM"` (PostgreSQL), `near "FROM": syntax
error` (SQLite), 500 on each call.

Reported are mistakes in texts that are known as a whole, and that every database refuses.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import problem


@rule(Category.DATABASE_RUNTIME_ERROR)
def sql_syntax(facts: Facts) -> Iterator[Problem]:
    """Yield each word that no database takes where it stands."""
    for found in facts.queries.defects_of("sql/sql-syntax"):
        yield problem(found)
