"""A request is refused without a query parameter that the contract makes optional.

The contract lets clients leave the parameter out (`GET /articles` as well as `GET /articles?limit=5`), and the route
does not: a parameter of a FastAPI handler without a default, a schema of the query string in which it is required, or
`request.query["limit"]`, which raises where it is not there. Clients get 422, 400 or 500 for a request that is right.

Give it a default (`limit: int = 20`), make it optional in the schema, or ask by `.get("limit", 20)`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Route, Span, rule

from ._bodies import answering
from ._queries import needed


@rule(Category.BUSINESS_LOGIC_DEFECT, constraint="contract")
def optional_parameter_required(facts: Facts) -> Iterator[Problem]:
    """Yield each optional parameter of a query string without which a request is refused."""
    found: dict[tuple[Span, str], list[tuple[str, Route]]] = {}
    for operation, route in answering(facts):
        optional = set(operation.query) - operation.needed
        for name, span in needed(facts, route) if optional else ():
            if name in optional:
                places = found.setdefault((span, name), [])
                if (f"{operation.method} {operation.path}", route) not in places:
                    places.append((f"{operation.method} {operation.path}", route))
    for (span, name), operations in found.items():
        asks = operations[0][0] + (f" and {len(operations) - 1} more" if len(operations) > 1 else "")
        yield Problem(
            span,
            f"The query parameter `{name}` is required here, and optional in the contract of {asks}",
            symptom=f"422, 400 or 500 on {operations[0][0]} without `{name}`",
            remedy=f"Give `{name}` a default, or make it optional",
            routes=tuple(dict.fromkeys(route for _, route in operations)),
            identity=f"{name} of {asks}",
        )
