"""A route differs from the contract by a slash at its end.

This framework does not treat `/articles` and `/articles/` alike here: it answers 404, or redirects in a way that loses
the method and body (Django's APPEND_SLASH). Where the framework answers both, or redirects with 307 or 308, nothing is
reported.

Write the path as the contract has it.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, answers, rule, slash_matters


@rule(Category.FRAMEWORK_IDIOSYNCRASY, constraint="contract")
def trailing_slash(facts: Facts) -> Iterator[Problem]:
    """Yield each operation of which every route fails for a slash."""
    assert facts.contract is not None
    for operation in facts.contract.operations:
        made = [route for route in facts.routes if answers(route, operation)]
        if made and all(slash_matters(route, operation) for route in made):
            route = made[0]
            how = (
                "a redirect that turns it into GET, or 500"
                if route.trailing == "append" and route.pattern.slash
                else "404"
            )
            yield Problem(
                route.span,
                f"The route is `{route.path}`, the contract has `{operation.path}`: {route.framework} tells them apart",
                symptom=f"{how} on {operation.method} {operation.path}",
                remedy=f"Write the path so that the route is `{operation.path}`",
                routes=(route,),
                identity=f"{operation.method} {operation.path}",
            )
