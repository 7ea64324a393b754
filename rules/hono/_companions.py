"""What stands beside Hono: OpenAPIHono of @hono/zod-openapi, hono/factory, and what serves an application."""

from __future__ import annotations

import re
from posixpath import basename

from verifier.api import (
    NOTHING,
    Call,
    Command,
    Const,
    External,
    Function,
    Instance,
    LibraryFunction,
    LibraryObject,
    Native,
    Record,
    Sequence,
    Unknown,
    Value,
    attribute,
    binds,
    functions_in,
    method,
    options,
    reason_of,
    regex,
    stands_for,
    text_of,
    texts_of,
)

from ._app import ANY, HonoApp
from ._middleware import handlers, same


@stands_for("@hono/zod-openapi.OpenAPIHono")
class OpenAPIHono(HonoApp):
    """``new OpenAPIHono()``."""

    @method("openapi")
    def openapi(self, call: Call) -> Value:
        for option in options(call.argument(0) or NOTHING):
            self.described(call, option, call.argument(1))
        return self

    @method("doc", "doc31")
    def document(self, call: Call) -> Value:
        self.last = call.argument(0) or Const("/")
        self.put(call, ("GET",), self.last, handler=External(f"@hono/zod-openapi.OpenAPIHono.{call.name}"))
        return self

    @method("openapiRoutes")
    def openapi_routes(self, call: Call) -> Value:
        given = call.argument(0)
        for item in given.items if isinstance(given, Sequence) else ():
            if isinstance(item, Record):
                added = item.entries.get("addRoute")
                if not (isinstance(added, Const) and added.value is False):
                    self.described(call, item.entries.get("route") or NOTHING, item.entries.get("handler"))
        if not isinstance(given, Sequence) or not given.complete:
            self.put(call, ANY, Const("/"), reason=f"the routes depend on {reason_of(given)}")
        return self

    def described(self, call: Call, route: Value, handler: Value | None) -> None:
        """A route as ``createRoute`` describes it."""
        entries = route.entries if isinstance(route, Record) else {}
        methods, paths = texts_of(entries.get("method")), texts_of(entries.get("path"))
        if methods is None or paths is None or handler is None:
            missing = entries.get("path") if methods is not None else entries.get("method")
            self.put(call, ANY, Const("/"), reason=f"the route depends on {reason_of(missing or route)}")
            return
        before = functions_in([entries["middleware"]]) if "middleware" in entries else []
        for path in paths:
            self.last = Const(routing_path(path))
            self.handle(call, tuple(found.upper() for found in methods), self.last, [*before, handler])

    @attribute("openAPIRegistry")
    def registry(self, name: str) -> Value:
        return Instance(path="@hono/zod-openapi.OpenAPIRegistry")


@stands_for("hono/factory.Factory", "hono/factory.createFactory()")
class Factory(LibraryObject):
    """``createFactory({ initApp })``."""

    setting_up: Value | None = None
    settings: Value | None = None

    def created(self, call: Call) -> None:
        self.setting_up = call.option(0, "initApp")
        self.settings = call.option(0, "defaultAppOptions")

    @method("createApp")
    def create_app(self, call: Call) -> Value:
        made = HonoApp(None, "hono.Hono", origin=call.origin)
        made.depth = call.engine.conditional
        call.engine.objects.append(made)
        given = call.arguments or ([self.settings] if self.settings is not None else [])
        made.created(Call(call.engine, call.frame, call.node, call.callee, given, name="Hono", new=True))
        if self.setting_up is not None:
            call.engine.call(self.setting_up, [made], call.node, call.frame)
        return made

    @method("createMiddleware")
    def create_middleware(self, call: Call) -> Value:
        return same(call)

    @method("createHandlers")
    def create_handlers(self, call: Call) -> Value:
        return handlers(call)


