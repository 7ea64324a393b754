"""Rows are locked outside of a transaction.

`select_for_update()` locks rows until the transaction ends. Django sends each statement in a transaction of its own
unless it is told otherwise, and refuses a lock there: `TransactionManagementError: select_for_update cannot be used
outside of a transaction.`, 500 on each request. SQLite has no such locks, and Django says nothing.

Put the lock and what depends on it into `with transaction.atomic():`.

The rule speaks where nothing on the whole way of a route opens a transaction, and the settings open none for each
request (`ATOMIC_REQUESTS`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier.api import Category, Facts, FunctionRef, Problem, Query, Route, regex, rule

OPENING = regex(r"atomic|transact|autocommit", re.IGNORECASE)
FOR_EACH = regex(rb"ATOMIC_REQUESTS")
LOCKING = frozenset({"postgres", "mysql"})


@rule(Category.DATABASE_RUNTIME_ERROR)
def lock_outside_transaction(facts: Facts) -> Iterator[Problem]:
    """Yield each query that locks rows on the way of a route which opens no transaction."""
    locking = [query for query in facts.queries.queries if locks(query) and has_locks(facts, query)]
    if not locking or any(FOR_EACH.search(source.data) for source in facts.project.files.values()):
        return
    opening: dict[FunctionRef, bool] = {}
    ways: dict[Route, bool] = {}
    for route, start in facts.calls.runs.starts:
        way = (*facts.calls.runs.below([start]), *facts.calls.before)
        ways[route] = ways.get(route, False) or any(opens(facts, function, opening) for function in way)
    for query in locking:
        reaching = facts.calls.reaching.get(query.function, ()) if query.function is not None else ()
        routes = tuple(route for route in reaching if not ways.get(route, True) and not is_cut(facts, route))
        if not routes:
            continue
        first = routes[0]
        yield Problem(
            query.span,
            f"rows are locked outside of a transaction on the way of {first.method} {first.path}",
            symptom=f"500 on {first.method} {first.path}: TransactionManagementError: select_for_update cannot be used "
            "outside of a transaction",
            remedy="Put it into `with transaction.atomic():`",
            routes=routes,
        )


def locks(query: Query) -> bool:
    """Whether a query of Django that is sent locks rows, in each of its forms."""
    return (
        query.library == "django_orm"
        and query.action not in ("build", "write", "count", "exists")
        and bool(query.statements)
        and all(statement.tree.meta.get("locked") for statement in query.statements)
    )


def has_locks(facts: Facts, query: Query) -> bool:
    """Whether a database that the project is made for has locks of rows."""
    used = {query.dialect} if query.dialect else {found.replace("postgresql", "postgres") for found in facts.dialects}
    return bool((used | facts.further_dialects) & LOCKING)


def opens(facts: Facts, function: FunctionRef, known: dict[FunctionRef, bool]) -> bool:
    """Whether a function opens a transaction, or may."""
    if function not in known:
        names = facts.loose_names(function)
        known[function] = (
            names is None
            or any(OPENING.search(name) for name in names)
            or any(OPENING.search(path) for path in facts.calls.left.get(function, ()))
        )
    return known[function]


def is_cut(facts: Facts, route: Route) -> bool:
    """Whether the way of a route was not followed to its end."""
    return any(note.startswith(f"{route.method} {route.path}:") for note in facts.calls.notes)
