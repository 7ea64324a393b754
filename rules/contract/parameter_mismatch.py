"""A route's parameter does not take the contract's values.

The route restricts a path parameter to a form that the contract's values do not have: `<int:slug>` where the contract
says that it is a string. Requests with such values get 404 (422 where the framework checks later).

Remove the restriction, or use one that fits the contract's type.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Operation, Problem, Route, answers, full_match, rule

# What a value of each JSON type may look like; a pattern has to take all of them.
SPECIMENS = {
    "string": ("how-to-train-your-dragon", "a"),
    "integer": ("1", "42"),
    "number": ("1",),
}


@rule(Category.INCOMPLETE_IMPLEMENTATION, constraint="contract")
def parameter_mismatch(facts: Facts) -> Iterator[Problem]:
    """Yield each operation of which every route has a parameter that refuses the contract's values."""
    assert facts.contract is not None
    for operation in facts.contract.operations:
        made = [route for route in facts.routes if answers(route, operation)]
        refused = [(route, refusal(route, operation)) for route in made]
        if made and all(reason is not None for _, reason in refused):
            route, reason = refused[0]
            yield Problem(
                route.span,
                f"`{route.path}` restricts {reason}",
                symptom=f"404 on {operation.method} {operation.path}",
                remedy="Take the restriction away, or use one that fits the contract's type",
                routes=(route,),
                identity=f"{operation.method} {operation.path}",
            )


def refusal(route: Route, operation: Operation) -> str | None:
    """The parameter that refuses the contract's values, in words."""
    for segment, asked in zip(route.pattern.segments, operation.pattern.segments, strict=False):
        if segment.pattern is None or segment.rest or len(asked.parameters) != 1 or len(segment.parameters) != 1:
            continue
        kind = operation.types.get(asked.parameters[0], "")
        if any(not full_match(segment.pattern, value) for value in SPECIMENS.get(kind, ())):
            limit = f"`{segment.parameters[0]}` to `{segment.pattern}`"
            return f"{limit}, and the contract's `{asked.parameters[0]}` is of the type {kind}"
    return None
