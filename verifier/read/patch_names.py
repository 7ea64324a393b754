"""File names in the headers of a patch, by the rules of ``git apply``: quotes, times behind them, leading folders."""

from __future__ import annotations

import re

from verifier.regex import regex

_SPACE = b" \t\n\r"
_LONGEST_HEADER = 20_000


def is_null(rest: bytes) -> bool:
    return rest.startswith(b"/dev/null") and rest[9:10] != b"" and rest[9:10] in _SPACE


def name_in(
    rest: bytes, strip: int, *, tab_ends: bool, default: bytes | None = None, end: int | None = None
) -> bytes | None:
    """The name at the beginning of a line, without ``strip`` leading folders."""
    if rest.startswith(b'"'):
        quoted = _unquoted(rest)
        if quoted is not None:
            name: bytes | None = quoted[0]
            for _ in range(strip):
                assert name is not None
                name = name.split(b"/", 1)[1] if b"/" in name else None
                if name is None:
                    break
            if name is not None:
                return _squashed(name)
    if end is None:
        ends = rb"[\n\r\t]" if tab_ends else rb"[\n\r]"
        found = re.search(ends, rest)
        end = found.start() if found else len(rest)
    name = rest[:end]
    if strip:
        parts = name.split(b"/", strip)
        name = parts[strip] if len(parts) > strip else b""
    if not name:
        return default
    if default is not None and len(default) < len(name) and name.startswith(default):
        return default
    return _squashed(name)


_TIME = regex(rb"(?:\t|(?<=[^ \t]) +)\d\d(?:\d\d)?-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?(?: [+-]\d\d:?\d\d)?(?=\r?\n|\Z)")


def plain_name(rest: bytes, strip: int, default: bytes | None = None) -> bytes | None:
    """The name of a ``diff -u`` header, without the time that may follow it."""
    time = _TIME.search(rest)
    return name_in(rest, strip, tab_ends=True, default=default, end=time.start() if time else None)


def is_epoch(rest: bytes) -> bool:
    """Whether a header's time is the first moment of 1970, as GNU diff writes for a missing file."""
    found = re.search(
        rb"\t(1969-12-31|1970-01-01) ([0-2]\d):([0-5]\d):00(?:\.0+)? ([-+])([0-2]\d):?([0-5]\d)\n\Z", rest
    )
    if not found or b"\t" in rest[found.start() + 1 :]:
        return False
    offset = int(found[5]) * 60 + int(found[6])
    minutes = int(found[2]) * 60 + int(found[3]) - (-offset if found[4] == b"-" else offset)
    return minutes == (24 * 60 if found[1] == b"1969-12-31" else 0)


def _squashed(name: bytes) -> bytes:
    return re.sub(rb"/+", b"/", name)


def _without_tree(name: bytes, strip: int) -> bytes | None:
    """The rest of a name behind its first ``strip`` slashes; None where it has fewer, or begins with a slash."""
    if strip == 0:
        return None if name.startswith(b"/") else name
    parts = name.split(b"/", strip)
    return parts[strip] if len(parts) > strip and parts[0] else None


def name_twice(rest: bytes, strip: int) -> bytes | None:
    """The name in ``a/name b/name`` where both are one, or None: a rename names its files elsewhere."""
    line = rest.removesuffix(b"\n")
    if len(line) > _LONGEST_HEADER:
        return None
    if line.startswith(b'"'):
        quoted = _unquoted(line)
        first = _without_tree(quoted[0], strip) if quoted else None
        if quoted is None or first is None:
            return None
        other = line[quoted[1] :].lstrip(_SPACE)
        if other.startswith(b'"'):
            second_quoted = _unquoted(other)
            second = _without_tree(second_quoted[0], strip) if second_quoted else None
        else:
            second = _without_tree(other, strip)
        return first if first == second else None
    name = _without_tree(line, strip)
    if name is None:
        return None
    quote = name.find(b'"')
    if quote >= 0:
        quoted = _unquoted(name[quote:])
        second = _without_tree(quoted[0], strip) if quoted else None
        if second is None or len(second) >= quote or not name.startswith(second):
            return None
        return second if name[len(second) : len(second) + 1] in (b" ", b"\t", b"\r") else None
    for found in re.finditer(rb"[\t ]", name):
        second = _without_tree(name[found.end() :], strip)
        if second is None:
            return None
        if second == name[: found.start()]:
            return second
    return None


_ESCAPES = {b"a": b"\a", b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}
_QUOTED = regex(rb'"((?:[^"\\]|\\[abfnrtv"\\]|\\[0-3][0-7]{2})*)"')
_ESCAPED = regex(rb"\\([0-3][0-7]{2}|.)", re.DOTALL)


def _unquoted(line: bytes) -> tuple[bytes, int] | None:
    """The text of a name quoted as in C at the beginning of a line, and where the quotes end."""
    found = _QUOTED.match(line)
    if not found:
        return None

    def plain(escape: re.Match[bytes]) -> bytes:
        code = escape[1]
        return bytes([int(code, 8)]) if len(code) == 3 else _ESCAPES.get(code, code)

    return _ESCAPED.sub(plain, found[1]), found.end()
