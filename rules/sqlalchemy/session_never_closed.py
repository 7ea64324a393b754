"""An asynchronous session is opened for a request, and never closed.

A session keeps its connection until it is closed. One that is thrown away open leaves it to the garbage collector,
which cannot await anything: it drops the connection, with `SAWarning: The garbage collector is trying to clean up
non-checked-in connection`. Each request costs a new connection, and where something still holds the session, the pool
is used up: `TimeoutError: QueuePool limit of size 5 overflow 10 reached`.

Open it as a block (`async with sessions() as session:`), or close it in `finally`.

Silent where anything on the way of the request, or in a function that the framework may run around it, may close it.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Confidence, Facts, FunctionRef, Problem, Route, Severity, Span, is_test, regex, rule

OPENING = regex(
    r"sqlalchemy\.ext\.asyncio(?:\.session)?\.(?:async_sessionmaker\(\)|AsyncSession)|"
    r"sqlmodel\.ext\.asyncio\.session\.AsyncSession"
)
ENDING = regex(r"a?close(?:_all)?|remove|\w*ExitStack|enter_\w*context|a?closing|begin|__aexit__|invalidate|reset")
CLOSED = regex(rb"sess\w*(?:\(\))?\.(?:a?close|remove)\b|\bdb\.(?:a?close|remove)\(")


@rule(Category.DATABASE_RUNTIME_ERROR, Severity.WARNING, confidence=Confidence.MEDIUM)
def session_never_closed(facts: Facts) -> Iterator[Problem]:
    """Yield each call that opens a session on the way of a route, where nothing closes it."""
    opened = [
        call
        for call in facts.calls.calls
        if call.library is not None and call.caller is not None and OPENING.fullmatch(call.library)
    ]
    if not opened:
        return
    entered = {block.span for block in facts.blocks}
    opened = [call for call in opened if call.span not in entered]
    if not opened or is_closed_elsewhere(facts):
        return
    cut = {note.partition(":")[0] for note in facts.calls.notes}
    ways: dict[Route, tuple[FunctionRef, ...]] = {}
    for route, start in facts.calls.runs.starts:
        ways.setdefault(route, facts.calls.runs.below([start]))
    left: dict[Span, list[Route]] = {}
    for route, way in ways.items():
        own = [call for call in opened if call.caller in way]
        if own and f"{route.method} {route.path}" not in cut and not may_close(facts, way):
            for call in own:
                left.setdefault(call.span, []).append(route)
    for span, routes in left.items():
        yield Problem(
            span,
            "a session is opened here, and nothing on the way of the request closes it",
            symptom="SAWarning: The garbage collector is trying to clean up non-checked-in connection",
            remedy="Open it as a block: `async with sessions() as session:`, or close it in the end",
            routes=tuple(routes),
            identity="session",
        )


def may_close(facts: Facts, way: tuple[FunctionRef, ...]) -> bool:
    """Whether something on a way closes sessions, or may."""
    for function in (*way, *facts.calls.before):
        names = facts.loose_names(function)
        if names is None or any(ENDING.fullmatch(name) for name in names):
            return True
    return False


def is_closed_elsewhere(facts: Facts) -> bool:
    """Whether some text of the program closes a session: a middleware or hook may run it."""
    return any(
        CLOSED.search(source.data)
        for path, source in facts.project.files.items()
        if source.language == "python" and not is_test(path)
    )
