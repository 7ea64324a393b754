"""What Hono's validators in front of a handler demand: `zValidator("json", schema)`, `zValidator("query", schema)`."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from verifier.api import Answering, Demand, Demanded, Instance, Value, regex, text_of

from ._context import found_serving
from ._middleware import flat

VALIDATORS = regex(r"@hono/[\w-]*validator\.\w*[vV]alidator(?:\(\))?")


def takes(answering: Answering, demand_of: Callable[[Value], Demand | None]) -> Iterator[Demanded]:
    """What the validators in front of a route demand of the JSON."""
    yield from taken(answering, demand_of, "json")


def takes_query(answering: Answering, demand_of: Callable[[Value], Demand | None]) -> Iterator[Demanded]:
    """What they demand of the query string."""
    yield from taken(answering, demand_of, "query")


def taken(answering: Answering, demand_of: Callable[[Value], Demand | None], part: str) -> Iterator[Demanded]:
    """What they demand of a part of the request."""
    serving = found_serving(answering.engine, answering.route)
    for middleware in serving.middleware if serving is not None else ():
        for one in flat(middleware):
            call = one.made_by if isinstance(one, Instance) else None
            if call is None or not VALIDATORS.fullmatch(getattr(one, "path", None) or ""):
                continue
            schema = call.argument(1)
            demand = demand_of(schema) if text_of(call.argument(0)) == part and schema is not None else None
            if demand is not None:
                yield Demanded(demand, call.origin)
