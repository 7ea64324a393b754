"""The contract: every operation has a route that answers it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.check.verdicts.clauses import Clause
from verifier.check.verdicts.places import first_span, place
from verifier.link.matching import answers
from verifier.model import Evidence

if TYPE_CHECKING:
    from verifier.link import Facts


def without_all_routes(facts: Facts) -> tuple[Evidence, ...]:
    """In doubt where an operation has no route among those that were read, and not all could be read."""
    assert facts.contract is not None
    if not facts.applications:
        return (Evidence(first_span(facts), "no application object of any known framework was found"),)
    dynamic = facts.doubtful_routes
    if not dynamic or all(
        any(answers(route, operation) for route in facts.served_routes) for operation in facts.contract.operations
    ):
        return ()
    return tuple(Evidence(found.span, found.reason) for found in dynamic)


def without_routes(facts: Facts) -> tuple[Evidence, ...]:
    """In doubt where no operation has a route, or one without a route may have one that could not be read."""
    assert facts.contract is not None
    if any(answers(route, operation) for route in facts.served_routes for operation in facts.contract.operations):
        return without_all_routes(facts)
    return (Evidence(place(facts), "no operation of the contract has a route that was read"),)


CONTRACT = (
    Clause(
        "every operation has a route",
        ("contract/missing-operation", "contract/wrong-mount", "contract/wrong-method", "contract/trailing-slash"),
        without_all_routes,
    ),
    Clause("path parameters agree", ("contract/parameter-mismatch",), without_routes),
    Clause("no operation is shadowed", ("shadowed-route", "duplicate-path"), without_routes),
)
