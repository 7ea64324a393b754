"""The environment that a program is started in: its variables, where they come from, and which were asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from verifier.evaluate.values import Const, Origin, Value

if TYPE_CHECKING:
    from verifier.model import SourceFile, Span

_ASSIGNED = re.compile(
    r"""^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.]*)[ \t]*[=:][ \t]*
    (?:"((?:[^"\\]|\\.)*)"|'([^']*)'|`([^`]*)`|([^\n]*?))[ \t]*(?:[ \t]\#[^\n]*)?$""",
    re.MULTILINE | re.VERBOSE,
)
_VARIABLE = re.compile(r"\$\{(\w+)(?::?-([^}]*))?\}|\$(\w+)")


class Surroundings:
    """Variables of the environment by name, with the places where they are set.

    ``closed``: no others are set. ``asked`` are those that the program asked for in vain, with where it did so first;
    ``used`` those that it was given.
    """

    def __init__(self, variables: Mapping[str, str], places: Mapping[str, Span] | None = None) -> None:
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

    for match in _ASSIGNED.finditer(text):
        name, double, single, tick, bare = match.groups()
        value = single if single is not None else tick if tick is not None else double if double is not None else bare
        if single is None:
            value = _VARIABLE.sub(filled, value)
        start = len(text[: match.start(1)].encode())
        found[name] = (value, source.span(start, start + len(match[0].strip().encode())))
    return found
