"""A handler ends without an answer.

aiohttp sends what a handler returns, which has to be a response. One that returns nothing, because its `return` is
missing or a branch was forgotten, and one that returns a dict, a list or an object, ends in an error of the server:
the client sees 500, the log `Missing return statement on request handler` or `Web-handler should return a response
instance`.

Return a response on every way: `web.json_response(...)`, or `web.Response(status=204)` where there is nothing to say.

Handlers behind decorators of the project's own, which may make an answer of anything, are left alone. A handler that
answers on other ways is a warning only, and none where what it asks for is the request's method. So are those below
middleware that looks at what a handler returned.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier.api import (
    Category,
    Facts,
    Function,
    Problem,
    answer_problem,
    given_instead,
    regex,
    rule,
    unanswered,
)

PLAIN = frozenset("get post put delete patch head options view route".split())
MAKERS = frozenset("json_response Response".split())
LOOKS = regex(rb"async def \w+\([^)]*\bhandler\b[^)]*\)(?:(?!\n(?:async )?def |\n@).)*?\bisinstance\(", re.DOTALL)
REMEDY = "Return a response on every way"


@rule(Category.FRAMEWORK_IDIOSYNCRASY)
def no_answer(facts: Facts) -> Iterator[Problem]:
    """Yield each handler that returns nothing, or something that is no response."""
    pairs = [pair for pair in zip(facts.routes, facts.table.handlers, strict=True) if pair[0].framework == "aiohttp"]
    if not pairs or any(LOOKS.search(source.data) for source in facts.project.files.values()):
        return
    seen: set[object] = set()
    for route, handler in pairs:
        if not isinstance(handler, Function) or handler.code in seen:
            continue
        seen.add(handler.code)
        found = unanswered(facts, route, handler, PLAIN, MAKERS)
        if found is not None:
            yield answer_problem(route, found, "500: RuntimeError: Missing return statement on request handler", REMEDY)
            continue
        found = given_instead(facts, route, handler, PLAIN, plain=True)
        if found is not None:
            yield answer_problem(
                route, found, "500: RuntimeError: Web-handler should return a response instance", REMEDY
            )
