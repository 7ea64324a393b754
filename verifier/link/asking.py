"""Who asks through a function of the project that is handed the text of a statement: the caller that wrote the text."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from typing import TYPE_CHECKING

from verifier import syntax
from verifier.evaluate.frames import Frame
from verifier.evaluate.values import Const, External, Function, Instance, Origin, Record, Sequence, Text, Value, options
from verifier.regex import regex

if TYPE_CHECKING:
    from verifier.evaluate.library import Call

# A text that begins as a statement does.
STATEMENT = regex(
    r"\s*(?:--[^\n]*\n\s*|/\*(?:[^*]|\*(?!/))*\*/\s*)*(?:SELECT\s|INSERT\s+(?:OR\s+\w+\s+)?INTO\s|UPDATE\s+[\w\"`.\[]+\s+SET\s|"
    r"DELETE\s+FROM\s|WITH\s+(?:RECURSIVE\s+)?\w+\b[^;]*?\bAS\s*\(|MERGE\s+INTO\s|REPLACE\s+INTO\s)",
    re.IGNORECASE | re.DOTALL,
)
LONGEST_WAY = 14  # calls that are looked back over
MOST_BETWEEN = 3  # of them, functions that are not handed the text: what runs a callback with a connection
LONGEST_CHAIN = 5
ENOUGH = 30  # characters by which a text is known again
KEYS = ("text", "sql", "query")


def text_of_statement(value: Value | None, depth: int = 0) -> str | None:
    """The first words of a statement's text: a text, an object with one, what a library made of one; else None."""
    if value is None or depth > 2:
        return None
    for option in options(value):
        text: str | None = None
        if isinstance(option, Const):
            text = option.value if isinstance(option.value, str) else None
        elif isinstance(option, Text):
            text = option.parts[0] if isinstance(option.parts[0], str) else None
        elif isinstance(option, Record):
            held = next((option.entries[key] for key in KEYS if key in option.entries), None)
            found = text_of_statement(held, depth + 1)
            if found is not None:
                return found
        elif isinstance(option, Instance) and option.made_by is not None and option.kind is None:
            found = text_of_statement(option.made_by.argument(0), depth + 1)
            if found is not None:
                return found
        if text is not None and STATEMENT.match(text):
            return text.lstrip()[:ENOUGH].lower()
    return None


def asker(made: Call) -> tuple[syntax.Call, Frame] | None:
    """The call by which a function of the project was handed the text that it sends, in the frame that wrote the text.

    None where the function that makes the call has the text from elsewhere.
    """
    if made.frame.function is None:
        return None
    texts = {text for value in given(made) if (text := text_of_statement(value)) is not None}
    if not texts:
        return None
    found: tuple[syntax.Call, Frame] | None = None
    between = 0
    frame = made.frame
    for _ in range(LONGEST_WAY):
        function, site = frame.function, frame.site
        if function is None or site is None:
            break
        node, outer = site
        if is_handed(function, frame, texts):
            if not isinstance(node, syntax.Call):
                break
            found, between = (node, outer), 0
        else:
            between += 1
            if between > MOST_BETWEEN:
                break
        frame = outer
    return found


def given(made: Call) -> Iterator[Value]:
    """What a call is given that may be the text of a statement."""
    callee: Value | None = made.callee
    for _ in range(LONGEST_CHAIN):  # what is called on a prepared statement
        receiver = callee.receiver if isinstance(callee, External) else None
        if not isinstance(receiver, Instance) or receiver.made_by is None:
            break
        yield from receiver.made_by.arguments[:1]
        callee = receiver.made_by.callee
    yield from made.arguments[:2]
    for name, value in made.keywords.items():
        if name in ("query", "sql", "statement", "operation", "text"):
            yield value


def is_handed(function: Function, frame: Frame, texts: Container[str]) -> bool:
    """Whether a function has one of some texts out of a parameter, which its caller gave."""
    scope = frame.scope.function_scope()
    for parameter in function.code.parameters:
        value = scope.names.get(parameter.name) if parameter.name else None
        if value is None:
            continue
        inner = value.items[:2] if isinstance(value, Sequence) and parameter.kind == "rest" else [value]
        for one in inner:
            text = text_of_statement(one)
            if text is not None and text in texts and not is_default(parameter, one, function):
                return True
    return False


def is_default(parameter: syntax.Parameter, value: Value, function: Function) -> bool:
    """Whether a value is what is written as the default of its parameter."""
    default = parameter.default
    if default is None:
        return False
    origins = [option.origin for option in options(value)]
    return any(is_inside(origin, function.module.path, default) for origin in origins if origin is not None)


def is_inside(origin: Origin, path: str, node: syntax.Place) -> bool:
    """Whether something is written within a node of a file."""
    return origin.path == path and node.start <= origin.start and origin.end <= node.end
