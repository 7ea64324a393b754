"""Middleware of two parameters lacks `@web.middleware`.

Without the decorator aiohttp takes a function for the older kind, a factory: it calls it once with the application and
the next handler, and expects middleware back. `await handler(request)` is then run with the application as the
request, and each request fails with 500.

Write `@web.middleware` above it.

A function that makes the middleware inside of itself, as the older kind does, is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier.api import (
    Category,
    Facts,
    Function,
    Problem,
    Sequence,
    found_near,
    is_test,
    nodes_in,
    options,
    rule,
    syntax,
)

from ._application import Application


@rule(Category.FRAMEWORK_IDIOSYNCRASY)
def unmarked_middleware(facts: Facts) -> Iterator[Problem]:
    """Yield each function that is used as middleware and not marked as such."""
    engine = facts.program.engine
    facts.routes  # noqa: B018 -- what is registered is known then
    seen: set[object] = set()
    for made in list(engine.objects):
        held = made.attributes.get("middlewares") if isinstance(made, Application) else None
        for item in held.items if isinstance(held, Sequence) else ():
            for function in options(item):
                if not isinstance(function, Function) or function.origin is None or function.code in seen:
                    continue
                seen.add(function.code)
                if not is_test(function.module.path) and is_middleware(function) and not is_marked(facts, function):
                    yield Problem(
                        engine.span(function.origin),
                        f"`{function.code.name}` is used as middleware, and lacks `@web.middleware`",
                        symptom="500 on each request: aiohttp calls it with the application in place of the request",
                        remedy="Write `@web.middleware` above it",
                        identity=function.code.name,
                    )


def is_marked(facts: Facts, function: Function) -> bool:
    """Whether code marks a function as middleware where it is handed over: ``web.middleware(function)``."""
    name = re.escape(function.code.name.encode())
    marks = re.compile(rb"\bmiddleware\(\s*(?:\w+\.)*%s\b|\b%s\.__middleware_version__" % (name, name))
    return any(found_near(marks, file.data, function.code.name.encode()) for file in facts.project.files.values())


def is_middleware(function: Function) -> bool:
    """Whether a function calls the handler that it is given by itself, and nothing marks it."""
    code = function.code
    names = [one.name for one in code.parameters if one.kind in ("plain", "positional")]
    names = names[int(function.bound is not None and not code.static) :]
    if not code.is_async or code.decorators or len(names) != 2 or function.wraps is not None:
        return False
    return any(
        isinstance(node, syntax.Call) and isinstance(node.callee, syntax.Name) and node.callee.id == names[1]
        for node in nodes_in(code.body, inside=False)
    )
