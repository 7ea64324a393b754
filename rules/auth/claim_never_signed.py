"""A claim is read from tokens that no token is given.

What is read of a verified token is what was signed into it: a token made by `jwt.sign({ id: user.id }, secret)` has no
`sub`, and `Number(claims.sub)` is `NaN`. In Python `claims["sub"]` raises a KeyError. Each request with a token is
refused, or taken for nobody's.

Read the claim that is signed, or sign the one that is read.

The rule speaks where all tokens that the project issues are written out, and nothing else sets a key of the name. It is
silent where the code asks whether the claim is there, or has something else in its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from verifier.api import (
    Category,
    Context,
    Facts,
    Origin,
    Problem,
    Record,
    Related,
    Span,
    Use,
    found_near,
    is_test,
    options,
    regex,
    rule,
)

from ._tokens import Token, issued, read_tokens

# What libraries put in by themselves, or for an option.
ALWAYS = frozenset({"iat", "exp", "nbf"})
OPTIONS = {"subject": "sub", "issuer": "iss", "audience": "aud", "jwtid": "jti", "keyid": "kid"}
PYTHON = frozenset({"pyjwt", "python-jose", "flask-jwt-extended"})
LIBRARIES = frozenset({"pyjwt", "python-jose", "jsonwebtoken", "hono"})
ASKING = regex(rb"(?:\bif\s*\(|!!|&&|\|\||\?\?)\s*(?:[\w$]+\s*\.\s*)?$")
LANGUAGES = ("python", "javascript")


@rule(Category.AUTH_MISCONFIGURATION)
def claim_never_signed(facts: Facts) -> Iterator[Problem]:
    """Yield each claim that is read of a token and that no token has."""
    tokens, read = list(issued(facts)), list(read_tokens(facts))
    for language in LANGUAGES:
        yield from unsigned(
            facts,
            [token for token in tokens if (token.library in PYTHON) == (language == "python")],
            [
                token
                for token in read
                if token.library in LIBRARIES and (token.library in PYTHON) == (language == "python")
            ],
        )


def unsigned(facts: Facts, tokens: list[Token], read: list[Token]) -> Iterator[Problem]:
    """The same of the tokens of one language."""
    if not tokens or any(token.library not in LIBRARIES for token in tokens):
        return
    signed: set[str] = set()
    for token in tokens:
        names = claims_of(token)
        if names is None:
            return
        signed |= names
    if not signed - ALWAYS:
        return
    for token in read:
        for name, span in read_of(facts, token.use) if token.checked else ():
            if name not in signed and name not in ALWAYS and not is_written(facts, name, token.library in PYTHON):
                yield Problem(
                    span,
                    f"No token has the claim `{name}`: they are signed with {', '.join(sorted(signed - ALWAYS))}",
                    related=tuple(Related(other.use.span, "tokens are signed here") for other in tokens[:1]),
                    symptom="each request with a token is refused, or taken for nobody's",
                    remedy="Read the claim that is signed",
                    identity=name,
                )


def is_written(facts: Facts, name: str, python: bool) -> bool:
    """Whether some code gives a value to a key of this name: a token may be made where nothing was seen to run."""
    known: dict[tuple[str, bool], bool] = facts.__dict__.setdefault("claims_written", {})
    if (name, python) in known:
        return known[name, python]
    word = re.escape(name.encode())
    pattern = re.compile(
        rb"(?<![\w.$])[\"']?%s[\"']?\s*:|[\"']%s[\"']\s*\]\s*=(?!=)|[(,]\s*%s\s*=(?!=)" % (word, word, word)
    )
    known[name, python] = any(
        found_near(pattern, source.data, name.encode())
        for path, source in facts.project.files.items()
        if (source.language == "python") == python and not is_test(path)
    )
    return known[name, python]


def claims_of(token: Token) -> set[str] | None:
    """The claims that a token is given; None where they are not all known."""
    found: set[str] = set()
    given = options(token.claims) if token.claims is not None else ()
    if not given or token.use.open:
        return None
    for value in given:
        if not isinstance(value, Record) or not value.complete:
            return None
        found.update(str(key) for key in value.entries)
    if token.library == "jsonwebtoken" and len(token.use.arguments) > 2:
        for value in options(token.use.arguments[2]):
            if not isinstance(value, Record) or not value.complete:
                return None
            found.update(OPTIONS[str(key)] for key in value.entries if str(key) in OPTIONS)
            if "mutatePayload" in value.entries:
                return None
    return found


def contexts_in(facts: Facts, path: str) -> dict[Span, list[tuple[bool, Context]]]:
    """What is done with what each call of a file gives, and whether JavaScript does it."""
    known: dict[str, dict[Span, list[tuple[bool, Context]]]] = facts.__dict__.setdefault("contexts_of_calls", {})
    if path not in known:
        found = known[path] = {}
        for function, body in facts.seen.bodies.items():
            if function.module.path == path:
                for node, context, _ in (*body.calls, *body.awaits):
                    span = facts.program.engine.span(Origin(path, node.start, node.end))
                    found.setdefault(span, []).append((function.module.javascript, context))
    return known[path]


def read_of(facts: Facts, use: Use) -> Iterator[tuple[str, Span]]:
    """The names that are read of what a call gives."""
    for javascript, context in contexts_in(facts, use.span.path).get(use.span, ()):
        if javascript and context.kind == "unpacked" and context.held is not None:
            for name in context.held:
                if isinstance(name, str):
                    yield name, use.span
        binding = context.binding if context.kind == "bound" else None
        uses: Iterable[object] = [context] if binding is None else binding.reads if binding.count == 1 else ()
        for one in uses:
            yield from claim(facts, use.span.path, one, python=not javascript)


def is_asked_for(data: bytes, name: str, start: int, end: int, *, python: bool) -> bool:
    """Whether code goes on without a claim: it asks whether it is there, or has something else in its place."""
    if python:
        return found_near(
            re.compile(rb"[\"']%s[\"']\s+(?:not\s+)?in\b" % re.escape(name.encode())), data, name.encode()
        )
    after, before = data[end : end + 8].lstrip(), data[max(0, start - 40) : start]
    return after.startswith((b"?", b"||", b"&&", b"==")) or ASKING.search(before) is not None


def claim(facts: Facts, path: str, context: object, *, python: bool) -> Iterator[tuple[str, Span]]:
    """The claim that is read by ``claims["sub"]``, ``claims.sub``, ``claims.get("sub")``."""
    slot, place = getattr(context, "slot", None), getattr(context, "place", None)
    if getattr(context, "kind", "") != "read" or not isinstance(slot, str) or place is None:
        return
    if is_asked_for(facts.project.files[path].data, slot, *place, python=python):
        return
    named = python and bool(getattr(context, "name", ""))
    if not named and not bool(getattr(context, "called", False)):
        yield slot, facts.program.engine.span(Origin(path, *place))
