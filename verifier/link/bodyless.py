"""Routes that answer operations without a body, and what runs on their way without any condition."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from verifier.link.matching import answers
from verifier.link.uses import Use
from verifier.model import Operation, Route, Span

if TYPE_CHECKING:
    from verifier.link import Facts


def bodyless(facts: Facts, framework: str) -> Iterator[tuple[Route, Operation]]:
    """Each route of a framework that answers an operation to which, by the contract, clients send no body."""
    for operation in facts.contract.operations if facts.contract is not None else ():
        if not operation.has_body:
            route = next((route for route in facts.served_routes if answers(route, operation)), None)
            if route is not None and route.framework == framework:
                yield route, operation


def made_always(facts: Facts, route: Route, library: str) -> Iterator[Use]:
    """Calls of a library's paths that the handler of a route makes under no condition, unless it ends before.

    ``library`` is a regular expression for the whole path. What stands under ``try`` is under a condition.
    """
    wanted = re.compile(library)
    if any(use.library is not None and wanted.fullmatch(use.library) for use in facts.uses):
        for use in facts.trace(route).uses:
            if use.library is not None and wanted.fullmatch(use.library) and use.always:
                yield use


def read_always(facts: Facts, route: Route, path: str, name: str) -> Iterator[Span]:
    """Places in the handler of a route where an attribute of a library's object is read under no condition."""
    facts.calls  # noqa: B018 -- what it runs is noted
    function = route.function
    engine = facts.program.engine
    for (holder, attribute, origin), always in engine.asked.items():
        if holder == path and attribute == name and always and function is not None and origin.path == function.path:
            span = engine.span(origin)
            if function.span.line <= span.line <= function.span.end_line:
                yield span
