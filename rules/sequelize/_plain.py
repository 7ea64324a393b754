"""What a project hands to Sequelize, as plain data: options are read as JavaScript reads them.

Objects become dicts in which a missing key means ``undefined``, arrays become lists, constants become Python's.
Everything else stays the value that it is: functions, classes, types of Sequelize, and what only run time knows.
"""

from __future__ import annotations

import re

from verifier.api import Choice, Const, Environment, Function, Record, Sequence, Text, Unknown, Value, options

from ._notes import identity

DEEPEST = 12
MOST = 20_000


class Options(dict[str, object]):
    """An object literal. ``open`` says why further keys may follow; empty where none do."""

    __slots__ = ("open",)

    def __init__(self, entries: dict[str, object] | None = None, open_: str = "") -> None:
        super().__init__(entries or {})
        self.open = open_


def plain(value: Value | None) -> object:
    """A value as plain data. Of what holds itself, or very much, a part stays a value."""
    return taken(value, 0, [MOST])


def taken(value: Value | None, depth: int, left: list[int]) -> object:
    """The same, so far inside; ``left`` is how many values may still be taken apart."""
    left[0] -= 1
    if isinstance(value, Const):
        return value.value
    if left[0] < 0:
        return value
    if isinstance(value, Record) and depth < DEEPEST:
        made = Options({str(key): taken(entry, depth + 1, left) for key, entry in value.entries.items()})
        if not value.complete:
            made.open = "entries that are set at run time"
        return made
    if isinstance(value, Sequence) and depth < DEEPEST and value.complete:
        return [taken(item, depth + 1, left) for item in value.items]
    if isinstance(value, Choice) and len({identity(option) for option in value.options}) == 1:
        return taken(value.options[0], depth + 1, left)  # one model, made by several runs of its factory
    return value


def record(value: Value | None) -> Options:
    """An options object; one that run time decides is empty and open."""
    found = plain(value)
    if isinstance(found, Options):
        return found
    if isinstance(value, Choice):
        records = [plain(option) for option in options(value)]
        kept = [option for option in records if isinstance(option, Options)]
        if len(kept) == 1 and all(isinstance(option, Options) or option is None for option in records):
            return kept[0]
    return Options(open_="" if found is None else "an object that run time decides")


def copied(given: object) -> object:
    """Plain data that may be changed without changing what it was made from."""
    if isinstance(given, Options):
        return Options({key: copied(entry) for key, entry in given.items()}, given.open)
    return [copied(item) for item in given] if isinstance(given, list) else given


def merged(*layers: Options) -> Options:
    """Objects laid over each other, those inside them too: later ones win."""
    made = Options()
    for layer in layers:
        made.open = made.open or layer.open
        for key, entry in layer.items():
            old = made.get(key)
            if isinstance(old, Options) and isinstance(entry, Options):
                made[key] = merged(old, entry)
            else:
                made[key] = copied(entry)
    return made


def is_vague(given: object) -> bool:
    """Whether run time decides a piece of plain data."""
    return isinstance(given, Unknown | Text | Choice | Environment)


def flag(given: object, *, default: bool) -> bool | None:
    """A yes or no; None where run time decides."""
    if given is None:
        return default
    if isinstance(given, Choice):
        kept = {bool(option.value) for option in given.options if isinstance(option, Const)}
        return kept.pop() if len(kept) == 1 and all(isinstance(o, Const) for o in given.options) else None
    return None if is_vague(given) else bool(given)


def text(given: object) -> str | None:
    """A text; None for anything else."""
    return given if isinstance(given, str) else None


def pattern_of(name: str) -> bytes:
    """A regular expression for a name as it is written in a file."""
    return re.escape(name.encode("utf-8", "replace"))


def functions_in(given: object) -> list[Function]:
    """The functions among plain data: one, or those of a list."""
    found = given if isinstance(given, list) else [given]
    return [function for function in found if isinstance(function, Function)]
