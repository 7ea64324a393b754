"""Which operations of the contract the routes answer, and where those that they do not answer went."""

from __future__ import annotations

from difflib import SequenceMatcher
from itertools import dropwhile

from verifier.api import Facts, Operation, PathPattern, Route, Segment, Span, answers, same_shape, serves


def decided(facts: Facts) -> bool:
    """Whether all routes are known: an application was found, and nothing is registered where it cannot be read."""
    return bool(facts.applications) and not facts.doubtful_routes


def missing(facts: Facts) -> list[Operation]:
    """Operations that surely no route was made for."""
    if facts.contract is None or not decided(facts):
        return []
    return [
        operation
        for operation in facts.contract.operations
        if not any(answers(route, operation) or catches(route, operation) for route in facts.served_routes)
    ]


def catches(route: Route, operation: Operation) -> bool:
    """Whether a catch-all takes an operation; what it does with it cannot be seen."""
    return bool(route.pattern.segments) and route.pattern.segments[-1].rest and serves(route, operation)


def unclaimed(facts: Facts) -> list[Route]:
    """Routes that answer no operation."""
    contract = facts.contract
    if contract is None:
        return []
    return [
        route
        for route in facts.served_routes
        if not any(answers(route, operation) for operation in contract.operations)
    ]


def wrong_method(facts: Facts, operation: Operation) -> Route | None:
    """A route with the operation's path, under a method that the contract does not have there."""
    return next((route for route in unclaimed(facts) if same_shape(route.pattern, operation.pattern)), None)


def wrong_mount(facts: Facts, operation: Operation) -> Route | None:
    """A route with the operation's method and own path, but below another prefix."""
    own = [part for part in operation.own.split("/") if part]
    for route in unclaimed(facts):
        parts = route.pattern.segments
        if route.method != operation.method or len(parts) < len(own) or not own:
            continue
        ending = parts[len(parts) - len(own) :]
        if all(
            segment.text == part if "{" not in part else bool(segment.parameters)
            for segment, part in zip(ending, own, strict=True)
        ):
            return route
    return elsewhere(facts, operation)


def elsewhere(facts: Facts, operation: Operation) -> Route | None:
    """The one route that is like an operation from its first parameter on, below other words (`/notes/{id}/tags`)."""
    wanted = from_parameter(operation)
    if all(segment.parameters for segment in wanted):
        return None  # nothing in it says what it is about
    found = [route for route in unclaimed(facts) if route.method == operation.method]
    like = [route for route in found if same_shape(PathPattern(from_parameter(route)), PathPattern(wanted))]
    return like[0] if len(like) == 1 else None


def from_parameter(of: Route | Operation) -> tuple[Segment, ...]:
    """The part of a path that begins with its first parameter."""
    return tuple(dropwhile(lambda segment: not segment.parameters, of.pattern.segments))


def nearest_route(facts: Facts, operation: Operation) -> Route | None:
    """The unclaimed route whose path is most like the operation's."""
    best: tuple[float, Route] | None = None
    for route in unclaimed(facts):
        likeness = SequenceMatcher(None, route.path, operation.path).ratio()
        if route.method == operation.method and likeness > 0.75 and (best is None or likeness > best[0]):
            best = (likeness, route)
    return best[1] if best is not None else None


def place(facts: Facts) -> Span:
    """Where a route that does not exist is reported: at the application."""
    if facts.startup.served:
        return facts.startup.served[0].span
    return facts.applications[0].span
