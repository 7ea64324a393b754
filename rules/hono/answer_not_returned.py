"""A handler or middleware ends without returning its answer.

`c.json(...)` makes a `Response` and does nothing else: Hono sends what the handler returns. Where it returns nothing,
and middleware has not waited for `next()` either, the request ends with `Error: Context is not finalized. Did you
forget to return a Response object or await next()?`, status 500; a handler with no middleware in front of it gives
404.

Write `return c.json(...)` on each way; in middleware that lets the request pass, `await next()`.

The rule is silent where some code sets `c.res` and the context is handed on to another function, and where a row of
conditions seems to name all cases.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Fix, Problem, Wrapping, discarded, rule

from ._handlers import ANSWERS, handlers, sets_answers, unanswered


@rule(Category.FRAMEWORK_IDIOSYNCRASY)
def answer_not_returned(facts: Facts) -> Iterator[Problem]:
    """Yield each place at which a handler or middleware ends without an answer."""
    engine = facts.program.engine
    known = list(handlers(facts))
    handed = bool(known) and sets_answers(facts)
    for handler in known:
        ends = unanswered(facts, handler, handed=handed)
        if not ends:
            continue
        thrown = discarded(handler.function, handler.context, ANSWERS)
        what = "handler" if handler.answers else "middleware"
        for place in thrown or ends:
            message = (
                "This answer is made and thrown away: it is not returned"
                if thrown
                else f"The {what} ends here, and returns no answer"
            )
            yield Problem(
                engine.span(place),
                message,
                symptom="500: Error: Context is not finalized; 404 where no middleware stands in front",
                remedy="Return the answer" + ("" if handler.answers else ", or write `await next()`"),
                routes=handler.routes or None,
                # What stands behind it is not done any more.
                fix=Fix("return the answer", (Wrapping(engine.span(place), "return "),), safe=False)
                if thrown
                else None,
            )
