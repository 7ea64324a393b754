"""The functions that answer requests, as they were registered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from verifier.api import Facts, Function, Instance, Route, RouteEntry, Value, is_test, options, regex, variable_at

from ._companions import WRAPPERS
from ._routing import Routing, handles_errors

# Wrappers of libraries that run a handler as it is.
PLAIN_WRAPPERS = frozenset(f"{name}()" for name in WRAPPERS)
# Members of a response that answer nothing by themselves.
QUIET = frozenset(
    "app append attachment clearCookie contentType cookie get getHeader getHeaders hasHeader header links locals "
    "location removeHeader req set setHeader status statusCode statusMessage type vary".split()
)
SENDING = frozenset("download end json jsonp redirect render send sendFile sendStatus sendfile".split())


# What a handler may take out of its request to answer with.
TAKEN = regex(rb"\b(?:res|next)\b")


class Handler(NamedTuple):
    """A function that answers, or middleware: ``response`` and ``following`` are the names of its parameters.

    A name is empty where the function does not take the parameter.
    """

    function: Function
    routes: tuple[Route, ...]
    response: str
    following: str
    answers: bool
    wrapped: bool


def handlers(facts: Facts) -> Iterator[Handler]:
    """The project's handlers and middleware, each once; those that take their parameters apart are left out."""
    routes: dict[object, list[Route]] = {}
    for route, value in zip(facts.routes, facts.table.handlers, strict=True):
        if route.framework == "express" and isinstance(value, Function) and route.method != "WEBSOCKET":
            routes.setdefault(value.code, []).append(route)
    seen: set[object] = set()
    for router in list(facts.program.engine.objects):
        if not isinstance(router, Routing):
            continue
        answering = [entry.handler for entry in router.entries if isinstance(entry, RouteEntry)]
        for value, answers in [*((one, True) for one in answering), *((one.value, False) for one in router.used)]:
            for function, wrapped in functions(value):
                if function.code in seen or is_test(function.module.path) or handles_errors(function):
                    continue
                if answers and function.code not in routes:
                    continue
                seen.add(function.code)
                response, following = variable_at(function, 1), variable_at(function, 2)
                if response is not None and following is not None and not takes_apart(function):
                    found = tuple(routes.get(function.code, ()))
                    yield Handler(function, found, response, following, answers, wrapped)


def functions(value: Value) -> Iterator[tuple[Function, bool]]:
    """The functions that a registered value may be, and whether a library's wrapper is around each."""
    for option in options(value):
        if isinstance(option, Function):
            yield option, False
        elif isinstance(option, Instance) and option.path in PLAIN_WRAPPERS:
            inner = option.attributes.get("wrapped")
            if isinstance(inner, Function):
                yield inner, True


def takes_apart(function: Function) -> bool:
    """Whether a function takes what leads to the response out of the request: ``({ body, res }) => res.json(body)``."""
    first = function.code.parameters[0] if function.code.parameters else None
    if first is None or variable_at(function, 0) is not None:
        return False
    return TAKEN.search(function.module.source.data, first.start, first.end) is not None


def is_quiet(members: tuple[str, ...]) -> bool:
    """Whether a use of the response answers nothing."""
    return members[0] == "locals" or all(member in QUIET for member in members)
