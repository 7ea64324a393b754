"""A handler reads `req.body`, and nothing has parsed it.

Express reads no bodies by itself: `req.body` is `undefined` until middleware such as `express.json()` has run.
Middleware runs in the order in which it was registered, so a parser that is used behind the routes does not run for
them either. Each request with a body ends with `TypeError: Cannot read properties of undefined`, status 500.

Use `app.use(express.json())` once, in front of all routes.

The rule is silent where some middleware is not known to leave bodies alone, and where the application runs inside of
something that parses them.
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

from ._bodies import is_hosted, kind, used
from ._routing import Application


@rule(Category.FRAMEWORK_IDIOSYNCRASY)
def body_not_parsed(facts: Facts) -> Iterator[Problem]:
    """Yield each application whose handlers read bodies that nothing parses, and each parser that comes too late."""
    served = served_applications(facts, Application)
    if len(served) != 1 or is_hosted(facts):
        return
    application = served[0]
    middleware = list(used(facts))
    kinds = {kind(found.value) for found in middleware}
    if (
        "unknown" in kinds
        or application.origin is None
        or any("depends on" in one.reason for one in facts.dynamic_routes)
    ):
        return
    found = body_reads(facts, "express.Request")
    if found:
        missing = Problem(
            facts.program.engine.span(application.origin),
            "Handlers read `req.body`, and nothing parses it",
            remedy="Call `app.use(express.json())` in front of the routes",
        )
        parsers = [
            BodyParser(one.sequence, one.origin, bool(one.application) and one.path is None)
            for one in middleware
            if kind(one.value) == "parses"
        ]
        order = "Register the parser in front of the routes"
        yield from unparsed(facts, application, parsers, found, missing=missing, order=order)
