"""A handler may end without an answer: the client waits until it gives up.

Express sends nothing by itself. Where a way through a handler neither sends something (`res.json(...)`,
`res.send(...)`, `res.end()`) nor calls `next`, the request hangs until a timeout of the client or of a proxy: most
often in a `catch` that only writes to the log, behind an `if` without `else`, after `res.status(404)` alone, or
because the handler returns what it should have sent.

Send an answer on every way, or call `next(error)`.

The rule is silent where the response is handed on or kept, where a row of conditions seems to name all cases, and where
a condition asks about what a function of the project gives that only fails or gives something.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Related, assured_in, failing_in, open_ends, regex, rule

from ._handlers import handlers, is_quiet

# What leads to the response, or to its connection, past the parameters.
BESIDE = regex(rb"\breq\w*\.(?:socket|connection|res|next)\b")


@rule(Category.FRAMEWORK_IDIOSYNCRASY)
def never_answers(facts: Facts) -> Iterator[Problem]:
    """Yield each place at which a handler or middleware ends and nobody answers."""
    engine = facts.program.engine
    for handler in handlers(facts):
        function = handler.function
        if not handler.answers and not handler.following:
            continue  # something that is used for its effects, or written for another place
        if BESIDE.search(function.module.source.data, function.code.start, function.code.end):
            continue
        names = {handler.response, handler.following} - {""}
        assured, failing = assured_in(facts, function), failing_in(facts, function)
        for end in open_ends(function, names, is_quiet, assured=assured, failing=failing):
            span = engine.span(end)
            whole = function.origin is not None and (end.start, end.end) == (function.code.start, function.code.end)
            what = "handler" if handler.answers else "middleware"
            yield Problem(
                span,
                f"This {what} never answers" if whole else f"The {what} ends here, and nothing has answered",
                related=()
                if whole or function.origin is None
                else (Related(engine.span(function.origin), "it starts here"),),
                symptom="The request hangs until the client gives up: no status, no body",
                remedy="Send an answer on this way too, or call `next(error)`",
                routes=handler.routes or None,
            )
