"""Paths in the syntax of path-to-regexp, the library by which routers of Node match them.

Its versions read paths in four ways, which are named here by their version:

    0.1  ``:id``, ``:id(\\d+)``, ``:id?``, ``*``; all other text is a regular expression
    1    ``:id(\\d+)?``, repeated ``:id+`` and ``:id*``, ``(.*)``, ``*``
    6    the same without a bare ``*``, and ``{-:id}?``
    8    ``:id``, ``*path``, optional ``{/:id}``; no regular expressions
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import Literal, TypeAlias

from msgspec import Struct

from verifier.evaluate.patterns import (
    Hole,
    Piece,
    UnreadableExpressionError,
    assemble,
    crosses,
    merged,
    read_expression,
)
from verifier.evaluate.routing import DynamicPathError
from verifier.model import PathPattern
from verifier.regex import regex

Dialect: TypeAlias = Literal["0.1", "1", "6", "8"]
Variant: TypeAlias = tuple[Piece, ...]

MOST_VARIANTS = 32


def read_path(path: str, dialect: Dialect) -> list[PathPattern]:
    """The patterns of a path: one for each choice of its optional parts, the shortest first.

    Raises:
        DynamicPathError: the library refuses the path, or it is none that a pattern can say.
    """
    if len(path) > 1000:
        raise DynamicPathError("the path is very long")
    variants = READERS[dialect](path)
    if len(variants) > MOST_VARIANTS:
        raise DynamicPathError(f"the path `{path}` has too many optional parts")
    return laid(path, sorted(dict.fromkeys(tuple(merged(variant)) for variant in variants), key=len))


def laid(path: str, variants: Iterable[Variant]) -> list[PathPattern]:
    """The variants as patterns, without those that no request can match.

    Raises:
        DynamicPathError: none is left.
    """
    found: list[PathPattern] = []
    for variant in variants:
        first = variant[0] if variant else "/"
        if isinstance(first, Hole) and first.pattern is not None and crosses(first.pattern):
            whole = Hole(
                first.name, ".*" if first.pattern == ".+" else first.pattern
            )  # it takes the slash in front too
            found.append(assemble((whole, *variant[1:])))
        elif isinstance(first, str) and first.startswith("/"):
            found.append(assemble(variant))
    if not found:
        raise DynamicPathError(f"the path `{path}` does not begin with a slash, so no request matches it")
    return found


def read_regexp(source: str) -> tuple[list[PathPattern], bool]:
    """The patterns of a regular expression that describes a path, and whether it takes a slash at the end too.

    Raises:
        DynamicPathError: it cannot be read as a path.
    """
    if not source.startswith("^"):
        raise DynamicPathError(f"the path is the regular expression `/{source}/`, which may match anywhere")
    lenient = source.endswith(r"\/?$")
    python = re.sub(r"\(\?<(?=[A-Za-z_])", "(?P<", source.removesuffix(r"\/?$") + "$" if lenient else source)
    try:
        found = read_expression(python)
    except UnreadableExpressionError as error:
        raise DynamicPathError(f"the path is a regular expression: {error}") from None
    variants = [tuple(renumbered(piece) for piece in variant) for variant in found.variants]
    if found.open:
        variants = [(*variant, Hole("rest", ".*")) for variant in variants]
    return laid(f"/{source}/", variants), lenient


def renumbered(piece: Piece) -> Piece:
    """A part without a name, numbered from 0 as JavaScript's frameworks do."""
    if isinstance(piece, Hole) and (number := re.fullmatch(r"arg(\d+)", piece.name)):
        return Hole(str(int(number.group(1)) - 1), piece.pattern)
    return piece


class Key(Struct, frozen=True):
    """A parameter with the text that belongs to it: where it is left out, so is the text.

    ``modifier`` is ``?``, ``*``, ``+`` or nothing; ``hole`` is None for text alone.
    """

    hole: Hole | None
    before: str = ""
    after: str = ""
    modifier: str = ""


def spread(tokens: list[str | Key], path: str) -> list[Variant]:
    """The variants of a path whose parts may each be left out or repeated."""
    variants: list[Variant] = [()]
    for token in tokens:
        ways = [(token,)] if isinstance(token, str) else ways_of(token, path)
        variants = [(*variant, *way) for variant in variants for way in ways]
        if len(variants) > MOST_VARIANTS:
            raise DynamicPathError(f"the path `{path}` has too many optional parts")
    return variants


