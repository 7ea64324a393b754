"""gitignore rules: the text of one .gitignore -> what it says of a path.

``pathspec`` translates a glob between two slashes. The rest is decided here, because ``GitIgnoreSpec`` answers for
whole paths and lets a rule on a parent speak for its children, while git judges folders on the way down and never
enters an ignored one: with ``*``, ``!*/``, ``!*.py`` it calls ``src/`` ignored, and git does not. Bracket
expressions are translated here too: ``pathspec`` knows neither ``[[:alpha:]]`` nor a backslash inside brackets.

Names are compared as bytes, as git does, in the form of latin-1 text.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

Verdict: TypeAlias = Callable[[str, bool], bool | None]
"""(path below the rules' folder, whether it is a folder) -> ignored, taken back, or None where no rule speaks."""

_Match: TypeAlias = Callable[[str], object]

MOST_RULES = 2000
"""So many lines of a .gitignore are read."""

_LONGEST_PATTERN = 4096
_SPECIAL = frozenset("*?[\\")
_CLASSES = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "blank": " \\t",
    "cntrl": "\\x00-\\x1f\\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": "!-/:-@\\[-`{-~",
    "space": " \\t-\\r",
    "upper": "A-Z",
    "xdigit": "0-9A-Fa-f",
}


class _Rule(NamedTuple):
    ignores: bool
    folders_only: bool
    segments: tuple[_Match | None, ...]
    """What each part of the path must match, None for ``**``; a single part speaks of the name at any depth."""
    anchored: bool


def bytewise(name: str) -> str:
    """A file name as one character per byte."""
    return name if name.isascii() else os.fsencode(name).decode("latin-1")


def rules(text: bytes) -> Verdict:
    """What the lines of a .gitignore say; the last line that matches decides. Lines git cannot use say nothing."""
    lines = text.removeprefix(b"\xef\xbb\xbf").split(b"\n")[:MOST_RULES]
    found = [rule for line in lines if (rule := _rule(line)) is not None]
    by_name = [(index, rule) for index, rule in enumerate(found) if not rule.anchored]
    by_path = [(index, rule) for index, rule in reversed(list(enumerate(found))) if rule.anchored]
    known: dict[tuple[str, bool], int] = {}

    def last_for_name(name: str, folder: bool) -> int:
        for index, rule in reversed(by_name):
            match = rule.segments[0]
            if (folder or not rule.folders_only) and (match is None or match(name)):
                return index
        return -1

    def verdict(path: str, folder: bool) -> bool | None:
        path = bytewise(path)
        key = (path.rpartition("/")[2], folder)
        last = known.get(key)
        if last is None:
            last = known[key] = last_for_name(*key)
        parts: list[str] | None = None
        for index, rule in by_path:
            if index < last:
                break
            if folder or not rule.folders_only:
                parts = path.split("/") if parts is None else parts
                if _matches(rule.segments, parts):
                    last = index
                    break
        return found[last].ignores if last >= 0 else None

    return verdict


def patterns(globs: Sequence[str]) -> Verdict:
    """The verdict of globs that a user gave, read as the lines of a .gitignore in the root."""
    return rules(os.fsencode("\n".join(globs)))


def _matches(segments: tuple[_Match | None, ...], parts: list[str]) -> bool:
    """Whether every part is matched, ``**`` standing for any number of them (at the end for at least one)."""
    if None not in segments:
        return len(segments) == len(parts) and all(s(p) for s, p in zip(segments, parts, strict=True) if s is not None)
    reached = {0}
    for at, segment in enumerate(segments):
        if segment is None:
            first = min(reached, default=len(parts) + 1) + (at == len(segments) - 1)
            reached = set(range(first, len(parts) + 1))
        else:
            reached = {i + 1 for i in reached if i < len(parts) and segment(parts[i])}
    return len(parts) in reached


