"""A handler reads `req.body`, and nothing has parsed it.

Express reads no bodies by itself: `req.body` is `undefined` until middleware such as `express.json()` has run.
Middleware runs in the order in which it was registered, so a parser that is used behind the routes does not run for
them either. Each request with a body ends with `TypeError: Cannot read properties of undefined`, status 500.

`express.urlencoded()` reads the bodies of forms alone: where clients send JSON, as the contract says, `req.body` is
`{}` (Express 4) or `undefined` (Express 5) behind it.

Use `app.use(express.json())` once, in front of all routes.

The rule is silent where some middleware is not known to leave bodies alone, and where the application runs inside of
something that parses them.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import (
    BodyParser,
    BodyRead,
    Category,
    Facts,
    Problem,
    Related,
    Value,
    body_reads,
    library_name,
    options,
    rule,
    served_applications,
    unparsed,
)

from ._bodies import is_hosted, kind, used
from ._routing import Application, Used

FORMS = frozenset({"express.urlencoded", "body-parser.urlencoded"})


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
        parsing = [one for one in middleware if kind(one.value) == "parses"]
        parsers = [BodyParser(one.sequence, one.origin, bool(one.application) and one.path is None) for one in parsing]
        if parsers and facts.contract is not None and all(is_of_forms(one.value) for one in parsing):
            yield of_forms(facts, parsing[0], found)
            return
        order = "Register the parser in front of the routes"
        yield from unparsed(facts, application, parsers, found, missing=missing, order=order)


def is_of_forms(value: Value) -> bool:
    """Whether middleware reads the bodies of forms and no others."""
    return all(library_name(option) in FORMS for option in options(value))


def of_forms(facts: Facts, parser: Used, found: list[BodyRead]) -> Problem:
    """The finding on an application that reads JSON and has nothing but the parser of forms."""
    return Problem(
        facts.program.engine.span(parser.origin),
        "Bodies are parsed as forms alone, and clients send JSON",
        related=tuple(Related(read.span, "this has no fields") for read in found[:3]),
        symptom="500 or 422: `req.body` is `{}` or `undefined`",
        remedy="Call `app.use(express.json())` in front of the routes",
        routes=tuple(dict.fromkeys(route for read in found for route in read.routes)),
    )
