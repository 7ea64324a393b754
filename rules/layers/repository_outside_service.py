"""A repository is used by code that is no service.

Repositories are reached only through services. Middleware, helpers and start-up code that call a repository go around
the business rules of its service, and have to be found again whenever those change.

Offer what is needed as a method of a service and call that.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Related, rule

from ._functions import title
from ._words import by_content, by_framework, handing_on, of_a_service, of_itself


@rule(Category.CONSTRAINT_VIOLATION, constraint="architecture")
def repository_outside_service(facts: Facts) -> Iterator[Problem]:
    """Yield calls of repository functions from files that belong to no layer."""
    layers = facts.layers
    outside = handing_on(facts)
    seen: set[tuple[str, str]] = set()
    for call in facts.calls.calls:
        if call.callee is None or call.creates or call.handed or call.caller is None or by_framework(call):
            continue
        if layers.of(call.span.path) is not None or layers.role(call.callee.path) != "repositories":
            continue
        if by_content(facts, call.callee.path):
            continue  # nothing names either file: which of them is out of place cannot be said
        if (call.caller, call.span) in outside or of_a_service(call.caller) or of_itself(facts, call):
            continue
        key = (str(call.caller), str(call.callee))
        if key in seen:
            continue
        seen.add(key)
        name = title(facts, call.caller)
        yield Problem(
            call.span,
            f"{name} is no service and calls `{call.callee.name}` of the repository `{call.callee.path}`",
            related=(Related(call.callee.span, "the repository's method"),),
            remedy="Call a method of a service instead",
        )
