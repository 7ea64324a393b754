"""Something is called that Fastify does not have.

A reply is not the response of Express: `reply.json(...)`, `reply.sendStatus(...)` and `reply.end()` end with
`TypeError: reply.json is not a function`, status 500. `app.use(...)` needs `@fastify/middie`, and methods of earlier
versions are gone from later ones.

Answer with `reply.code(...).send(...)`, or return the answer.

The names come from the installed libraries, version by version. The rule is silent where the project decorates the
instance, the request or the reply with the name, or a declaration adds it; names that plugins are known to add are
left alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from verifier.api import Category, Facts, Problem, foreign_members, rule

TABLE = json.loads(Path(__file__).with_name("_missing.json").read_text())  # written by tests/frameworks/missing.py
CHAINED = r"(?:\.(?:code|status|header|headers|type|serializer)\(\))*"
PARTS = {
    r"fastify(?:\.fastify|\.FastifyInstance|\.types\.FastifyInstance)?": "app",
    r"fastify\.FastifyRequest": "request",
    rf"fastify\.FastifyReply{CHAINED}": "response",
}
# Members that plugins add.
ADDED = frozenset(
    "accepts acceptsCharset acceptsCharsets acceptsEncoding acceptsEncodings acceptsLanguage acceptsLanguages append "
    "attachment back clearCookie cookie cookies download etag express file files flash format get getDecorator html is "
    "jsonp links listRoutes location locals notFound param params query range redirect render sendFile session "
    "setDecorator stream text trace url use user vary view".split()
)
INSTEAD = {
    "json": "`send`",
    "sendStatus": "`reply.code(...).send()`",
    "end": "`send`",
    "set": "`header`",
    "setHeader": "`header`",
    "get": "`request.headers`",
    "on": "`request.raw.on` or `reply.raw.on`",
}


@rule(Category.FRAMEWORK_IDIOSYNCRASY)
def unknown_member(facts: Facts) -> Iterator[Problem]:
    """Yield each member that an object of Fastify is asked for and does not have."""
    for found in foreign_members(facts, "fastify", TABLE, PARTS):
        name = found.read.name
        if name not in ADDED:
            yield Problem(
                found.read.span,
                f"The installed version of Fastify has no `{name}` here; {' and '.join(found.holders)} has",
                symptom=f"TypeError: {name} is not a function",
                remedy=f"Use {INSTEAD[name]}" if name in INSTEAD else "Use what Fastify has for it",
            )
