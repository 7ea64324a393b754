"""An operation of the contract has no route.

The contract names a method and path that no route of the application answers. A client gets 404 (or 405), and every
later request that needs the answer fails too.

Add the route, with the full path that the contract gives: prefixes of routers and of the server count.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Operation, Problem, Related, Route, covers, rule, same_shape

from ._surface import missing, nearest_route, place, wrong_method, wrong_mount


@rule(Category.INCOMPLETE_IMPLEMENTATION, constraint="contract")
def missing_operation(facts: Facts) -> Iterator[Problem]:
    """Yield each operation that nothing answers, unless it was put under another method or path."""
    found = missing(facts)
    assert facts.contract is not None
    if len(found) == len(facts.contract.operations) > 2:
        yield Problem(
            place(facts),
            f"None of the {len(found)} operations of the contract has a route below `{facts.contract.base or '/'}`",
            symptom="404 on every request",
            remedy="Add the routes, or set `contract-base` if the API stands below another path",
            routes=(),
        )
        return
    for operation in found:
        if wrong_method(facts, operation) is None and wrong_mount(facts, operation) is None:
            yield problem(facts, operation)


def problem(facts: Facts, operation: Operation) -> Problem:
    """The finding for one operation."""
    taken = [
        route
        for route in facts.served_routes
        if route.method == operation.method and covers(route.pattern, operation.pattern)
    ]
    others = [route for route in facts.served_routes if same_shape(route.pattern, operation.pattern)]
    near = nearest_route(facts, operation)
    related: list[Related] = []
    symptom = f"404 on {operation.method} {operation.path}"
    if taken:
        related.append(Related(taken[0].span, f"`{taken[0].method} {taken[0].path}` takes its requests"))
        symptom = f"{operation.method} {operation.path} is answered by the route for `{taken[0].path}`"
    elif others:
        symptom = f"404 or 405 on {operation.method} {operation.path}"
        related.append(Related(others[0].span, f"`{others[0].path}` is served for {listed(others)} only"))
    elif near is not None:
        related.append(Related(near.span, f"the nearest route is `{near.method} {near.path}`"))
    return Problem(
        place(facts),
        f"No route answers `{operation.method} {operation.path}`{name_of(operation)}",
        related=tuple(related),
        symptom=symptom,
        remedy="Add the route",
        routes=(),
        identity=f"{operation.method} {operation.path}",
    )


def listed(routes: list[Route]) -> str:
    """The methods of some routes, in words."""
    methods = list(dict.fromkeys(route.method for route in routes))
    return " and ".join([", ".join(methods[:-1]), methods[-1]] if len(methods) > 1 else methods)


def name_of(operation: Operation) -> str:
    """The operation's id, for the message."""
    return f" (operation `{operation.operation_id}`)" if operation.operation_id else ""
