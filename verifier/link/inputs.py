"""What becomes of the query string of requests: which parameters a route reads, and whether anything looks at them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from verifier import syntax
from verifier.evaluate.flow import EMPTY, Flow, Load, Part
from verifier.evaluate.inputs import Input
from verifier.evaluate.values import Function, Origin
from verifier.model import Route, Span
from verifier.regex import regex

if TYPE_CHECKING:
    from collections.abc import Mapping

    from verifier.link import Facts
    from verifier.packs import Pack

DEEPEST = 6


# Decorators that hand parameters of the query string to a handler by their names.
GIVING = regex(r"(?:^|\.)(?:use_\w*(?:kwargs|args)|arguments|expects?|query\w*|validate\w*|parameters?)$")


class Lost(NamedTuple):
    """A parameter of the query string that is read, and that nothing looks at.

    ``span`` is where it is read, or (``declared``) declared as a parameter of a function; ``handed`` the last function
    that it is handed to, and ``parameter`` where that takes it, if it is handed on at all.
    """

    name: str
    span: Span
    declared: bool = False
    handed: str = ""
    parameter: Span | None = None


class Read(NamedTuple):
    """The parameters of the query string on the way of a route.

    ``names`` are those that are read; where ``open`` is set, others may be. ``lost`` have no effect.
    """

    route: Route
    names: frozenset[str]
    open: bool
    lost: tuple[Lost, ...]
    handler: Span


def link_inputs(facts: Facts) -> tuple[Read, ...]:
    """What the routes read of query strings, where that can be told."""
    packs = {pack.framework: pack for pack in facts.book.packs if pack.framework is not None}
    engine = facts.program.engine
    properties = frozenset(
        name
        for cls in engine.classes
        for name, member in cls.members.items()
        if isinstance(member, Function) and (member.code.accessor or member.code.decorators)
    )
    found: list[Read] = []
    for route, handler in zip(facts.routes, facts.table.handlers, strict=True):
        pack = packs.get(route.framework)
        if not isinstance(handler, Function):
            continue
        while handler.wraps is not None:
            handler = handler.wraps
        if pack is None or handler.origin is None:
            continue
        everything = Part("", handler.origin)
        flow = Flow(
            facts.calls.targets, pack.reads, everything, lambda path: engine.project.files[path].data, properties
        )
        try:
            loads = given(facts, pack, route, handler, flow, 0)
            if pack.reads or any(loads.values()):
                flow.use(flow.run(handler, loads)[0])
        except RecursionError:
            continue
        parts = everything.parts.values()
        lost = tuple(told(facts, part, flow) for part in parts if not part.used and (part.lost or not part.aside))
        names = frozenset(part.name for part in parts)
        found.append(Read(route, names, everything.open, lost, engine.span(handler.origin)))
    return tuple(found)


def told(facts: Facts, part: Part, flow: Flow) -> Lost:
    """A part without use, in lines."""
    engine = facts.program.engine
    span, declared = engine.span(part.origin), part in flow.declared
    if part.lost is None:
        return Lost(part.name, span, declared)
    function, parameter = part.lost
    place = engine.span(Origin(function.module.path, parameter.start, parameter.end))
    return Lost(part.name, span, declared, function.name, place)


def given(
    facts: Facts, pack: Pack, route: Route, handler: Function, flow: Flow, depth: int
) -> dict[str, Load]:  # fmt: skip
    """What the parameters of a handler carry."""
    engine = facts.program.engine
    parameters = list(handler.code.parameters)
    found: dict[str, Load] = {}
    if pack.inputs is not None:
        inputs: Mapping[str, Input] = pack.inputs(engine, handler)
        places = {parameter.name: parameter for parameter in parameters}
        for name, told_of in inputs.items():
            parameter = places.get(name)
            if parameter is None or told_of.name in route.pattern.parameters:
                continue
            origin = Origin(handler.module.path, parameter.start, parameter.end)
            load = EMPTY
            if told_of.name:
                load |= {((), flow.declare(told_of.name, origin))}
            load |= {(path, flow.everything) for path in told_of.paths}
            target = told_of.given_by
            if target is not None and depth < DEEPEST:
                inner = target if isinstance(target, Function) else engine.member(target, "__init__")
                if isinstance(inner, Function):
                    load |= flow.result(target, given(facts, pack, route, inner, flow, depth + 1))
            found[name] = load
        return found
    whole = frozenset((path, flow.everything) for path in pack.query_strings)
    if any(GIVING.search(name) for name in handler.decorators):
        for parameter in parameters:
            if isinstance(parameter.default, syntax.Const) and parameter.name not in route.pattern.parameters:
                origin = Origin(handler.module.path, parameter.start, parameter.end)
                found[parameter.name] = frozenset({((), flow.declare(parameter.name, origin))})
    if not whole:
        return found
    if handler.owner is not None and not handler.module.javascript and not handler.code.static and parameters:
        held = frozenset((("request", *path), part) for path, part in whole)
        found[parameters[0].name] = held
        parameters = parameters[1:]
    named = [parameter for parameter in parameters if parameter.name == "request"]
    parameters = named or parameters
    if parameters:
        found[parameters[0].name or f"@{parameters[0].start}"] = whole
    return found
