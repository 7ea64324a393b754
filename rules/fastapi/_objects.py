"""Applications, routers, and routes and mounts as objects."""

from __future__ import annotations

from verifier.api import (
    NOTHING,
    Call,
    Class,
    Const,
    Engine,
    Entry,
    Function,
    Generator,
    Instance,
    MountEntry,
    Native,
    Origin,
    Record,
    RouteEntry,
    Sequence,
    Value,
    attribute,
    choice,
    method,
    options,
    replace,
    stands_for,
    text_of,
)

from ._dependencies import overrides_of
from ._guards import asked_in
from ._pieces import middleware_names
from ._routing import Routable, Routing, called, falsy, is_nothing, joined, methods_given, socket_handler


class Application(Routing):
    """What an application of FastAPI and one of Starlette share.

    Attributes:
        starters: what runs before it serves.
        lifespan: the call that gave it a lifespan; ``unheard`` are those that register what a lifespan leaves unheard.
    """

    application = True

    def __init__(
        self,
        kind: Class | None = None,
        path: str | None = None,
        *,
        symbolic: bool = False,
        origin: Origin | None = None,
    ) -> None:
        super().__init__(kind, path, symbolic=symbolic, origin=origin)
        self.starters: list[Value] = []
        self.started = False
        self.lifespan: Call | None = None
        self.unheard: list[Call] = []

    def created(self, call: Call) -> None:
        super().created(call)
        lifespan = call.argument(None, "lifespan")
        given = [call.argument(None, name) for name in ("on_startup", "on_shutdown")]
        if not is_nothing(lifespan) and lifespan is not None:
            self.starters.append(lifespan)
            self.lifespan = call
            self.unheard += [call] * any(isinstance(one, Sequence) and one.items for one in given)
            return
        self.starters.extend(given[0].items if isinstance(given[0], Sequence) else ())

    @attribute("router")
    def router(self, name: str) -> Value:
        return self

    @attribute("state")
    def state(self, name: str) -> Value:
        return self.attributes.setdefault("state", Instance(path="starlette.datastructures.State"))

    @method("on_event")
    def on_event(self, call: Call) -> Value:
        def apply(inner: Call) -> Value:
            handler = inner.argument(0) or NOTHING
            self.hear(call, handler)
            return handler

        return Native("on_event", apply)

    @method("add_event_handler")
    def add_event_handler(self, call: Call) -> Value:
        handler = call.argument(1, "func")
        if handler is not None:
            self.hear(call, handler)
        return NOTHING

    def hear(self, call: Call, handler: Value) -> None:
        """Take a handler of an event; beside a lifespan nothing calls it."""
        if self.lifespan is not None:
            self.unheard.append(call)
        elif call.text(0, "event_type") == "startup":
            self.starters.append(handler)

    def read(self, engine: Engine, name: str) -> Value | None:
        if name == "dependency_overrides":
            return overrides_of(engine, self)
        return super().read(engine, name)

    def settle(self, engine: Engine) -> None:
        """Start the application: what its lifespan and start-up handlers set and register is there from then on."""
        super().settle(engine)
        if falsy(self.attributes.get("redirect_slashes")):  # app.router.redirect_slashes = False
            self.trailing = "exact"
        if self.started:
            return
        self.started = True
        for starter in self.starters:
            for option in options(starter):
                if isinstance(option, Function):
                    takes = option.code.parameters[1 if option.bound is not None else 0 :]
                    given = engine.trial(option, [self] if takes else [], {}, certain=True).result
                    self.keep(given)

    def keep(self, given: Value) -> None:
        """What a lifespan yields is on the state of each request."""
        first = given.items[0] if isinstance(given, Generator) and given.items else None
        if isinstance(first, Record):
            state = self.attributes.setdefault("request state", Instance(path="starlette.datastructures.State"))
            if isinstance(state, Instance):
                state.attributes.update({str(key): value for key, value in first.entries.items()})


