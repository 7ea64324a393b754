"""Python's ``re.sub`` on constants, as far as it is sure to end soon: names of tables are often made by it."""

from __future__ import annotations

import re

from verifier.evaluate.library import Call, LibraryFunction
from verifier.evaluate.values import Const, External, Instance, Unknown, Value, text_of
from verifier.regex import regex

LONGEST = 120
# A repeated group may take exponential time; so do not run one.
COSTLY = regex(r"\)[*+{]|\\[1-9]|[*+}][^)]*[*+{][^)]*[*+{]")
UNKNOWN = "a text that a regular expression makes"


def substitute(call: Call) -> Value:
    """``re.sub(pattern, replacement, text)``."""
    return replaced(call.argument(0, "pattern"), call.argument(1, "repl"), call.argument(2, "string"), call)


def substitute_compiled(call: Call) -> Value:
    """``re.compile(pattern).sub(replacement, text)``."""
    receiver = call.callee.receiver if isinstance(call.callee, External) else None
    made = receiver.made_by if isinstance(receiver, Instance) else None
    if made is None or len(made.arguments) + len(made.keywords) > 1:
        return Unknown(UNKNOWN)
    return replaced(made.argument(0, "pattern"), call.argument(0, "repl"), call.argument(1, "string"), call)


def replaced(pattern: Value | None, replacement: Value | None, text: Value | None, call: Call) -> Value:
    """A text with what a pattern finds replaced; unknown where a part of it is."""
    expression, new, old = text_of(pattern), text_of(replacement), text_of(text)
    if expression is None or new is None or old is None or call.open or len(call.arguments) + len(call.keywords) > 3:
        return Unknown(UNKNOWN)
    if len(old) > LONGEST or len(expression) > LONGEST or COSTLY.search(expression):
        return Unknown(UNKNOWN)
    try:
        return Const(re.sub(expression, new, old), call.origin)
    except (re.error, IndexError, RecursionError, OverflowError):
        return Unknown(UNKNOWN)


FUNCTIONS: dict[str, LibraryFunction] = {"re.sub": substitute, "re.compile().sub": substitute_compiled}
