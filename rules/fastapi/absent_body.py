"""A handler asks for a body that the contract does not send.

By the contract, clients send no body with this operation, and the handler asks for one all the same. A parameter that
is a pydantic model, or a required `Body()`, is answered with 422 where no body comes; `await request.json()` raises a
JSONDecodeError, and the client sees 500. The operation never succeeds.

Take the parameter away, or give it a default: `changes: Changes | None = None`.

Handlers that read the request under a condition or inside `try` are left alone. The rule needs `--contract`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Function, Origin, Problem, bodyless, made_always, rule

from ._required import required_bodies


@rule(Category.FRAMEWORK_IDIOSYNCRASY, constraint="contract")
def absent_body(facts: Facts) -> Iterator[Problem]:
    """Yield each place where the handler of an operation without a body insists on one."""
    handlers = dict(zip(facts.routes, facts.table.handlers, strict=True))
    engine = facts.program.engine
    for route, operation in bodyless(facts, "fastapi"):
        for use in made_always(facts, route, r"(?:fastapi|fastapi\.requests|starlette\.requests)\.Request\.json"):
            yield Problem(
                use.span,
                f"`request.json()` fails on {operation.method} {operation.path}, which comes without a body",
                symptom=f"500 on {operation.method} {operation.path}: JSONDecodeError: Expecting value",
                remedy="Leave it out, or read it where `await request.body()` is not empty",
                routes=(route,),
                identity=f"{operation.method} {operation.path}",
            )
        handler = handlers[route]
        for function, parameter in required_bodies(engine, handler) if isinstance(handler, Function) else ():
            target = parameter.target
            yield Problem(
                engine.span(Origin(function.module.path, target.start, target.end)),
                f"`{parameter.name}` is a required body, and {operation.method} {operation.path} comes without one",
                symptom=f"422 on {operation.method} {operation.path}: Field required",
                remedy=f"Take `{parameter.name}` away, or give it a default",
                routes=(route,),
                identity=f"{operation.method} {operation.path} {parameter.name}",
            )
