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

from verifier.api import Category, Facts, Problem, Related, Route, rule

from ._bodies import Read, applications, is_hosted, kind, places, reads, used


@rule(Category.FRAMEWORK_IDIOSYNCRASY)
def body_not_parsed(facts: Facts) -> Iterator[Problem]:
    """Yield each application whose handlers read bodies that nothing parses, and each parser that comes too late."""
    served = applications(facts)
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
    engine = facts.program.engine
    found = reads(facts)
    parsers = [one for one in middleware if kind(one.value) == "parses"]
    if not found:
        return
    if not parsers:
        yield Problem(
            engine.span(application.origin),
            "Handlers read `req.body`, and nothing parses it",
            related=tuple(Related(read.span, "this is `undefined`") for read in found[:3]),
            symptom="500: TypeError: Cannot read properties of undefined",
            remedy="Call `app.use(express.json())` in front of the routes",
            routes=routes_of(found),
        )
        return
    if any(not one.application or one.path is not None for one in parsers):
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
            remedy="Register the parser in front of the routes",
            routes=tuple(route for route in routes_of(late) if route.span in before),
        )


def routes_of(found: list[Read]) -> tuple[Route, ...]:
    """The routes that come by some places."""
    return tuple(dict.fromkeys(route for read in found for route in read.routes))
