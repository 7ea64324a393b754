"""A route answers another method than the contract gives.

The path is served, but under a method that the contract does not have there: PATCH where it says PUT. A client gets 404
or 405.

Register the handler under the contract's method.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._surface import missing, wrong_method


@rule(Category.INCOMPLETE_IMPLEMENTATION, constraint="contract")
def wrong_methods(facts: Facts) -> Iterator[Problem]:
    """Yield each operation whose path is served under a method that the contract does not know."""
    for operation in missing(facts):
        route = wrong_method(facts, operation)
        if route is not None:
            yield Problem(
                route.span,
                f"The contract has `{operation.method} {operation.path}`, and this route answers `{route.method}`",
                symptom=f"404 or 405 on {operation.method} {operation.path}",
                remedy=f"Register the handler for `{operation.method}`",
                routes=(route,),
                identity=f"{operation.method} {operation.path}",
            )
