"""The `Authorization` header is taken with another scheme than the contract's.

The contract says what stands in front of the token (`Authorization: Token <token>`), and the code lets in another word
only, most often `Bearer`, the default of libraries. A login answers with a token, and every request that sends it as
the contract says is answered 401 (403, 400 or 500 by some).

Take the contract's word: compare with `"token"`; FastAPI: `APIKeyHeader(name="Authorization")`, and take the word off
yourself; @fastify/jwt: `verify: { extractToken }`; express-jwt and koa-jwt: `getToken`; passport-jwt:
`ExtractJwt.fromAuthHeaderWithScheme("Token")`; Hono: `bearerAuth({ prefix: "Token" })`; Flask-JWT-Extended:
`JWT_HEADER_TYPE = "Token"`; simplejwt: `AUTH_HEADER_TYPES = ("Token",)`. `BearerTransport` of FastAPI Users takes
`Bearer` alone.

Each protected operation is tried on the code with a header of each scheme: it is reported where the contract's surely
is refused and another one is let in. A contract that does not say its scheme is silent, and so is code that takes both.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Access, Category, Facts, Problem, Route, Span, rule


@rule(Category.AUTH_MISCONFIGURATION, constraint="contract")
def wrong_scheme(facts: Facts) -> Iterator[Problem]:
    """Yield each place where code looks for a scheme that is not the contract's."""
    assert facts.contract is not None
    if not facts.contract.scheme:
        return
    places: dict[Span, tuple[str, dict[Route, None]]] = {}
    for access in facts.access:
        asked = access.asked
        if not access.operation.security or asked is None or not asked.refused or not access.accepted:
            continue
        accepted = next(iter(sorted(access.accepted, key=len, reverse=True)))
        span = place_of(facts, access, accepted)
        places.setdefault(span, (accepted, {}))[1][access.route] = None
    for span, (accepted, routes) in places.items():
        word = f"`Authorization: {accepted} ...`" if accepted else "the bare token"
        yield Problem(
            span,
            f"only {word} is let in, and the contract says `Authorization: {facts.contract.scheme} ...`",
            symptom=f"401 on each request that sends the token behind `{facts.contract.scheme}`",
            remedy=f"Take the token behind `{facts.contract.scheme}`",
            routes=tuple(routes),
            identity=accepted,
        )


def place_of(facts: Facts, access: Access, accepted: str) -> Span:
    """The word that is looked for; else what refuses the request."""
    asked = access.asked
    assert asked is not None
    words = facts.scheme_words(asked, accepted) if accepted else []
    return words[0] if words else asked.cause or asked.place or asked.by or access.route.span
