"""A declaration uses words of another database than the one whose driver it is handed to.

PostgreSQL knows no `AUTOINCREMENT`, no `DATETIME`, no `BLOB` and no names in back-ticks, and refuses the statement.
SQLite knows no `CREATE TYPE`, no `AS IDENTITY`, no casts with `::`, and takes a call as a default in parentheses only:
`DEFAULT NOW()` is a syntax error. It takes any word as a type, so that `id SERIAL PRIMARY KEY` is accepted and each row
is stored with an id of NULL: only `INTEGER PRIMARY KEY` numbers rows.

Write the declaration in the words of the database that runs it. The rule looks at texts of files that import one
driver, and where a file imports none, at those of projects that import drivers of one database alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import problem


@rule(Category.DATABASE_RUNTIME_ERROR)
def ddl_not_in_dialect(facts: Facts) -> Iterator[Problem]:
    """Yield each word of another database."""
    for found in facts.models.defects_of("sql/ddl-not-in-dialect"):
        yield problem(found)