def _rule(raw: bytes) -> _Rule | None:
    line = raw.removesuffix(b"\r").decode("latin-1")
    while line.endswith(" ") and not _escaped(line, len(line) - 1):
        line = line[:-1]
    if not line or line.startswith("#") or len(line) > _LONGEST_PATTERN:
        return None
    ignores = not line.startswith("!")
    line = line if ignores else line[1:]
    folders_only = line.endswith("/")
    line = line[:-1] if folders_only else line
    if not line:
        return None
    anchored = "/" in line
    parts = line.removeprefix("/").split("/") if anchored else [line]
    try:
        segments = tuple(_segment(part) for part in parts)
    except ValueError:
        return None
    return _Rule(ignores, folders_only, segments, anchored)


def _escaped(text: str, at: int) -> bool:
    """Whether an odd number of backslashes stands before a character."""
    return (at - len(text[:at].rstrip("\\"))) % 2 == 1


def _segment(glob: str) -> _Match | None:
    """What one part of a path must match; ValueError for a glob that can match nothing."""
    if len(glob) > 1 and not glob.strip("*"):
        return None
    if glob == "*":
        return bool
    if _SPECIAL.isdisjoint(glob):
        return glob.__eq__
    if glob[0] == "*" and _SPECIAL.isdisjoint(glob[1:]):
        ending = glob[1:]
        return lambda name: name.endswith(ending)
    return re.compile(_expression(glob), re.DOTALL).fullmatch


def _expression(glob: str) -> str:
    """The regular expression of a glob with wildcards.

    Bracket expressions, escaped characters and spaces (``pathspec`` would strip those at the end) are carried through
    the translation as characters that no byte can be.
    """
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

    carried: list[str] = []

    def carry(expression: str) -> str:
        carried.append(expression)
        return chr(0xE000 + len(carried))

    pieces: list[str] = []
    at = 0
    while at < len(glob):
        if glob[at] == "\\" and at + 1 < len(glob):
            pieces.append(carry(re.escape(glob[at + 1])))
            at += 2
        elif glob[at] == "[":
            expression, at = _bracket(glob, at + 1)
            pieces.append(carry(expression))
        elif glob[at].isspace() or glob[at] in "!#":
            pieces.append(carry(re.escape(glob[at])))
            at += 1
        else:
            pieces.append(glob[at])
            at += 1
    translated = GitIgnoreSpecPattern.pattern_to_regex("".join(pieces))[0]
    if translated is None:
        raise ValueError(glob)
    expression = _without_backtracking(translated.removeprefix("^(?:.+/)?"))
    return re.sub("[\ue001-\uf8ff]", lambda found: carried[ord(found[0]) - 0xE001], expression)


def _without_backtracking(expression: str) -> str:
    """The same language, with the stars between fixed texts made atomic.

    The shortest match of each star but the last is as good as any other, so ``*a*a*a*a*b`` costs no more than one
    walk over the name.
    """
    star = "[^/]*"
    first, *rest = expression.split(star)
    if not rest:
        return expression
    middle = "".join(f"(?>[^/]*?{part})" for part in rest[:-1] if part)
    return first + middle + star + rest[-1]


def _bracket(glob: str, at: int) -> tuple[str, int]:
    """The class of a bracket expression whose ``[`` stands before ``at``, and where it ends."""
    negated = glob[at : at + 1] in ("!", "^") and at < len(glob)
    at += negated
    members: list[str] = []
    low: str | None = None
    first = True
    while at < len(glob) and (first or glob[at] != "]"):
        first = False
        named = re.compile(r"\[:([^\]]*):\]").match(glob, at)
        if named:
            if named[1] not in _CLASSES:
                raise ValueError(glob)
            members.append(_CLASSES[named[1]])
            low, at = None, named.end()
        elif glob[at] == "-" and low is not None and glob[at + 1 : at + 2] not in ("", "]"):
            high, at = _member(glob, at + 1)
            if low <= high:
                members.append(f"{re.escape(low)}-{re.escape(high)}")
            low = None
        else:
            low, at = _member(glob, at)
            members.append(re.escape(low))
    if at >= len(glob):
        raise ValueError(glob)
    if not members:
        raise ValueError(glob)
    return f"[{'^' * negated}{''.join(members)}]", at + 1


def _member(glob: str, at: int) -> tuple[str, int]:
    if glob[at] == "\\":
        at += 1
    if at >= len(glob):
        raise ValueError(glob)
    return glob[at], at + 1
