"""A repository is used by code that is no service.

Repositories are reached only through services. Middleware, helpers and start-up code that call a repository go around
the business rules of its service, and have to be found again whenever those change.

Offer what is needed as a method of a service and call that.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Related, rule


@rule(Category.CONSTRAINT_VIOLATION, constraint="architecture")
def repository_outside_service(facts: Facts) -> Iterator[Problem]:
    """Yield calls of repository functions from files that belong to no layer."""
    layers = facts.layers
    seen: set[tuple[str, str]] = set()
    for call in facts.calls.calls:
        if call.callee is None or call.creates or call.caller is None:
            continue
        if layers.of(call.span.path) is not None or layers.role(call.callee.path) != "repositories":
            continue
        key = (str(call.caller), str(call.callee))
        if key in seen:
            continue
        seen.add(key)
        yield Problem(
            call.span,
            f"`{call.caller.name}` is no service and calls `{call.callee.name}` of the repository `{call.callee.path}`",
            related=(Related(call.callee.span, "the repository's method"),),
            remedy="Call a method of a service instead",
        )
