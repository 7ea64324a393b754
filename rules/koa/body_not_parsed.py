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

from verifier.api import Category, Facts, Problem, Related, Route, rule

from ._bodies import Read, applications, kind, places, reads
from ._handlers import all_used


@rule(Category.FRAMEWORK_IDIOSYNCRASY)
def body_not_parsed(facts: Facts) -> Iterator[Problem]:
    """Yield each application whose handlers read bodies that nothing parses, and each parser that comes too late."""
    served = applications(facts)
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
    found = reads(facts)
    if not found:
        return
    engine = facts.program.engine
    parsers = [one for one in middleware if kind(one.value) == "parses"]
    if not parsers:
        yield Problem(
            engine.span(application.origin),
            "Handlers read `ctx.request.body`, and nothing parses it",
            related=tuple(Related(read.span, "this is `undefined`") for read in found[:3]),
            symptom="500: TypeError: Cannot read properties of undefined",
            remedy="Call `app.use(bodyParser())`, of `@koa/bodyparser`, in front of the routes",
            routes=routes_of(found),
        )
        return
    own = {one.sequence for one in application.used}
    if any(one.sequence not in own for one in parsers):
        return
    first = min(parsers, key=lambda one: one.sequence)
    before = {engine.span(place) for place in places(application, first.sequence, set())}
    late = [read for read in found if any(route.span in before for route in read.routes)]
    if late:
        yield Problem(
            engine.span(first.origin),
            "Bodies are parsed behind routes that read them: these see `undefined`",
            related=tuple(Related(read.span, "this is `undefined`") for read in late[:3]),
            symptom="500: TypeError: Cannot read properties of undefined",
            remedy="Use the parser in front of `router.routes()`",
            routes=tuple(route for route in routes_of(late) if route.span in before),
        )


def routes_of(found: list[Read]) -> tuple[Route, ...]:
    """The routes that come by some places."""
    return tuple(dict.fromkeys(route for read in found for route in read.routes))
