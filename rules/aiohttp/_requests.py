"""What a handler is given: the request, with the application behind it and what middlewares stored in it."""

from __future__ import annotations

from collections.abc import Mapping

from verifier.api import (
    NOTHING,
    Call,
    Engine,
    Function,
    Instance,
    LibraryObject,
    Native,
    Partial,
    Route,
    RouteEntry,
    Sequence,
    Unknown,
    Value,
    attribute,
    choice,
    handler_in,
    key_of,
    method,
    stands_for,
)

from ._application import Application

# What a request has of its own; what middleware puts there are items.
OWN = frozenset(
    "app config_dict get setdefault clone method headers path path_qs raw_path rel_url url query query_string "
    "match_info cookies content content_type charset body_exists can_read_body has_body read text json post "
    "multipart host remote scheme secure forwarded version transport protocol loop task keep_alive http_range "
    "if_modified_since if_unmodified_since if_none_match if_match if_range raw_headers message release keys "
    "values items".split()
)


@stands_for(
    "aiohttp.web.Request", "aiohttp.web_request.Request", "aiohttp.web.BaseRequest", "aiohttp.web_request.BaseRequest"
)
class Request(LibraryObject):
    """A request. Without an application of its own it belongs to the only one that the project has."""

    holder: Application | None = None
    engine: Engine | None = None

    def assumed(self, engine: Engine) -> None:
        self.engine = engine

    @property
    def application(self) -> Application | None:
        """The application that the request came to."""
        if self.holder is None and self.engine is not None:
            outermost = [made for made in self.engine.objects if isinstance(made, Application) and not made.mounted]
            return outermost[0] if len(outermost) == 1 else None
        return self.holder

    @attribute("app")
    def app(self, name: str) -> Value:
        return self.application or Unknown("the application that the request came to")

    @attribute("config_dict")
    def config_dict(self, name: str) -> Value:
        made = Settings(None, "aiohttp.helpers.ChainMapProxy")
        made.first = self.application
        return made

    @method("get", "setdefault")
    def item(self, call: Call) -> Value:
        key = call.argument(0)
        if call.engine.probe is not None and self.holder is not None and key is not None:
            held = self.items.get(key_of(key))
            call.engine.probe.seek(key, call.place(0), there=held is not None)
            return held or call.argument(1) or NOTHING
        found = call.engine.item(self, key) if key is not None else Unknown("what is stored under a key")
        if isinstance(found, Unknown):  # a middleware may have stored it
            return choice((found, call.argument(1) or NOTHING))
        return found

    @method("clone")
    def clone(self, call: Call) -> Value:
        return self


class Settings(LibraryObject):
    """``request.config_dict``: what the application holds, then what those around it do."""

    first: Application | None = None

    def indexed(self, engine: Engine, key: Value) -> Value | None:
        waiting = [self.first] if self.first is not None else []
        seen: set[int] = set()
        while waiting:
            application = waiting.pop(0)
            if id(application) in seen:
                continue
            seen.add(id(application))
            found = engine.item(application, key)
            if not isinstance(found, Unknown):
                return found
            waiting.extend(application.holders)
        return None

    @method("get")
    def get(self, call: Call) -> Value:
        key = call.argument(0)
        found = self.indexed(call.engine, key) if key is not None else None
        return found or call.argument(1) or NOTHING


@stands_for(
    "aiohttp.web.View",
    "aiohttp.web_urldispatcher.View",
    "aiohttp.abc.AbstractView",
    "aiohttp_pydantic.PydanticView",
    "aiohttp_pydantic.view.PydanticView",
)
class View(LibraryObject):
    """A class-based view."""

    given: Value | None = None

    def created(self, call: Call) -> None:
        self.given = call.argument(0, "request")

    @attribute("request", "_request")
    def request(self, name: str) -> Value:
        return self.given or Unknown("the request")


def handler_parameters(engine: Engine, route: Route, function: Function) -> Mapping[str, Value]:
    """What aiohttp passes to a handler: the request, behind what ``functools.partial`` gave before."""
    application, entry = registered(engine, route, function)
    request = request_of(engine, application) if application is not None else Request(None, "aiohttp.web.Request")
    if isinstance(function.bound, View):
        function.bound.given = request
        return {}
    names = [parameter.name for parameter in function.code.parameters if parameter.kind in ("plain", "positional")]
    if function.bound is not None and not function.code.static:
        names = names[1:]
    given: dict[str, Value] = {}
    if entry is not None and isinstance(entry.handler, Partial):
        given.update(zip(names, entry.handler.arguments, strict=False))
        given.update(entry.handler.keywords)
        names = [name for name in names if name not in given]
    if names:
        given[names[0]] = request
    else:
        rest = next((parameter.name for parameter in function.code.parameters if parameter.kind == "rest"), None)
        if rest is not None:
            given[rest] = Sequence([request], "tuple")
    return given


def registered(engine: Engine, route: Route, function: Function) -> tuple[Application | None, RouteEntry | None]:
    """The application that a route belongs to, and what was registered there."""
    for made in engine.objects:
        if not isinstance(made, Application):
            continue
        for entry in made.entries:
            if isinstance(entry, RouteEntry) and engine.span(entry.origin) == route.span:
                handler = handler_in(entry.handler)
                if isinstance(handler, Function) and handler.code is function.code:
                    return made, entry
    return None, None


def request_of(engine: Engine, application: Application) -> Value:
    """The request that an application's handlers see; the middlewares around them have been run on it."""
    request = application.request if engine.probe is None else None
    if request is None:
        made = Request(None, "aiohttp.web.Request")
        made.holder = application
        request = made
        if engine.probe is not None:
            engine.probe.carry(made, OWN)
        else:
            application.request = made
    for middleware in middlewares_of(application):
        run_middleware(engine, middleware, request, application)
    return request


def middlewares_of(application: Application) -> list[Function]:
    """The middlewares around an application's handlers, outermost first."""
    chain: list[Application] = [application]
    while chain[0].holders and chain[0].holders[0] not in chain:
        chain.insert(0, chain[0].holders[0])
    found: list[Function] = []
    for holder in chain:
        middlewares = holder.attributes["middlewares"]
        for item in middlewares.items if isinstance(middlewares, Sequence) else ():
            handler = handler_in(item)
            if isinstance(handler, Function):
                found.append(handler)
    return found


def run_middleware(engine: Engine, middleware: Function, request: Instance, application: Application) -> None:
    """Run a middleware up to its handler; one of the old style is a factory."""
    parameters = [parameter.name for parameter in middleware.code.parameters]
    if middleware.bound is not None and not middleware.code.static:
        parameters = parameters[1:]
    if parameters[:1] == ["app"]:
        made = engine.invoke(middleware, [application, NEXT], {})
        if isinstance(made, Function):
            engine.invoke(made, [request], {})
    else:
        engine.invoke(middleware, [request, NEXT], {})


def _answer(call: Call) -> Value:
    return Instance(None, "aiohttp.web.StreamResponse", origin=call.origin)


NEXT = Native("handler", _answer)
