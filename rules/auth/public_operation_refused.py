"""An operation that the contract leaves open asks for a token.

Strangers read articles, profiles and lists by the contract, and here they are answered 401 (or 403): something in front
of the handler refuses requests without an `Authorization` header. Often it was meant for others: middleware of a router
runs for all that stands below its path (Express: `router.use(auth)` for later routers at the same path too, Hono:
`app.use("*", auth)`), an application's dependency or hook for all routes, and a security scheme of FastAPI refuses by
itself unless it is made with `auto_error=False`.

Guard the operations that the contract protects, and let the others through: read the token where there is one.

Each operation is tried on the code without a header: it is reported where it surely is refused, and a request with a
token is not.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Access, Category, Facts, Problem, Related, Route, Span, rule


@rule(Category.AUTH_MISCONFIGURATION, constraint="contract")
def public_operation_refused(facts: Facts) -> Iterator[Problem]:
    """Yield each place that keeps strangers from what is open to them."""
    guarding = {
        application: guarding_names([access for access in facts.access if access.route.application == application])
        for application in {access.route.application for access in facts.access}
    }
    places: dict[Span, tuple[str, Span | None, dict[Route, None]]] = {}
    for access in facts.access:
        if access.operation.security or not access.stranger.refused or not lets_users_in(access):
            continue
        span, name = place_of(facts, access, guarding[access.route.application])
        related = access.stranger.place if access.stranger.place != span else None
        places.setdefault(span, (name, related, {}))[2][access.route] = None
    for span, (name, place, routes) in places.items():
        first = next(iter(routes))
        who = f"`{name}` refuses" if name else "this refuses"
        yield Problem(
            span,
            f"`{first.method} {first.path}` is open by the contract, and {who} requests without a token",
            related=(Related(place, "the request is refused here"),) if place is not None else (),
            symptom=f"401 for strangers on {first.method} {first.path}",
            remedy="Let requests without a token through",
            routes=tuple(routes),
            identity=f"{name} {first.method} {first.path}",
        )


def guarding_names(tried: list[Access]) -> frozenset[str]:
    """The guards of the operations that are protected and refuse strangers, without those of open ones."""
    guarding: set[str] = set()
    others: set[str] = set()
    for access in tried:
        if access.operation.security and access.stranger.refused:
            guarding.update(access.route.guards)
        elif not access.operation.security and not access.stranger.refused:
            others.update(access.route.guards)
    return frozenset(guarding - others)


def lets_users_in(access: Access) -> bool:
    """Whether a request with a token is not surely refused."""
    tried = [access.asked, *access.others.values()]
    return any(found is not None and not found.refused and found.complete for found in tried)


def place_of(facts: Facts, access: Access, guarding: frozenset[str]) -> tuple[Span, str]:
    """Where a guard was put up that belongs to others, or the route that has it; else what refuses the request."""
    stranger, route = access.stranger, access.route
    if stranger.by is not None:
        name = next((name for name in reversed(route.guards) if name in guarding), "")
        return stranger.by, name
    own = [found for found in facts.access if found.route.application == route.application]
    everywhere = frozenset.intersection(*(frozenset(found.route.guards) for found in own))
    name = next((name for name in route.guards if name in guarding and name not in everywhere), "")
    protected = {found.stranger.place for found in own if found.operation.security and found.stranger.refused}
    if name or stranger.place is None or (not route.guards and stranger.place in protected):
        return route.span, name
    return stranger.place, ""
