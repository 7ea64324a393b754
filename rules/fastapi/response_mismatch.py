"""A handler gives something that its response model refuses.

FastAPI holds what a handler gives against its `response_model`, or against the model that the handler says it returns.
An object of another class that lacks a required field, a dict without one, a list where an object is wanted: all end in
a ResponseValidationError, and the client sees 500 though everything was done.

Give what the model asks for: wrap the object (`ArticleResponse(article=article)`), add the field, or change the model.

Objects are compared by the names of what they have, whatever the spelling. Classes whose attributes are not all known
are left alone, and so are models with validators that see the value first.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import (
    Answering,
    Category,
    Demand,
    Facts,
    Function,
    Parametrized,
    Problem,
    Related,
    Route,
    Value,
    describe,
    innermost,
    returns_in,
    rule,
)

from ._answers import declaration, response_model
from ._lacking import lacking

LISTS = frozenset("list List Sequence Iterable".split())


@rule(Category.DATABASE_RUNTIME_ERROR)
def response_mismatch(facts: Facts) -> Iterator[Problem]:
    """Yield each handler whose result surely lacks what its response model requires."""
    handlers = zip(facts.routes, facts.table.handlers, strict=True)
    for route, handler in [pair for pair in handlers if pair[0].framework == "fastapi"]:
        result = facts.calls.results.get(route.function) if route.function is not None else None
        if result is None or not isinstance(handler, Function) or innermost(handler) is not handler:
            continue
        answering = Answering(facts.program.engine, route, handler, {}, result, ())
        declared = declaration(answering)
        model, _, _ = response_model(answering, declared)
        wanted = demand_of(facts, model) if model is not None else None
        if wanted is None or model is None:
            continue
        lack = lacking(facts, result, wanted[0], many=wanted[1])
        if lack is not None:
            yield problem(facts, route, model, wanted[0], lack)


def demand_of(facts: Facts, model: Value) -> tuple[Demand, bool] | None:
    """What a response model demands, and whether of each item of a list."""
    many = isinstance(model, Parametrized) and describe(model.base).rpartition(".")[2] in LISTS
    inner = model.arguments[0] if isinstance(model, Parametrized) and many and model.arguments else model
    engine = facts.program.engine
    for pack in facts.program.packs:
        found = pack.demands(engine, inner) if pack.demands is not None else None
        if found is not None and found.kind == "object":
            return found, many
    return None


def problem(facts: Facts, route: Route, model: Value, demand: Demand, lack: str) -> Problem:
    """The finding on what a handler returns."""
    returned = returns_in(facts, route)
    span = returned[0] if len(returned) == 1 else route.function.span if route.function is not None else route.span
    name = describe(model.arguments[0] if isinstance(model, Parametrized) else model).rpartition(".")[2]
    related = (Related(facts.program.engine.span(demand.origin), f"`{name}`"),) if demand.origin is not None else ()
    return Problem(
        span,
        f"`{route.handler.rpartition('.')[2]}` is to give `{name}`, and {lack}",
        related=related,
        symptom=f"500 on {route.method} {route.path}: ResponseValidationError",
        remedy=f"Give an object with all that `{name}` requires, or change the response model",
        routes=(route,),
        identity=f"{route.method} {route.path}",
    )
