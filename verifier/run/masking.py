"""Secrets in logs, written over at the same length, so that places in the log stay what they are."""

from __future__ import annotations

import re

from verifier.regex import regex

JSON_WEB_TOKEN = regex(rb"\beyJ[\w-]{5,4000}\.[\w-]{1,4000}(?:\.[\w-]{0,4000})?")
CREDENTIALS = regex(rb"\b(?:Token|Bearer|Basic) +([\w.~+/=-]{12,4000})")
NAMED = regex(
    rb"(?:password|passwd|secret|authorization|api_?key|token)(?:_?hash)?(?:\\?[\"'])?\s{0,3}[:=]\s{0,3}(?:\\?[\"'])?"
    rb"((?!Token\b|Bearer\b|Basic\b|null\b|None\b|undefined\b)[^\s\"',;&\\}\])]{4,4000})",
    re.IGNORECASE,
)


def masked(data: bytes) -> bytes:
    """A log without what looks like a secret."""
    found = bytearray(data)
    for pattern in (JSON_WEB_TOKEN, CREDENTIALS, NAMED):
        for match in pattern.finditer(data):
            start, end = match.span(pattern.groups)
            found[start:end] = b"*" * (end - start)
    return bytes(found)
