"""An asynchronous handler of Express 4 lets an error out, which ends the process.

Express 4 does not look at what a handler returns. When something that an `async` handler awaits fails, nobody handles
the rejection of its promise: the request is never answered, and since Node 15 the whole process ends with
`UnhandledPromiseRejection`. One query that fails takes every client down with it.

Catch the error and pass it on: `try { ... } catch (error) { next(error) }`, wrap the handler
(`express-async-handler`), require `express-async-errors` once, or move to Express 5, which passes rejections to the
error handlers by itself.

The rule is silent for Express 5 and where no version is pinned, for handlers that a function wraps, and where
`express-async-errors` is imported.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import (
    Category,
    Facts,
    Problem,
    Related,
    Severity,
    is_test,
    raises_own,
    regex,
    rule,
    uncaught,
    version_range,
)

from ._handlers import handlers

PATCHES = ("express-async-errors", "express-promise-router", "@awaitjs/express", "express-async-await")
CATCHES_ALL = regex(rb"""process\s*\.\s*on\(\s*['"](?:unhandledRejection|uncaughtException)['"]""")


@rule(Category.FRAMEWORK_IDIOSYNCRASY, Severity.WARNING, versions="express<5")
def unhandled_rejection(facts: Facts) -> Iterator[Problem]:
    """Yield each asynchronous handler with something that may fail and that nothing catches."""
    versions = version_range(facts.project, "express")
    if versions is None or not versions.surely("<5.0.0-alpha"):
        return
    files = {path: facts for path, facts in facts.files.items() if not is_test(path)}
    if any(found.module in PATCHES for own in files.values() for found in own.imports):
        return
    engine = facts.program.engine
    caught = any(CATCHES_ALL.search(facts.project.files[path].data) for path in files)
    after = "the request hangs until the client gives up" if caught else "the process ends, and every client loses it"
    for handler in handlers(facts):
        places = uncaught(handler.function) if not handler.wrapped else ()
        if not places:
            continue
        certain = any(raises_own(engine, handler.function, place) for place in places)
        origin = handler.function.origin
        yield Problem(
            engine.span(places[0]),
            "Express 4 does not see it when this fails: nothing catches the error in this handler",
            related=() if origin is None else (Related(engine.span(origin), "the asynchronous handler"),),
            symptom=f"UnhandledPromiseRejection: {after}",
            remedy="Catch the error and call `next(error)`, wrap the handler, or use Express 5",
            routes=handler.routes or None,
            severity=Severity.ERROR if certain and not caught else None,
        )
