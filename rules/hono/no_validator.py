"""A handler asks for validated data of a part that no validator of its route looks at.

`c.req.valid("json")` gives what a validator in front of the handler has put there. Where the route has none for that
part, it gives `undefined`: taking it apart ends with a TypeError, status 500.

Put the validator on the route: `app.post("/songs", zValidator("json", schema), handler)`; or read the body yourself,
`await c.req.json()`.

The rule is silent where it is not known what some middleware of the route does.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import (
    Category,
    Facts,
    Function,
    Instance,
    Origin,
    Problem,
    Value,
    options,
    regex,
    rule,
    syntax,
    text_of,
)

from ._context import found_serving
from ._handlers import handlers, own_nodes
from ._middleware import HARMLESS, flat

OPENAPI = regex(r"openapi|chanfana|oapi")
VALIDATOR = regex(r"hono/validator\.validator\(\)|@hono/[\w-]+-validator\.\w*[vV]alidator\(\)")


@rule(Category.FRAMEWORK_IDIOSYNCRASY)
def no_validator(facts: Facts) -> Iterator[Problem]:
    """Yield each read of validated data that no validator gives."""
    engine = facts.program.engine
    if any(b"addValidatedData" in file.data for file in facts.project.files.values()):
        return
    if any(OPENAPI.search(one.module) for own in facts.files.values() for one in own.imports):
        return  # what describes a route validates it as well
    for handler in handlers(facts):
        if not handler.answers or not handler.routes:
            continue
        serving = [found_serving(engine, route) for route in handler.routes]
        parts = [validated(one.middleware) if one is not None else None for one in serving]
        if any(one is None for one in parts):
            continue
        given = {part for one in parts for part in one or ()}
        for node in own_nodes(handler):
            part = asked(node, handler.context)
            if part and part not in given:
                yield Problem(
                    engine.span(Origin(handler.function.module.path, node.start, node.end)),
                    f'No validator of the route looks at "{part}"',
                    symptom="500: TypeError: Cannot destructure property of undefined",
                    remedy=f'Put a validator of "{part}" in front of the handler',
                    routes=handler.routes,
                    identity=part,
                )


def validated(middleware: tuple[Value, ...]) -> set[str] | None:
    """The parts of a request that are validated; None where something may be that is not known."""
    found: set[str] = set()
    for value in middleware:
        if not flat(value):
            return None
        for one in flat(value):
            if isinstance(one, Function):
                continue
            path = one.path or "" if isinstance(one, Instance) else ""
            if VALIDATOR.fullmatch(path) is not None and isinstance(one, Instance) and one.made_by is not None:
                parts = [text_of(option) for option in options(one.made_by.argument(0) or one)]
                if None in parts:
                    return None
                found.update(part for part in parts if part)
            elif path.partition(".")[0] not in HARMLESS or "valid" in path:
                return None
    return found


def asked(node: syntax.Node, context: str) -> str:
    """The part that ``c.req.valid("json")`` asks for."""
    callee = node.callee if isinstance(node, syntax.Call) else None
    if not isinstance(node, syntax.Call) or not isinstance(callee, syntax.Member) or callee.name != "valid":
        return ""
    holder, first = callee.object, node.arguments[0] if node.arguments else None
    if not isinstance(holder, syntax.Member) or holder.name != "req":
        return ""
    if not isinstance(holder.object, syntax.Name) or holder.object.id != context:
        return ""
    return first.value if isinstance(first, syntax.Const) and isinstance(first.value, str) else ""
