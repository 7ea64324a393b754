"""A handler reads who asks under another name than the guard puts it.

The middleware, hook or decorator finds the user of a token and keeps them on the request; the handler reads another
name, which nothing puts there on its way. It finds nobody: it answers 401 or 404 to whoever has a valid token, or fails
with 500 (`Cannot read properties of undefined`).

Read the name that is written, or write the one that is read. express-jwt writes `auth` from version 7 on, and wrote
`user` before.

Each protected operation is tried on the code with a token. A name counts that middleware of other routes puts there, or
that says who asks, where another such name is put there and never read. Middleware of a library whose code is not seen
may put anything there: behind it nothing is reported.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Access, Category, Facts, Outcome, Problem, Related, Route, Span, regex, rule

PERSON = regex(r"(?i)user|viewer|account|auth|member|principal|identity|claims|caller|actor|current|session|person")


@rule(Category.AUTH_MISCONFIGURATION, constraint="contract")
def user_under_another_name(facts: Facts) -> Iterator[Problem]:
    """Yield each name under which a guard keeps the user and that no handler reads."""
    lost: dict[tuple[str, str, str], tuple[Outcome, Span, dict[Route, None]]] = {}
    for application in dict.fromkeys(access.route.application for access in facts.access):
        own = [access for access in facts.access if access.route.application == application]
        everywhere = {name for access in own for outcome in tried(access) for name in outcome.put}
        read = {name for access in own for outcome in tried(access) for name in outcome.found}
        for access in own:
            for outcome in tried(access):
                if outcome is access.stranger or not access.operation.security or outcome.library:
                    continue
                written = next((name for name in outcome.put if name not in read and PERSON.search(name)), None)
                for name, span in outcome.sought:
                    named = name in everywhere or PERSON.search(name)
                    if written is not None and name not in outcome.put and named:
                        lost.setdefault((application, written, name), (outcome, span, {}))[2][access.route] = None
    for (_, written, name), (outcome, span, routes) in lost.items():
        place = facts.kept_at(outcome, written)
        route = next(iter(routes))
        yield Problem(
            place or span,
            f"`{written}` is kept for `{route.method} {route.path}`, which reads `{name}`",
            related=(Related(span, f"`{name}` is read here"),) if place is not None else (),
            symptom="401, 404 or 500 for whoever sends a valid token",
            remedy=f"Use one name: `{written}` or `{name}`",
            routes=tuple(routes),
            identity=f"{written} {name}",
        )


def tried(access: Access) -> Iterator[Outcome]:
    """What became of the requests to an operation."""
    yield access.stranger
    if access.asked is not None:
        yield access.asked
    yield from access.others.values()
