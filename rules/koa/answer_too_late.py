"""The answer is set in a callback, when Koa no longer waits for it.

Koa sends what the context holds when the promise of the middleware is done. A `ctx.body = ...` inside of
`.then(...)`, a timer or a callback that nobody waits for comes later: the client has long been answered with `404 Not
Found`, and the callback runs into `ERR_HTTP_HEADERS_SENT` or into nothing.

Await the promise, `ctx.body = await tags.all()`, or return it. Put a callback into a promise and await that.

The rule is silent where the same function sets the answer by itself as well.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Related, answered_late, rule

from ._handlers import handlers


@rule(Category.FRAMEWORK_IDIOSYNCRASY)
def answer_too_late(facts: Facts) -> Iterator[Problem]:
    """Yield each answer that is set when Koa has answered."""
    engine = facts.program.engine
    for handler in handlers(facts):
        for late in answered_late(handler.function, handler.context, ("body",)) if handler.context else ():
            yield Problem(
                engine.span(late.place),
                "Koa has answered by the time that this sets the answer: nothing waits for the callback",
                related=(Related(engine.span(late.call), "this is neither awaited nor returned"),),
                symptom="404 Not Found",
                remedy="Await the promise, or return it",
                routes=handler.routes or None,
            )
