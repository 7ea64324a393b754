"""What routes demand of the JSON of requests, held against what the contract lets clients send."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from verifier.api import Demand, Demanded, Facts, JsonSchema, Operation, Route, Span, bare

from ._bodies import answering


class Asked(NamedTuple):
    """What the route for an operation demands of the JSON of its requests."""

    operation: Operation
    route: Route
    body: JsonSchema
    demanded: Demanded


def asked(facts: Facts) -> Iterator[Asked]:
    """All demands on bodies that the contract describes."""
    for operation, route in answering(facts):
        if operation.body is None or not operation.body.properties or operation.body.variants:
            continue
        for demanded in facts.answered(route).demands:
            yield Asked(operation, route, operation.body, demanded)


def place_of(facts: Facts, one: Asked) -> Span:
    """Where a body is taken, if the handler itself does that; else where the schema is written."""
    engine = facts.program.engine
    taken = engine.span(one.demanded.origin)
    function = one.route.function
    lines = range(function.span.line, function.span.end_line + 1) if function is not None else ()
    if function is not None and function.path == taken.path and taken.line in lines:
        return taken
    written = one.demanded.demand.origin
    return engine.span(written) if written is not None else taken


def envelope(body: JsonSchema) -> str:
    """The one property in which a body holds everything; empty where it is no envelope."""
    names = list(body.properties)
    inner = body.properties[names[0]] if len(names) == 1 and names[0] in body.required else None
    return names[0] if inner is not None and inner.properties else ""


def is_bare(body: JsonSchema, demand: Demand) -> bool:
    """Whether what is demanded are the contents of the contract's envelope."""
    name = envelope(body)
    if not name or demand.kind != "object" or name in demand.fields:
        return False
    inner = {bare(field) for field in body.properties[name].properties}
    return any(bare(field) in inner for field in demand.required) or (
        bool(demand.fields) and all(bare(field) in inner for field in demand.fields)
    )


def required_beyond(
    schema: JsonSchema, demand: Demand, path: tuple[str, ...] = ()
) -> Iterator[tuple[Demand, tuple[str, ...], list[str]]]:
    """Fields that a demand requires and a schema does not: the object that does, where it stands, and the fields."""
    if demand.kind != "object" or schema.variants or not schema.properties:
        return
    found = [name for name in demand.fields if name in demand.required and name in schema.properties]
    beyond = [name for name in found if name not in schema.required]
    if beyond:
        yield demand, path, beyond
    for name, inner in demand.fields.items():
        if name in schema.properties and name not in beyond:
            yield from required_beyond(schema.properties[name], inner, (*path, name))
