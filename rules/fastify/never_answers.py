"""A handler may end without an answer: the client waits until it gives up.

Fastify sends what a handler returns, or what `reply.send(...)` is given. Where a handler that is not asynchronous
does neither on some way, nobody answers: the request hangs until a timeout of the client or of a proxy. With Fastify
3 an asynchronous handler that gives `undefined` hangs as well; later versions answer it with status 200 and an empty
body.

Return something, or call `reply.send(...)`, on every way.

The rule is silent where the reply is handed on or kept, and where a row of conditions seems to name all cases.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, failing_in, open_ends, regex, rule, version_range

from ._handlers import handlers, is_quiet

# What leads to the connection, past the reply.
BESIDE = regex(rb"\breq\w*\.(?:socket|raw)\b")


@rule(Category.FRAMEWORK_IDIOSYNCRASY)
def never_answers(facts: Facts) -> Iterator[Problem]:
    """Yield each place at which a handler ends and nobody answers."""
    engine = facts.program.engine
    versions = version_range(facts.project, "fastify")
    three = versions is not None and versions.surely("<4.0.0-alpha")
    for handler in handlers(facts):
        function = handler.function
        if function.code.is_async and not three:
            continue
        if BESIDE.search(function.module.source.data, function.code.start, function.code.end):
            continue
        for end in open_ends(
            function, {handler.reply} - {""}, is_quiet, values=True, failing=failing_in(facts, function)
        ):
            whole = (end.start, end.end) == (function.code.start, function.code.end)
            yield Problem(
                engine.span(end),
                "This handler never answers" if whole else "The handler ends here, and nothing has answered",
                symptom="The request hangs until the client gives up: no status, no body",
                remedy="Return the answer, or call `reply.send(...)`, on this way too",
                routes=handler.routes,
            )
