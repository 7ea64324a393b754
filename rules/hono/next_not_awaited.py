"""Middleware calls `next()` and does not wait for it.

What comes behind has not answered yet when the middleware ends. Hono then finds no answer: `Error: Context is not
finalized. Did you forget to return a Response object or await next()?`, status 500. What the middleware does with the
answer afterwards (its time, its headers) comes too early as well.

Write `await next()`, or `return next()`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Fix, Problem, Wrapping, rule, unawaited

from ._handlers import handlers


@rule(Category.FRAMEWORK_IDIOSYNCRASY)
def next_not_awaited(facts: Facts) -> Iterator[Problem]:
    """Yield each call of `next` that nothing waits for."""
    engine = facts.program.engine
    for handler in handlers(facts):
        for place in unawaited(handler.function, handler.following) if handler.following else ():
            yield Problem(
                engine.span(place),
                "The middleware does not wait for what comes behind it",
                symptom="500: Error: Context is not finalized",
                remedy="Write `await next()`",
                routes=handler.routes or None,
                fix=Fix("await `next()`", (Wrapping(engine.span(place), "await "),))
                if handler.function.code.is_async
                else None,
            )
