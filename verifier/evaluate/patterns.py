"""Path patterns put together from text and holes, and read out of regular expressions.

Frameworks write paths in different ways: ``<int:id>``, ``{id:\\d+}``, ``^(?P<id>[0-9]+)/$``. A pack turns its own way
into pieces, fixed text and holes, and ``assemble`` cuts them into the segments of a ``PathPattern``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import product

from msgspec import Struct

from verifier.model import PathPattern, Segment
from verifier.regex import regex

MOST_VARIANTS = 24
ANY_TEXT = ("[^/]+", "[^/]+?", "[^\\/]+")


class Hole(Struct, frozen=True):
    """A part of a path that requests fill in.

    ``name`` is empty where the part has none; ``pattern`` is what fills it, None for any text without a slash.
    """

    name: str
    pattern: str | None = None


Piece = str | Hole


class UnreadableExpressionError(Exception):
    """A regular expression is none of those that paths are made of; the text says what is in the way."""


def assemble(pieces: Iterable[Piece]) -> PathPattern:
    """The pattern of a whole path; a slash in front is left out."""
    segments: list[Segment] = []
    current: list[Piece] = []
    waiting = merged(pieces)
    if waiting and isinstance(waiting[0], str):
        waiting[0] = waiting[0].removeprefix("/")
    if not any(waiting):
        return PathPattern(())
    slash = False
    for place, piece in enumerate(waiting):
        if isinstance(piece, Hole):
            if piece.pattern is not None and crosses(piece.pattern):
                segments.append(make_segment([*current, *waiting[place:]], rest=True))
                return PathPattern(tuple(segments))
            current.append(piece)
            continue
        first, *others = piece.split("/")
        if first:
            current.append(first)
        for other in others:
            segments.append(make_segment(current))
            current = [other] if other else []
        slash = piece.endswith("/")
    if current:
        segments.append(make_segment(current))
    return PathPattern(tuple(segments), slash and not current)


def merged(pieces: Iterable[Piece]) -> list[Piece]:
    """The pieces, with neighbouring texts put together."""
    found: list[Piece] = []
    for piece in pieces:
        last = found[-1] if found else None
        if isinstance(piece, str) and isinstance(last, str):
            found[-1] = last + piece
        elif piece != "":
            found.append(piece)
    return found


def make_segment(pieces: list[Piece], *, rest: bool = False) -> Segment:
    """One segment, or with ``rest`` all that is left of the path."""
    text = "".join(piece if isinstance(piece, str) else shown(piece) for piece in pieces)
    names = tuple(piece.name for piece in pieces if isinstance(piece, Hole) and piece.name)
    if all(isinstance(piece, str) for piece in pieces):
        return Segment(text)
    if len(pieces) == 1 and isinstance(pieces[0], Hole):
        pattern = pieces[0].pattern
        return Segment(text, None if pattern in ANY_TEXT and names else pattern, names, rest)
    parts = [
        re.escape(piece) if isinstance(piece, str) else f"(?:{piece.pattern})" if piece.pattern else "[^/]+"
        for piece in pieces
    ]
    return Segment(text, "".join(parts), names, rest)


def shown(hole: Hole) -> str:
    """A hole as a route's path shows it."""
    return f"{{{hole.name}}}" if hole.name else hole.pattern or "*"


# Regular expressions


class Character(Struct, frozen=True):
    """A character that stands for itself."""

    text: str


class Any(Struct, frozen=True):
    """One of several characters: a class, an escape, the dot. ``slash`` says whether a slash is among them."""

    source: str
    slash: bool


class Anchor(Struct, frozen=True):
    """A place: ``^``, ``$``, ``\\b``. ``source`` is as written."""

    source: str


class Group(Struct, frozen=True):
    """A group; ``source`` is what it holds. ``name`` is None where it does not capture, empty where it has no name."""

    branches: tuple[tuple[Item, ...], ...]
    name: str | None
    source: str


class Repeat(Struct, frozen=True):
    """Something that comes ``least`` times or more often. ``source`` is as written."""

    item: Item
    least: int
    most: int | None
    source: str


