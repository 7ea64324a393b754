"""Regular expressions that are compiled when they are first asked: most of ours never are in one run.

Each of the hundreds that modules and packs hold costs a fraction of a millisecond to compile; together they would take
longer than a small project takes to parse.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any, cast, overload

METHODS = frozenset(("match", "search", "fullmatch", "finditer", "findall", "split", "sub", "subn"))
PROPERTIES = frozenset(("groups", "groupindex"))

# A group of alternatives without groups in them that stands once at the beginning, or anything else.
HEAD = re.compile(r"\(\?:([^()\[\]]*)\)(?![?*{+])|(?!\()")
# Characters that stand for themselves, the last of them not optional; a dot is escaped.
PLAIN = re.compile(r"(?:[\w@/:-]|\\\.)*(?:[\w@/:-]|\\\.)(?![?*{])")
# What may open or close a group, or part it; what is escaped or in a class of characters does not.
MARKS = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[()|]", re.DOTALL)
ANY = frozenset(("",))
BEFORE, BEHIND = 400, 200  # bytes around a word
FIRST = 2  # characters by which beginnings are kept apart


class Waiting:
    """An expression that is compiled at the first use of one of its methods."""

    def __init__(self, text: str | bytes, flags: int) -> None:
        self.pattern = text
        self.flags_given = flags

    def __getattr__(self, name: str) -> Any:
        if name not in METHODS | PROPERTIES:
            raise AttributeError(name)
        made = re.compile(self.pattern, self.flags_given)
        for method in METHODS | PROPERTIES:
            setattr(self, method, getattr(made, method))
        return getattr(made, name)


@overload
def regex(text: str, flags: int = 0) -> re.Pattern[str]: ...
@overload
def regex(text: bytes, flags: int = 0) -> re.Pattern[bytes]: ...
def regex(text: str | bytes, flags: int = 0) -> re.Pattern[str] | re.Pattern[bytes]:
    """What ``re.compile`` gives, made when it is needed.

    Raises:
        re.error: at the first use, if the expression is wrong.
    """
    return cast("re.Pattern[str]", Waiting(text, flags))


def found_near(pattern: re.Pattern[bytes], data: bytes, word: bytes) -> bool:
    """Whether an expression that has a word in it is found in a text: it is looked for around the word alone."""
    begin, end = 0, -1
    place = data.find(word)
    while place >= 0:
        if place - BEFORE > end:
            if end >= 0 and pattern.search(data, begin, end) is not None:
                return True
            begin = max(0, place - BEFORE)
        end = place + len(word) + BEHIND
        place = data.find(word, place + 1)
    return end >= 0 and pattern.search(data, begin, end) is not None


class Paths:
    """Several expressions for whole paths of libraries, of which only those are compiled that a path may fit.

    They are known by what all that they match begins with, where that is plain to see.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        self.apart: dict[str, list[tuple[str, str]]] = {}
        self.known: dict[str, re.Match[str] | None] = {}
        self.count = 0
        for pattern in dict.fromkeys(patterns):
            self.count += 1
            for beginning in beginnings(pattern):
                self.apart.setdefault(beginning[:FIRST], []).append((beginning, pattern))

    def __bool__(self) -> bool:
        return self.count > 0

    def fullmatch(self, path: str) -> re.Match[str] | None:
        """The match of an expression that fits a whole path."""
        if path not in self.known:
            self.known[path] = self.found(path)
        return self.known[path]

    def found(self, path: str) -> re.Match[str] | None:
        """The same, looked for."""
        for beginning, pattern in (*self.apart.get(path[:FIRST], ()), *self.apart.get("", ())):
            if path.startswith(beginning):
                match = compiled(pattern).fullmatch(path)
                if match is not None:
                    return match
        return None


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """An expression, compiled once for all that ask for it."""
    return re.compile(pattern)


@cache
def beginnings(pattern: str) -> frozenset[str]:
    """What all that an expression matches begins with, one of these; an empty text where that is not plain."""
    head = HEAD.match(pattern)
    if head is None or splits(pattern):
        return ANY
    words = head[1].split("|") if head[1] is not None else [pattern]
    found = [match[0].replace("\\.", ".") if (match := PLAIN.match(word)) else "" for word in words]
    return frozenset(found) if min(map(len, found)) >= FIRST else ANY


def splits(pattern: str) -> bool:
    """Whether an expression has alternatives outside of all groups."""
    if "|" not in pattern:
        return False
    depth = 0
    for mark in MARKS.finditer(pattern):
        if mark[0] == "(":
            depth += 1
        elif mark[0] == ")":
            depth -= 1
        elif mark[0] == "|" and depth == 0:
            return True
    return False


NO_PATHS = Paths(())
