"""What Hono passes to a handler: a context, after the middleware in front of it has run."""

from __future__ import annotations

from collections.abc import Mapping

from verifier.api import (
    NOTHING,
    Call,
    Class,
    Const,
    Engine,
    Function,
    Instance,
    LibraryObject,
    Native,
    Origin,
    Record,
    Route,
    Unknown,
    Value,
    attribute,
    method,
    text_of,
)

from ._app import HonoApp, Serving
from ._middleware import flat


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
        return NOTHING

    @method("get")
    def take(self, call: Call) -> Value:
        name = text_of(call.argument(0))
        return self.variables.entries.get(name) or Unknown("a variable of the context")

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
    following = Native("next", lambda _: Const(None))
    for middleware in serving.middleware:
        for inner in flat(middleware):
            if isinstance(inner, Function):
                engine.invoke(inner, [context, following], {})
    given: dict[str, Value] = {}
    for parameter, value in zip(function.code.parameters, (context, following), strict=False):
        given.setdefault(parameter.name, value)
    return given


def found_serving(engine: Engine, route: Route) -> Serving | None:
    """The middleware in front of a route."""
    for found in engine.objects:
        if isinstance(found, HonoApp):
            serving = found.shared.serving.get((route.method, route.path, route.span))
            if serving is not None:
                return serving
    return None
