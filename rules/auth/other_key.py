"""Tokens are signed with one key and verified with another.

Every login answers with a token, and every request that brings it back is answered 401: the signature is not one of the
key that it is held against. A text that stands in the call that verifies, and nowhere else, is no setting that the
signature was made with.

Use one setting in both places: `jwt.decode(token, settings.secret_key, algorithms=[...])`.

Only keys that sign as well as verify are held against each other (`HS256`): a public key differs from the private one,
and both are left alone. Where several kinds of tokens are issued, one key that may be the same is enough.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Const, Facts, Problem, Related, Span, Value, rule, syntax

from ._tokens import Token, bare_key, is_symmetric, issued, read_tokens
from ._written import call_at, span_of

SHORTEST = 4


@rule(Category.AUTH_MISCONFIGURATION)
def other_key(facts: Facts) -> Iterator[Problem]:
    """Yield each call that verifies tokens with a key that none was signed with."""
    signed = [token for token in issued(facts) if token.key is not None]
    if not signed or not all(map(is_symmetric, signed)):
        return
    reported = set()
    for token in read_tokens(facts):
        if not token.checked or token.key is None or not is_symmetric(token) or token.use.span in reported:
            continue
        others = [other for other in signed if related(other.library, token.library)]
        if not others or not all(differ(facts, token, other) for other in others):
            continue
        reported.add(token.use.span)
        yield Problem(
            key_span(facts, token),
            "the token is verified with another key than it was signed with",
            related=tuple(Related(other.use.span, "tokens are signed here") for other in others[:1]),
            symptom="401 on each request with a token: signature verification failed",
            remedy="Verify with the key that signs",
            identity=token.use.caller.name if token.use.caller is not None else "",
        )


def related(one: str, other: str) -> bool:
    """Whether what one library signs may be what the other reads: libraries of one language."""
    python = {"pyjwt", "python-jose"}
    return (one in python) == (other in python)


def differ(facts: Facts, read: Token, signed: Token) -> bool:
    """Whether two keys surely are not the same."""
    ours, theirs = bare_key(read.key), bare_key(signed.key)
    our_texts, their_texts = [text_of(value) for value in ours], [text_of(value) for value in theirs]
    if not ours or not theirs:
        return False
    if None not in our_texts and None not in their_texts:
        return not set(our_texts) & set(their_texts)
    if (None in our_texts) == (None in their_texts) or set(our_texts) & set(their_texts):
        return False
    known = our_texts if None not in our_texts else their_texts
    return all(is_written_once(facts, text) for text in known if text is not None)


def text_of(value: Value) -> str | None:
    """A key that is written in the source."""
    if isinstance(value, Const) and isinstance(value.value, bytes):
        return value.value.decode("utf-8", "replace")
    return value.value if isinstance(value, Const) and isinstance(value.value, str) else None


def is_written_once(facts: Facts, text: str) -> bool:
    """Whether a text stands in one place of the project only, so that no setting has it."""
    if len(text) < SHORTEST:
        return False
    wanted = text.encode()
    return sum(source.data.count(wanted) for source in facts.project.files.values()) == 1


def key_span(facts: Facts, token: Token) -> Span:
    """The key in the call."""
    function = facts.calls.codes.get(token.use.caller) if token.use.caller is not None else None
    node = call_at(facts, function, token.use.span) if function is not None else None
    if function is None or node is None:
        return token.use.span
    named = [one.value for one in node.arguments if isinstance(one, syntax.Keyword) and one.name == "key"]
    given: list[syntax.Place] = [*named, *node.arguments[1:2], node]
    return span_of(facts, function, given[0])
