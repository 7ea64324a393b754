"""A handler reads a JSON body that the contract does not send.

By the contract, clients send no body with this operation, and the handler reads one all the same. `await
request.json()` raises a JSONDecodeError where there is nothing to read: the client sees 500, and the operation never
succeeds.

Leave the call out. Where a body may come, ask `request.can_read_body` before.

Handlers that read it under a condition or inside `try` are left alone. The rule needs `--contract`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, bodyless, made_always, rule


@rule(Category.FRAMEWORK_IDIOSYNCRASY, constraint="contract")
def absent_body(facts: Facts) -> Iterator[Problem]:
    """Yield each place where the handler of an operation without a body insists on one."""
    for route, operation in bodyless(facts, "aiohttp"):
        for use in made_always(facts, route, r"aiohttp\.web(?:_request)?\.Request\.json"):
            yield Problem(
                use.span,
                f"`request.json()` fails on {operation.method} {operation.path}, which comes without a body",
                symptom=f"500 on {operation.method} {operation.path}: JSONDecodeError: Expecting value",
                remedy="Leave it out, or ask `request.can_read_body` before",
                routes=(route,),
                identity=f"{operation.method} {operation.path}",
            )
