"""A request is refused without a field that the contract makes optional.

The schema that the body is held against requires the field, and the contract does not: a client that changes only its
email, and sends only that, gets 422 (or 400).

Make the field optional: `.optional()` or `.partial()` with zod, no `.required()` with Joi, no `required=True` with
marshmallow, a default with pydantic (`bio: str | None = None`; the
type alone does not make it optional in pydantic 2), `total=False` for a `TypedDict`, `required=False` or
`partial=True` with the serializers of Django REST framework.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Route, Span, rule

from ._requests import asked, place_of, required_beyond


@rule(Category.BUSINESS_LOGIC_DEFECT, constraint="contract")
def optional_field_required(facts: Facts) -> Iterator[Problem]:
    """Yield each object of a body that demands more than the contract does."""
    found: dict[tuple[Span, tuple[str, ...]], list[tuple[str, Route]]] = {}
    for one in asked(facts):
        for demand, _, beyond in required_beyond(one.body, one.demanded.demand):
            span = facts.program.engine.span(demand.origin) if demand.origin is not None else place_of(facts, one)
            operation = f"{one.operation.method} {one.operation.path}"
            found.setdefault((span, tuple(beyond)), []).append((operation, one.route))
    for (span, names), operations in found.items():
        listed = ", ".join(f"`{name}`" for name in names)
        asks = operations[0][0] + (f" and {len(operations) - 1} more" if len(operations) > 1 else "")
        are = "is" if len(names) == 1 else "are"
        yield Problem(
            span,
            f"{listed} {are} required here, and optional in the contract of {asks}",
            symptom=f"422 (or 400) on {operations[0][0]} without `{names[0]}`",
            remedy=f"Make {listed} optional",
            routes=tuple(dict.fromkeys(route for _, route in operations)),
            identity=f"{' '.join(names)} of {asks}",
        )
