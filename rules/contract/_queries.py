"""The parameters of the query string without which a route refuses requests."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from verifier.api import (
    Answering,
    Demand,
    Facts,
    Function,
    Origin,
    Record,
    Route,
    Span,
    Value,
    innermost,
    is_test,
    nodes_in,
    regex,
    syntax,
)

# What all parameters of the query string are, by its whole path, and by the last words of an expression of Python.
QUERY = regex(r"(?:[\w@/.()-]*[rR]equest(?:\(\))?|[\w@/.()-]*[cC]ontext(?:\(\))?)\.(?:query|args|GET|query_params)")
MAPPINGS = frozenset({"query", "args", "GET", "query_params"})
GUARDED = regex(rb"\bin\s+[\w.]*\b(?:query|args|GET|query_params)\b|KeyError")


def needed(facts: Facts, route: Route) -> Iterator[tuple[str, Span]]:
    """The names, each with where it is asked for."""
    engine = facts.program.engine
    handler = facts.table.handlers[facts.routes.index(route)]
    demand_of = demanding(facts)
    pack = next((pack for pack in facts.program.packs if pack.framework == route.framework), None)
    if pack is not None and pack.takes_query is not None and isinstance(handler, Function):
        answering = Answering(engine, route, innermost(handler), {}, Record(), ())
        for demanded in pack.takes_query(answering, demand_of):
            yield from names_in(facts, demanded.demand, demanded.origin)
    checks = [pack.checks for pack in facts.program.packs if pack.checks is not None]
    for sent in facts.answered(route).sent:
        for check in checks:
            checked = None if sent.conditional else check(sent)
            if checked is None or not QUERY.fullmatch(getattr(checked.value, "path", None) or ""):
                continue
            demand = demand_of(checked.schema)
            if demand is not None:
                yield from names_in(facts, demand, checked.origin)
    yield from subscripted(facts, route)


def demanding(facts: Facts) -> Callable[[Value], Demand | None]:
    """What a value demands, by the pack that knows it for a schema."""

    def demand_of(value: Value) -> Demand | None:
        found = (pack.demands(facts.program.engine, value) for pack in facts.program.packs if pack.demands is not None)
        return next((demand for demand in found if demand is not None), None)

    return demand_of


def names_in(facts: Facts, demand: Demand, origin: Origin) -> Iterator[tuple[str, Span]]:
    """What a demand requires, with where that is written."""
    if demand.kind == "object":
        for name in sorted(demand.required):
            yield name, facts.program.engine.span(demand.places.get(name) or demand.origin or origin)


def subscripted(facts: Facts, route: Route) -> Iterator[tuple[str, Span]]:
    """What Python code below a route asks a query string for by a subscript, on each way through its function."""
    starts = [number for one, number in facts.calls.runs.starts if one == route]
    for reference in facts.calls.runs.below(starts):
        function = facts.calls.codes.get(reference)
        if function is None or function.module.javascript or is_test(function.module.path):
            continue
        text = function.module.source.data[function.code.start : function.code.end]
        if not re.search(rb"(?:query|args|GET|query_params)\[", text) or GUARDED.search(text):
            continue
        nodes = list(nodes_in(function.code.body))
        around = [one for one in nodes if isinstance(one, BRANCHES)]
        set_ = {id(target) for one in nodes if isinstance(one, syntax.Assign) for target in one.targets}
        for node in nodes:
            if not isinstance(node, syntax.Index) or id(node) in set_ or not isinstance(node.index, syntax.Const):
                continue
            decided = any(one.start <= node.start and node.end <= one.end for one in around)
            if isinstance(node.index.value, str) and not decided and is_query(node.object):
                place = Origin(function.module.path, node.start, node.end)
                yield node.index.value, facts.program.engine.span(place)


BRANCHES = (
    syntax.If, syntax.Try, syntax.While, syntax.For, syntax.Conditional, syntax.Logical, syntax.Function,
    syntax.Comprehension, syntax.Switch,
)  # fmt: skip


def is_query(node: syntax.Expression) -> bool:
    """Whether an expression is a request's query string: ``request.query``, ``self.request.GET``."""
    if not isinstance(node, syntax.Member) or node.name not in MAPPINGS:
        return False
    holder = node.object
    if isinstance(holder, syntax.Member) and holder.name == "rel_url":
        holder = holder.object
    return (isinstance(holder, syntax.Name) and holder.id == "request") or (
        isinstance(holder, syntax.Member) and holder.name == "request"
    )
