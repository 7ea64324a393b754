"""The ways of routes: what they call on their way to the database."""

from __future__ import annotations

from verifier.api import Facts, FunctionRef, Memo, Route

WAYS: Memo[Facts, dict[Route, tuple[FunctionRef, ...]]] = Memo()


def way_of(facts: Facts, route: Route) -> tuple[FunctionRef, ...]:
    """The functions that a route runs through, nearest first."""
    known = WAYS.get(facts)
    if known is None:
        known = WAYS[facts] = {}
        for found, start in facts.calls.runs.starts:
            known.setdefault(found, facts.calls.runs.below([start]))
    return known.get(route, ())


def asks_database(facts: Facts, route: Route) -> bool:
    """Whether a function on the way of a route builds or sends a statement."""
    asking = {site.inside for sites in facts.data_access.values() for site in sites}
    return any(function in asking for function in way_of(facts, route))
