"""A view reads a JSON body that the contract does not send.

By the contract, clients send no body with this operation, and the handler reads one all the same.
`json.loads(request.body)` raises a JSONDecodeError where there is nothing to read: the client sees 500, and the
operation never succeeds.

Leave the call out. Where a body may come, write `json.loads(request.body or "{}")`.

Handlers that read it under a condition, inside `try` or with something in its place, and those that read
`request.data` of REST framework, are left alone. The rule needs `--contract`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Unknown, Use, bodyless, made_always, rule


@rule(Category.FRAMEWORK_IDIOSYNCRASY, constraint="contract")
def absent_body(facts: Facts) -> Iterator[Problem]:
    """Yield each place where the view of an operation without a body insists on one."""
    for route, operation in bodyless(facts, "django"):
        for use in made_always(facts, route, r"json\.loads"):
            if is_body(use):
                yield Problem(
                    use.span,
                    f"`json.loads()` fails on {operation.method} {operation.path}, which comes without a body",
                    symptom=f"500 on {operation.method} {operation.path}: JSONDecodeError: Expecting value",
                    remedy='Leave it out, or write `json.loads(request.body or "{}")`',
                    routes=(route,),
                    identity=f"{operation.method} {operation.path}",
                )


def is_body(use: Use) -> bool:
    """Whether a call is given the request's body, and nothing where there is none."""
    given = use.argument(0, "s")
    return isinstance(given, Unknown) and "the request's `body`" in given.reason
