"""A field that only PostgreSQL has is used with another database.

`ArrayField`, `HStoreField`, the range fields and `SearchVectorField` of `django.contrib.postgres` have no type in
SQLite or MySQL. On SQLite `migrate` stops with `OperationalError: near "[]": syntax error` at an array; the other types
it takes for names, and saving a value then fails with `Error binding parameter: type 'dict' is not supported`.

Use a `JSONField`, which all databases have, or a table of its own; or connect to PostgreSQL.

The rule is silent where some settings of the project connect to PostgreSQL, even if others are the default.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, regex, rule

ONLY_POSTGRES = frozenset(
    "ArrayField HStoreField SearchVectorField IntegerRangeField BigIntegerRangeField DecimalRangeField DateRangeField "
    "DateTimeRangeField".split()
)
POSTGRES = regex(rb"[\"'](?:[\w.]+\.)?(?:postgresql|postgis|postgresql_psycopg2)[\"']|\bpostgres(?:ql)?://")
NAMES = {"sqlite": "SQLite", "mysql": "MySQL", "oracle": "Oracle"}


@rule(Category.DATABASE_RUNTIME_ERROR)
def postgres_field_elsewhere(facts: Facts) -> Iterator[Problem]:
    """Yield each such field where Django is surely connected to another database only."""
    columns = [
        (entity, column)
        for entity in facts.models.entities
        if entity.orm == "django" and entity.managed
        for column in entity.columns
        if column.type.declared in ONLY_POSTGRES and column.known
    ]
    if not columns:
        return
    used = [connection.dialects for connection in facts.connections if connection.library == "django"]
    if not used or any(not dialects or dialects - NAMES.keys() for dialects in used):
        return
    if any(POSTGRES.search(file.data) for file in facts.project.files.values() if file.language == "python"):
        return
    database = " or ".join(sorted({NAMES[name] for dialects in used for name in dialects}))
    told = set()
    for entity, column in columns:
        if column.span in told:
            continue
        told.add(column.span)
        yield Problem(
            column.span,
            f"`{entity.name}.{column.attribute}` is a `{column.type.declared}`, and the database is {database}",
            symptom="`migrate` or the first insert fails: the database has no such type",
            remedy="Use a `JSONField` or a table of its own, or connect to PostgreSQL",
        )
