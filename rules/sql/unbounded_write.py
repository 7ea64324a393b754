"""A request updates or deletes every row of a table: the statement has no WHERE.

The rows of all users are gone, or changed, with the first request. Mostly the condition was forgotten, or is added to a
copy of the query that is then not used.

Say in WHERE which rows are meant. The rule looks at what requests reach, and is silent in functions that say by their
name that they clear, reset or seed something, or put rows of the same table in the place of all that they delete, with
no key at hand. Sequelize has `where` said, if only as `{}`: there the rule speaks only
where the function was given the key of the rows that are meant (`replace(boatId, names)` with `where: {}` on a table
that has a `boatId`).
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from verifier.api import Category, Facts, Problem, Query, Severity, bare, regex, rule

MEANT = regex(
    r"clear|reset|truncat|purge|wipe|clean|flush|seed|\ball\b|_all|All|everything|drop|empty|rebuild|reindex|teardown"
)


@rule(Category.INCORRECT_QUERY_LOGIC, Severity.WARNING)
def unbounded_write(facts: Facts) -> Iterator[Problem]:
    """Yield each write of all rows that a request reaches."""
    for problem in facts.faults.get("sql/unbounded-write", ()):
        around = [
            query
            for query in facts.queries.queries
            if query.function is not None
            and query.span.path == problem.span.path
            and query.function.span.line <= problem.span.line <= query.function.span.end_line
        ]
        if not facts.routes_at(problem.span) or any(
            query.function is not None and MEANT.search(query.function.name) for query in around
        ):
            continue
        own = [query for query in around if query.span.line <= problem.span.line <= query.span.end_line]
        if any(query.library == "sequelize" and not knows_which(facts, query) for query in own):
            continue
        if any(puts_all_anew(facts, query, around) for query in own):
            continue
        yield problem


def puts_all_anew(facts: Facts, query: Query, around: list[Query]) -> bool:
    """Whether other rows are put in the place of all that are deleted, and no key tells some of them from the rest."""
    written = {
        one.tree.this.name
        for one in query.statements
        if isinstance(one.tree, exp.Delete) and isinstance(one.tree.this, exp.Table)
    }
    after = (
        one.tree.find(exp.Table)
        for other in around
        if other.span.line > query.span.line
        for one in other.statements
        if isinstance(one.tree, exp.Insert)
    )
    if not written or all(table is None or table.name not in written for table in after):
        return False
    keyed = any(route.pattern.parameters for route in facts.routes_at(query.span))
    return not keyed and not knows_which(facts, query)


def knows_which(facts: Facts, query: Query) -> bool:
    """Whether the function around a write was given a key by which the rows of the table refer to others."""
    code = facts.calls.codes.get(query.function) if query.function is not None else None
    if code is None:
        return False
    given = {bare(parameter.name) for parameter in code.code.parameters if parameter.name}
    written = {statement.tree.this.name for statement in query.statements if isinstance(statement.tree.this, exp.Table)}
    return any(
        bare(column.attribute) in given and bool(column.references)
        for entity in facts.models.entities
        if entity.table in written
        for column in entity.columns
    )