Item = Character | Any | Anchor | Group | Repeat


@lru_cache(4096)
def crosses(expression: str) -> bool:
    """Whether a regular expression may match a text with a slash; true where it cannot be read."""
    try:
        return any(may_cross(item) for branch in Reader(expression).branches() for item in branch)
    except UnreadableExpressionError:
        return True


def may_cross(item: Item) -> bool:
    """Whether an item may match a slash."""
    if isinstance(item, Character):
        return item.text == "/"
    if isinstance(item, Any):
        return item.slash
    if isinstance(item, Group):
        return any(may_cross(inner) for branch in item.branches for inner in branch)
    return isinstance(item, Repeat) and may_cross(item.item)


class Expression(Struct, frozen=True):
    """A regular expression read as a path: each variant that it may take, in pieces, and whether it is open at the end.

    Holes without a name are named by their number (``arg1``) where no group has one; Django passes them by position.
    """

    variants: tuple[tuple[Piece, ...], ...]
    open: bool


@lru_cache(4096)
def read_expression(expression: str) -> Expression:
    """Read a regular expression that describes a path.

    Raises:
        UnreadableExpressionError: it holds what paths are not made of.
    """
    reader = Reader(expression)
    branches = reader.branches()
    closed = [is_end(branch[-1]) if branch else False for branch in branches]
    named = reader.named
    variants = tuple(
        tuple(merged(numbered(variant, named))) for branch in branches for variant in spread(branch, named)
    )
    if len(variants) > MOST_VARIANTS:
        raise UnreadableExpressionError(f"the regular expression `{expression}` has too many variants")
    return Expression(variants, not all(closed))


def numbered(pieces: Iterable[Piece], named: bool) -> list[Piece]:
    """Give captured parts without a name their number."""
    found: list[Piece] = []
    count = 0
    for piece in pieces:
        if isinstance(piece, Hole) and piece.name == POSITIONAL:
            count += 1
            found.append(Hole("" if named else f"arg{count}", piece.pattern))
        else:
            found.append(piece)
    return found


POSITIONAL = "\0"


def spread(items: tuple[Item, ...], named: bool) -> list[list[Piece]]:
    """The ways that a sequence of items may come out, in pieces."""
    ways = [spread_item(item, named) for item in items]
    total = 1
    for way in ways:
        total *= len(way)
    if total > MOST_VARIANTS:
        raise UnreadableExpressionError("the regular expression has too many variants")
    return [[piece for part in combination for piece in part] for combination in product(*ways)]


def spread_item(item: Item, named: bool) -> list[list[Piece]]:
    """The ways that one item may come out."""
    if isinstance(item, Character):
        return [[item.text]]
    if isinstance(item, Any):
        return [[Hole("", item.source)]]
    if isinstance(item, Anchor):
        return [[]]
    if isinstance(item, Group):
        if item.name is not None:
            return [[Hole(item.name or POSITIONAL, item.source)]]
        return [way for branch in item.branches for way in spread(branch, named)]
    if item.least == 0 and item.most == 1:
        if isinstance(item.item, Any):
            return [[Hole("", item.source)]]
        return [*spread_item(item.item, named), []]
    if holds_groups(item.item):
        raise UnreadableExpressionError(f"`{item.source}` repeats a group")
    return [[Hole("", item.source)]]


def holds_groups(item: Item) -> bool:
    """Whether something captured lies in an item."""
    if isinstance(item, Group):
        return item.name is not None or any(holds_groups(inner) for branch in item.branches for inner in branch)
    return isinstance(item, Repeat) and holds_groups(item.item)


def is_end(item: Item) -> bool:
    """Whether an item stands for the end of the text."""
    return isinstance(item, Anchor) and item.source in ("$", r"\Z", r"\z")


CLASSES = {"d": False, "D": True, "w": False, "W": True, "s": False, "S": True}
ESCAPED = {"n": "\n", "t": "\t", "r": "\r"}
QUANTIFIER = regex(r"(?:[*+?]|\{(\d*)(,?)(\d*)\})[?+]?")
NAMED = regex(r"\?P<([A-Za-z_]\w*)>")


