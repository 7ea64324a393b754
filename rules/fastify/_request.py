"""What Fastify passes to a handler: a request and a reply that lead to the instance, after the hooks have run."""

from __future__ import annotations

from collections.abc import Mapping

from verifier.api import NOTHING, Engine, Function, Instance, Native, Route, Unknown, Value

from ._instance import Answering, FastifyInstance
from ._settings import flat

UNKNOWN_PARTS = ("body", "params", "query", "headers", "raw", "id", "ip", "url", "method", "cookies")


def handler_parameters(engine: Engine, route: Route, function: Function) -> Mapping[str, Value]:
    """The arguments of a route's handler by name; one that takes the request apart has none."""
    answering = serving(engine, route)
    if answering is None:
        return {}
    root = answering.instance.root
    request = context(answering.instance, "fastify.FastifyRequest", root.request)
    for name in UNKNOWN_PARTS:
        request.attributes.setdefault(name, Unknown(f"`{name}` of a request"))
    reply = context(answering.instance, "fastify.FastifyReply", root.reply)
    request.attributes["routeOptions"] = Unknown("the options of a route")
    reply.attributes["request"] = request
    done = Native("done", lambda _: NOTHING)
    for before in answering.before:
        for hook in flat(before):
            if isinstance(hook, Function):
                bound = hook.bind(answering.instance) if hook.bound is None and hook.code.kind == "function" else hook
                engine.invoke(bound, [request, reply, done], {})
    given: dict[str, Value] = {}
    for parameter, value in zip(function.code.parameters, (request, reply), strict=False):
        given.setdefault(parameter.name, value)
    return given


def serving(engine: Engine, route: Route) -> Answering | None:
    """What serves a route."""
    for found in engine.objects:
        if isinstance(found, FastifyInstance):
            answering = found.answering.get((route.method, route.path, route.span))
            if answering is not None:
                return answering
    return None


def context(instance: FastifyInstance, path: str, decorators: Mapping[str, Value]) -> Instance:
    """A request or reply with what plugins decorated it with."""
    made = Instance(None, path)
    made.attributes["server"] = instance
    for name, value in decorators.items():
        made.attributes[name] = value.bind(made) if isinstance(value, Function) and value.bound is None else value
    return made
