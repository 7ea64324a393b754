"""A route reaches a repository without a service in between.

Routes import services only. A handler that calls a repository holds the business rules itself, so that the next handler
repeats or forgets them.

Call a service from the route, and let the service use the repository. A file that only puts objects together (it makes
repositories and hands them to services, and declares no route) is free to import both.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Related, Span, rule


@rule(Category.CONSTRAINT_VIOLATION, constraint="architecture")
def repository_in_route(facts: Facts) -> Iterator[Problem]:
    """Yield imports of repositories in route files, and calls of repositories that were handed to them."""
    layers = facts.layers
    declaring = {route.span.path for route in facts.routes}
    calling = [
        call
        for call in facts.calls.calls
        if call.callee is not None
        and not call.creates
        and layers.role(call.span.path) == "routes"
        and layers.role(call.callee.path) == "repositories"
    ]
    users = {call.span.path for call in calling}
    importing: set[str] = set()
    for edge in facts.imports.edges:
        if layers.role(edge.source) != "routes" or layers.role(edge.target) != "repositories":
            continue
        if edge.source not in declaring and edge.source not in users:
            continue  # it only puts objects together
        importing.add(edge.source)
        target = layers.of(edge.target)
        assert target is not None
        yield Problem(
            edge.span,
            f"The route file imports the repository `{edge.target}`",
            related=(Related(Span(edge.target, 1), f"a repository by {target.reason}"),),
            remedy="Call a service here, and let the service use the repository",
            identity=f"{edge.source} -> {edge.target}",
        )
    for call in calling:
        if call.span.path not in importing and call.callee is not None:
            yield Problem(
                call.span,
                f"The route calls `{call.callee.name}` of the repository `{call.callee.path}`",
                related=(Related(call.callee.span, "the repository's method"),),
                remedy="Call a service here, and let the service use the repository",
            )
