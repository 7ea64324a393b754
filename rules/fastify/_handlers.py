"""The functions that answer requests, as they were registered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from verifier.api import Facts, Function, Route, is_test, variable_at

SENDING = frozenset("callNotFound redirect send".split())
# Members of a reply that answer nothing by themselves.
QUIET = frozenset(
    "clearCookie code cookie elapsedTime getHeader getHeaders hasHeader header headers log removeHeader request "
    "serializer setCookie status statusCode trailer type".split()
)


class Handler(NamedTuple):
    """A function that answers; ``reply`` is the name of its second parameter, or empty."""

    function: Function
    routes: tuple[Route, ...]
    reply: str


def handlers(facts: Facts) -> Iterator[Handler]:
    """The project's handlers, each once; those that take their parameters apart are left out."""
    routes: dict[object, tuple[Function, list[Route]]] = {}
    for route, value in zip(facts.routes, facts.table.handlers, strict=True):
        if route.framework == "fastify" and isinstance(value, Function) and not is_test(value.module.path):
            routes.setdefault(value.code, (value, []))[1].append(route)
    for function, found in routes.values():
        reply = variable_at(function, 1)
        if reply is not None:
            yield Handler(function, tuple(found), reply)


def is_quiet(members: tuple[str, ...]) -> bool:
    """Whether a use of the reply answers nothing."""
    return members[0] == "log" or all(member in QUIET for member in members)
