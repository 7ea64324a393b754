"""All tokens are issued for the same subject.

Whoever logs in is given a token that names one and the same user: with it everybody is that one, reads what is theirs
and writes in their name. A single user in a test never notices.

Put the id of the user who logged in into the token: `{"sub": str(user.id)}`.

Tokens that a project issues and never reads itself, as those of a service that another one asks for, are left alone,
and those with an audience or a private key.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Const, Facts, Problem, Record, Span, Value, options, regex, rule

from ._tokens import is_symmetric, issued, read_tokens
from ._written import entry_at, span_of

# The claims that say whose a token is.
SUBJECTS = regex(r"(?i)sub|(?:user|account|member|customer)?_?(?:id|uuid|pk)|user(?:_?name)?|account|e?mail|username")
# Claims that say something of the token itself.
OWN = frozenset({"exp", "iat", "nbf", "jti", "iss", "type", "typ", "token_type", "fresh", "scope", "scopes", "alg"})


@rule(Category.AUTH_MISCONFIGURATION)
def same_subject(facts: Facts) -> Iterator[Problem]:
    """Yield each token whose subject is written in the source."""
    tokens = [token for token in issued(facts) if token.library in ("pyjwt", "python-jose", "jsonwebtoken", "hono")]
    if not tokens or not any(token.checked for token in read_tokens(facts)):
        return
    places: dict[Span, bool] = {}
    for token in tokens:
        found = subject_of(token.claims)
        if found is None or not is_symmetric(token):
            continue
        record, key, value = found
        place = record.places.get(key)
        written = entry_at(facts, place) if place is not None else None
        if written is not None:
            span = span_of(facts, *written)
            places[span] = places.get(span, True) and is_fixed(value)
    for span, fixed in places.items():
        if fixed:
            yield Problem(
                span,
                "every token is issued for the same subject",
                symptom="all users are taken for one and the same",
                remedy="Issue the token for the user who asks for it",
            )


def subject_of(claims: Value | None) -> tuple[Record, str, Value] | None:
    """The one claim that says whose a token is, where nothing else in it does."""
    for option in options(claims) if claims is not None else ():
        if not isinstance(option, Record) or not option.complete or "aud" in option.entries:
            continue
        keys = [key for key in option.entries if isinstance(key, str) and key not in OWN]
        if len(keys) == 1 and SUBJECTS.fullmatch(keys[0]):
            return option, keys[0], option.entries[keys[0]]
    return None


def is_fixed(value: Value) -> bool:
    """Whether a claim is written in the source."""
    return isinstance(value, Const) and value.value is not None
