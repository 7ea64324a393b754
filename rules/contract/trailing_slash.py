"""A route differs from the contract by a slash at its end.

This framework does not treat `/articles` and `/articles/` alike here: it answers 404, or redirects in a way that loses
the method and body (Django's APPEND_SLASH). Where the framework answers both, or redirects with 307 or 308, nothing is
reported.

Write the path as the contract has it.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Operation, Problem, Route, Span, answers, rule, slash_matters


@rule(Category.FRAMEWORK_IDIOSYNCRASY, constraint="contract")
def trailing_slash(facts: Facts) -> Iterator[Problem]:
    """Yield each path for which every route of an operation fails for a slash."""
    assert facts.contract is not None
    found: dict[tuple[Span, str], list[tuple[Route, Operation]]] = {}
    for operation in facts.contract.operations:
        made = [route for route in facts.served_routes if answers(route, operation)]
        if made and all(slash_matters(route, operation) for route in made):
            found.setdefault((made[0].span, operation.path), []).append((made[0], operation))
    for (span, path), pairs in found.items():
        route = pairs[0][0]
        asked = ", ".join(f"{operation.method} {path}" for _, operation in pairs)
        redirected = route.trailing == "append" and route.pattern.slash
        how = "a redirect that turns it into GET, or 500" if redirected else "404"
        yield Problem(
            span,
            f"The route is `{route.path}`, the contract has `{path}`: {route.framework} tells them apart",
            symptom=f"{how} on {asked}",
            remedy=f"Write the path so that the route is `{path}`",
            routes=tuple(route for route, _ in pairs),
            identity=asked,
        )
