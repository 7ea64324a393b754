"""Reads the text of a Prisma schema: its blocks, fields and attributes, with their places."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from verifier.api import regex

BLOCK = regex(
    r"^[ \t]*(model|view|type|enum|datasource|generator)[ \t]+(\w+)[ \t]*\{[ \t]*(?://[^\n]*)?$", re.MULTILINE
)
CLOSING = regex(r"^[ \t]*\}", re.MULTILINE)
FIELD = regex(r"[ \t]*(\w+)[ \t]+(\w+|Unsupported\([ \t]*\"[^\"\n]*\"[ \t]*\))(\[\])?(\?|!)?")
ATTRIBUTE = regex(r"@@?([\w.]+)")
PROPERTY = regex(r"[ \t]*(\w+)[ \t]*=[ \t]*(.*)")
STRING = regex(r'"((?:[^"\\]|\\.)*)"')
NAMED = regex(r"[ \t\n]*(\w+)[ \t]*:")
MOST_FIELDS = 2000  # no database has tables of more columns
LONGEST = 2_000_000  # characters of a schema


class Attribute(NamedTuple):
    """``@name(arguments)``: arguments as written, the named ones by name, the others in order."""

    name: str
    values: tuple[str, ...] = ()
    named: tuple[tuple[str, str], ...] = ()

    def argument(self, name: str, position: int | None = 0) -> str | None:
        """An argument, as written."""
        for key, value in self.named:
            if key == name:
                return value
        if position is not None and position < len(self.values):
            return self.values[position]
        return None


class Field(NamedTuple):
    """A field of a model: ``many`` is written ``[]``, ``optional`` ``?``."""

    name: str
    type: str
    many: bool
    optional: bool
    attributes: tuple[Attribute, ...]
    start: int
    end: int

    def attribute(self, name: str) -> Attribute | None:
        """The attribute of a name."""
        return next((found for found in self.attributes if found.name == name), None)


class Block(NamedTuple):
    """A block: ``fields`` of a model or type, ``values`` of an enumeration, ``properties`` of anything else."""

    kind: str
    name: str
    start: int
    end: int
    fields: tuple[Field, ...]
    attributes: tuple[tuple[Attribute, int, int], ...]
    values: tuple[str, ...]
    properties: dict[str, str]

    def attribute(self, name: str) -> Attribute | None:
        """The attribute ``@@name``."""
        return next((found for found, _, _ in self.attributes if found.name == name), None)


def blocks(text: str) -> Iterator[Block]:
    """The blocks of a schema."""
    if len(text) > LONGEST:
        return
    place = 0
    while (opening := BLOCK.search(text, place)) is not None:
        closing = CLOSING.search(text, opening.end())
        end = closing.start() if closing is not None else len(text)
        yield block(text, opening, end)
        place = closing.end() if closing is not None else len(text)


def block(text: str, opening: re.Match[str], end: int) -> Block:
    """What stands between two braces."""
    kind = opening[1]
    fields: list[Field] = []
    attributes: list[tuple[Attribute, int, int]] = []
    values: list[str] = []
    properties: dict[str, str] = {}
    for start, stop in lines(text, opening.end(), end):
        line = text[start:stop]
        bare = line.strip()
        if not bare:
            continue
        begin = start + len(line) - len(line.lstrip())
        if bare.startswith("@@"):
            attributes.extend((found, begin, stop) for found in attributes_of(bare))
        elif kind in ("datasource", "generator"):
            match = PROPERTY.match(line)
            if match is not None:
                properties[match[1]] = match[2].strip()
        elif kind == "enum":
            mapped = next((found for found in attributes_of(bare) if found.name == "map"), None)
            values.append((unquoted(mapped.argument("name")) if mapped is not None else None) or bare.split()[0])
        else:
            match = FIELD.match(line)
            if match is not None and len(fields) < MOST_FIELDS:
                given = tuple(attributes_of(line[match.end() :]))
                fields.append(Field(match[1], match[2], bool(match[3]), match[4] == "?", given, begin, stop))
    return Block(kind, opening[2], opening.start(1), end, tuple(fields), tuple(attributes), tuple(values), properties)


def lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The lines of a stretch, comments cut off; one with an open parenthesis goes on to the next."""
    begin, depth, place, quoted = start, 0, start, False
    while place < end:
        character = text[place]
        if quoted:
            place += character == "\\"
            quoted = character not in '"\n'
        elif character == '"':
            quoted = True
        elif character in "([":
            depth += 1
        elif character in ")]":
            depth = max(depth - 1, 0)
        elif text.startswith("//", place):
            stop = text.find("\n", place, end)
            stop = end if stop < 0 else stop
            if depth == 0:
                yield begin, place
                begin = stop
            place = stop
            continue
        elif character == "\n" and depth == 0:
            yield begin, place
            begin = place + 1
        place += 1
    yield begin, end


def attributes_of(text: str) -> Iterator[Attribute]:
    """The attributes of a line."""
    place = 0
    while (match := ATTRIBUTE.search(text, place)) is not None:
        place = match.end()
        if not text.startswith("(", place):
            yield Attribute(match[1])
            continue
        end = matching(text, place)
        values, named = [], []
        for part in split(text[place + 1 : end]):
            key = NAMED.match(part)
            if key is not None:
                named.append((key[1], part[key.end() :].strip()))
            elif part.strip():
                values.append(part.strip())
        yield Attribute(match[1], tuple(values), tuple(named))
        place = end + 1


def matching(text: str, opening: int) -> int:
    """Where the parenthesis closes that opens at a place; the end of the text, where it does not."""
    depth, place = 0, opening
    while place < len(text):
        character = text[place]
        if character == '"':
            match = STRING.match(text, place)
            place = match.end() if match is not None else len(text)
            continue
        depth += (character in "([{") - (character in ")]}")
        if depth == 0:
            return place
        place += 1
    return len(text)


def split(text: str) -> Iterator[str]:
    """What stands between commas."""
    start = place = 0
    while place < len(text):
        character = text[place]
        if character == '"':
            match = STRING.match(text, place)
            place = match.end() if match is not None else len(text)
        elif character in "([{":
            place = matching(text, place) + 1
        else:
            if character == ",":
                yield text[start:place]
                start = place + 1
            place += 1
    yield text[start:]


def unquoted(text: str | None) -> str | None:
    """What a text in quotes says; None for anything else."""
    match = STRING.fullmatch(text.strip()) if text is not None else None
    return re.sub(r"\\(.)", r"\1", match[1]) if match is not None else None


def names_in(text: str | None) -> tuple[str, ...]:
    """The names in ``[a, b(sort: Desc)]``."""
    if text is None:
        return ()
    inner = text.strip().removeprefix("[").removesuffix("]")
    return tuple(match[1] for part in split(inner) if (match := re.match(r"\s*([\w.]+)", part)) is not None)
