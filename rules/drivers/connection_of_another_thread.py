"""A connection of sqlite3 is made at import, and used by requests in other threads.

A connection of sqlite3 belongs to the thread that made it. Flask's own server runs each request in a thread, and
FastAPI runs handlers and dependencies that are plain `def` in a pool of threads: there, a connection that a module
made when it was imported raises `sqlite3.ProgrammingError: SQLite objects created in a thread can only be used in that
same thread`, 500 on every request.

Open a connection for each request and close it at its end. (`check_same_thread=False` lets threads share one; then
they share its transaction, too.)
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import (
    Call,
    Category,
    External,
    Facts,
    FunctionRef,
    Instance,
    Origin,
    Problem,
    Query,
    Related,
    Route,
    Span,
    Value,
    is_test,
    rule,
)

CONNECT = "sqlite3.connect"
REFUSED = "sqlite3.ProgrammingError: SQLite objects created in a thread can only be used in that same thread"
RUNNING = frozenset(("flask.Flask.run", "flask.Flask().run"))
# They run requests in the thread that imported the application, unless they are told otherwise.
OTHER_SERVERS = ("gunicorn", "uwsgi", "mod_wsgi", "hypercorn", "uvicorn", "waitress")


@rule(Category.DATABASE_RUNTIME_ERROR)
def connection_of_another_thread(facts: Facts) -> Iterator[Problem]:
    """Yield each connection of a module that handlers in other threads use."""
    using: dict[Span, tuple[Query, list[Route]]] = {}
    for query in facts.queries.queries:
        made = connecting(query)
        if made is None or query.function is None or is_test(query.span.path):
            continue
        routes = [
            route for route in facts.calls.reaching.get(query.function, ()) if in_thread(facts, route, query.function)
        ]
        if routes:
            place = facts.program.engine.span(Origin(made.frame.module.path, made.node.start, made.node.end))
            using.setdefault(place, (query, []))[1].extend(routes)
    for place, (query, routes) in using.items():
        yield Problem(
            place,
            "the connection is made at import, and used by requests that run in other threads",
            related=(Related(query.span, "it is used here"),),
            symptom=f"500: {REFUSED}",
            remedy="Open a connection for each request, and close it at its end",
            routes=tuple(dict.fromkeys(routes)),
            identity=CONNECT,
        )


def connecting(query: Query) -> Call | None:
    """The call at the top of a module that made the connection of a query, if its thread alone may use it."""
    value: Value | None = query.site.call.callee if query.site is not None else None
    while value is not None:
        if isinstance(value, External):
            value = value.receiver
        elif isinstance(value, Instance) and value.made_by is not None:
            made = value.made_by
            if isinstance(made.callee, External) and made.callee.path == CONNECT:
                return made if made.frame.function is None and is_of_one_thread(made) else None
            value = made.callee
        else:
            return None
    return None


def is_of_one_thread(made: Call) -> bool:
    """Whether nothing lets other threads use a connection."""
    return "check_same_thread" not in made.keywords and not made.open and len(made.arguments) < 5


def in_thread(facts: Facts, route: Route, asking: FunctionRef) -> bool:
    """Whether what asks on the way of a route surely runs in a thread that imported no module."""
    if route.framework == "fastapi":
        handler = route.function
        if handler is None or handler.is_async or asking.is_async:
            return False
        return asking == handler or asking in facts.calls.below(handler)
    return route.framework == "flask" and has_threads(facts)


def has_threads(facts: Facts) -> bool:
    """Whether Flask's own server runs the application, with a thread for each request."""
    words = [word for entry in facts.startup.entries for word in entry.command.argv]
    if any(name in word for word in words for name in OTHER_SERVERS):
        return False
    if "flask" in words and "run" in words:
        return "--without-threads" not in words
    runs = [call for call in facts.startup_calls if call.library in RUNNING]
    files = facts.project.files
    return any(b"threaded" not in files[call.span.path].data for call in runs)
