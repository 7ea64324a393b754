"""A view reads a JSON body that the contract does not send.

By the contract, clients send no body with this operation, and the handler reads one all the same. Flask answers 400
where the request says that it is JSON and has no body, as many clients do, and 415 where it does not say so: the
operation never succeeds.

Leave the call out. Where a body may come, `request.get_json(silent=True)` gives None for one that is not there.

Handlers that ask for it with `silent=True`, under a condition or inside `try` are left alone. The rule needs
`--contract`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import (
    Category,
    Const,
    Facts,
    Fix,
    NewOption,
    Operation,
    Problem,
    Route,
    Span,
    Use,
    bodyless,
    made_always,
    read_always,
    replace,
    rule,
)


@rule(Category.FRAMEWORK_IDIOSYNCRASY, constraint="contract")
def absent_body(facts: Facts) -> Iterator[Problem]:
    """Yield each place where the view of an operation without a body insists on one."""
    for route, operation in bodyless(facts, "flask"):
        for use in made_always(facts, route, r"flask\.(?:globals\.|wrappers\.)?[rR]equest\.get_json"):
            if insists(use):
                # What is read of it afterwards may still need something to be there.
                fix = Fix("ask without insisting", (NewOption(use.span, "silent", "True"),), safe=False)
                yield replace(problem(use.span, "request.get_json()", route, operation), fix=fix)
        for span in read_always(facts, route, "flask.request", "json"):
            yield problem(span, "request.json", route, operation)


def insists(use: Use) -> bool:
    """Whether a call fails where there is no JSON."""
    silent = use.argument(1, "silent")
    return not use.open and (silent is None or (isinstance(silent, Const) and not silent.value))


def problem(span: Span, what: str, route: Route, operation: Operation) -> Problem:
    """The finding at a place."""
    return Problem(
        span,
        f"`{what}` fails on {operation.method} {operation.path}, which comes without a body",
        symptom=f"400 on {operation.method} {operation.path}: the browser (or proxy) sent a request that this server "
        "could not understand",
        remedy="Leave it out, or ask with `request.get_json(silent=True)`",
        routes=(route,),
        identity=f"{operation.method} {operation.path}",
    )
