"""A handler reads a body of JSON where requests have none.

`await c.req.json()` parses what the request carries; of nothing it makes `SyntaxError: Unexpected end of JSON input`,
and the request ends with status 500. Requests with GET carry no body, and those of an operation for which the
contract has none (a favorite, a deletion) come without one, whatever their `Content-Type` says.

Leave the call out, or let it fail quietly: `await c.req.json().catch(() => ({}))`.

The rule is silent where the failure is caught, and where the code looks at the request's method or headers first.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, is_guarded, rule

from ._handlers import handlers

ASKS = (b".method", b"content-", b"Content-")


@rule(Category.FRAMEWORK_IDIOSYNCRASY)
def absent_body(facts: Facts) -> Iterator[Problem]:
    """Yield each body that is read as JSON where there is none."""
    reads = [read for read in facts.member_reads if read.owner == "hono.HonoRequest" and read.name == "json"]
    if not reads:
        return
    known = list(handlers(facts))
    served = set(facts.served_routes)
    for read in reads:
        around = [
            handler
            for handler in known
            if handler.function.module.path == read.place.path
            and handler.function.code.start <= read.place.start < handler.function.code.end
        ]
        if not around:
            continue
        handler = max(around, key=lambda one: one.function.code.start)
        code = handler.function.code
        text = handler.function.module.source.data[code.start : code.end]
        if is_guarded(handler.function, read.place.start, read.place.end) or any(word in text for word in ASKS):
            continue
        routes = [route for route in handler.routes or facts.calls.routes_at(read.span) if route in served]
        bodyless = tuple(route for route in routes if facts.has_no_body(route))
        if bodyless:
            yield Problem(
                read.span,
                "The body is read as JSON, and requests of this route have none",
                symptom="500: SyntaxError: Unexpected end of JSON input",
                remedy="Do not read a body here, or catch the failure: `.catch(() => ({}))`",
                routes=bodyless,
            )
