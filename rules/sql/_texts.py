"""SQL in the texts of a program: constants, concatenations and templates whose values are known."""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier.api import Engine, Frame, Unknown, Value, Written, regex, statement_parts, syntax, written_sql

# A text that declares something of a table; prose about tables begins otherwise.
DECLARING = regex(
    r"\A\s*(?:--[^\n]*\n\s*|/\*.*?\*/\s*)*(?:(?:PRAGMA|BEGIN|SET|DROP|COMMIT|DO|INSERT|USE)\b.*?)?"
    r"\b(?:CREATE\s+(?:GLOBAL\s+|LOCAL\s+|TEMP\w*\s+|UNLOGGED\s+|VIRTUAL\s+)*TABLE|ALTER\s+TABLE"
    r"|CREATE\s+(?:UNIQUE\s+)?INDEX|CREATE\s+(?:MATERIALIZED\s+)?VIEW|CREATE\s+(?:TYPE|DOMAIN))\s",
    re.IGNORECASE | re.DOTALL,
)
MENTIONS = regex(rb"\b(?:create\s+(?:\w+\s+)?table|alter\s+table|create\s+(?:unique\s+)?index)\b", re.IGNORECASE)
PLAIN = (syntax.Name, syntax.Member, syntax.Index, syntax.Const)
LARGEST = 2_000_000  # bytes of a file: a larger one is data


def texts_in(engine: Engine, path: str) -> Iterator[Written]:
    """The texts of a file that declare tables, in the order in which they are written."""
    state = engine.table.state(path)
    frame = Frame(state, state.scope)
    for node in expressions(state.body):
        found = written_sql(list(pieces(engine, node, frame)), path, node.start, node.end)
        if DECLARING.match(found.text):
            yield found


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
        yield from statement_parts(engine.evaluate(node, frame))
    else:
        yield Unknown("an expression in its text")


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
