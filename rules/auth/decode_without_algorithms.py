"""A token is decoded without saying by which algorithms it may be signed.

PyJWT 2 decodes no token without them: `jwt.decode(token, key)` raises `DecodeError`: `It is required that you pass in a
value for the "algorithms" argument when calling decode()`. Each request with a token is answered 401 or 500.

Name them: `jwt.decode(token, key, algorithms=["HS256"])`. The word is another one than that of `jwt.encode`: with
`algorithm="HS256"` no token is decoded either.

PyJWT 1 takes the algorithm that the token names, and python-jose does so still; both are left alone. So is a call with
`options={"verify_signature": False}`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Span, rule, version_range

from ._tokens import read_tokens


@rule(Category.AUTH_MISCONFIGURATION)
def decode_without_algorithms(facts: Facts) -> Iterator[Problem]:
    """Yield each call of PyJWT that decodes a token by no algorithm."""
    seen: set[Span] = set()
    for token in read_tokens(facts):
        use = token.use
        if token.library != "pyjwt" or not token.checked or use.open or use.span in seen:
            continue
        if use.argument(2, "algorithms") is not None:
            continue
        versions = version_range(facts.project, "pyjwt")
        if versions is not None and not versions.maybe(">=2"):
            continue
        if "algorithm" in use.keywords and (versions is None or versions.maybe("<2")):
            continue
        seen.add(use.span)
        yield Problem(
            use.span,
            "`jwt.decode` is given no `algorithms`, and decodes no token",
            symptom='401 or 500 on each request with a token: pass in a value for the "algorithms" argument',
            remedy='Name them: `algorithms=["HS256"]`',
        )
