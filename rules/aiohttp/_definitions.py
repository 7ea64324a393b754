"""Routes as values: ``web.get(...)`` and what is collected in a ``RouteTableDef``."""

from __future__ import annotations

from verifier.api import (
    NOTHING,
    Call,
    Engine,
    LibraryObject,
    Sequence,
    Value,
    decorator,
    method,
    reason_of,
    stands_for,
)

from ._application import Application, verb_of

VERBS = ("get", "post", "put", "patch", "delete", "head", "options")


@stands_for(
    *(
        f"aiohttp.{module}.{name}"
        for module in ("web", "web_routedef")
        for name in (*VERBS, "view", "route", "RouteDef")
    )
)
class RouteDefinition(LibraryObject):
    """``web.get("/path", handler)``."""

    call: Call
    verb: str | None
    route_path: Value | None
    handler: Value | None
    conditional: bool

    def created(self, call: Call) -> None:
        self.read_call(call, call.name, 0)
        self.handler = call.argument(2 if call.name in ("route", "RouteDef") else 1, "handler")

    def read_call(self, call: Call, name: str, first: int) -> None:
        """Take method and path from the arguments of a definition or of a decorator."""
        self.call = call
        self.conditional = call.engine.conditional > 0
        if name in ("route", "RouteDef"):
            self.verb = verb_of(call.argument(first, "method"))
            first += 1
        else:
            self.verb = "*" if name == "view" else name.upper()
        self.route_path = call.argument(first, "path")

    def enter(self, application: Application) -> None:
        """Register the route with an application."""
        if self.verb is None:
            application.add_dynamic(self.call, f"the method depends on {reason_of(self.call.argument(0, 'method'))}")
        elif self.conditional:
            with self.call.engine.undecided():
                application.register(self.call, self.verb, self.route_path, self.handler)
        else:
            application.register(self.call, self.verb, self.route_path, self.handler)


@stands_for("aiohttp.web.static", "aiohttp.web_routedef.static", "aiohttp.web.StaticDef")
class StaticDefinition(LibraryObject):
    """``web.static("/prefix", folder)``: aiohttp's own handler answers."""


@stands_for("aiohttp.web.RouteTableDef", "aiohttp.web_routedef.RouteTableDef")
class RouteTable(LibraryObject):
    """A list of routes that decorators fill."""

    def created(self, call: Call) -> None:
        self.definitions: list[Value] = []

    def assumed(self, engine: Engine) -> None:
        self.definitions = []

    @method(*VERBS, "view", "route")
    def define(self, call: Call) -> Value:
        def apply(_: Call, handler: Value) -> Value:
            made = RouteDefinition(None, "aiohttp.web.RouteDef", origin=call.origin)
            made.read_call(call, call.name, 0)
            made.handler = handler
            self.definitions.append(made)
            return handler

        return decorator(call.name, apply)

    @method("static")
    def static(self, call: Call) -> Value:
        return NOTHING

    def iterated(self, engine: Engine) -> list[Value] | None:
        return list(self.definitions)

    def indexed(self, engine: Engine, key: Value) -> Value | None:
        return engine.item(Sequence(self.definitions), key)
