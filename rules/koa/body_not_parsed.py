"""A handler reads `ctx.request.body`, and nothing has parsed it.

Koa reads no bodies by itself: `ctx.request.body` is `undefined` until middleware such as `@koa/bodyparser` has run.
Koa runs middleware in the order in which it was used, so a parser that is used behind `router.routes()` does not run
for the routes either. Each request with a body ends with `TypeError: Cannot read properties of undefined`, status
500.

Call `app.use(bodyParser())` in front of `app.use(router.routes())`.

The rule is silent where some middleware is not known to leave bodies alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import (
    BodyParser,
    Category,
    Facts,
    Problem,
    body_reads,
    rule,
    served_applications,
    unparsed,
)

from ._application import Application
from ._bodies import kind
from ._handlers import all_used


@rule(Category.FRAMEWORK_IDIOSYNCRASY)
def body_not_parsed(facts: Facts) -> Iterator[Problem]:
    """Yield each application whose handlers read bodies that nothing parses, and each parser that comes too late."""
    served = served_applications(facts, Application)
    if len(served) != 1:
        return
    application = served[0]
    middleware = all_used(facts)
    kinds = {kind(found.value) for found in middleware}
    if (
        "unknown" in kinds
        or application.origin is None
        or any("depends on" in one.reason for one in facts.dynamic_routes)
    ):
        return
    found = body_reads(facts, "koa.Request")
    if found:
        missing = Problem(
            facts.program.engine.span(application.origin),
            "Handlers read `ctx.request.body`, and nothing parses it",
            remedy="Call `app.use(bodyParser())`, of `@koa/bodyparser`, in front of the routes",
        )
        own = {one.sequence for one in application.used}
        parsers = [
            BodyParser(one.sequence, one.origin, one.sequence in own)
            for one in middleware
            if kind(one.value) == "parses"
        ]
        order = "Use the parser in front of `router.routes()`"
        yield from unparsed(facts, application, parsers, found, missing=missing, order=order)
