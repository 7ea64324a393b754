"""What issues signed tokens and what reads them, by library."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from verifier.api import Const, External, Facts, Instance, Record, Use, Value, is_test, options, regex

PYTHON = regex(r"jwt\.(?:PyJWT(?:\(\))?\.)?(?P<act>encode|decode)")
PYTHON_JOSE = regex(r"jose\.jwt\.(?P<act>encode|decode)")
FLASK = regex(r"flask_jwt_extended(?:\.utils)?\.create_(?:access|refresh)_token")
JSONWEBTOKEN = regex(r"jsonwebtoken\.(?:default\.)?(?P<act>sign|verify|decode)")
HONO = regex(r"hono/jwt\.(?P<act>sign|verify|decode)")
JOSE_SIGN = regex(r"jose\.SignJWT\b.*\.sign")
JOSE_SUBJECT = regex(r"jose\.SignJWT\b.*\.setSubject")
JOSE_CREATES = regex(r"jose\.SignJWT")
ASYMMETRIC = regex(r"(?:RS|ES|PS)\d{3}|EdDSA")


class Token(NamedTuple):
    """A call that issues a token, or reads one.

    ``library`` is the distribution; ``claims`` and ``key`` are what it was given, ``checked`` whether it verifies.
    """

    use: Use
    library: str
    claims: Value | None
    key: Value | None
    checked: bool = True


def issued(facts: Facts) -> Iterator[Token]:
    """The calls below routes that issue tokens."""
    for use in facts.uses:
        path = use.library
        if path is None or is_test(use.span.path):
            continue
        for pattern, library in ((PYTHON, "pyjwt"), (PYTHON_JOSE, "python-jose")):
            found = pattern.fullmatch(path)
            if found and found["act"] == "encode":
                payload = use.argument(0, "payload") or use.argument(None, "claims")
                yield Token(use, library, payload, use.argument(1, "key"))
        for pattern, library in ((JSONWEBTOKEN, "jsonwebtoken"), (HONO, "hono")):
            found = pattern.fullmatch(path)
            if found and found["act"] == "sign":
                yield Token(use, library, use.argument(0), use.argument(1))
        if FLASK.fullmatch(path):
            yield Token(use, "flask-jwt-extended", use.argument(0, "identity"), None)
        elif JOSE_SIGN.fullmatch(path):
            yield Token(use, "jose", None, use.argument(0))


def read_tokens(facts: Facts) -> Iterator[Token]:
    """The calls below routes that read tokens."""
    for use in facts.uses:
        path = use.library
        if path is None or is_test(use.span.path):
            continue
        for pattern, library in ((PYTHON, "pyjwt"), (PYTHON_JOSE, "python-jose")):
            found = pattern.fullmatch(path)
            if found and found["act"] == "decode":
                yield Token(use, library, None, use.argument(1, "key"), verifies(use))
        for pattern, library in ((JSONWEBTOKEN, "jsonwebtoken"), (HONO, "hono")):
            found = pattern.fullmatch(path)
            if found and found["act"] != "sign":
                checked = found["act"] == "verify"
                yield Token(use, library, None, use.argument(1) if checked else None, checked)
        if path == "jose.jwtVerify":
            yield Token(use, "jose", None, use.argument(1))


def option_of(use: Use, name: str) -> Value | None:
    """An entry of what a call is given as ``options``."""
    given = use.argument(None, "options")
    for option in options(given) if given is not None else ():
        if isinstance(option, Record) and name in option.entries:
            return option.entries[name]
    return None


def verifies(use: Use) -> bool:
    """Whether reading a token checks its signature."""
    for value in (option_of(use, "verify_signature"), use.argument(None, "verify")):
        if isinstance(value, Const) and value.value is False:
            return False
    return True


def is_symmetric(token: Token) -> bool:
    """Whether one secret both signs and verifies, as far as can be seen."""
    words = [*token.use.arguments, *token.use.keywords.values()]
    return not any(ASYMMETRIC.search(text) or text.startswith("-----BEGIN") for text in texts_in(words))


def texts_in(values: list[Value], depth: int = 0) -> Iterator[str]:
    """The texts among some values, and inside lists and mappings."""
    for value in values:
        for option in options(value):
            if isinstance(option, Const) and isinstance(option.value, str):
                yield option.value
            elif depth < 3 and isinstance(option, Record):
                yield from texts_in(list(option.entries.values()), depth + 1)
            elif depth < 3 and hasattr(option, "items") and isinstance(option.items, list):
                yield from texts_in(option.items, depth + 1)


def bare_key(value: Value | None) -> tuple[Value, ...]:
    """The secrets that a key may be, without what turns text into bytes."""
    found: list[Value] = []
    for option in options(value) if value is not None else ():
        made = option.made_by if isinstance(option, Instance) else None
        if made is not None and made.name in ("encode", "from") and isinstance(made.callee, External):
            inner = made.argument(0)
            receiver = made.callee.receiver
            if inner is not None and not (isinstance(inner, Const) and made.callee.path.startswith("str.")):
                found.extend(options(inner))
                continue
            if receiver is not None:
                found.extend(options(receiver))
                continue
        found.append(option)
    return tuple(found)
