"""An answer or an error of a framework is made with arguments that it does not take.

Each framework has words of its own for the same things: Django's `JsonResponse` takes `status`, FastAPI's
`JSONResponse` takes `status_code`, and neither can be made without a body. `JsonResponse(status=204)` raises
`TypeError: missing 1 required positional argument: 'data'`, `HTTPException(status=404)` `got an unexpected keyword
argument 'status'`: the client gets 500 instead of the answer that was meant.

Use the words of the framework: `HttpResponse(status=204)`, `HTTPException(status_code=404)`.

The rule knows the answers and errors of Django, REST framework, FastAPI, Starlette, Flask and aiohttp, as the libraries
declare them; of other words than those that another framework has, it says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, External, Facts, Origin, Problem, given_by, is_test, rule

from ._signatures import ELSEWHERE, SIGNATURES, Declared


@rule(Category.FRAMEWORK_IDIOSYNCRASY)
def library_arguments(facts: Facts) -> Iterator[Problem]:
    """Yield each call that makes an answer or an error of a framework, and that Python refuses."""
    for function, body in facts.seen.bodies.items():
        path = function.module.path
        if function.module.javascript or is_test(path):
            continue
        for node, _, _ in body.calls:
            place = Origin(path, node.start, node.end)
            targets = facts.seen.targets.get(place, ())
            known = [SIGNATURES.get(one.path) if isinstance(one, External) else None for one in targets]
            declared = known[0] if known else None
            if declared is None or any(one is not declared for one in known):
                continue
            given = given_by(node)
            told = refused(declared, given.positional, given.names, open_=given.more or given.others)
            if told is not None:
                yield Problem(
                    facts.program.engine.span(place),
                    f"`{declared.name}` {told}",
                    symptom=f"500: TypeError: {declared.name}() {told}",
                    remedy=f"It takes {', '.join(f'`{one}`' for one in declared.names)}",
                    identity=f"{declared.name} {told}",
                )


def refused(declared: Declared, positional: int, names: tuple[str, ...], *, open_: bool) -> str | None:
    """What Python says of a call; None where it may be fine."""
    for name in names:
        if name not in declared.names and name in ELSEWHERE:
            return f"got an unexpected keyword argument '{name}'"
    if open_ or declared.required is None:
        return None
    if positional == 0 and declared.required not in names:
        return f"missing 1 required positional argument: '{declared.required}'"
    return None