def ways_of(key: Key, path: str) -> list[Variant]:
    """What a parameter may come out as."""
    hole = key.hole
    if hole is not None and hole.pattern is None and key.before == ".":
        hole = Hole(hole.name, "[^/.]+")  # what follows a dot has no other dot in it
    if hole is not None and key.modifier in ("*", "+"):
        if key.before != "/" or key.after:
            raise DynamicPathError(f"the path `{path}` repeats a part that is no whole segment")
        one = hole.pattern
        hole = Hole(hole.name, ".+" if one is None else f"(?:{one})(?:/(?:{one}))*")
    given = tuple(piece for piece in (key.before, hole, key.after) if piece)
    return [(), given] if key.modifier in ("?", "*") else [given]


# 0.1: the path is a regular expression in which some signs are replaced.

SIGNS = regex(r"\\.|(/)?(\.)?:(\w+)(\(.*?\))?(\*)?(\?)?|[.*]|/\(")


def read_first(path: str) -> list[Variant]:
    tokens: list[str | Key] = []
    number = 0
    last = 0
    for match in SIGNS.finditer(path):
        tokens.append(plain(path[last : match.start()], path))
        last = match.end()
        sign = match.group()
        if sign[0] == "\\":
            if sign[1].isalnum():
                raise DynamicPathError(f"the path `{path}` is a regular expression")
            tokens.append(sign[1])
        elif sign == ".":
            tokens.append(".")
        elif sign == "*":
            tokens.append(Key(Hole(str(number), ".*")))
            number += 1
        elif sign == "/(":
            raise DynamicPathError(f"the path `{path}` is a regular expression")
        else:
            slash, dot, name, capture, star, optional = match.groups(default="")
            hole = Hole(name, first_capture(capture, path) if capture else None)
            before = dot + slash if dot and slash else slash or dot
            if dot and slash:  # `/.:name` stands for a dot before the slash
                raise DynamicPathError(f"the path `{path}` has a dot between a slash and a parameter")
            if star:
                tokens += [Key(hole, before), Key(Hole(str(number), ".*"), "/", modifier="?")]
                number += 1
            else:
                tokens.append(Key(hole, before, modifier=optional))
    tokens.append(plain(path[last:], path))
    return spread(tokens, path)


def plain(text: str, path: str) -> str:
    """Text that means itself in a regular expression."""
    if re.search(r"[()\[\]{}+?^$|\\]", text):
        raise DynamicPathError(f"the path `{path}` is a regular expression")
    return text


def first_capture(capture: str, path: str) -> str:
    """What a parameter's own expression matches: the first star in it stands for any text."""
    inner = capture[1:-1]
    try:
        re.compile(inner)
    except re.error:
        if inner != "*":
            raise DynamicPathError(f"the path `{path}` is a regular expression") from None
    return re.sub(r"\\.|\*", lambda found: "(?:.*)" if found.group() == "*" else found.group(), inner, count=1)


# 1

PARTS = regex(
    r"(\\.)|([/.])?(?:(?::(\w+)(?:\(((?:\\.|[^\\()])+)\))?|\(((?:\\.|[^\\()])+)\))([+*?])?|(\*))",
)


def read_second(path: str) -> list[Variant]:
    tokens: list[str | Key] = []
    number = 0
    last = 0
    for match in PARTS.finditer(path):
        escaped, prefix, name, capture, group, modifier, asterisk = match.groups(default="")
        tokens.append(path[last : match.start()])
        last = match.end()
        if escaped:
            tokens.append(escaped[1])
            continue
        if not name:
            name, number = str(number), number + 1
        hole = Hole(name, ".*" if asterisk else capture or group or None)
        partial = bool(prefix) and path[last : last + 1] not in ("", prefix)
        if partial and modifier in ("?", "*"):
            tokens.append(prefix)
            prefix = ""
        tokens.append(Key(hole, prefix, modifier=modifier))
    tokens.append(path[last:])
    return spread(tokens, path)


# 6

LEXEMES = regex(
    r"(?P<modifier>[*+?])|(?P<escaped>\\.)|(?P<open>\{)|(?P<close>\})|:(?P<name>\w*)|(?P<group>\()|(?P<char>.)",
    re.DOTALL,
)


def read_third(path: str) -> list[Variant]:
    return spread(KeyReader(path).tokens(), path)


