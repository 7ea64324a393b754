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
# Two characters that stand for themselves, the second of them not optional.
PLAIN = re.compile(r"[\w@-]{2}(?![?*{])")
ANY = frozenset(("",))
# What may open or close a group, or part it; what is escaped or in a class of characters does not.
MARKS = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[()|]", re.DOTALL)


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


class Paths:
    """Several expressions for whole paths of libraries, of which only those are compiled that a path may fit.

    They are kept apart by the first two characters of what they match, where these are plain to see.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        self.apart: dict[str, list[str]] = {}
        self.compiled: dict[str, re.Pattern[str] | None] = {}
        self.count = 0
        for pattern in dict.fromkeys(patterns):
            self.count += 1
            for beginning in beginnings(pattern):
                self.apart.setdefault(beginning, []).append(pattern)

    def __bool__(self) -> bool:
        return self.count > 0

    def fullmatch(self, path: str) -> re.Match[str] | None:
        """The match of the first expression that fits a whole path."""
        beginning = path[:2]
        if beginning not in self.compiled:
            found = [*self.apart.get(beginning, ()), *self.apart.get("", ())]
            self.compiled[beginning] = re.compile("|".join(f"(?:{one})" for one in found)) if found else None
        compiled = self.compiled[beginning]
        return None if compiled is None else compiled.fullmatch(path)


@cache
def beginnings(pattern: str) -> frozenset[str]:
    """The two characters that all that an expression matches begins with; one empty text where that is not plain."""
    head = HEAD.match(pattern)
    if head is None or splits(pattern):
        return ANY
    words = head[1].split("|") if head[1] is not None else [pattern]
    found = [PLAIN.match(word) for word in words]
    return ANY if None in found else frozenset(match[0] for match in found if match is not None)


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
