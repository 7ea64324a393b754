"""A request is answered twice: the second answer is thrown away.

`reply.send(...)` does not end the function. Where an `if` sends an answer and the code goes on, or an asynchronous
handler sends something and returns something else, the client gets the first answer; of the second one the log says
`FST_ERR_REP_ALREADY_SENT: Reply was already sent, did you forget to "return reply"?`. What stands between the two
runs as well, on data that the `if` had found to be missing.

Return behind the first answer: `return reply.code(404).send(...)`. In an asynchronous handler, either return the
answer or `return reply` behind `reply.send(...)`.

The rule is silent where the function looks at `reply.sent`, and where it is not certain that one way has both.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Related, Severity, rule
from verifier.api import answered_twice as twice

from ._handlers import SENDING, handlers


@rule(Category.FRAMEWORK_IDIOSYNCRASY, Severity.WARNING)
def answered_twice(facts: Facts) -> Iterator[Problem]:
    """Yield each answer that follows another one."""
    engine = facts.program.engine
    for handler in handlers(facts):
        if not handler.reply:
            continue
        for found in twice(handler.function, handler.reply, SENDING, (f"{handler.reply}.sent",), values=True):
            yield Problem(
                engine.span(found.second),
                "The request may have been answered already when this answers it",
                related=(Related(engine.span(found.first), "this answers, and the function goes on"),),
                symptom="FST_ERR_REP_ALREADY_SENT in the log; the client gets the first answer",
                remedy="Put `return` in front of the first answer",
                routes=handler.routes,
            )
