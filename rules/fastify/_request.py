"""What Fastify passes to a handler: a request and a reply that lead to the instance, after the hooks have run."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from verifier.api import (
    NOTHING,
    Call,
    Const,
    Engine,
    External,
    Function,
    Instance,
    Native,
    Record,
    Route,
    Unknown,
    Value,
)

from ._instance import JWT_OPTIONS, Answering, FastifyInstance
from ._settings import flat

UNKNOWN_PARTS = ("body", "params", "query", "headers", "raw", "id", "ip", "url", "method", "cookies")


# What a request has of its own.
OWN = frozenset(
    "body params query headers raw id ip ips url method cookies server routeOptions log protocol host hostname "
    "port originalUrl is404 socket context routeConfig routeSchema routerPath routerMethod validationError "
    "jwtVerify jwtDecode session file files parts isMultipart getValidationFunction compileValidationSchema "
    "validateInput getDecorator setDecorator".split()
)


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
    if engine.probe is not None and JWT_OPTIONS in root.attributes:
        request.attributes["jwtVerify"] = Native("jwtVerify", partial(verify, root.attributes[JWT_OPTIONS], request))
    done = Native("done", lambda _: NOTHING)
    chain = tuple(zip(answering.before, answering.places, strict=True))
    if engine.probe is not None:
        engine.probe.carry(request, OWN)
    for before in engine.probe.through(chain) if engine.probe is not None else answering.before:
        for hook in flat(before):
            if isinstance(hook, Function):
                bound = hook.bind(answering.instance) if hook.bound is None and hook.code.kind == "function" else hook
                engine.invoke(bound, [request, reply, done], {})
    given: dict[str, Value] = {}
    socket = answering.settings.entries.get("websocket")
    taken: tuple[Value, ...] = (request, reply)
    if socket is not None and not (isinstance(socket, Const) and not socket.value):
        taken = (Unknown("what a connection of @fastify/websocket is"), request)
    for parameter, value in zip(function.code.parameters, taken, strict=False):
        given.setdefault(parameter.name, value)
    return given


def verify(given: Value, request: Value, call: Call) -> Value:
    """``request.jwtVerify()`` of a request that is tried: the token is taken behind `Bearer`, or as the options say."""
    engine, probe = call.engine, call.engine.probe
    if probe is None:
        return Unknown("what a token holds")
    options_ = given if isinstance(given, Record) else None
    own = options_.entries.get("verify") if options_ is not None else Unknown("options")
    extract = own.entries.get("extractToken") if isinstance(own, Record) else None
    open_ = options_ is None or not options_.complete or "cookie" in options_.entries or isinstance(own, Unknown)
    if isinstance(extract, Function):
        found = engine.call(extract, [request], call.node, call.frame)
        missing = isinstance(found, Const) and not found.value
        wrong = isinstance(found, Const) and bool(found.value) and found.value != probe.token
    elif open_ or extract is not None:
        return Unknown("what a token holds")
    else:
        missing, wrong = probe.scheme != "bearer", False
    if missing or wrong:
        error = External("@fastify/jwt.AuthorizationError")
        told = options_.places.get("verify") if options_ is not None else None
        place = (told or given.origin or call.origin) if probe.header is not None else call.origin
        probe.turn_away(error, sure=not engine.conditional, denies=True, place=place)
    return Record(complete=False)


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
