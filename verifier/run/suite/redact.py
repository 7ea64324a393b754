"""Keeps tokens, passwords and authorization headers out of what is written down.

What the suite knows to be secret is taken out wherever it stands. What looks like a secret (the value of something
whose name says so, a JSON Web Token) is taken out too: a server may show what the suite never saw, such as the hash
of a password. Every pattern takes time that is linear in the text, which may be hostile.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

from verifier.regex import regex
from verifier.run.suite.templates import encodable

HIDDEN = "[redacted]"

# A shorter one would be found in many places that have nothing to do with it; its name still gives it away.
SHORTEST_SECRET = 6

MARGIN = 16_000

# Looked for first, because what may stand around it would be tried at every letter of a text.
_WORD_FOR_SECRETS = regex("password|passwd|token|secret|authorization|api_?key", re.IGNORECASE)
_NAMED = regex(r"""(?P<quote>\\{0,8}["'])?(?P<name>[\w.-]{1,100})(?(quote)(?P=quote))\s{0,20}(?P<sign>[:=])\s{0,20}""")
_OPENING = regex(r"""\\{0,8}["']""")
_STRINGS = {
    '"': regex(r'"(?:[^"\\]++|\\.)*+"?', re.DOTALL),
    "'": regex(r"'(?:[^'\\]++|\\.)*+'?", re.DOTALL),
}
_WORD = regex(r"""[^\s"'&,;(){}\[\]]+""")
_HEADER = regex(r"""[^"'\r\n]+""")
_CREDENTIALS = regex(r"\b(Token|Bearer|Basic) (?=[A-Za-z_.~+/=-]{0,200}[0-9])[A-Za-z0-9_.~+/=-]{12,}")
_JSON_WEB_TOKEN = regex(r"\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?")
_NO_SECRET = frozenset({"null", "none", "undefined", "true", "false"})


class Secrets:
    """Secrets that are known, to be taken out of texts."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._spellings: set[str] = set()
        for secret in secrets:
            self.add(secret)

    def add(self, secret: str) -> None:
        """Know a secret, also as addresses and JSON spell it."""
        if len(secret) >= SHORTEST_SECRET and encodable(secret):
            self._spellings |= {secret, quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1]}

    def redact(self, text: str, longest: int | None = None) -> str:
        """The text, or its beginning, without the secrets and without what looks like one.

        What is cut before it gets here may keep the beginning of a secret, which is not recognised.
        """
        for spelling in sorted(self._spellings, key=len, reverse=True):
            text = text.replace(spelling, HIDDEN)
        if longest is not None:
            # Patterns are slower than known texts, and find what they look for in what has lost its end.
            text = text[: longest + MARGIN]
        text = _JSON_WEB_TOKEN.sub(HIDDEN, text)
        text = _CREDENTIALS.sub(rf"\1 {HIDDEN}", text)
        return _without_named(text)[:longest]


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """The text without the secrets given, and without what looks like one."""
    return Secrets(secrets).redact(text)


def _without_named(text: str) -> str:
    """The text without the values of what is named like a secret."""
    kept: list[str] = []
    position = 0
    for word in _WORD_FOR_SECRETS.finditer(text):
        found = _named(text, word.start())
        if found is None or found.start() < position:
            continue
        end = _value_end(text, found)
        value = text[found.end() : end]
        if not value or value.lower() in _NO_SECRET or HIDDEN in value:
            continue
        kept += (text[position : found.end()], HIDDEN)
        position = end
    kept.append(text[position:])
    return "".join(kept)


def _named(text: str, word: int) -> re.Match[str] | None:
    """The name around a word, with the sign after it that says that a value follows."""
    start = word
    while start > max(0, word - 40) and (text[start - 1].isalnum() or text[start - 1] in "_.-"):
        start -= 1
    quoted = start
    if quoted > 0 and text[quoted - 1] in "\"'":
        quoted -= 1
        while quoted > max(0, start - 9) and text[quoted - 1] == "\\":
            quoted -= 1
    return _NAMED.match(text, quoted) or _NAMED.match(text, start)


def _value_end(text: str, named: re.Match[str]) -> int:
    """Where the value of a name ends; where the name ends, if what follows is no value."""
    start = named.end()
    opening = _OPENING.match(text, start)
    if opening is not None:
        mark = opening[0]
        if mark in _STRINGS:
            return _end(_STRINGS[mark].match(text, start), start)
        closing = text.find(mark, opening.end())
        return len(text) if closing < 0 else closing + len(mark)
    if "authorization" in named["name"].lower():
        return _end(_HEADER.match(text, start), start)
    # "password: too short" is prose; "password=..." is not.
    if named["quote"] or named["sign"] == "=":
        return _end(_WORD.match(text, start), start)
    return start


def _end(found: re.Match[str] | None, otherwise: int) -> int:
    return otherwise if found is None else found.end()
