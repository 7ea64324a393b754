"""Who parses the bodies of requests, and who reads them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from verifier.api import (
    Facts,
    Function,
    MountEntry,
    Origin,
    Route,
    RouteEntry,
    Router,
    Span,
    Value,
    is_test,
    library_name,
    options,
    regex,
)

from ._routing import HARMLESS, Application, Routing, Used, package_of

# What puts a body on requests.
PARSERS = frozenset(
    "express.json express.urlencoded express.raw express.text body-parser body-parser.json body-parser.urlencoded "
    "body-parser.raw body-parser.text".split()
)
PARSING = frozenset("body-parser express-busboy express-fileupload formidable graphql-upload multer".split())
# What looks as if it did, in a function of the project.
MAY_PARSE = regex(rb"body|[jJ]son|[pP]arse|[rR]aw|'data'|\"data\"|upload|multer|apply|call\b")
# Hosts that parse the body before the application sees the request.
HOSTS = regex(r"firebase-functions|functions-framework|next(?:/|$)|@vercel|@nestjs|aws-|serverless|lambda")


class Read(NamedTuple):
    """A place that reads the body of a request, and the routes that come by."""

    span: Span
    routes: tuple[Route, ...]


def reads(facts: Facts) -> list[Read]:
    """Where handlers read the body of a request."""
    served = set(facts.served_routes)
    found: list[Read] = []
    for read in facts.member_reads:
        if read.owner == "express.Request" and read.name == "body" and not is_test(read.span.path):
            routes = tuple(route for route in facts.calls.routes_at(read.span) if route in served)
            if routes:
                found.append(Read(read.span, routes))
    return found


def kind(value: Value) -> str:
    """What middleware does with bodies: ``parses``, ``leaves`` them, or ``unknown``."""
    kinds = {kind_of(option) for option in options(value)}
    return kinds.pop() if len(kinds) == 1 else "unknown"


def kind_of(value: Value) -> str:
    """The same, for one of several values."""
    if isinstance(value, Function):
        text = value.module.source.data[value.code.start : value.code.end]
        return "unknown" if MAY_PARSE.search(text) else "leaves"
    path = library_name(value)
    if path in PARSERS or package_of(path) in PARSING:
        return "parses"
    return "leaves" if path in HARMLESS or package_of(path) in HARMLESS else "unknown"


def used(facts: Facts) -> Iterator[Used]:
    """All middleware of the program."""
    for router in list(facts.program.engine.objects):
        for found in router.used if isinstance(router, Routing) else ():
            if not is_test(found.origin.path):
                yield found


def is_hosted(facts: Facts) -> bool:
    """Whether something else may parse bodies before the application does."""
    return any(HOSTS.match(found.module) for own in facts.files.values() for found in own.imports)


def places(router: Router, until: int | None, seen: set[int]) -> Iterator[Origin]:
    """Where the routes of a router are declared that were registered, or mounted, up to a moment."""
    if id(router) in seen:
        return
    seen.add(id(router))
    for entry in router.entries:
        if until is not None and entry.sequence > until:
            continue
        if isinstance(entry, RouteEntry):
            yield entry.origin
        elif isinstance(entry, MountEntry):
            yield from places(entry.child, None, seen)


def applications(facts: Facts) -> list[Application]:
    """The applications that are served."""
    served = {found.span for found in facts.startup.served}
    engine = facts.program.engine
    made = [
        one for one in engine.objects if isinstance(one, Application) and one.origin is not None and not one.mounted
    ]
    return [one for one in made if one.origin is not None and engine.span(one.origin) in served]
