"""An operation that the contract protects lets strangers in.

A request without a token reaches the handler: nothing in front of it refuses, as it does for the other protected
operations, and the handler does not either. Strangers read what is somebody's own, or change it in nobody's name; code
that takes the user for granted fails with 404 or 500 instead of 401.

Put the guard of the other operations in front: the same dependency, decorator, hook or middleware.

Each operation is tried on the code without a header. One is reported where the other protected ones surely refuse it,
and nothing on its way says so even under a condition. A guard of a library whose code is not seen counts as one, and so
does whatever puts something on the request that the handler reads and that nothing was seen to put there.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Access, Category, Confidence, Facts, Problem, Related, Severity, Span, rule

FEWEST = 2


@rule(Category.AUTH_MISCONFIGURATION, Severity.WARNING, confidence=Confidence.MEDIUM, constraint="contract")
def open_operation(facts: Facts) -> Iterator[Problem]:
    """Yield each protected operation that refuses no stranger."""
    if facts.contract is None or not facts.contract.tells_protected:
        return
    for application in dict.fromkeys(access.route.application for access in facts.access):
        yield from judged([access for access in facts.access if access.route.application == application])


def judged(tried: list[Access]) -> Iterator[Problem]:
    """The same, of one application."""
    protected = [access for access in tried if access.operation.security]
    refusing = [access for access in protected if access.stranger.refused and access.stranger.denied]
    if len(refusing) < FEWEST or 2 * len(refusing) < len(protected):
        return
    public = [access for access in tried if not access.operation.security]
    shared = {place for access in public for place in access.stranger.doubted}
    known = {name for access in public for name in access.route.guards}
    guard = next((name for access in refusing for name in access.route.guards if name not in known), "")
    put = {name for access in tried for name in (*access.stranger.put, *(access.asked.put if access.asked else ()))}
    for access in protected:
        if not is_open(access, shared, known) or any(name not in put for name, _ in access.stranger.sought):
            continue
        route, handler = access.route, access.route.function
        yield Problem(
            route.span,
            f"`{route.method} {route.path}` is protected by the contract, and lets requests without a token in",
            related=(Related(handler.span, "its handler"),) if handler is not None else (),
            symptom=f"no 401 for strangers on {route.method} {route.path}",
            remedy=f"Guard it as the others are: `{guard}`" if guard else "Guard it as the others are",
            routes=(route,),
            identity=f"{route.method} {route.path}",
        )


def is_open(access: Access, shared: set[Span | None], known: set[str]) -> bool:
    """Whether nothing turns a stranger away, as far as all of the code was seen."""
    stranger = access.stranger
    if stranger.refused or not stranger.complete or access.route.function is None or stranger.library:
        return False
    return not (stranger.doubted - shared) and set(access.route.guards) <= known