class KeyReader:
    """Reads a path of version 6 token by token."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.lexemes = lexemes(path)
        self.place = 0
        self.number = 0

    def take(self, kind: str) -> str | None:
        """The next lexeme, where it is of a kind."""
        if self.place < len(self.lexemes) and self.lexemes[self.place][0] == kind:
            self.place += 1
            return self.lexemes[self.place - 1][1]
        return None

    def text(self) -> str:
        """Characters up to the next sign."""
        found = ""
        while (character := self.take("char") or self.take("escaped")) is not None:
            found += character
        return found

    def hole(self, name: str | None, pattern: str | None, before: str, last: str | Key | None) -> Hole:
        """A parameter; one without a name has a number.

        Raises:
            DynamicPathError: nothing stands between it and the parameter before it.
        """
        if pattern is None and not before and isinstance(last, Key):
            raise refused(self.path)
        if not name:
            name, self.number = str(self.number), self.number + 1
        return Hole(name, pattern)

    def tokens(self) -> list[str | Key]:
        """All of the path.

        Raises:
            DynamicPathError: it is not in the syntax.
        """
        found: list[str | Key] = []
        while self.place < len(self.lexemes):
            character = self.take("char")
            name, pattern = self.take("name"), self.take("group")
            if name or pattern:
                prefix = character if character in ("/", ".") else ""
                if character and not prefix:
                    found.append(character)
                hole = self.hole(name, pattern, prefix or "", found[-1] if found else None)
                found.append(Key(hole, prefix or "", modifier=self.take("modifier") or ""))
            elif character is not None:
                found.append(character)
            elif (escaped := self.take("escaped")) is not None:
                found.append(escaped)
            elif self.take("open") is not None:
                before, name, pattern, after = self.text(), self.take("name"), self.take("group"), self.text()
                if self.take("close") is None:
                    raise refused(self.path)
                given = name or pattern
                inner = self.hole(name, pattern, before, found[-1] if found else None) if given else None
                found.append(Key(inner, before, after, self.take("modifier") or ""))
            else:
                raise refused(self.path)
        return found


def lexemes(path: str) -> list[tuple[str, str]]:
    """A path cut into signs, names, groups and characters."""
    found: list[tuple[str, str]] = []
    place = 0
    while place < len(path):
        match = LEXEMES.match(path, place)
        kind = match.lastgroup if match is not None else None
        if match is None or kind is None or (kind == "name" and not match.group("name")):
            raise refused(path)
        value = match.group(kind)
        place = match.end()
        if kind == "group":
            place = closing(path, place)
            value = path[match.end() : place - 1]
            if not value or value.startswith("?"):
                raise refused(path)
        found.append((kind, value[1:] if kind == "escaped" else value))
    return found


def closing(path: str, place: int) -> int:
    """The place behind the bracket that closes a group; groups inside it must not capture."""
    depth = 1
    while place < len(path):
        if path[place] == "\\":
            place += 1
        elif path[place] == "(":
            if path[place + 1 : place + 2] != "?":
                raise refused(path)
            depth += 1
        elif path[place] == ")":
            depth -= 1
            if depth == 0:
                return place + 1
        place += 1
    raise refused(path)


class RefusedPathError(DynamicPathError):
    """The library throws when a route is registered with such a path."""


def refused(path: str) -> RefusedPathError:
    """What is raised for a path that the library refuses."""
    return RefusedPathError(f"the path `{path}` is refused by the installed version of path-to-regexp")


def is_refused(path: str, dialect: Dialect) -> bool:
    """Whether the library throws when a route is registered with a path."""
    try:
        read_path(path, dialect)
    except DynamicPathError as error:
        return isinstance(error, RefusedPathError)
    return False


# 8

NAME = regex(r"[$\w]+|\"((?:\\.|[^\"\\])+)\"")


def read_fourth(path: str) -> list[Variant]:
    variants, end = group_at(path, 0, "")
    if end != len(path):
        raise refused(path)
    for variant in variants:
        if any(isinstance(one, Hole) and isinstance(other, Hole) for one, other in pairwise(merged(variant))):
            raise refused(path)
    return variants


def group_at(path: str, place: int, end: str, depth: int = 0) -> tuple[list[Variant], int]:
    """The variants of what stands up to a closing sign, and the place behind it."""
    if depth > 10:
        raise DynamicPathError(f"the path `{path}` nests too deeply")
    variants: list[Variant] = [()]
    while place < len(path):
        sign = path[place]
        place += 1
        if sign == end:
            return variants, place
        ways: list[Variant]
        if sign == "\\":
            if place >= len(path):
                raise refused(path)
            ways, place = [(path[place],)], place + 1
        elif sign in ":*":
            match = NAME.match(path, place)
            if match is None or match.group()[0].isdigit():
                raise refused(path)
            name = match.group(1) or match.group()
            ways, place = [(Hole(name, ".+" if sign == "*" else None),)], match.end()
        elif sign == "{":
            inner, place = group_at(path, place, "}", depth + 1)
            ways = [(), *inner]
        elif sign in "}()[]+?!":
            raise refused(path)
        else:
            ways = [(sign,)]
        variants = [(*variant, *way) for variant in variants for way in ways]
        if len(variants) > MOST_VARIANTS:
            raise DynamicPathError(f"the path `{path}` has too many optional parts")
    if end:
        raise refused(path)
    return variants, place


READERS = {"0.1": read_first, "1": read_second, "6": read_third, "8": read_fourth}
