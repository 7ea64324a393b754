"""SQL in the texts of a program: constants, concatenations and templates whose values are known."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from verifier.api import Const, Engine, Environment, Frame, Span, Text, Unknown, Value, options, reason_of, syntax

# A text that declares something of a table; prose about tables begins otherwise.
DECLARING = re.compile(
    r"\A\s*(?:--[^\n]*\n\s*|/\*.*?\*/\s*)*(?:(?:PRAGMA|BEGIN|SET|DROP|COMMIT|DO|INSERT|USE)\b.*?)?"
    r"\b(?:CREATE\s+(?:GLOBAL\s+|LOCAL\s+|TEMP\w*\s+|UNLOGGED\s+|VIRTUAL\s+)*TABLE|ALTER\s+TABLE"
    r"|CREATE\s+(?:UNIQUE\s+)?INDEX|CREATE\s+(?:MATERIALIZED\s+)?VIEW|CREATE\s+(?:TYPE|DOMAIN))\s",
    re.IGNORECASE | re.DOTALL,
)
MENTIONS = re.compile(rb"\b(?:create\s+(?:\w+\s+)?table|alter\s+table|create\s+(?:unique\s+)?index)\b", re.IGNORECASE)
# Places for values that are put in later, by ``format`` or ``%``.
LATER = re.compile(r"(?<!')\{\w*\}(?!')|(?<!')%(?:\(\w+\))?s(?!')")
HOLE = "hole_in_text_"  # stands for what run time decides
PLAIN = (syntax.Name, syntax.Member, syntax.Index, syntax.Const)
LARGEST = 2_000_000  # bytes of a file: a larger one is data


class Written(NamedTuple):
    """A text of the program, with the holes in it and where it is written."""

    text: str
    start: int
    end: int
    holes: tuple[str, ...]


def texts_in(engine: Engine, path: str) -> Iterator[Written]:
    """The texts of a file that declare tables, in the order in which they are written."""
    state = engine.table.state(path)
    frame = Frame(state, state.scope)
    for node in expressions(state.body):
        parts = list(pieces(engine, node, frame))
        holes = tuple(dict.fromkeys(reason_of(part) for part in parts if isinstance(part, Value)))
        text = "".join(part if isinstance(part, str) else f"{HOLE}{at}" for at, part in enumerate(parts))
        later = LATER.sub(HOLE, text)
        if later != text and not holes:
            text, holes = later, ("a value that is put into its text",)
        if DECLARING.match(text):
            yield Written(text, node.start, node.end, holes)


def pieces(engine: Engine, node: syntax.Expression, frame: Frame) -> Iterator[str | Value]:
    """The parts of a text: known ones, and values that are no constants."""
    if isinstance(node, syntax.Const):
        yield str(node.value)
    elif isinstance(node, syntax.Template):
        for part in node.parts:
            yield from pieces(engine, part, frame)
    elif isinstance(node, syntax.Binary) and node.operator == "+":
        yield from pieces(engine, node.left, frame)
        yield from pieces(engine, node.right, frame)
    elif isinstance(node, PLAIN):
        yield from known(engine.evaluate(node, frame))
    else:
        yield Unknown("an expression in its text")


def known(value: Value) -> Iterator[str | Value]:
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


def expressions(body: tuple[syntax.Statement, ...]) -> Iterator[syntax.Expression]:
    """The outermost expressions of a tree that are texts, in order. What documents code is none."""
    waiting: list[object] = [*reversed(body)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, tuple):
            waiting.extend(reversed(node))
        elif isinstance(node, syntax.Evaluate) and isinstance(node.value, syntax.Const):
            continue
        elif is_text(node):
            yield node  # type: ignore[misc]
        elif isinstance(node, syntax.Function):
            waiting.extend(reversed((*(parameter.default for parameter in node.parameters), *node.body)))
        elif isinstance(node, syntax.Class):
            waiting.extend(reversed((*node.decorators, *node.body)))
        elif isinstance(node, syntax.Node):
            waiting.extend(getattr(node, name) for name in reversed(node.__struct_fields__[2:]))


def is_text(node: object) -> bool:
    """Whether an expression is a text, or texts put together."""
    while isinstance(node, syntax.Binary) and node.operator == "+":
        if is_text(node.right):
            return True
        node = node.left
    return isinstance(node, syntax.Template) or (isinstance(node, syntax.Const) and isinstance(node.value, str))


class Places:
    """Finds the lines of a file on which the parts of a text are written."""

    def __init__(self, engine: Engine, path: str, written: Written) -> None:
        self.source = engine.project.files[path]
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