class Reader:
    """Reads a regular expression item by item."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.place = 0
        self.named = NAMED.search(source) is not None
        if len(source) > 2000:
            raise UnreadableExpressionError("the regular expression is very long")

    def branches(self, depth: int = 0) -> tuple[tuple[Item, ...], ...]:
        """Alternatives up to the end, or to the bracket that closes the group around them."""
        if depth > 20:
            raise UnreadableExpressionError("the regular expression nests too deeply")
        found: list[tuple[Item, ...]] = []
        items: list[Item] = []
        while self.place < len(self.source):
            character = self.source[self.place]
            if character == ")":
                if depth == 0:
                    raise UnreadableExpressionError(
                        f"the regular expression `{self.source}` closes a group that is not open"
                    )
                break
            if character == "|":
                self.place += 1
                found.append(tuple(items))
                items = []
                continue
            start = self.place
            item = self.item(character, depth)
            if item is not None:
                items.append(self.repeated(item, start))
        return (*found, tuple(items))

    def item(self, character: str, depth: int) -> Item | None:
        """The next item."""
        self.place += 1
        if character == "\\":
            return self.escape()
        if character == "[":
            return self.character_class()
        if character == "(":
            return self.group(depth)
        if character == ".":
            return Any(".", True)
        if character in "^$":
            return Anchor(character)
        return Character(character)

    def escape(self) -> Item:
        """What follows a backslash."""
        if self.place >= len(self.source):
            raise UnreadableExpressionError(f"the regular expression `{self.source}` ends in a backslash")
        character = self.source[self.place]
        self.place += 1
        if character in CLASSES:
            return Any(f"\\{character}", CLASSES[character])
        if character in "AZzbB":
            return Anchor(f"\\{character}")
        if character.isdigit() or character in "xuUN":
            raise UnreadableExpressionError(f"the regular expression `{self.source}` holds `\\{character}`")
        return Character(ESCAPED.get(character, character))

    def character_class(self) -> Item:
        """``[...]``."""
        start = self.place - 1
        at = self.place
        if self.source[at : at + 1] == "^":
            at += 1
        if self.source[at : at + 1] == "]":
            at += 1
        while at < len(self.source) and self.source[at] != "]":
            at += 2 if self.source[at] == "\\" else 1
        if at >= len(self.source):
            raise UnreadableExpressionError(f"the regular expression `{self.source}` leaves a bracket open")
        self.place = at + 1
        source = self.source[start : self.place]
        try:
            return Any(source, re.fullmatch(source, "/") is not None)
        except re.error as error:
            raise UnreadableExpressionError(f"the regular expression `{self.source}` is not valid: {error}") from None

    def group(self, depth: int) -> Item | None:
        """``(...)`` and its kinds."""
        name: str | None = ""
        rest = self.source[self.place : self.place + 80]
        match = NAMED.match(rest)
        if match is not None:
            name = match.group(1)
            self.place += match.end()
        elif rest.startswith("?:"):
            name = None
            self.place += 2
        elif rest.startswith("?"):
            flags = re.match(r"\?[aiLmsux]+\)", rest)
            if flags is None:
                raise UnreadableExpressionError(f"the regular expression `{self.source}` holds `({rest[:3]}`")
            self.place += flags.end()
            return None
        start = self.place
        branches = self.branches(depth + 1)
        if self.source[self.place : self.place + 1] != ")":
            raise UnreadableExpressionError(f"the regular expression `{self.source}` leaves a group open")
        source = self.source[start : self.place]
        self.place += 1
        return Group(branches, name, source)

    def repeated(self, item: Item, start: int) -> Item:
        """The item with the quantifier that follows it."""
        match = QUANTIFIER.match(self.source, self.place)
        if match is None or match.group() in ("{}", "{,}"):
            return item
        self.place = match.end()
        sign = match.group()[0]
        if sign == "{":
            least = int(match.group(1) or 0)
            most = int(match.group(3)) if match.group(3) else None if match.group(2) else least
        else:
            least, most = int(sign == "+"), 1 if sign == "?" else None
        return Repeat(item, least, most, self.source[start : self.place])
