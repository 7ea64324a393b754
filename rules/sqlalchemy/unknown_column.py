"""A statement names a column that its table, alias or subquery does not have.

`table.c.name`, an attribute of `aliased(Model)`, a column of `subquery.c` and the names in `.values(...)` are looked up
when the statement is built or sent: one that does not exist raises an error. A subquery has the columns that it
selects, under their labels.

Write the name as it is declared, or select it in the subquery. Names that the code looks for first
(`if "token" in model.__table__.columns`) are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, is_looked_for, rule

from ._problems import asked


@rule(Category.DATABASE_RUNTIME_ERROR)
def unknown_column(facts: Facts) -> Iterator[Problem]:
    """Yield each column that does not exist where a statement looks for it."""
    for problem in asked(facts, "unknown-column"):
        span = problem.span
        name = facts.project.files[span.path].line(span.line)[span.column - 1 : span.end_column - 1].strip("\"'")
        if not (name.isidentifier() and is_looked_for(facts, span.path, name)):
            yield problem
