"""Something is called that the installed version of Express does not have.

Express 5 took out what Express 4 had deprecated: `app.del`, `req.param(...)`, `res.sendfile`, `req.acceptsCharset`
and the like. Other frameworks have methods that Express never had: `res.code(...)` of Fastify, `c.text(...)` of Hono.
Either ends with `TypeError: ... is not a function`: at the start where it is called on the application, with status
500 in a handler.

Write what this version has: `app.delete`, `req.params.name`, `res.sendFile`, `res.status(...)`.

The names come from the installed libraries, version by version. The rule is silent where the project or a declaration
adds a member of the name.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from verifier.api import Category, Facts, ForeignMember, Problem, foreign_members, rule

TABLE = json.loads(Path(__file__).with_name("_missing.json").read_text())  # written by tests/frameworks/missing.py
CHAINED = r"(?:\.(?:status|set|header|type|contentType|cookie|append|vary|links|location|attachment)\(\))*"
PARTS = {
    r"express(?:\.Application|\.Express)?": "app",
    r"express\.I?Router": "router",
    r"express\.Request": "request",
    rf"express\.Response{CHAINED}": "response",
}
INSTEAD = {
    "del": "`delete`",
    "param": "`req.params`, `req.query` or `req.body`",
    "sendfile": "`sendFile`",
    "code": "`status`",
    "acceptsCharset": "`acceptsCharsets`",
    "acceptsEncoding": "`acceptsEncodings`",
    "acceptsLanguage": "`acceptsLanguages`",
}
# Members that middleware of libraries adds.
ADDED = frozenset("back body cookies detach flash header id log render serialize session text use user ws".split())


@rule(Category.FRAMEWORK_IDIOSYNCRASY)
def unknown_member(facts: Facts) -> Iterator[Problem]:
    """Yield each member that an object of Express is asked for and does not have."""
    for found in foreign_members(facts, "express", TABLE, PARTS):
        if found.read.name not in ADDED:
            yield problem(found)


def problem(found: ForeignMember) -> Problem:
    """The problem with one member."""
    name = found.read.name
    return Problem(
        found.read.span,
        f"The installed version of Express has no `{name}` here; {' and '.join(found.holders)} had it",
        symptom=f"TypeError: {name} is not a function",
        remedy=f"Write {INSTEAD[name]}" if name in INSTEAD else "Write what this version of Express has for it",
    )
