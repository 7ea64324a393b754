"""An answer has a field under another spelling than the contract's.

The contract says `createdAt`, and the object that the handler sends has `created_at`. Names in JSON are compared letter
by letter: clients read `undefined`.

Spell the name as the contract does. With pydantic, an alias is only used where the model is dumped with
`by_alias=True`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._bodies import Judged, judged, requests, routes_of


@rule(Category.SCHEMA_FORMAT_ERROR, constraint="contract")
def renamed_field(facts: Facts) -> Iterator[Problem]:
    """Yield each place where fields have other names than the contract's."""
    groups: dict[object, list[Judged]] = {}
    for one in judged(facts):
        if one.difference.kind == "renamed":
            groups.setdefault((one.span, one.difference.found), []).append(one)
    by_place: dict[object, list[list[Judged]]] = {}
    for found in groups.values():
        by_place.setdefault(found[0].span, []).append(found)
    for several in by_place.values():
        found = several[0]
        first = found[0].difference
        everything = [one for group in several for one in group]
        others = f" (and {len(several) - 1} other fields)" if len(several) > 1 else ""
        yield Problem(
            found[0].span,
            f"`{first.found}` is answered where the contract says `{first.name}`{others}",
            symptom=f"The answer to {requests(everything)} has no `{first.name}`",
            remedy=f"Spell it `{first.name}`",
            routes=routes_of(everything),
        )
