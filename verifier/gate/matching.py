"""Which findings of now are the findings of then.

Both are matched one to one, in several rounds from the strictest to the loosest, so that each may differ in one
respect: its function has another name, its words have changed, its line was edited, its file was moved. What is left
over is new, or gone: a second finding beside a known one never hides behind it.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from verifier.check import Known
from verifier.check.fingerprints import bare

NUMBERS = re.compile(r"\b\d+\b")
# Code that is shorter than this is found in many places.
TELLING = 8


class Seen(NamedTuple):
    """A finding, as the rounds compare it. ``away``: its file is not in the project any more."""

    rule: str
    path: str
    words: str
    scope: str
    code: str
    away: bool

    @property
    def name(self) -> str:
        """The name of its file."""
        return self.path.rpartition("/")[2]


Round = Callable[[Seen], Hashable]


def same_file(seen: Seen, *more: str) -> Hashable:
    """What must be the same, beside rule and file."""
    return (seen.rule, seen.path, *more)


ROUNDS: tuple[Round, ...] = (
    lambda seen: same_file(seen, seen.words, seen.scope, seen.code),
    lambda seen: same_file(seen, seen.words, seen.code),
    lambda seen: same_file(seen, seen.scope, seen.code) if seen.code else None,
    lambda seen: same_file(seen, seen.scope, seen.words),
    lambda seen: same_file(seen, seen.code) if len(seen.code) >= TELLING else None,
    # A function that moved to another file.
    lambda seen: (seen.rule, seen.words, seen.code) if len(seen.code) >= TELLING else None,
)
# For a file that is gone and one of its name that has come.
MOVES: tuple[Round, ...] = (
    lambda seen: (seen.rule, seen.name, seen.scope, seen.code),
    lambda seen: (seen.rule, seen.name, seen.scope, seen.words),
    lambda seen: (seen.rule, seen.name, seen.scope) if seen.scope else None,
)


def matched(
    then: Sequence[Known], now: Sequence[Known], *, paths: Collection[str], moved: Mapping[str, str] | None = None
) -> dict[int, int]:
    """The places in ``now`` of what was there ``then``, with their places in ``then``.

    Args:
        paths: all files of the project of now.
        moved: files that are known to have another path now, by their old one.
    """
    moves = moved or {}
    old = [seen_of(with_path(known, moves), paths) for known in then]
    new = [seen_of(known, paths) for known in now]
    found: dict[int, int] = {}
    taken: set[int] = set()
    known_paths = {seen.path for seen in old}
    for number, key_of in enumerate((*ROUNDS, *MOVES)):
        moving = number >= len(ROUNDS)
        waiting: dict[Hashable, deque[int]] = {}
        for place, seen in enumerate(old):
            if place not in taken and (seen.away or not moving) and (key := key_of(seen)) is not None:
                waiting.setdefault(key, deque()).append(place)
        if not waiting:
            continue
        for place, seen in enumerate(new):
            if place in found or (moving and seen.path in known_paths) or (key := key_of(seen)) is None:
                continue
            if candidates := waiting.get(key):
                found[place] = candidates.popleft()
                taken.add(found[place])
    return found


def with_path(known: Known, moved: Mapping[str, str]) -> Known:
    """A finding of then with the path, and the words, that its file has now."""
    message = known.message
    for old, new in moved.items():
        if old in message:
            message = message.replace(old, new)
    return replace(known, path=moved.get(known.path, known.path), message=message)


def seen_of(known: Known, paths: Collection[str]) -> Seen:
    """A finding as the rounds compare it; the name of its own file in its words does not count."""
    words = NUMBERS.sub("#", known.message.replace(known.path, ""))
    return Seen(known.rule, known.path, words, known.scope, bare(known.code), known.path not in paths)
