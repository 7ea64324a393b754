"""The environment that a program is started in: its variables, where they come from, and which were asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from verifier.evaluate.values import Const, Origin, Value
from verifier.regex import regex

if TYPE_CHECKING:
    from verifier.model import SourceFile, Span

_NAME = regex(r"[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.]*)[ \t]*[=:]")
LONGEST_LINE = 10_000
_VARIABLE = regex(r"\$\{(\w+)(?::?-([^}]*))?\}|\$(\w+)")


class Surroundings:
    """Variables of the environment by name, with the places where they are set.

    ``closed``: no others are set. ``asked`` are those that the program asked for in vain, with where it did so first;
    ``used`` those that it was given. ``words`` are those of the command, ``offered`` the functions that the program
    offers to run by such a word.
    """

    def __init__(
        self, variables: Mapping[str, str], places: Mapping[str, Span] | None = None, words: tuple[str, ...] = ()
    ) -> None:
        self.words = words
        self.offered: dict[str, Value] = {}
        self.variables = dict(variables)
        self.places = dict(places or {})
        self.asked: dict[str, Origin | None] = {}
        self.used: dict[str, str] = {}
        self.files: list[str] = []  # environment files that the program has loaded

    def read(self, name: str, origin: Origin | None = None) -> Const | None:
        """The value of a variable; None where it is not set."""
        value = self.variables.get(name)
        if value is None:
            self.asked.setdefault(name, origin)
            return None
        self.used[name] = value
        return Const(value)

    def load(self, source: SourceFile, *, override: bool = False) -> None:
        """Take the variables of an environment file; those that are set already stay, but where it overrides them."""
        if source.path not in self.files:
            self.files.append(source.path)
        for name, (value, span) in read_variables(source, self.variables).items():
            if override or name not in self.variables:
                self.variables[name] = value
                self.places[name] = span

    def set(self, name: str, value: Value, span: Span | None = None) -> None:
        """The program itself sets a variable."""
        if isinstance(value, Const) and isinstance(value.value, str):
            self.variables[name] = value.value
            if span is not None:
                self.places[name] = span
        else:
            self.variables.pop(name, None)


def read_variables(source: SourceFile, known: Mapping[str, str] | None = None) -> dict[str, tuple[str, Span]]:
    """The variables of an environment file (``.env``), with where each is set."""
    found: dict[str, tuple[str, Span]] = {}
    text = source.text

    def filled(match: re.Match[str]) -> str:
        name = match[1] or match[3]
        own = found.get(name)
        return own[0] if own is not None else (known or {}).get(name, match[2] or "")

    start = 0
    for line in text.splitlines(keepends=True):
        match = _NAME.match(line) if len(line) <= LONGEST_LINE else None
        if match is not None:
            value, literal = value_of(line[match.end() :].strip())
            if not literal:
                value = _VARIABLE.sub(filled, value)
            begin = start + len(line[: match.start(1)].encode())
            found[match[1]] = (value, source.span(begin, start + len(line.rstrip().encode())))
        start += len(line.encode())
    return found


def value_of(written: str) -> tuple[str, bool]:
    """The value that a line of an environment file gives, and whether it is taken as it stands."""
    quote = written[:1]
    if quote in ("'", '"', "`") and quote:
        end = written.find(quote, 1)
        while quote == '"' and end > 0 and written[end - 1] == "\\":
            end = written.find(quote, end + 1)
        if end > 0:
            return written[1:end], quote == "'"
    return written.partition(" #")[0].rstrip(), False
