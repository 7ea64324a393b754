"""A route reaches a repository without a service in between.

Routes import services only. A handler that calls a repository holds the business rules itself, so that the next handler
repeats or forgets them.

Call a service from the route, and let the service use the repository. A file that only puts objects together (it makes
repositories and hands them to services, and declares no route) is free to import both.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Confidence, Facts, Problem, Related, Span, rule

from ._words import by_content, by_framework, handing_on, holds_data_access


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
        and (not by_content(facts, call.callee.path) or holds_data_access(facts, call.callee))
    ]
    users = {call.span.path for call in calling}
    # Beside services, a file that no name makes a repository may be one of them under another name.
    served = any(layer.role == "services" for layer in layers.files.values())
    outside = handing_on(facts)
    importing: set[str] = set()
    for edge in facts.imports.edges:
        if layers.role(edge.source) != "routes" or layers.role(edge.target) != "repositories":
            continue
        if edge.source not in users and (edge.source not in declaring or by_content(facts, edge.source)):
            continue  # it only puts objects together, if it declares a route beside that
        if by_content(facts, edge.target):
            continue  # the file may hold other things too: what is called in it decides
        importing.add(edge.source)
        target = layers.of(edge.target)
        assert target is not None
        affected = {
            route: None
            for call in calling
            if call.span.path == edge.source and call.callee is not None and call.callee.path == edge.target
            for route in (facts.calls.reaching.get(call.caller, ()) if call.caller is not None else ())
        }
        yield Problem(
            edge.span,
            f"The route file imports the repository `{edge.target}`",
            related=(Related(Span(edge.target, 1), f"a repository by {target.reason}"),),
            remedy="Call a service here, and let the service use the repository",
            routes=tuple(affected),
            identity=f"{edge.source} -> {edge.target}",
        )
    for call in calling:
        assert call.callee is not None
        if by_framework(call) or call.handed or (call.caller, call.span) in outside:
            continue
        if call.span.path not in importing or by_content(facts, call.callee.path):
            called = layers.of(call.callee.path)
            assert called is not None
            yield Problem(
                call.span,
                f"The route calls `{call.callee.name}` of the repository `{call.callee.path}`",
                related=(Related(call.callee.span, f"in a repository by {called.reason}"),),
                remedy="Call a service here, and let the service use the repository",
                confidence=Confidence.MEDIUM if called.by_content and served else None,
            )
