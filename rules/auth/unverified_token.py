"""Tokens are read without being verified, and nothing else verifies them.

Whoever writes a token of their own, with the id of another user in it, is taken for that user: the signature that would
tell is not looked at. `jwt.decode` of jsonwebtoken only decodes, and so does PyJWT with `verify_signature` set to
`False`.

Verify: `jwt.verify(token, secret)`, `jwt.decode(token, key, algorithms=["HS256"])`.

The rule looks at projects that issue the tokens themselves. Where some call verifies, one that only decodes may look
at a token for something else, and is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Related, Span, rule

from ._tokens import issued, read_tokens


@rule(Category.AUTH_MISCONFIGURATION)
def unverified_token(facts: Facts) -> Iterator[Problem]:
    """Yield each call that reads a token in a project that verifies none."""
    reading = list(read_tokens(facts))
    if not reading or any(token.checked for token in reading):
        return
    signed = list(issued(facts))
    seen: set[Span] = set()
    for token in reading:
        if token.use.span in seen or not any(other.library == token.library for other in signed):
            continue
        seen.add(token.use.span)
        yield Problem(
            token.use.span,
            "the token is read without being verified, and nothing verifies it",
            related=tuple(Related(other.use.span, "tokens are signed here") for other in signed[:1]),
            symptom="a forged token is taken for that of any user",
            remedy="Verify its signature",
        )
