"""Hono applications. All of them are alike: ``route`` copies what a sub-application has so far into its parent.

An application keeps one list of what was registered, middleware and handlers together, with full paths, as Hono does;
``basePath`` gives another view of the same list. Middleware guards each later handler whose path it covers, whichever
application brought it in.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import nullcontext

from msgspec import Struct

from verifier.api import (
    NOTHING,
    Call,
    Class,
    Const,
    Engine,
    Function,
    Instance,
    LibraryObject,
    Origin,
    PathPattern,
    Router,
    Sequence,
    Span,
    Value,
    attribute,
    choice,
    functions_in,
    handler_in,
    may_call,
    method,
    options,
    reason_of,
    routers_in,
    stands_for,
    syntax,
    text_of,
    texts_of,
    version_range,
)

from ._middleware import Combined, hands_on, is_function, names_of
from ._paths import guards, merge, read_path, variants

VERBS = ("get", "post", "put", "delete", "options", "patch", "query")
ANY = ("*",)


class Item(Struct, frozen=True, eq=False):
    """One thing that was registered: a handler, middleware, another application, or what only run time knows.

    ``path`` is the full path as far as it is known; ``reason`` is set where the item cannot be read.
    """

    call: Call
    methods: tuple[str, ...]
    path: Value
    conditional: bool
    handler: Value | None = None
    middleware: Value | None = None
    mounted: HonoApp | None = None
    reason: str = ""


class Serving(Struct, frozen=True, eq=False):
    """The middleware that a request meets before its handler."""

    middleware: tuple[Value, ...]
    places: tuple[Origin | None, ...] = ()


class Registered:
    """What an application and its views share."""

    def __init__(self, root: HonoApp) -> None:
        self.items: list[Item] = []
        self.views: list[HonoApp] = [root]
        self.fetched = 0  # how often something took its `fetch`, to serve it
        self.copied = False
        self.mounted = False
        self.laid = False
        self.serving: dict[tuple[str, str, Span], Serving] = {}


@stands_for("hono.Hono", "hono/tiny.Hono", "hono/quick.Hono", "hono/hono-base.HonoBase", "@hono/hono.Hono")
class HonoApp(Router):
    """``new Hono()``, or a view of it."""

    framework = "hono"
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
        self.shared = Registered(self)
        self.base: Value = Const("/")
        self.last: Value = Const("/")

    def created(self, call: Call) -> None:
        strict = call.option(0, "strict")
        if isinstance(strict, Const) and strict.value is False:
            self.trailing = "lenient"
        if call.option(0, "getPath") is not None:
            self.put(call, ANY, Const("/"), reason="`getPath` decides at run time which path a request is matched by")

    def handed_over(self, call: Call, reason: str) -> None:
        self.put(call, ANY, Const("/"), reason=f"what is registered here depends on {reason}")

    # What is registered

    def put(
        self,
        call: Call,
        methods: Iterable[str],
        path: Value,
        *,
        handler: Value | None = None,
        middleware: Value | None = None,
        mounted: HonoApp | None = None,
        reason: str = "",
    ) -> None:
        """Add to the list, below this view's base."""
        self.shared.items.append(
            Item(
                call,
                tuple(methods),
                merged(self.base, path),
                call.engine.conditional > self.depth,
                handler,
                middleware,
                mounted,
                reason,
            )
        )

    def handle(self, call: Call, methods: tuple[str, ...], path: Value, given: list[Value]) -> None:
        """Register handlers: the last one answers, those before it are middleware for the same path and methods."""
        if not given:
            return
        *before, last = given
        for middleware in before:
            self.put(call, methods, path, middleware=middleware)
        if hands_on(last) or passes(call.engine, methods, path, last):
            self.put(call, methods, path, middleware=last)
        else:
            self.put(call, methods, path, handler=last)

    @method(*VERBS, "all")
    def verb(self, call: Call) -> Value:
        given = list(call.arguments)
        if given and not is_function(given[0]):
            self.last = given.pop(0)
        methods = ANY if call.name == "all" else (call.name.upper(),)
        self.handle(call, methods, self.last, functions_in(given))
        return self

    @method("on")
    def on(self, call: Call) -> Value:
        methods, paths = texts_of(call.argument(0)), call.argument(1)
        if methods is None:
            reason = f"the methods depend on {reason_of(call.argument(0))}"
            self.put(call, ANY, paths if paths is not None else Const("/"), reason=reason)
            return self
        upper = tuple("*" if found.upper() == "ALL" else found.upper() for found in methods)
        if isinstance(paths, Sequence) and not paths.complete:
            self.put(call, upper, Const("/"), reason="the paths are a list that is filled at run time")
        for path in paths.items if isinstance(paths, Sequence) else [paths] if paths is not None else []:
            self.last = path
            self.handle(call, upper, path, functions_in(call.arguments[2:]))
        return self

    @method("use")
    def use(self, call: Call) -> Value:
        given = list(call.arguments)
        if given and not is_function(given[0]):
            self.last = given.pop(0)
        elif not old(call.engine):
            self.last = Const("*")
        for middleware in functions_in(given):
            self.put(call, ANY, self.last, middleware=middleware)
        return self

    @method("route")
    def route(self, call: Call) -> Value:
        path, given = call.argument(0), call.argument(1)
        children = [child for child in routers_in(given) if isinstance(child, HonoApp)]
        if not children and given is not None:
            self.put(call, ANY, Const("/"), reason=f"the application depends on {reason_of(given)}")
        for child in children:
            child.shared.copied = True
            below = merged(self.base, path if path is not None else Const("/"))
            if texts_of(below) is None:
                self.put(call, ANY, Const("/"), reason=f"the prefix of an application depends on {reason_of(path)}")
                continue
            conditional = call.engine.conditional > self.depth or len(children) > 1
            for item in list(child.shared.items):
                self.shared.items.append(
                    Item(
                        item.call,
                        item.methods,
                        merged(below, item.path),
                        item.conditional or conditional,
                        item.handler,
                        item.middleware,
                        item.mounted,
                        item.reason,
                    )
                )
        return self

    @method("basePath")
    def base_path(self, call: Call) -> Value:
        view = type(self)(None, self.path, symbolic=self.symbolic, origin=self.origin)
        view.mounted = True
        view.shared, view.trailing, view.depth = self.shared, self.trailing, self.depth
        view.base = merged(self.base, call.argument(0) or Const("/"))
        self.shared.views.append(view)
        return view

    @method("mount")
    def mount(self, call: Call) -> Value:
        path = call.argument(0) or Const("/")
        for option in options(call.argument(1) or NOTHING):
            child = option.served if isinstance(option, Fetch) else option if isinstance(option, HonoApp) else None
            if child is not None:
                child.shared.mounted = True
                child.shared.fetched -= isinstance(option, Fetch)
                self.put(call, ANY, path, mounted=child)
            else:
                self.put(call, ANY, path, reason="requests below a path go to something that is no Hono application")
        return self

    @method("onError", "notFound")
    def chained(self, call: Call) -> Value:
        return self

    @method("fire")
    def fire(self, call: Call) -> Value:
        self.shared.fetched += 1
        return NOTHING

    @method("request")
    def request(self, call: Call) -> Value:
        return Instance(path="Response", origin=call.origin)

    @attribute("fetch")
    def fetch(self, name: str) -> Value:
        self.shared.fetched += 1
        return Fetch(self)

    # The table

    def finish(self, engine: Engine) -> None:
        shared = self.shared
        if shared.laid or self.symbolic:
            return
        shared.laid = True
        taken_in = shared.copied or shared.mounted
        if shared.copied and not shared.mounted and not shared.fetched:
            self.mounted = True
            return
        shown = shared.views[0] if taken_in else held(engine, shared.views)
        shown.lay(engine)
        for view in shared.views:
            view.mounted = view is not shown
        if not shared.fetched and not taken_in and any(other.fetched > 0 for other in all_registered(engine)):
            shown.mounted = True  # another application is the one that is served
        if shown not in engine.objects:
            engine.objects.append(shown)

    def lay(self, engine: Engine) -> None:
        """Enter what was registered, each handler with the middleware that covers it."""
        seen: list[tuple[Item, list[PathPattern]]] = []
        engine.conditional = self.depth
        for item in self.shared.items:
            paths = [path for text in texts_of(item.path) or () for path in variants(text)]
            with engine.undecided() if item.conditional else nullcontext():
                if item.reason:
                    self.add_dynamic(item.call, item.reason)
                elif item.middleware is not None:
                    seen.append((item, [read_path(path) for path in paths]))
                elif item.mounted is not None and paths:
                    self.add_mount(item.call, item.mounted.shared.views[0], item.path, self.names(seen, item, paths[0]))
                elif not paths:
                    self.add_dynamic(item.call, f"the path depends on {reason_of(item.path)}", item.handler)
                for path in paths if item.handler is not None else ():
                    self.add_route(
                        item.call,
                        item.methods,
                        Const(path),
                        item.handler,
                        self.names(seen, item, path),
                        falls_through=not isinstance(handler_in(item.handler), Function),  # a library's may
                    )
                    for found in item.methods:
                        key = (found, str(read_path(path)), engine.span(self.declared_at(item.call)))
                        covering = self.covering(seen, item, path)
                        before = tuple(covered.middleware or NOTHING for covered in covering)
                        places = tuple(
                            self.declared_at(covered.call) if covered.call is not item.call else None
                            for covered in covering
                        )
                        self.shared.serving.setdefault(key, Serving(before, places))
        engine.conditional = 0

    @staticmethod
    def covering(seen: list[tuple[Item, list[PathPattern]]], item: Item, path: str) -> list[Item]:
        """The middleware, of what was registered before, that covers a path."""
        pattern = read_path(path if item.mounted is None else merge(path, "*"))
        found: list[Item] = []
        for other, scopes in seen:
            apart = other.middleware.apart if isinstance(other.middleware, Combined) else ()
            methods = other.methods == ANY or set(item.methods) <= set(other.methods)
            if not methods or any(guards(read_path(left_out), pattern) for left_out in apart):
                continue
            if any(guards(scope, pattern) for scope in scopes):
                found.append(other)
        return found

    def names(self, seen: list[tuple[Item, list[PathPattern]]], item: Item, path: str) -> list[str]:
        """The same, by name."""
        return [
            name
            for other in self.covering(seen, item, path)
            for name in names_of([other.middleware or NOTHING], other.call)
        ]

    def join(self, prefix: str, path: str) -> str:
        return merge(prefix, path) if prefix else path

    def patterns(self, path: str) -> list[PathPattern]:
        return [read_path(path)]

    def falls_through(self, engine: Engine, handler: Function) -> bool:
        return may_call(engine, handler, 1)


