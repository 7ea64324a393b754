"""SQL in the texts of a program, which may have holes that run time fills."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from msgspec.structs import replace

from verifier.datamodel import Column, Unread
from verifier.ddl.statements import apply_text
from verifier.ddl.tables import Draft, Schema
from verifier.evaluate.interpreter import Engine
from verifier.evaluate.values import Const, Environment, Text, Unknown, Value, options, reason_of
from verifier.model import Span
from verifier.regex import regex

# Places for values that are put in later, by ``format`` or ``%``.
LATER = regex(r"(?<!')\{\w*\}(?!')|(?<!')%(?:\(\w+\))?s(?!')")
HOLE = "hole_in_text_"  # stands for what run time decides
ALTERED = regex(rf"\b(?:alter|drop|rename)\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?[\w.\"]*{HOLE}", re.IGNORECASE)


class Written(NamedTuple):
    """A text of the program, with why there are holes in it and where it is written."""

    text: str
    path: str
    start: int
    end: int
    holes: tuple[str, ...] = ()


def written_sql(parts: list[str | Value], path: str, start: int, end: int) -> Written:
    """A text put together from parts that are known, and values that are not."""
    holes = tuple(dict.fromkeys(reason_of(part) for part in parts if isinstance(part, Value)))
    text = "".join(part if isinstance(part, str) else f"{HOLE}{at}" for at, part in enumerate(parts))
    later = LATER.sub(HOLE, text)
    if later != text and not holes:
        text, holes = later, ("a value that is put into its text",)
    return Written(text, path, start, end, holes)


def statement_parts(value: Value) -> Iterator[str | Value]:
    """A value as parts of a text."""
    if len(options(value)) > 1 or isinstance(value, Environment):
        yield Unknown("one of several values")
    elif isinstance(value, Const):
        yield str(value.value)
    elif isinstance(value, Text):
        for part in value.parts:
            yield part if isinstance(part, str) else Unknown(reason_of(part))
    else:
        yield value


def apply_written(engine: Engine, schema: Schema, found: Written) -> None:
    """Apply a text of the program; what depends on a hole in it is taken out again."""
    before = set(schema.tables)
    place = Places(engine, found)
    apply_text(schema, found.text, place)
    if not found.holes:
        return
    reason = found.holes[0]
    if ALTERED.search(found.text):
        schema.doubt(reason, place(0, len(found.text)))
    for key, draft in list(schema.tables.items()):
        if HOLE in key.lower():
            del schema.tables[key]
            schema.unread.append(Unread(draft.span, reason))
        elif key not in before or any(HOLE in column.name for column in draft.columns):
            if draft.open:  # the statement was not understood, most likely for what is put in later
                draft.open.append(reason)
            without_holes(draft, reason)


def without_holes(draft: Draft, reason: str) -> None:
    """Take out of a table what depends on run time."""
    kept: list[Column] = []
    for column in draft.columns:
        if HOLE in column.name:
            draft.open.append(reason)
        elif HOLE in column.type.declared or HOLE in column.default_text:
            kept.append(replace(column, known=False))
        else:
            kept.append(column)
    draft.columns = kept
    if any(HOLE in name for found in draft.constraints for name in found.columns):
        draft.open.append(reason)
        draft.constraints = [found for found in draft.constraints if not any(HOLE in name for name in found.columns)]


class Places:
    """Finds the lines of a file on which the parts of a text are written."""

    def __init__(self, engine: Engine, written: Written) -> None:
        self.source = engine.project.files[written.path]
        self.written = written
        raw = self.source.data[written.start : written.end]
        encoded = written.text.encode()
        found = raw.find(encoded)
        self.base = written.start + found if found >= 0 else None
        self.ascii = written.text.isascii()
        self.lines = raw.count(b"\n") == written.text.count("\n")
        self.raw = raw

    def __call__(self, start: int, end: int) -> Span:
        text = self.written.text
        if self.base is not None:
            first = start if self.ascii else len(text[:start].encode())
            last = end if self.ascii else len(text[:end].encode())
            return self.source.span(self.base + first, self.base + last)
        found = self.search(text[start:end])
        if found is not None:
            return self.source.span(*found)
        if self.lines:
            line = self.source.position(self.written.start)[0]
            return Span(self.source.path, line + text[:start].count("\n"), 1, line + text[:end].count("\n"), 1)
        return self.source.span(self.written.start, self.written.end)

    def search(self, piece: str) -> tuple[int, int] | None:
        """Where the first words of a part are written, escapes and quotes of the program between them."""
        words = re.findall(r"[^\W\d]\w*", piece)[:2]
        if not words or any(word.startswith(HOLE) for word in words):
            return None
        pattern = rb"\b" + rb"\W+".join(re.escape(word.encode()) for word in words) + rb"\b"
        match = re.search(pattern, self.raw)
        return (self.written.start + match.start(), self.written.start + match.end()) if match is not None else None
