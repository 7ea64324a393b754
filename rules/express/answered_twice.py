"""A request is answered twice: the second answer throws.

`res.json(...)` does not end the function. Where an `if` sends an answer and the code goes on, what follows sends
another one: `Error [ERR_HTTP_HEADERS_SENT]: Cannot set headers after they are sent to the client`. What stands
between the two runs as well, on data that the `if` had found to be missing.

Return behind the first answer: `return res.status(404).json(...)`.

The rule is silent where the function looks at `headersSent`, and where it is not certain that one way has both.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Related, rule
from verifier.api import answered_twice as twice

from ._handlers import SENDING, handlers


@rule(Category.FRAMEWORK_IDIOSYNCRASY)
def answered_twice(facts: Facts) -> Iterator[Problem]:
    """Yield each answer that follows another one."""
    engine = facts.program.engine
    for handler in handlers(facts):
        if not handler.response:
            continue
        for found in twice(handler.function, handler.response, SENDING, ("headersSent", "writableEnded")):
            yield Problem(
                engine.span(found.second),
                "The request may have been answered already when this sends an answer",
                related=(Related(engine.span(found.first), "this answers, and the function goes on"),),
                symptom="Error [ERR_HTTP_HEADERS_SENT]: Cannot set headers after they are sent to the client",
                remedy="Put `return` in front of the first answer",
                routes=handler.routes or None,
            )
