"""Placeholders in SQL: where they stand, in the style of each driver, and what each is given."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from verifier.evaluate.values import Choice, Const, Record, Sequence, Value, reason_of
from verifier.lift.nouns import Given, Placeholder, Style
from verifier.regex import regex

HOLE = "\ue000"  # stands for what run time puts into a text

TOKEN = regex(
    rf"""
      (?P<space>\s+)
    | (?P<comment>--[^\n]*|/\*.*?(?:\*/|\Z))
    | (?P<body>\$(?P<tag>[A-Za-z_]\w*|)\$.*?\$(?P=tag)\$)
    | (?P<escaped>[eE]'(?:[^'\\]|''|\\.)*(?:'|\Z))
    | (?P<string>(?:[nNbBxX]|[uU]&)?'(?:[^']|'')*(?:'|\Z))
    | (?P<quoted>"(?:[^"]|"")*(?:"|\Z)|`(?:[^`]|``)*(?:`|\Z)|\[[A-Za-z_][\w\s]*\])
    | (?P<cast>::)
    | (?P<assign>:=)
    | (?P<literal>\\[:?])
    | (?P<colon>(?<![\w:]):[A-Za-z_]\w*)
    | (?P<colon_number>(?<![\w:\]]):\d+)
    | (?P<dollar>\$\d+)
    | (?P<dollar_name>\$[A-Za-z_]\w*)
    | (?P<variable>@@\w+)
    | (?P<at>@[A-Za-z_]\w*)
    | (?P<percent_name>%\(\w+\)[sbtdif])
    | (?P<percent>%[sbt](?!\w))
    | (?P<percent_sign>%%)
    | (?P<json>\?[|&])
    | (?P<question>\?\d*)
    | (?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)
    | (?P<word>[^\W\d][\w$]*(?:{HOLE}[\w$]*)*|{HOLE}(?:[\w$]+{HOLE}?)*)
    | (?P<symbol>\|\||<>|!=|<=|>=|->>|->|\#>>|\#>|@>|<@|.)
    """,
    re.VERBOSE | re.DOTALL,
)
# The styles, by the names of the groups above.
STYLES: Mapping[str, Style] = {
    "question": "qmark",
    "colon": "named",
    "colon_number": "numeric",
    "dollar": "dollar",
    "dollar_name": "dollar-name",
    "at": "at",
    "percent": "format",
    "percent_name": "pyformat",
}
PERCENT = regex(r"%(?:%|\((?P<name>\w+)\)[sbtdif]|[sbt](?!\w))")


class Token(NamedTuple):
    """A word of a text of SQL, with its place there."""

    kind: str
    text: str
    start: int
    end: int


def tokens(text: str, *, backslashes: bool = False) -> Iterator[Token]:
    """The words of a text; ``backslashes``: they escape in strings, as MySQL has it."""
    position = 0
    while position < len(text):
        if backslashes and text[position] in "'\"":
            quote = text[position]
            match = re.compile(rf"{quote}(?:[^{quote}\\]|{quote}{quote}|\\.)*(?:{quote}|\Z)", re.DOTALL).match(
                text, position
            )
            assert match is not None
            yield Token("string" if quote == "'" else "quoted", match[0], position, match.end())
        else:
            match = TOKEN.match(text, position)
            assert match is not None  # the last alternative takes any character
            yield Token(match.lastgroup or "symbol", match[0], position, match.end())
        position = match.end()


def given_by(value: Value | None, *, many: bool = False) -> Given | None:
    """What one argument gives: a list or tuple by place, a mapping by name; None where that is not known.

    No argument, and nothing (``None``), give nothing.
    """
    if value is None or (isinstance(value, Const) and value.value is None):
        return Given(value=value)
    if isinstance(value, Choice):
        return None
    if many:
        rows = value.items if isinstance(value, Sequence) else []
        row = rows[0] if rows else value.element if isinstance(value, Sequence) else None
        inner = given_by(row) if row is not None else None
        return (
            Given(inner.places, inner.names, inner.complete, value, True, value.origin) if inner is not None else None
        )
    if isinstance(value, Sequence):
        return Given(places=tuple(value.items), complete=value.complete, value=value, origin=value.origin)
    if isinstance(value, Record):
        names = {key: entry for key, entry in value.entries.items() if isinstance(key, str)}
        return Given(names=names, complete=value.complete, value=value, origin=value.origin)
    return None


def value_for(mark: Placeholder, number: int, given: Given) -> Value | None:
    """What a placeholder is given; ``number`` counts, from 0, those that go by place."""
    if mark.style in ("qmark", "format") and not mark.name:
        return given.places[number] if number < len(given.places) else None
    if mark.name.isdecimal():
        place = int(mark.name) - 1
        if 0 <= place < len(given.places):
            return given.places[place]
    return given.names.get(mark.name)


def needed(marks: Iterable[Placeholder]) -> tuple[int, frozenset[str]]:
    """How many values a statement needs by place, and which by name."""
    count = highest = 0
    names: set[str] = set()
    for mark in marks:
        if not mark.name:
            count += 1
            highest = max(highest, count)
        elif mark.name.isdecimal():
            highest = max(highest, int(mark.name))
        else:
            names.add(mark.name)
    return highest, frozenset(names)


def why_not_given(given: Given | None) -> str:
    """Why it is not known what a placeholder is given."""
    if given is None or given.value is None:
        return "what the statement is given"
    return reason_of(given.value)
