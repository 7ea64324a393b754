"""What Hono passes to a handler: a context, after the middleware in front of it has run."""

from __future__ import annotations

from collections.abc import Mapping

from verifier.api import (
    NOTHING,
    Call,
    Class,
    Const,
    Engine,
    External,
    Function,
    Instance,
    LibraryObject,
    Native,
    Origin,
    Probe,
    Record,
    Route,
    Unknown,
    Value,
    attribute,
    method,
    options,
    text_of,
    version_range,
)

from ._app import HonoApp, Serving
from ._middleware import Combined


class Context(LibraryObject):
    """``c``: what ``set`` puts into it, ``get`` and ``var`` give."""

    def __init__(
        self,
        kind: Class | None = None,
        path: str | None = None,
        *,
        symbolic: bool = False,
        origin: Origin | None = None,
    ) -> None:
        super().__init__(kind, path, symbolic=symbolic, origin=origin)
        self.variables = Record(complete=False)

    @method("set")
    def put(self, call: Call) -> Value:
        name, value = call.text(0), call.argument(1)
        if name is not None and value is not None:
            self.variables.entries[name] = value
            if call.engine.probe is not None:
                call.engine.probe.keep(name)
        return NOTHING

    @method("get")
    def take(self, call: Call) -> Value:
        name = text_of(call.argument(0))
        if call.engine.probe is not None and name is not None:
            call.engine.probe.seek(
                name,
                call.place(0),
                there=name in self.variables.entries,
            )
        absent = NOTHING if call.engine.probe is not None else Unknown("a variable of the context")
        return self.variables.entries.get(name) or absent

    @attribute("var")
    def all_variables(self, name: str) -> Value:
        return self.variables

    @attribute("env", "req")
    def part(self, name: str) -> Value:
        return self.attributes.setdefault(name, Instance(path="hono.HonoRequest" if name == "req" else "hono.Bindings"))


def handler_parameters(engine: Engine, route: Route, function: Function) -> Mapping[str, Value]:
    """The arguments of a route's handler by name."""
    serving = found_serving(engine, route)
    if serving is None:
        return {}
    context = Context(None, "hono.Context")
    if engine.probe is not None:
        engine.probe.carry(context.variables, ("jwtPayload", "requestId"))
    following = Native("next", lambda _: Const(None))
    chain = tuple(zip(serving.middleware, serving.places, strict=True))
    for middleware in engine.probe.through(chain) if engine.probe is not None else serving.middleware:
        run(engine, middleware, [context, following])
    given: dict[str, Value] = {}
    for parameter, value in zip(function.code.parameters, (context, following), strict=False):
        given.setdefault(parameter.name, value)
    return given


def run(engine: Engine, middleware: Value, given: list[Value]) -> None:
    """Run a piece of middleware; of what may be passed by, nothing is sure."""
    for option in options(middleware):
        if isinstance(option, Combined) and option.may_be_passed_by:
            with engine.undecided():
                for inner in option.functions:
                    run(engine, inner, given)
        elif isinstance(option, Combined):
            for inner in option.functions:
                run(engine, inner, given)
        elif isinstance(option, Function):
            engine.invoke(option, given, {})
        elif engine.probe is not None and isinstance(option, Instance):
            checked(engine, engine.probe, option)


def checked(engine: Engine, probe: Probe, middleware: Instance) -> None:
    """Try Hono's own middleware on a request: it takes one scheme, and refuses all else."""
    made = middleware.made_by
    path = (middleware.path or "").removesuffix("()")
    if made is None or path not in ("hono/jwt.jwt", "hono/bearer-auth.bearerAuth"):
        return
    given = made.option(0, "prefix") if path.endswith("bearerAuth") else None
    wanted = "Bearer" if given is None else text_of(given)
    if wanted is None or made.option(0, "headerName") is not None or made.option(0, "cookie") is not None:
        return
    versions = version_range(engine.project, "hono")
    anything = path.endswith(".jwt") and versions is not None and not versions.maybe(">=4.13")  # any word, in those
    if probe.header is None or (probe.scheme != wanted.lower() and not (anything and probe.scheme)):
        place = middleware.origin
        error = External("hono/http-exception.HTTPException")
        probe.turn_away(error, sure=not engine.conditional, denies=True, place=place)


def found_serving(engine: Engine, route: Route) -> Serving | None:
    """The middleware in front of a route."""
    for found in engine.objects:
        if isinstance(found, HonoApp):
            serving = found.shared.serving.get((route.method, route.path, route.span))
            if serving is not None:
                return serving
    return None
