"""Texts as a program puts them together: each form that one may take, with the places of its parts."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from verifier.evaluate.values import Choice, Const, Joined, Origin, Text, Value, options, plain
from verifier.lift.placeholders import HOLE
from verifier.lift.positions import PlacedText, placed_text
from verifier.model import Project
from verifier.regex import regex

MOST_FORMS = 8
FARTHEST = 200  # bytes from a text to the expression behind it
# What stands between a text and the expression that is joined to it, and the beginning of that.
EXPRESSION = regex(rb"[ \t\r\n\"'`+{$,)%\\]*([A-Za-z_$][\w.$]*)")


class Composed:
    """One form of a text: what it says, with ``HOLE`` for each value that only run time knows.

    ``holes`` are these values, in order.
    """

    def __init__(self, project: Project, pieces: tuple[Value, ...], whole: Origin | None) -> None:
        self.project = project
        self.whole = whole
        self.holes: list[Value] = []
        self._pieces: list[tuple[int, int, Value]] = []  # start, end, piece
        self._placed: dict[int, PlacedText | None] = {}
        texts: list[str] = []
        length = 0
        for piece in pieces:
            if isinstance(piece, Const) and not isinstance(piece.value, bytes):
                text = plain(piece.value).replace(HOLE, "?")
            else:
                text = HOLE
                self.holes.append(piece)
            texts.append(text)
            self._pieces.append((length, length + len(text), piece))
            length += len(text)
        self.text = "".join(texts)

    def at(self, start: int, end: int) -> Origin | None:
        """Where the characters from ``start`` to before ``end`` are written."""
        first = self._place(start, min(end, start + 1))
        if first is None or end <= start + 1:
            return first
        index = self._find(start)
        if index is not None and end <= self._pieces[index][1]:
            return self._place(start, end) or first
        last = self._place(end - 1, end)
        if last is None or last.path != first.path or last.end < first.start:
            return first
        return Origin(first.path, first.start, last.end)

    def hole_at(self, index: int) -> Origin | None:
        """Where the expression is written whose value stands at an index: between the texts around it."""
        before = self._place(index - 1, index) if index else None
        after = self._place(index + 1, index + 2) if index + 1 < len(self.text) else None
        if before is None or (index and self.text[index - 1] == HOLE):
            return self._place(index, index + 1)
        source = self.project.files.get(before.path)
        if source is None:
            return self._place(index, index + 1)
        between = after is not None and after.path == before.path and before.end < after.start
        stop = after.start if after is not None and between else before.end + FARTHEST
        written = source.data[before.end : stop]
        match = EXPRESSION.match(written)
        if match is None:
            return self._place(index, index + 1)
        end = len(written.rstrip(b" \t\r\n\"'`+}{(")) if between else match.end()
        return Origin(before.path, before.end + match.start(1), before.end + max(end, match.end(1)))

    def _find(self, index: int) -> int | None:
        low, high = 0, len(self._pieces) - 1
        while low <= high:
            middle = (low + high) // 2
            start, end, _ = self._pieces[middle]
            if index < start:
                high = middle - 1
            elif index >= end:
                low = middle + 1
            else:
                return middle
        return None

    def _place(self, start: int, end: int) -> Origin | None:
        found = self._find(start)
        if found is None:
            return None
        begin, _, piece = self._pieces[found]
        if not isinstance(piece, Const):
            return piece.origin
        if found not in self._placed:
            self._placed[found] = placed_text(self.project, self._with_place(piece))
        placed = self._placed[found]
        return placed.at(start - begin, end - begin) if placed is not None else None

    def _with_place(self, piece: Const) -> Const:
        """A piece without a place of its own is looked for where the whole is written."""
        if piece.origin is not None or self.whole is None or not isinstance(piece.value, str):
            return piece
        return Const(piece.value, self.whole)


def variants(project: Project, value: Value) -> list[Composed]:
    """Each form that a text may take, the longest first; at most ``MOST_FORMS``."""
    found: dict[str, Composed] = {}
    for option in options(value):
        for pieces in spread(option):
            made = Composed(project, pieces, option.origin)
            key = made.text if not made.holes else f"{made.text}{[id(hole) for hole in made.holes]}"
            found.setdefault(key, made)
    return sorted(found.values(), key=lambda made: -len(made.text))[:MOST_FORMS]


def spread(value: Value) -> Iterator[tuple[Value, ...]]:
    """The pieces of a text, in each form; a piece that may be one of several texts is taken apart."""
    forms: list[list[tuple[Value, ...]]] = []
    count = 1
    for piece in pieces_of(value):
        alternatives: list[tuple[Value, ...]] = [(piece,)]
        if isinstance(piece, Choice) and count * len(piece.options) <= 2 * MOST_FORMS:
            texts = all(isinstance(option, Const | Text) for option in piece.options)
            if texts:
                alternatives = [tuple(pieces_of(option)) for option in piece.options]
        count *= len(alternatives)
        forms.append(alternatives)
    for chosen in product(*forms):
        yield tuple(piece for part in chosen for piece in part)


def pieces_of(value: Value) -> tuple[Value, ...]:
    """What a text was put together from, down to literals and values that are no texts."""
    if isinstance(value, Text | Joined):
        return tuple(inner for piece in value.pieces for inner in pieces_of(piece))
    return (value,)
