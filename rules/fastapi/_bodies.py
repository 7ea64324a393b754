"""What FastAPI demands of the JSON of requests: the models among the parameters of a handler and its dependencies."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from verifier.api import (
    Answering,
    Class,
    Const,
    Demand,
    Demanded,
    Engine,
    Function,
    Instance,
    Origin,
    Value,
    options,
    text_of,
)

from ._dependencies import annotated, asked_by, bare, declared

OTHERS = ("Query", "Path", "Header", "Cookie", "Form", "File", "Depends", "Security")
DEEPEST = 6


class Parameter:
    """A parameter that the JSON gives. ``name`` is its key, where it is one of several."""

    def __init__(self, name: str, demand: Demand, origin: Origin, *, embed: bool) -> None:
        self.name = name
        self.demand = demand
        self.origin = origin
        self.embed = embed


def takes(answering: Answering, demand_of: Callable[[Value], Demand | None]) -> Iterator[Demanded]:
    """What the JSON must be, where a model says so."""
    engine = answering.engine
    found = list(parameters(engine, declared(answering.handler), demand_of, set(), 0))
    path = answering.route.pattern.parameters
    found = [one for one in found if one is None or one.name not in path]
    if not found or any(one is None for one in found):
        return
    known = [one for one in found if one is not None]
    first = known[0]
    if len(known) == 1 and not first.embed:
        yield Demanded(first.demand, first.demand.origin or first.origin)
        return
    fields = {one.name: one.demand for one in known}
    places = {one.name: one.origin for one in known}
    yield Demanded(Demand("object", fields, frozenset(fields), places, first.origin), first.origin)


def parameters(
    engine: Engine, function: Function, demand_of: Callable[[Value], Demand | None], seen: set[int], depth: int
) -> Iterator[Parameter | None]:
    """The parameters that come out of the JSON; None for one of which that is not known."""
    if depth > DEEPEST or id(function.code) in seen:
        return
    seen.add(id(function.code))
    given = engine.parameters(function)
    asked = asked_by(engine, given)
    places = {parameter.name: parameter for parameter in function.code.parameters}
    for target in asked.values():
        inner = target if isinstance(target, Function) else None
        if inner is not None:
            yield from parameters(engine, declared(inner), demand_of, seen, depth + 1)
    for name, (annotation, default) in given.items():
        markers = [one for one in (default, *annotated(annotation)) if isinstance(one, Instance)]
        words = [(one.path or "").removesuffix("()").rpartition(".")[2] for one in markers]
        if name in asked or any(word in OTHERS for word in words):
            continue
        kind = bare(annotation)
        kinds = [one for one in options(kind) if not is_none(one)] if kind is not None else []
        demand = demand_of(kinds[0]) if len(kinds) == 1 and isinstance(kinds[0], Class) else None
        if demand is None:
            if "Body" in words:
                yield None
            continue
        body = next((one for one, word in zip(markers, words, strict=True) if word == "Body"), None)
        keywords = body.made_by.keywords if body is not None and body.made_by is not None else {}
        embed = keywords.get("embed")
        parameter = places[name]
        origin = Origin(function.module.path, parameter.start, parameter.end)
        is_embedded = isinstance(embed, Const) and embed.value is True
        yield Parameter(text_of(keywords.get("alias")) or name, demand, origin, embed=is_embedded)


def is_none(value: Value) -> bool:
    """Whether a type is that of None."""
    return isinstance(value, Const) and value.value is None
