"""Bodies of requests that handlers read, and that no middleware has parsed by then."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from verifier.evaluate.routing import MountEntry, RouteEntry, Router
from verifier.evaluate.values import Function, Origin, Value, options
from verifier.link.program import is_test
from verifier.model import Problem, Related, Route, Span
from verifier.regex import regex

if TYPE_CHECKING:
    import re
    from collections.abc import Callable

    from verifier.link import Facts

# What looks as if it parsed a body, in a function of the project.
MAY_PARSE = regex(rb"body|[jJ]son|[pP]arse|[rR]aw|'data'|\"data\"|upload|multer|apply|call\b")
SHOWN = 3  # reads that a finding shows

Application = TypeVar("Application", bound=Router)


class BodyRead(NamedTuple):
    """A place that reads the body of a request, and the served routes that come by."""

    span: Span
    routes: tuple[Route, ...]


class BodyParser(NamedTuple):
    """Middleware that parses bodies: when it was registered, and where. ``everywhere`` for all routes behind it."""

    moment: int
    origin: Origin
    everywhere: bool


def body_reads(facts: Facts, owner: str) -> list[BodyRead]:
    """Where handlers read ``body`` of a library's request."""
    served = set(facts.served_routes)
    found: list[BodyRead] = []
    for read in facts.member_reads:
        if read.owner == owner and read.name == "body" and not is_test(read.span.path):
            routes = tuple(route for route in facts.calls.routes_at(read.span) if route in served)
            if routes:
                found.append(BodyRead(read.span, routes))
    return found


def one_kind(value: Value, kind_of: Callable[[Value], str]) -> str:
    """What middleware surely does with bodies: ``parses``, ``leaves`` them, or ``unknown``."""
    kinds = {kind_of(option) for option in options(value)}
    return kinds.pop() if len(kinds) == 1 else "unknown"


def kind_of_function(function: Function, harmless: re.Pattern[bytes] | None = None) -> str:
    """The same of a function of the project, by its text, in which ``harmless`` are words that say nothing of it."""
    text = function.module.source.data[function.code.start : function.code.end]
    if harmless is not None:
        text = harmless.sub(b"", text)
    return "unknown" if MAY_PARSE.search(text) else "leaves"


def served_applications(facts: Facts, kind: type[Application]) -> list[Application]:
    """The applications of a library that are served."""
    served = {found.span for found in facts.startup.served}
    engine = facts.program.engine
    return [
        one
        for one in engine.objects
        if isinstance(one, kind) and one.origin is not None and not one.mounted and engine.span(one.origin) in served
    ]


def unparsed(
    facts: Facts, application: Router, parsers: list[BodyParser], found: list[BodyRead], *, missing: Problem, order: str
) -> Iterator[Problem]:
    """The findings on an application: that nothing parses bodies, or that its first parser comes too late.

    Args:
        missing: the finding where there is no parser, as far as it is the library's.
        order: what to do where the parser comes too late.
    """
    from msgspec.structs import replace

    symptom = "500: TypeError: Cannot read properties of undefined"
    if not parsers:
        yield replace(missing, related=shown(found), symptom=symptom, routes=routes_of(found))
        return
    if not all(one.everywhere for one in parsers):
        return
    first = min(parsers)
    engine = facts.program.engine
    before = {engine.span(place) for place in declared(application, first.moment, set())}
    late = [read for read in found if any(route.span in before for route in read.routes)]
    if late:
        yield Problem(
            engine.span(first.origin),
            "Bodies are parsed behind routes that read them: these see `undefined`",
            related=shown(late),
            symptom=symptom,
            remedy=order,
            routes=tuple(route for route in routes_of(late) if route.span in before),
        )


def shown(found: list[BodyRead]) -> tuple[Related, ...]:
    """The first places that read bodies."""
    return tuple(Related(read.span, "this is `undefined`") for read in found[:SHOWN])


def routes_of(found: Iterable[BodyRead]) -> tuple[Route, ...]:
    """The routes that come by some places."""
    return tuple(dict.fromkeys(route for read in found for route in read.routes))


def declared(router: Router, until: int | None, seen: set[int]) -> Iterator[Origin]:
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
            yield from declared(entry.child, None, seen)