def routing_path(path: str) -> str:
    """A path of an OpenAPI document, as Hono writes it."""
    return re.sub(r"/\{(.+?)\}", r"/:\1", path)


def serve(call: Call) -> Value:
    """``serve(app)`` and ``serve({ fetch })``, ``handle(app)``: something that serves an application."""
    given = call.argument(0)
    note_misuse(call, given)
    if isinstance(call.callee, External) and call.callee.path == "@hono/node-server.serve":
        told = given.entries if isinstance(given, Record) and given.complete else {}
        port = told.get("port") if isinstance(given, Record) and given.complete else Unknown("the options of `serve`")
        binds(call, told.get("hostname"), "@hono/node-server", None, port=port, usual=3000)
    inner = given.entries.get("fetch") if isinstance(given, Record) else given
    for option in options(inner) if inner is not None else ():
        if isinstance(option, HonoApp):
            option.shared.fetched += 1
    for argument in call.arguments[1:]:
        if isinstance(argument, Function):
            call.engine.call(argument, [Unknown("an address")], call.node, call.frame)
    return Instance(path="http.Server", origin=call.origin)


def note_misuse(call: Call, given: Value | None) -> None:
    """Take note of arguments that the adapter of Node cannot use, and of a server that only Bun and Deno have."""
    path = call.callee.path if isinstance(call.callee, External) else None
    kind = "runtime" if path in ("Bun.serve", "Deno.serve") else ""
    if path in ("@hono/node-server.serve", "@hono/node-server.createAdaptorServer"):
        second = call.argument(1)
        fetch = given.entries.get("fetch") if isinstance(given, Record) else None
        if path.endswith("serve") and (isinstance(second, Record | Const) and second is not NOTHING):
            kind = "options" if not isinstance(second, Const) or second.value is not None else ""
        elif isinstance(given, Record) and given.complete and fetch is None:
            kind = "no fetch"
        elif isinstance(fetch, HonoApp):
            kind = "application"
    if kind:
        call.engine.remarks.setdefault(("hono/adapter-misuse", call.origin), kind)


def create_route(call: Call) -> Value:
    """``createRoute({ method, path })``."""
    given = call.argument(0)
    if not isinstance(given, Record):
        return given or Unknown("a route of nothing")
    made = Record(dict(given.entries), complete=given.complete, element=given.element, origin=given.origin)
    path = text_of(given.entries.get("path"))
    if path is not None:
        made.entries["getRoutingPath"] = Native("getRoutingPath", lambda _: Const(routing_path(path)))
    return made


SERVERS = (
    "@hono/node-server.serve",
    "@hono/node-server.createAdaptorServer",
    "@hono/node-server.getRequestListener",
    "@hono/node-server/vercel.handle",
    "hono/vercel.handle",
    "hono/netlify.handle",
    "hono/aws-lambda.handle",
    "hono/aws-lambda.streamHandle",
    "hono/lambda-edge.handle",
    "hono/cloudflare-pages.handle",
    "hono/service-worker.handle",
    "hono/service-worker.fire",
    "Bun.serve",
    "Deno.serve",
)
FUNCTIONS: dict[str, LibraryFunction] = {
    **dict.fromkeys(SERVERS, serve),
    "@hono/zod-openapi.createRoute": create_route,
    "@hono/zod-openapi.defineOpenAPIRoute": same,
    "@hono/zod-openapi.$": same,
}


SOURCE = regex(r"\.[cm]?[jt]sx?$")
STARTS = {"wrangler": ("dev",), "deno": ("serve",)}


def serves(command: Command) -> tuple[str, str] | None:
    """The file that ``wrangler dev file.ts`` and ``deno serve file.ts`` run."""
    words = list(command.argv)
    for place, word in enumerate(words[:-1]):
        if words[place + 1] in STARTS.get(basename(word), ()):
            file = next((found for found in words[place + 2 :] if SOURCE.search(found)), None)
            return (file, "") if file is not None else None
    return None
