"""An asynchronous handler answers in a callback, when Fastify has answered already.

Fastify takes the end of an asynchronous handler for the answer. A `reply.send(...)` inside of `.then(...)`, a timer
or a callback that nobody waits for comes later: the client has got status 200 with an empty body (in Fastify 3, the
log says `Promise may not be fulfilled with 'undefined'`).

Await the promise and return what it gives, or `return reply` where the callback is to answer.

The rule is silent where the function returns or awaits the reply, or answers by itself as well.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Related, answered_late, rule

from ._handlers import SENDING, handlers


@rule(Category.FRAMEWORK_IDIOSYNCRASY)
def answer_too_late(facts: Facts) -> Iterator[Problem]:
    """Yield each answer that is sent when Fastify has answered."""
    engine = facts.program.engine
    for handler in handlers(facts):
        if not handler.function.code.is_async or not handler.reply:
            continue
        for late in answered_late(handler.function, handler.reply, (), SENDING):
            yield Problem(
                engine.span(late.place),
                "Fastify has answered by the time that this sends the answer: nothing waits for the callback",
                related=(Related(engine.span(late.call), "this is neither awaited nor returned"),),
                symptom="200 with an empty body",
                remedy="Await the promise and return the answer, or `return reply`",
                routes=handler.routes,
            )
