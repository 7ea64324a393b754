"""The subject of a token is a number, and reading the token fails.

A login answers 200 with a token, and every request that brings it back is answered 401 (or 422): the registered claim
`sub` must be text. PyJWT from 2.10, python-jose and Flask-JWT-Extended 4 refuse a token whose subject is a number, with
`Subject must be a string`.

Issue the token for `str(user.id)`, and convert the claim back to a number where it is read.

A reader with `options={"verify_sub": False}` (in Flask `JWT_VERIFY_SUB = False`, or a `user_identity_loader`) takes
numbers, and so do the versions of PyJWT before 2.10, and a claim of another name, as `user_id`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Const, Facts, Fix, Problem, Span, Value, Wrapping, rule, syntax, version_range

from ._kinds import entry_of, kind_of
from ._tokens import Token, issued, option_of, read_tokens
from ._written import call_at, entry_at, span_of


@rule(Category.AUTH_MISCONFIGURATION)
def subject_not_text(facts: Facts) -> Iterator[Problem]:
    """Yield each token that is issued for a number."""
    tokens = list(issued(facts))
    if not tokens:
        return
    reading = {token.library for token in read_tokens(facts) if token.checked and checks_subject(token)}
    seen: set[Span] = set()
    for token in tokens:
        found = subject_of(facts, token)
        if found is None or not refuses(facts, token, reading):
            continue
        _, span = found
        if span in seen:
            continue
        seen.add(span)
        yield Problem(
            span,
            "the subject of the token is a number, which reading it refuses",
            symptom=SYMPTOMS[token.library],
            remedy="Issue it for `str(...)`",
            identity=token.use.caller.name if token.use.caller is not None else "",
            fix=Fix("issue it for a text", (Wrapping(span, "str(", ")"),)),
        )


SYMPTOMS = {
    "pyjwt": "401 after each login: Subject must be a string",
    "python-jose": "401 after each login: Subject must be a string.",
    "flask-jwt-extended": "422 after each login: Subject must be a string",
}


def subject_of(facts: Facts, token: Token) -> tuple[Value, Span] | None:
    """The subject that a token is given, where it surely is a number, with its place."""
    if token.library == "flask-jwt-extended":
        function = facts.calls.codes.get(token.use.caller) if token.use.caller is not None else None
        node = call_at(facts, function, token.use.span) if function is not None else None
        if function is None or node is None or token.claims is None or not node.arguments:
            return None
        named = [one.value for one in node.arguments if isinstance(one, syntax.Keyword) and one.name == "identity"]
        first = node.arguments[0]
        given = named[0] if named else first if not isinstance(first, syntax.Keyword | syntax.Spread) else None
        if given is None or kind_of(facts, token.claims, (function, given)) != "number":
            return None
        return token.claims, span_of(facts, function, given)
    found = entry_of(token.claims, "sub") if token.library in ("pyjwt", "python-jose") else None
    if found is None:
        return None
    place = found[0].places.get("sub")
    written = entry_at(facts, place) if place is not None else None
    if written is None or kind_of(facts, found[1], written) != "number":
        return None
    return found[1], span_of(facts, *written)


def checks_subject(token: Token) -> bool:
    """Whether a reader minds what the subject is."""
    given = option_of(token.use, "verify_sub")
    return not (isinstance(given, Const) and given.value is False)


def refuses(facts: Facts, token: Token, reading: set[str]) -> bool:
    """Whether the library that a project is installed with refuses a number."""
    if token.library == "flask-jwt-extended":
        versions = version_range(facts.project, "flask-jwt-extended")
        if versions is not None and versions.maybe("<4"):
            return False
        settled = (b"JWT_VERIFY_SUB", b"JWT_IDENTITY_CLAIM", b"user_identity_loader")
        if any(word in source.data for source in facts.project.files.values() for word in settled):
            return False
    elif token.library not in reading:
        return False
    if token.library == "python-jose":
        return True
    versions = version_range(facts.project, "pyjwt")
    return versions is None or versions.maybe(">=2.10")
