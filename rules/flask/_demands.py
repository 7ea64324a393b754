"""What decorators of webargs and Flask-Smorest demand of the JSON of requests, before a view is run."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from verifier.api import (
    Answering,
    Const,
    Demand,
    Demanded,
    Frame,
    Function,
    Origin,
    Scope,
    Value,
    decorator_name,
    syntax,
)

TAKING = frozenset({"arguments", "use_args"})


def takes(answering: Answering, demand_of: Callable[[Value], Demand | None]) -> Iterator[Demanded]:
    """The schemas of `@blueprint.arguments(Schema)` and `@use_args(Schema())`, which JSON is held against."""
    handler = answering.handler
    for function in (handler, handler.wraps) if handler.wraps is not None else (handler,):
        for node in function.code.decorators:
            if isinstance(node, syntax.Call) and decorator_name(node).rpartition(".")[2] in TAKING:
                schema = schema_of(answering, function, node)
                demand = demand_of(schema) if schema is not None else None
                if demand is not None:
                    yield Demanded(demand, Origin(function.module.path, node.start, node.end))


def schema_of(answering: Answering, function: Function, node: syntax.Call) -> Value | None:
    """The schema that a decorator is given for JSON, which all its arguments say; None for any other."""
    plain = [one for one in node.arguments if not isinstance(one, syntax.Keyword | syntax.Spread)]
    frame = Frame(function.module, Scope(function.module.scope), function)
    for one in node.arguments:
        if isinstance(one, syntax.Spread):
            return None
        if isinstance(one, syntax.Keyword):
            given = answering.engine.evaluate(one.value, frame)
            if one.name in (None, "content_type", "unknown", "validate") or (
                one.name == "location" and not (isinstance(given, Const) and given.value == "json")
            ):
                return None
    return answering.engine.evaluate(plain[0], frame) if len(plain) == 1 else None
