"""A route's parameter does not take the contract's values.

The route restricts a path parameter to a form that the contract's values do not have: `<int:slug>` where the contract
says that it is a string. Requests with such values get 404 (422 where the framework checks later). Where only some of
the values are refused (`\\w+` takes no hyphen), this is a warning.

Remove the restriction, or use one that fits the contract's type.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Operation, Problem, Route, Severity, answers, full_match, rule

# What values of each JSON type look like: those that any use of it has, and others that it may have.
ORDINARY = {"string": ("word", "a"), "integer": ("1", "42"), "number": ("1",)}
UNUSUAL = {"string": ("two-words",)}


@rule(Category.INCOMPLETE_IMPLEMENTATION, constraint="contract")
def parameter_mismatch(facts: Facts) -> Iterator[Problem]:
    """Yield each path of which every route for an operation has a parameter that refuses the contract's values."""
    assert facts.contract is not None
    found: dict[tuple[Route, str, str | None], list[Operation]] = {}
    for operation in facts.contract.operations:
        made = [route for route in facts.served_routes if answers(route, operation)]
        refused = [refusal(route, operation) for route in made]
        if made and refused[0] is not None and all(reason is not None for reason in refused):
            first = next((key for key in found if key[0].span == made[0].span and key[1:] == refused[0]), None)
            found.setdefault(first or (made[0], *refused[0]), []).append(operation)
    for (route, reason, example), operations in found.items():
        asked = ", ".join(f"{operation.method} {operation.path}" for operation in operations)
        yield Problem(
            route.span,
            f"`{route.path}` restricts {reason}",
            severity=Severity.ERROR if example is None else Severity.WARNING,
            symptom=f"404 on {asked}" + (f", for values such as `{example}`" if example is not None else ""),
            remedy="Take the restriction away, or use one that fits the contract's type",
            routes=tuple(
                route for route in facts.served_routes if any(answers(route, operation) for operation in operations)
            ),
            identity=asked,
        )


def refusal(route: Route, operation: Operation) -> tuple[str, str | None] | None:
    """The parameter that refuses the contract's values, in words; and an example, where it takes others."""
    for segment, asked in zip(route.pattern.segments, operation.pattern.segments, strict=False):
        if segment.pattern is None or segment.rest or len(asked.parameters) != 1 or len(segment.parameters) != 1:
            continue
        kind = operation.types.get(asked.parameters[0], "")
        limit = f"`{segment.parameters[0]}` to `{segment.pattern}`"
        of_type = f"{limit}, and the contract's `{asked.parameters[0]}` is of the type {kind}"
        if any(not full_match(segment.pattern, value) for value in ORDINARY.get(kind, ())):
            return of_type, None
        for value in UNUSUAL.get(kind, ()):
            if not full_match(segment.pattern, value):
                return of_type, value
    return None
