"""Requests without a body are refused because they say that they are JSON.

The contract has operations without a body: to favor something, to follow somebody, to delete. Clients that set
`Content-Type: application/json` on all requests send it on these too, and Fastify's own parser answers `400 Body
cannot be empty when content-type is set to 'application/json'` before the handler runs. Fastify 5 does so for POST,
PUT, PATCH and DELETE; Fastify 3 and 4 leave a DELETE alone that has no `Content-Length`. A parser of one's own that
calls `JSON.parse` on whatever comes gives 500; in Fastify 3 and 4 it ends the process, unless it is asynchronous.

Add a parser that takes an empty body: `app.addContentTypeParser("application/json", { parseAs: "string" }, (request,
body, done) => { if (body === "") return done(null, undefined); ... })`.

The rule needs a contract. It is silent where a parser of one's own looks at the body first, and where a hook takes
the header away.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import (
    Category,
    Facts,
    Fix,
    Function,
    NewStatement,
    Problem,
    Related,
    Route,
    Span,
    Value,
    is_test,
    options,
    parses_blindly,
    regex,
    rule,
    variable_at,
    version_range,
)

from ._instance import FastifyInstance
from ._request import serving
from ._settings import flat

JSON_TYPES = ("application/json", "*")
REMEDY = "Add a parser of `application/json` that takes an empty body for none"


@rule(Category.FRAMEWORK_IDIOSYNCRASY, constraint="contract")
def empty_json_body(facts: Facts) -> Iterator[Problem]:
    """Yield each application that refuses requests of operations without a body."""
    engine = facts.program.engine
    versions = version_range(facts.project, "fastify")
    five = versions is None or versions.maybe(">=5.0.0-alpha")
    methods = {"POST", "PUT", "PATCH", "DELETE"} if five else {"POST", "PUT", "PATCH"}
    refused: dict[tuple[int, object], tuple[FastifyInstance, Function | None, list[Route]]] = {}
    for route in facts.served_routes:
        if route.framework != "fastify" or route.method not in methods or not facts.has_no_body(route):
            continue
        answering = serving(engine, route)
        if answering is None or any(takes_header(function) for function in answering.before):
            continue
        tolerant, parser = parser_of(answering.instance)
        if not tolerant:
            root = answering.instance.root
            refused.setdefault((id(root), parser and parser.code), (root, parser, []))[2].append(route)
    for root, parser, routes in refused.values():
        place = parser.origin if parser is not None else root.origin
        if place is None or is_test(place.path):
            continue
        names = ", ".join(f"`{route.method} {route.path}`" for route in routes[:2]) + (
            " ..." if len(routes) > 2 else ""
        )
        if parser is not None:
            message = f"This parser fails on an empty body, which requests like {names} have"
            symptom = "500: Unexpected end of JSON input"
            if not five and not parser.code.is_async:
                symptom += "; the error ends the process"
        else:
            message = f"Requests without a body that say they are JSON are refused, such as {names}"
            symptom = "400: Body cannot be empty when content-type is set to 'application/json'"
        yield Problem(
            engine.span(place),
            message,
            related=tuple(Related(route.span, "the contract has no body here") for route in routes[:3]),
            symptom=symptom,
            remedy=REMEDY,
            routes=tuple(routes),
            fix=tolerant_parser(facts, engine.span(place)) if parser is None else None,
        )


NAMED = regex(r"\b(?:const|let|var)\s+(\w+)(?:\s*:\s*[\w.<>, ]+)?\s*=\s*(?:await\s+)?$")
# Fastify's own parser does what it did for every other body.
PARSER = """\
const parseJson = {name}.getDefaultJsonParser('error', 'error');
{name}.addContentTypeParser('application/json', {{ parseAs: 'string' }}, (request, body, done) => {{
  if (body === '') done(null, undefined);
  else parseJson(request, body, done);
}});"""


def tolerant_parser(facts: Facts, place: Span) -> Fix | None:
    """The fix that takes empty bodies, where the application has a name in the file that makes it."""
    line = facts.project.files[place.path].line(place.line)[: place.column - 1]
    named = NAMED.search(line)
    return Fix("take empty bodies", (NewStatement(place, PARSER.format(name=named[1])),)) if named else None


def is_of_json(types: tuple[str, ...] | None) -> bool:
    """Whether a parser may take JSON: Fastify's own stays in front of one of all types."""
    return types is None or (types != ("*",) and any(found.startswith(JSON_TYPES) for found in types))


def parser_of(instance: FastifyInstance) -> tuple[bool, Function | None]:
    """What parses JSON for the routes of an instance: whether it may take an empty body, and what else it is.

    That is a function which fails on an empty body, or None for Fastify's own parser.
    """
    blind: Function | None = None
    above: FastifyInstance | None = instance
    while above is not None:
        parsers = [parser for parser in above.parsers if is_of_json(parser.types)]
        if parsers and parsers[-1].function is not None:  # those before it that were taken away stay away
            parsers = [parser for parser in parsers if parser.function is not None]
        for parser in parsers:
            if parser.function is None:
                return True, None
            for function in options(parser.function):
                body = variable_at(function, 1) if isinstance(function, Function) else None
                if not isinstance(function, Function) or not body or not parses_blindly(function, body):
                    return True, None
                blind = function
        above = above.parent
    return False, blind


def takes_header(hook: Value) -> bool:
    """Whether a hook in front of a handler may change what is said of the body, or the body."""
    for function in flat(hook):
        if isinstance(function, Function):
            text = function.module.source.data[function.code.start : function.code.end].lower()
            if any(word in text for word in (b"content-type", b"content-length", b"payload")):
                return True
    return False
