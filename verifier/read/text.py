"""Bytes of a file -> UTF-8, by the rules of its language."""

from __future__ import annotations

import codecs

from verifier.model import Language
from verifier.regex import regex

_COOKIE = regex(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-_.a-zA-Z0-9]+)")
_NO_CODE = regex(rb"^[ \t\f]*(?:#.*)?\r?$")
_COSTLY = frozenset({"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem"})
"""Codecs that no source file is written in; some take quadratic time."""

REPLACED = "not valid UTF-8: the bytes that are not were replaced"


def is_binary(data: bytes) -> bool:
    """Whether the beginning holds a NUL, as git decides it; UTF-16 and UTF-32 with their mark are text."""
    return b"\0" in data[:8000] and _marked(data) is None


def to_utf8(data: bytes, language: Language | None) -> tuple[bytes, str | None]:
    """The same text in UTF-8 without a byte order mark, and what a reader should know of the change.

    A byte order mark decides; in Python then the coding cookie of PEP 263; all else is UTF-8, and what is not valid
    becomes U+FFFD.
    """
    if data.isascii() and not (language == "python" and b"coding" in data[:1000]):
        return data, None
    marked = _marked(data)
    if marked is not None:
        encoding, mark = marked
        return _decoded(data[len(mark) :], encoding)
    if language == "python" and (cookie := _cookie(data)) is not None:
        try:
            name = codecs.lookup(cookie).name
            if name not in _COSTLY and not name.startswith(("utf-16", "utf-32")):
                return _decoded(data, name)
        except (LookupError, TypeError):
            pass
        utf8, note = _decoded(data, "utf-8")
        return utf8, note or f"the coding `{cookie}` that it names is not known; read as UTF-8"
    return _decoded(data, "utf-8")


def _marked(data: bytes) -> tuple[str, bytes] | None:
    """The encoding that a byte order mark names, and the mark."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if data.startswith(mark):
            return encoding, mark
    return None


def _cookie(data: bytes) -> str | None:
    """The coding that the first two lines name; the second counts only where the first holds no code."""
    for line in data[:4096].split(b"\n", 2)[:2]:
        found = _COOKIE.match(line)
        if found:
            return found[1].decode("ascii")
        if not _NO_CODE.match(line):
            return None
    return None


def _decoded(data: bytes, encoding: str) -> tuple[bytes, str | None]:
    try:
        text = data.decode(encoding)
        return (data if encoding == "utf-8" else text.encode("utf-8")), None
    except (UnicodeError, ValueError):
        text = data.decode(encoding, "replace")
    name = "UTF-8" if encoding == "utf-8" else encoding
    return text.encode("utf-8", "replace"), REPLACED.replace("UTF-8", name, 1)