@stands_for("fastapi.FastAPI", "fastapi.applications.FastAPI")
class FastAPI(Application):
    """An application. One with a root path answers below that path, too."""

    root = ""

    def created(self, call: Call) -> None:
        super().created(call)
        root = text_of(call.argument(None, "root_path"))
        if root is not None and root.strip("/"):
            self.root = root.rstrip("/")

    def settle(self, engine: Engine) -> None:
        first = not self.started
        super().settle(engine)
        if first and self.root and not self.mounted:
            self.entries = [self.doubled(entry) for entry in self.entries]

    def doubled(self, entry: Entry) -> Entry:
        """An entry that is there below the root path, too."""
        if isinstance(entry, RouteEntry):
            return replace(entry, path=choice((entry.path, joined(Const(self.root), entry.path))))
        if isinstance(entry, MountEntry):
            return replace(entry, prefix=choice((entry.prefix, joined(Const(self.root), entry.prefix))))
        return entry


@stands_for("starlette.applications.Starlette")
class Starlette(Application):
    """An application of Starlette itself."""

    framework = "starlette"

    def created(self, call: Call) -> None:
        super().created(call)
        if "routes" not in call.keywords:
            self.take_routes(call, call.argument(1))
        if "middleware" not in call.keywords:
            self.guards.extend(middleware_names(call.argument(2)))


@stands_for(
    "fastapi.APIRouter",
    "fastapi.routing.APIRouter",
    "fastapi_utils.inferring_router.InferringRouter",
    "fastapi_restful.inferring_router.InferringRouter",
)
class APIRouter(Routing):
    """A router of FastAPI."""

    prefixes = True
    trailing_of_parent = True


@stands_for("starlette.routing.Router", "starlette.routing.routing.Router")
class StarletteRouter(Routing):
    """Starlette's router."""

    framework = "fastapi"

    def created(self, call: Call) -> None:
        super().created(call)
        if not call.keywords.get("routes"):
            self.take_routes(call, call.argument(0))
        if falsy(call.argument(1, "redirect_slashes")):
            self.trailing = "exact"


@stands_for(
    "starlette.routing.Route",
    "starlette.routing.WebSocketRoute",
    "fastapi.routing.APIRoute",
    "fastapi.routing.APIWebSocketRoute",
)
class RouteObject(Routable):
    """A route as an object."""

    def created(self, call: Call) -> None:
        self.call = call
        self.of = self.path or ""

    def enter(self, router: Routing) -> None:
        """Become a route of a router."""
        call = self.call
        path, endpoint = call.argument(0, "path"), call.argument(1, "endpoint")
        guards = [*asked_in(call.argument(None, "dependencies")), *middleware_names(call.argument(None, "middleware"))]
        if "WebSocket" in self.of:
            router.add_route(call, ("WEBSOCKET",), path, socket_handler(call.engine, endpoint), guards)
        elif "APIRoute" in self.of:
            methods = methods_given(call.argument(None, "methods"), ("GET",))
            if methods is None:
                router.add_dynamic(call, "the methods are decided at run time")
                return
            router.add_route(call, methods, path, called(call.engine, endpoint), guards)
        else:
            before = len(router.entries)
            router.register_plain(call, path, endpoint, call.argument(None, "methods"))
            for place, entry in enumerate(router.entries[before:], before):
                if isinstance(entry, RouteEntry) and guards:
                    router.entries[place] = replace(entry, guards=(*guards, *entry.guards))


@stands_for("starlette.routing.Mount", "starlette.routing.Host")
class MountObject(Routable):
    """A mounted application as an object."""

    def created(self, call: Call) -> None:
        self.call = call

    def enter(self, router: Routing) -> None:
        """Become a mount of a router."""
        call = self.call
        app = call.argument(1, "app")
        routes = call.argument(2, "routes")
        if is_nothing(app) and routes is not None:
            inner = StarletteRouter(origin=call.origin)
            inner.take_routes(call, routes)
            app = inner
        path = Const("") if (self.path or "").endswith("Host") else call.argument(0, "path")
        router.put(call, path, app, middleware_names(call.argument(None, "middleware")))
