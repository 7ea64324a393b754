"""A moment with a time zone is stored in a column without one, over asyncpg.

`DateTime` is `TIMESTAMP WITHOUT TIME ZONE` on PostgreSQL, and asyncpg takes no moment with a zone for it: the first
row that gets its default from `datetime.now(timezone.utc)` fails with `DataError: can't subtract offset-naive and
offset-aware datetimes`. psycopg and SQLite take it, so it shows only where the application is run for real.

Declare the column as `DateTime(timezone=True)`, or store moments without a zone.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Related, rule

PLAIN = frozenset({"DateTime", "TIMESTAMP", "DATETIME"})


@rule(Category.DATABASE_RUNTIME_ERROR)
def aware_moment_in_naive_column(facts: Facts) -> Iterator[Problem]:
    """Yield each column without a time zone whose default has one, where asyncpg stores it."""
    connection = next((found for found in facts.connections if found.driver == "asyncpg"), None)
    if connection is None or not facts.dialects:
        return
    for entity in facts.models.entities:
        for column in entity.columns:
            if entity.orm != "sqlalchemy" or not column.known or column.zone != "aware":
                continue
            if column.type.declared in PLAIN and column.type.timezone is False:
                yield Problem(
                    column.span,
                    f"`{column.attribute}` of `{entity.name}` keeps no time zone, and gets moments that have one",
                    related=(Related(connection.span, "asyncpg is connected here"),),
                    symptom="DataError: can't subtract offset-naive and offset-aware datetimes",
                    remedy="Declare it as `DateTime(timezone=True)`",
                    identity=f"{entity.name} {column.attribute}",
                )
