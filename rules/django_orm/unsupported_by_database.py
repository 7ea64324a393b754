"""A query asks for something that the database does not have.

SQLite cannot tell whether a JSON document contains another one: `contains` and `contained_by` on a `JSONField` raise
`NotSupportedError: contains lookup is not supported on this database backend.` It has no `DISTINCT ON` either, which
`distinct("field")` becomes: `DISTINCT ON fields is not supported by this database backend`. Both work on PostgreSQL,
and fail with 500 where the application is started on SQLite.

Ask for keys of the document (`data__kind="x"`), keep what is searched for in a table of its own, or group instead.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import problem


@rule(Category.INCORRECT_QUERY_LOGIC)
def unsupported_by_database(facts: Facts) -> Iterator[Problem]:
    """Yield each place that the reader of queries has noted."""
    for defect in facts.queries.defects_of("django_orm/unsupported-by-database"):
        yield problem(defect)
