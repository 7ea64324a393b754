"""A function that asks the database does not use what it is given.

The function takes a value that its callers must give it (`of_article(article_id)`, `unfollow(follower_id,
followed_id)`), sends a statement to a table with a column of that name, or writes a part of one and is given an id by
whatever name (`seen_by(member_id)`), and never names the value: a condition is missing. It reads or changes the rows
of everybody: all comments instead of those of one article. The same where it calls others that ask the database, and
lets an id fall (`delete(note_id, member_id)`): it was there to be compared with the owner of the row.

Use it in the statement (`.where(Comment.article_id == article_id)`), compare it with what comes back, or take the
parameter away.

Methods that another class has with the same parameters, or that a library may call, have a signature that is not
theirs, and are left alone.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from sqlglot import exp

from verifier.api import (
    Category,
    Confidence,
    Entity,
    Facts,
    FunctionRef,
    Origin,
    Problem,
    Query,
    Severity,
    Table,
    bare,
    regex,
    rule,
)

# Names of parameters that say which row is meant.
IDENTIFIES = regex(r"(?:_(?:id|pk|uuid|slug)|(?:[a-z])(?:Id|ID|Uuid|UUID|Pk|Slug))$")


@rule(Category.INCORRECT_QUERY_LOGIC, Severity.WARNING, confidence=Confidence.MEDIUM)
def unused_argument(facts: Facts) -> Iterator[Problem]:
    """Yield each parameter of a function that asks the database which its statements and all else leave out."""
    asking: dict[FunctionRef, set[str]] = {}
    for query in facts.queries.queries:
        if query.function is not None and query.lifted:
            asking.setdefault(query.function, set()).update(columns_of(facts, query))
    told = {lost.parameter for read in facts.inputs for lost in read.lost}  # another rule speaks of these
    handlers = {function for _, function in facts.calls.entries}
    words: dict[str, list[int]] | None = None
    for function in facts.calls.reaching:
        if function in handlers or function in facts.calls.before:
            continue
        last = function.name.rpartition(".")[2]
        for name, span in facts.unused_parameters(function):
            if span in told:
                continue
            if bare(name) not in asking.get(function, ()):
                if IDENTIFIES.search(name) is None:
                    continue
                words = words_of_statements(facts) if words is None else words
                if not is_written_in(facts, function, words) and not any(
                    below in asking for below in facts.calls.below(function)
                ):
                    continue
            yield Problem(
                span,
                f"`{last}` asks the database and never uses `{name}`",
                symptom="rows that were not asked for, or that are not the caller's to change",
                remedy=f"Use `{name}` in the statement, or take the parameter away",
                identity=f"{last} {name}",
                # Who only hands on what others ask for has left a check out, not a condition.
                category=Category.BUSINESS_LOGIC_DEFECT if hands_on(facts, function, asking) else None,
            )


def hands_on(facts: Facts, function: FunctionRef, asking: dict[FunctionRef, set[str]]) -> bool:
    """Whether a function lets others send its statements."""
    return function not in asking and any(below in asking for below in facts.calls.below(function))


def words_of_statements(facts: Facts) -> dict[str, list[int]]:
    """Where the words stand that statements are made of, by file: their first bytes, in order."""
    found: dict[str, set[int]] = {}
    for query in facts.queries.queries:
        for statement in query.statements:
            for node in statement.tree.walk():
                at = node.meta.get("at")
                if isinstance(at, Origin):
                    found.setdefault(at.path, set()).add(at.start)
    return {path: sorted(starts) for path, starts in found.items()}


def is_written_in(facts: Facts, function: FunctionRef, words: dict[str, list[int]]) -> bool:
    """Whether a part of a statement is written in a function."""
    code = facts.calls.codes.get(function)
    own = words.get(function.path, [])
    if code is None:
        return False
    at = bisect_left(own, code.code.start)
    return at < len(own) and own[at] < code.code.end


def columns_of(facts: Facts, query: Query) -> set[str]:
    """The columns of the tables that a query names."""
    tables = {table.name for statement in query.statements for table in statement.tree.find_all(exp.Table)}
    found: list[Entity | Table] = [*facts.models.entities, *facts.models.tables]
    named = [one for one in found if (one.table if isinstance(one, Entity) else one.name) in tables]
    return {bare(word) for one in named for column in one.columns for word in (column.name, column.attribute)}
