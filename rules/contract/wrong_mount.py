"""A route stands below another path than the contract gives.

The route exists, but the prefix of its router, or of the router's mount, puts it elsewhere: `/api/users/user` instead
of `/api/user`. The contract's path answers 404.

Mount the router at the path that leaves the full path as the contract has it, or move the route to another router.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._surface import missing, wrong_method, wrong_mount


@rule(Category.INCOMPLETE_IMPLEMENTATION, constraint="contract")
def wrong_mounts(facts: Facts) -> Iterator[Problem]:
    """Yield each operation whose route is found below another prefix."""
    found = missing(facts)
    if facts.contract is not None and len(found) == len(facts.contract.operations) > 2:
        return
    for operation in found:
        route = wrong_mount(facts, operation)
        if route is not None and wrong_method(facts, operation) is None:
            yield Problem(
                route.span,
                f"`{operation.method} {operation.path}` of the contract is served at `{route.path}`",
                symptom=f"404 on {operation.method} {operation.path}",
                remedy=f"Mount the router so that the full path is `{operation.path}`",
                routes=(route,),
                identity=f"{operation.method} {operation.path}",
            )
