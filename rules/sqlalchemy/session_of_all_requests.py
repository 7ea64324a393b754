"""One session that a module made at import serves all requests.

A session is the workspace of one request. When a flush fails in it (a name that is taken already), it stays broken
until somebody calls `rollback()`: all later requests of everybody get `PendingRollbackError`, until the process is
started anew. Requests that run at the same time share its transaction, its objects and its errors, and it shows rows as
they were when it first read them.

Make a session for each request and close it at its end: `with SessionLocal() as session:`, a dependency that yields
one, or a `scoped_session` that is removed after each request.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import (
    Category,
    External,
    Facts,
    Instance,
    Origin,
    Problem,
    Related,
    Route,
    Severity,
    Span,
    Value,
    is_test,
    rule,
)

from ._sessions import ASYNC_SESSION, SESSION

AFTERWARDS = (
    "PendingRollbackError: This Session's transaction has been rolled back due to a previous exception during flush"
)


@rule(Category.DATABASE_RUNTIME_ERROR, Severity.WARNING)
def session_of_all_requests(facts: Facts) -> Iterator[Problem]:
    """Yield each session of a module that requests use."""
    using: dict[Origin, tuple[Span, dict[Route, None]]] = {}
    for use in facts.calls.uses:
        made = session_behind(use.callee) if use.caller is not None and not is_test(use.span.path) else None
        if made is None or not is_at_top(facts, made):
            continue
        routes = facts.calls.reaching.get(use.caller, ()) if use.caller is not None else ()
        if routes:
            using.setdefault(made, (use.span, {}))[1].update(dict.fromkeys(routes))
    for made, (used, served) in using.items():
        yield Problem(
            facts.program.engine.span(made),
            "one session, made at import, serves all requests",
            related=(Related(used, "a request uses it here"),),
            symptom=f"after one failed flush, 500 on every request that uses it: {AFTERWARDS}",
            remedy="Make a session for each request, and close it at its end",
            routes=tuple(served),
        )


def session_behind(value: Value | None) -> Origin | None:
    """Where the session was made that a method was called on."""
    while isinstance(value, External):
        value = value.receiver
    if isinstance(value, Instance) and value.path in (SESSION, ASYNC_SESSION):
        return value.origin
    return None


def is_at_top(facts: Facts, made: Origin) -> bool:
    """Whether a session is made by a statement at the top of its module."""
    file = facts.project.files.get(made.path)
    if file is None:
        return False
    if b"scoped" in file.data[made.start : made.end]:
        return False  # one for each thread or request
    text = file.line(facts.program.engine.span(made).line)
    return text[:1].isidentifier() and not text.startswith(("def ", "async ", "class ")) and "lambda" not in text