class Fetch(LibraryObject):
    """``app.fetch``."""

    def __init__(self, served: HonoApp) -> None:
        super().__init__(None, "hono.Hono.fetch")
        self.served = served

    def called(self, call: Call) -> Value | None:
        """``app.fetch(request)``: what Node's own server hands out is no ``Request``."""
        function, site = call.frame.function, call.frame.site
        given = call.node.arguments[0] if isinstance(call.node, syntax.Call) and call.node.arguments else None
        if function is None or site is None or not isinstance(given, syntax.Name):
            return None
        first = function.code.parameters[0].name if function.code.parameters else ""
        if given.id == first and is_node_server(site[0]):
            call.engine.remarks.setdefault(("hono/adapter-misuse", call.origin), "incoming")
        return None


def is_node_server(node: syntax.Place) -> bool:
    """Whether a call is one of ``http.createServer``."""
    callee = node.callee if isinstance(node, syntax.Call) else None
    name = callee.name if isinstance(callee, syntax.Member) else callee.id if isinstance(callee, syntax.Name) else ""
    return name in ("createServer", "createSecureServer")


def old(engine: Engine) -> bool:
    """Whether the project has a Hono before version 4, where ``use`` without a path took the path used last."""
    versions = version_range(engine.project, "hono")
    return versions is not None and versions.surely("<4")


def merged(base: Value, path: Value) -> Value:
    """Two paths put together, where both are known."""
    bases, paths = texts_of(base), texts_of(path)
    if bases is None or paths is None:
        return path if bases is not None else base
    return choice(Const(merge(one, other)) for one in bases for other in paths)


def passes(engine: Engine, methods: tuple[str, ...], path: Value, handler: Value) -> bool:
    """Whether a handler for all methods below a path is middleware in truth: it hands requests on."""
    text = text_of(path)
    return (
        methods == ANY
        and text is not None
        and text.endswith("*")
        and isinstance(handler, Function)
        and may_call(engine, handler, 1)
    )


def all_registered(engine: Engine) -> list[Registered]:
    """What all applications registered."""
    return [found.shared for found in engine.objects if isinstance(found, HonoApp)]


def held(engine: Engine, views: list[HonoApp]) -> HonoApp:
    """The view that the project works with: the first that a variable of a module holds."""
    for view in views:
        for state in engine.table.states.values():
            if any(value is view for value in (*state.scope.names.values(), *state.exports.values())):
                return view
    return views[0]
