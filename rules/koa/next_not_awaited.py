"""Middleware calls `next()` and does not wait for it.

Koa answers when the promise of the outermost middleware is done. Middleware that only calls `next()` is done before
an asynchronous handler behind it is: the client gets `404 Not Found`, and an error of that handler ends the process
instead of reaching the error handler.

Write `await next()`, or `return next()`.

The rule is silent where no handler is asynchronous.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Fix, Problem, Wrapping, rule, unawaited

from ._handlers import handlers


@rule(Category.FRAMEWORK_IDIOSYNCRASY)
def next_not_awaited(facts: Facts) -> Iterator[Problem]:
    """Yield each call of `next` that nothing waits for."""
    engine = facts.program.engine
    known = list(handlers(facts))
    if not any(handler.answers and handler.function.code.is_async for handler in known):
        return
    for handler in known:
        for place in unawaited(handler.function, handler.following) if handler.following else ():
            yield Problem(
                engine.span(place),
                "The middleware does not wait for what comes behind it",
                symptom="404 Not Found: Koa answers before the handler has",
                remedy="Write `await next()`",
                routes=handler.routes or None,
                fix=Fix("await `next()`", (Wrapping(engine.span(place), "await "),))
                if handler.function.code.is_async
                else None,
            )
