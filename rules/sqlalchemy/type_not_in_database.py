"""A column has a type that the database does not know.

`ARRAY`, `INET`, `TSVECTOR`, ranges and others are PostgreSQL's alone. On SQLite `create_all` fails on the first such
column with `CompileError: ... can't render element of type ARRAY`: no table is created, and the application does not
start, or answers every request with 500.

Use a type that both have (`JSON` for a list, a table of its own for a collection), or give the other database another
one: `ARRAY(String).with_variant(JSON(), "sqlite")`. `JSONB` is refused by SQLAlchemy before 2.1 only.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, ColumnType, Facts, Problem, Related, rule, version_range

# What SQLAlchemy's compiler for SQLite refuses; a proof holds the list against the library.
POSTGRESQL = frozenset(
    "ARRAY BIT BYTEA CIDR CITEXT DATEMULTIRANGE DATERANGE DOMAIN HSTORE INET INT4MULTIRANGE INT4RANGE INT8MULTIRANGE "
    "INT8RANGE INTERVAL JSONPATH MACADDR MACADDR8 MONEY NUMMULTIRANGE NUMRANGE OID REGCLASS REGCONFIG TSMULTIRANGE "
    "TSQUERY TSRANGE TSTZMULTIRANGE TSTZRANGE TSVECTOR".split()
)


@rule(Category.DATABASE_RUNTIME_ERROR)
def type_not_in_database(facts: Facts) -> Iterator[Problem]:
    """Yield each column of a type of PostgreSQL, where the application runs on SQLite alone."""
    if facts.dialects != {"sqlite"}:
        return
    versions = version_range(facts.project, "sqlalchemy")
    refused = POSTGRESQL | {"JSONB"} if versions is not None and versions.surely("<2.1") else POSTGRESQL
    (connection, *_) = facts.connections
    declared = [(entity.name, entity.columns) for entity in facts.models.entities if entity.orm == "sqlalchemy"]
    declared += [(table.name, table.columns) for table in facts.models.tables if table.orm == "sqlalchemy"]
    for name, columns in declared:
        for column in columns:
            if column.known and is_refused(column.type, refused):
                yield Problem(
                    column.span,
                    f"`{column.attribute}` of `{name}` has the type `{column.type.declared}`, which SQLite lacks",
                    related=(Related(connection.span, "SQLite is connected here"),),
                    symptom=f"CompileError: can't render element of type {column.type.declared}",
                    remedy='Use a type that SQLite has, such as `JSON`, or add `.with_variant(..., "sqlite")`',
                    identity=f"{name} {column.attribute}",
                )


def is_refused(found: ColumnType, refused: frozenset[str]) -> bool:
    """Whether a type of the library is one of some that no variant stands in for."""
    return found.declared in refused and not found.varies
