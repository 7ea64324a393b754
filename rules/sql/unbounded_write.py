"""A request updates or deletes every row of a table: the statement has no WHERE.

The rows of all users are gone, or changed, with the first request. Mostly the condition was forgotten, or is added to a
copy of the query that is then not used.

Say in WHERE which rows are meant. The rule looks at what requests reach, and is silent in functions that say by their
name that they clear, reset or seed something.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Severity, rule

MEANT = re.compile(
    r"clear|reset|truncat|purge|wipe|clean|flush|seed|\ball\b|_all|All|everything|drop|empty|rebuild|reindex|teardown"
)


@rule(Category.INCORRECT_QUERY_LOGIC, Severity.WARNING)
def unbounded_write(facts: Facts) -> Iterator[Problem]:
    """Yield each write of all rows that a request reaches."""
    for problem in facts.faults.get("sql/unbounded-write", ()):
        functions = [
            query.function.name
            for query in facts.queries.queries
            if query.function is not None
            and query.span.path == problem.span.path
            and query.function.span.line <= problem.span.line <= query.function.span.end_line
        ]
        if facts.routes_at(problem.span) and not any(MEANT.search(name) for name in functions):
            yield problem
