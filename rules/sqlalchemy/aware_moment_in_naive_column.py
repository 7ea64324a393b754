"""A moment with a time zone is stored in a column without one, over asyncpg.

`DateTime` is `TIMESTAMP WITHOUT TIME ZONE` on PostgreSQL, and asyncpg takes no moment with a zone for it: the first
row that gets its default from `datetime.now(timezone.utc)` fails with `DataError: can't subtract offset-naive and
offset-aware datetimes`. psycopg and SQLite take it, so it shows only where the application is run for real. The same
goes for a type of the project (`TypeDecorator`) that hands such moments to a `DateTime` without a zone.

Declare the column as `DateTime(timezone=True)`, or store moments without a zone.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Related, rule

from ._moments import decorators, zone_bound

PLAIN = frozenset({"DateTime", "TIMESTAMP", "DATETIME"})
DRIVERS = frozenset({"asyncpg", "psycopg", "psycopg2", "psycopg2-binary", "psycopg-binary", "pg8000"})


@rule(Category.DATABASE_RUNTIME_ERROR)
def aware_moment_in_naive_column(facts: Facts) -> Iterator[Problem]:
    """Yield each column without a time zone whose default has one, where asyncpg stores it."""
    connection = next((found for found in facts.connections if found.driver == "asyncpg"), None)
    elsewhere = connection is None and "postgres" in facts.further_dialects and DRIVERS & required(facts) == {"asyncpg"}
    if (connection is None and not elsewhere) or not facts.dialects:
        return
    shown = connection or facts.connections[0]
    text = (
        "asyncpg is connected here" if connection is not None else "asyncpg is connected here, where it is PostgreSQL"
    )
    for entity in facts.models.entities if connection is not None else ():
        for column in entity.columns:
            if entity.orm != "sqlalchemy" or not column.known or column.zone != "aware":
                continue
            if column.type.declared in PLAIN and column.type.timezone is False:
                yield Problem(
                    column.span,
                    f"`{column.attribute}` of `{entity.name}` keeps no time zone, and gets moments that have one",
                    related=(Related(shown.span, text),),
                    symptom="DataError: can't subtract offset-naive and offset-aware datetimes",
                    remedy="Declare it as `DateTime(timezone=True)`",
                    identity=f"{entity.name} {column.attribute}",
                )
    used = {column.type.declared for entity in facts.models.entities for column in entity.columns}
    engine = facts.program.engine
    for cls, behind in decorators(engine):
        if cls.name in used and behind.origin is not None and zone_bound(engine, cls) == "aware":
            yield Problem(
                engine.span(behind.origin),
                f"`{cls.name}` keeps no time zone, and hands moments to the driver that have one",
                related=(Related(shown.span, text),),
                symptom="DataError: can't subtract offset-naive and offset-aware datetimes",
                remedy="Decorate `DateTime(timezone=True)`",
                identity=cls.name,
            )


def required(facts: Facts) -> set[str]:
    """The packages that the project needs where it runs."""
    return {found.name.lower() for found in facts.project.manifests.requirements if not found.development}
