"""An answer lacks a field that the contract promises.

The contract requires the field in the JSON of a successful answer, and the object that the handler sends does not have
it, whatever way it takes. Clients read `undefined` there, and those that check the answer against the contract refuse
it.

Put the field into the object. Where the answer, or a part of it, is made of what only run time knows, this rule is
silent about that part.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Related, rule

from ._bodies import grouped, judged, requests, routes_of


@rule(Category.SCHEMA_FORMAT_ERROR, constraint="contract")
def missing_field(facts: Facts) -> Iterator[Problem]:
    """Yield each field that some answer must have and does not."""
    for (span, name), found in grouped(one for one in judged(facts) if one.difference.kind == "missing").items():
        yield Problem(
            span,
            f"`{name}` is missing: the contract requires it in the answer to {requests(found)}",
            (Related(found[0].answer.span, "answered here"),) if found[0].answer.span != span else (),
            symptom=f"An answer without `{name}`",
            remedy=f"Add `{name}` to this object",
            routes=routes_of(found),
            identity=f"{name} of {sorted(found[0].difference.shape.fields)}",
        )
