"""What FastAPI and Starlette route: applications, routers, and routes and mounts as objects."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import ClassVar

from verifier.api import (
    NOTHING,
    Call,
    Class,
    Const,
    DynamicEntry,
    DynamicPathError,
    Engine,
    External,
    Function,
    Instance,
    LibraryObject,
    MountEntry,
    Native,
    Origin,
    Partial,
    PathPattern,
    RouteEntry,
    Router,
    Segment,
    Sequence,
    Slash,
    Text,
    Unknown,
    Value,
    choice,
    handler_in,
    join_text,
    method,
    options,
    reason_of,
    regex,
    replace,
    routers_in,
    segment,
    split,
    text_of,
    texts_of,
    version_range,
)
from verifier.api import Route as LaidRoute

from ._dependencies import laid_by
from ._guards import asked_in, guards_of
from ._pieces import CONVERTOR_TYPES, inner_application, middleware_names, names_of_middleware

VERBS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
CONVERTERS = {
    "int": "[0-9]+",
    "float": r"[0-9]+(\.[0-9]+)?",
    "uuid": "[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}",
}
PARAMETER = regex(r"\{([a-zA-Z_]\w*)(?::([a-zA-Z_]\w*))?\}")
LIVE = "0.137"  # since then, an included router is asked at each request, and its mounts are included too


class Routing(Router):
    """A router of FastAPI or Starlette. ``middleware`` is the names of its middleware, outermost first."""

    framework = "fastapi"
    trailing: Slash = "redirect"
    guards_follow = False
    prefixes: ClassVar[bool] = False  # an APIRouter puts its prefix in front of what is registered on it

    def __init__(
        self,
        kind: Class | None = None,
        path: str | None = None,
        *,
        symbolic: bool = False,
        origin: Origin | None = None,
    ) -> None:
        super().__init__(kind, path, symbolic=symbolic, origin=origin)
        self.plain: set[int] = set()  # routes of Starlette's own kind, which no dependency reaches
        self.mounts: set[int] = set()  # mounts; the others are inclusions
        self.around: list[Value] = []  # middleware: classes and functions
        self.convertors: Mapping[str, Value] = {}
        self.own_prefix: Value | None = None
        self.dependencies: Value | None = None
        self.declared: dict[Origin, Call] = {}  # what each route of FastAPI was registered with
        self.taken: Call | None = None  # where routes were taken away; class-based views put them back by an include

    def created(self, call: Call) -> None:
        self.own_prefix = call.argument(None, "prefix")
        if self.prefixes:
            remark_prefix(call, self.own_prefix)
        self.dependencies = call.argument(None, "dependencies")
        if falsy(call.argument(None, "redirect_slashes")):
            self.trailing = "exact"
        self.guards.extend(middleware_names(call.argument(None, "middleware")))
        self.take_routes(call, call.argument(None, "routes"))

    @property
    def path_prefix(self) -> Value:
        """The router's own prefix, as it is now."""
        if not self.prefixes:
            return Const("")
        return self.attributes.get("prefix") or self.own_prefix or Const("")

    # Registering

    def register(
        self,
        call: Call,
        methods: Iterable[str] | None,
        path: Value | None,
        handler: Value | None,
        guards: Iterable[str] = (),
        *,
        plain: bool = False,
    ) -> None:
        """A route of this router; its own prefix and dependencies are put in front, but not for Starlette's routes."""
        if methods is None:
            self.add_dynamic(call, "the methods are decided at run time")
            return
        if not plain:
            self.declared[call.origin] = call
        own = [] if plain else asked_in(self.attributes.get("dependencies") or self.dependencies)
        full = path if plain else joined(self.path_prefix, path)
        self.add_route(call, methods, full, called(call.engine, handler), [*own, *guards])
        if plain:
            self.plain.add(self.entries[-1].sequence)

    def register_plain(self, call: Call, path: Value | None, endpoint: Value | None, methods: Value | None) -> None:
        """A route of Starlette: a function answers GET, a class the methods that it has, an ASGI application all."""
        target = handler_in(endpoint)
        if isinstance(target, Class):
            for verb, handler in class_handlers(call.engine, target, methods_given(methods)):
                self.register(call, (verb,), path, handler, plain=True)
        elif isinstance(target, Function | Partial | Unknown) or target is None:
            self.register(call, methods_given(methods, ("GET",)), path, target, plain=True)
        else:
            self.register(call, methods_given(methods, ("*",)), path, target, plain=True)

    def take_routes(self, call: Call, routes: Value | None) -> None:
        """A list of Route and Mount objects, or the routes of another router."""
        if routes is None or (isinstance(routes, Const) and not routes.value):
            return
        if isinstance(routes, RouteList):
            self.include_live(call, routes.holder, Const(""), [])
            return
        for item in routes.items if isinstance(routes, Sequence) else ():
            self.take_route(call, item)
        if not isinstance(routes, Sequence) or not routes.complete:
            self.add_dynamic(call, f"the list of routes depends on {reason_of(routes)}")

    def take_route(self, call: Call, item: Value) -> None:
        """One object of a list of routes."""
        if isinstance(item, Routable):
            item.enter(self)
        elif not isinstance(item, Const):
            self.add_dynamic(call, f"a route of the list depends on {reason_of(item)}")

    # FastAPI's methods

    @method(*VERBS)
    def verb(self, call: Call) -> Value:
        path = call.argument(0, "path")
        if self.overrides("api_route"):
            keywords = {**call.keywords, "path": path or NOTHING, "methods": methods_value(call.name)}
            return self.own(call, "api_route", [], keywords)
        return self.decorating(call, path, methods_value(call.name))

    @method("api_route")
    def several(self, call: Call) -> Value:
        return self.decorating(call, call.argument(0, "path"), call.argument(None, "methods"))

    def decorating(self, call: Call, path: Value | None, methods: Value | None) -> Value:
        """A decorator that registers the function under it."""

        def apply(inner: Call, handler: Value) -> Value:
            if self.overrides("add_api_route"):
                keywords = {**call.keywords, "methods": methods or NOTHING}
                keywords.pop("path", None)
                self.own(call, "add_api_route", [path or NOTHING, handler], keywords)
            else:
                guards = asked_in(call.argument(None, "dependencies"))
                self.register(call, methods_given(methods, ("GET",)), path, handler, guards)
            return handler

        return Native(call.name, lambda inner: apply(inner, inner.argument(0) or NOTHING))

    def overrides(self, name: str) -> bool:
        """Whether a class of the project answers one of the methods that FastAPI's own methods call."""
        lineage = self.kind.lineage() if self.kind is not None and self.prefixes else ()
        return any(isinstance(ancestor, Class) and name in ancestor.members for ancestor in lineage)

    def own(self, call: Call, name: str, arguments: list[Value], keywords: dict[str, Value]) -> Value:
        """Call a method that a class of the project overrides."""
        return call.engine.call(call.engine.member(self, name), arguments, call.node, call.frame, keywords)

    @method("add_api_route")
    def add(self, call: Call) -> Value:
        guards = asked_in(call.argument(None, "dependencies"))
        methods = methods_given(call.argument(None, "methods"), ("GET",))
        self.register(call, methods, call.argument(0, "path"), call.argument(1, "endpoint"), guards)
        return NOTHING

    @method("websocket")
    def websocket(self, call: Call) -> Value:
        def apply(inner: Call) -> Value:
            guards = asked_in(call.argument(None, "dependencies"))
            self.register(call, ("WEBSOCKET",), call.argument(0, "path"), inner.argument(0), guards)
            return inner.argument(0) or NOTHING

        return Native(call.name, apply)

    @method("add_api_websocket_route")
    def add_websocket(self, call: Call) -> Value:
        guards = asked_in(call.argument(None, "dependencies"))
        self.register(call, ("WEBSOCKET",), call.argument(0, "path"), call.argument(1, "endpoint"), guards)
        return NOTHING

    # Starlette's methods

    @method("route")
    def route(self, call: Call) -> Value:
        def apply(inner: Call) -> Value:
            self.register_plain(call, call.argument(0, "path"), inner.argument(0), call.argument(1, "methods"))
            return inner.argument(0) or NOTHING

        return Native(call.name, apply)

    @method("add_route")
    def add_plain(self, call: Call) -> Value:
        endpoint = call.argument(1, "endpoint") or call.argument(1, "route")
        self.register_plain(call, call.argument(0, "path"), endpoint, call.argument(2, "methods"))
        return NOTHING

    @method("websocket_route")
    def plain_websocket(self, call: Call) -> Value:
        def apply(inner: Call) -> Value:
            handler = socket_handler(call.engine, inner.argument(0))
            self.register(call, ("WEBSOCKET",), call.argument(0, "path"), handler, plain=True)
            return inner.argument(0) or NOTHING

        return Native(call.name, apply)

    @method("add_websocket_route")
    def add_plain_websocket(self, call: Call) -> Value:
        handler = socket_handler(call.engine, call.argument(1, "endpoint"))
        self.register(call, ("WEBSOCKET",), call.argument(0, "path"), handler, plain=True)
        return NOTHING

    @method("mount")
    def mount(self, call: Call) -> Value:
        self.put(call, call.argument(0, "path"), call.argument(1, "app"), [])
        return NOTHING

    @method("host")
    def host(self, call: Call) -> Value:
        self.put(call, Const(""), call.argument(1, "app"), [])
        return NOTHING

    def put(self, call: Call, path: Value | None, app: Value | None, guards: list[str]) -> None:
        """Mount an application: all below the path is its own to answer."""
        prefix = choice(without_slash(option) for option in options(path or Const("")))
        children = routers_in(inner_application(app))
        for child in children:
            if not child.application and child.framework in ("fastapi", "starlette"):
                child.framework = self.framework  # type: ignore[misc]
            self.add_mount(call, child, prefix, guards)
            self.mounts.add(self.entries[-1].sequence)
        if children or app is None:
            return
        if isinstance(app, Unknown):
            self.add_dynamic(call, f"the mounted application depends on {app.reason}")
        else:  # a library's application answers whatever it likes
            self.register(call, ("*",), joined(prefix, Const("/{path:path}")), app, guards, plain=True)

    @method("include_router")
    def include(self, call: Call) -> Value:
        given = call.argument(0, "router")
        remark_prefix(call, call.argument(None, "prefix"))
        children = [child for child in routers_in(given) if isinstance(child, Routing)]
        self.taken = None
        prefix = joined(self.path_prefix, call.argument(None, "prefix"))
        own = asked_in(self.attributes.get("dependencies") or self.dependencies)
        guards = [*own, *asked_in(call.argument(None, "dependencies"))]
        for child in children:
            if copies(call.engine):
                self.include_copy(call, child, prefix, joined(Const(""), call.argument(None, "prefix")), guards)
            else:
                self.include_live(call, child, prefix, guards)
        if not children:
            self.add_dynamic(call, f"the included router depends on {reason_of(given)}")
        return NOTHING

    def include_live(self, call: Call, child: Routing, prefix: Value, guards: list[str]) -> None:
        """The child is asked at each request: what it is given later counts too."""
        if not child.symbolic:
            self.add_mount(call, child, prefix, guards)

    def include_copy(self, call: Call, child: Routing, prefix: Value, plain_prefix: Value, guards: list[str]) -> None:
        """The child's routes are copied, those of Starlette below the given prefix alone; its mounts stay behind."""
        conditional = call.engine.conditional > 0
        for entry in list(child.entries):
            sequence = call.engine.next_sequence()
            if isinstance(entry, RouteEntry):
                plain = entry.sequence in child.plain
                own = entry.guards if plain else (*guards, *entry.guards)
                path = joined(plain_prefix if plain else prefix, entry.path)
                copied = replace(
                    entry, path=path, guards=own, sequence=sequence, conditional=entry.conditional or conditional
                )
                self.entries.append(copied)
                if plain:
                    self.plain.add(sequence)
            elif isinstance(entry, DynamicEntry) or (isinstance(entry, MountEntry) and entry.at == 0):
                self.entries.append(replace(entry, sequence=sequence))
        child.mounted = True
        self.entries.append(MountEntry(child, Const(""), (), call.origin, call.engine.next_sequence(), conditional, 0))

    # Middleware

    @method("add_middleware")
    def middleware(self, call: Call) -> Value:
        given, dispatch = call.argument(0, "middleware_class"), call.argument(None, "dispatch")
        self.guards[:0] = names_of_middleware(given, dispatch)
        self.around.append(dispatch or given or NOTHING)
        return NOTHING

    @method("middleware")
    def middleware_decorator(self, call: Call) -> Value:
        def apply(inner: Call) -> Value:
            handler = inner.argument(0) or NOTHING
            self.guards[:0] = names_of_middleware(handler)
            self.around.append(handler)
            return handler

        return Native("middleware", apply)

    @method("exception_handler")
    def passing(self, call: Call) -> Value:
        return Native(call.name, lambda inner: inner.argument(0) or NOTHING)

    @method("add_exception_handler", "setup")
    def ignored(self, call: Call) -> Value:
        return NOTHING

    def read(self, engine: Engine, name: str) -> Value | None:
        if name == "prefix":
            return self.path_prefix
        if name == "dependencies":
            self.dependencies = self.dependencies or Sequence()
            return self.dependencies
        if name == "routes":
            return RouteList.of(self)
        return super().read(engine, name)

    # Laying out

    def settle(self, engine: Engine) -> None:
        self.convertors = engine.library_attributes.get(CONVERTOR_TYPES, {})
        if self.taken is not None:
            self.add_dynamic(self.taken, "routes are taken away at run time")
            self.taken = None

    def join(self, prefix: str, path: str) -> str:
        return prefix + path

    def patterns(self, path: str) -> list[PathPattern]:
        return [PathPattern(tuple(self.read_segment(part) for part in split_path(path)), path.endswith("/"))]

    def read_segment(self, part: str) -> Segment:
        """A segment in Starlette's syntax: ``{name}`` and ``{name:converter}``."""
        converters = {name: converter or "str" for name, converter in PARAMETER.findall(part)}
        text = PARAMETER.sub(lambda found: "{" + found.group(1) + "}", part)
        if not converters:
            return Segment(part)
        if "path" in converters.values():
            pattern = ".*" if PARAMETER.fullmatch(part) else self.pattern(part, converters)
            return segment(text, pattern, rest=True)
        if all(converter == "str" for converter in converters.values()):
            return segment(text)
        return segment(text, self.pattern(part, converters))

    def pattern(self, part: str, converters: dict[str, str]) -> str:
        """The regular expression of a segment with converters."""
        pieces = PARAMETER.split(part)
        found = ""
        for place in range(0, len(pieces), 3):
            found += re.escape(pieces[place])
            if place + 1 < len(pieces):
                found += self.converter(converters[pieces[place + 1]])
        return found

    def converter(self, name: str) -> str:
        """What a converter matches."""
        if name in ("str", "path"):
            return "[^/]+" if name == "str" else ".*"
        custom = self.convertors.get(name)
        known = CONVERTERS.get(name) if custom is None else text_of(custom)
        if known is None:
            raise DynamicPathError(f"the path convertor `{name}` is made at run time")
        return known

    def finished(self, engine: Engine, route: LaidRoute, entry: RouteEntry) -> LaidRoute:
        handler = handler_in(entry.handler)
        plain = entry.sequence in self.plain
        laid_by(engine, route, self)
        return replace(route, guards=guards_of(engine, route, handler, plain=plain))


def split_path(path: str) -> list[str]:
    """The parts of a path between slashes; Starlette reads each slash, so an empty part inside the path counts."""
    inner = path.strip("/")
    return inner.split("/") if inner else split(path)


def without_slash(path: Value) -> Value:
    """The path of a mount: a slash at its end is dropped."""
    text = text_of(path)
    if text is not None:
        return Const(text.rstrip("/"), path.origin)
    if isinstance(path, Text) and isinstance(path.parts[-1], str):
        return Text((*path.parts[:-1], path.parts[-1].rstrip("/")), path.origin)
    return path


def joined(prefix: Value | None, path: Value | None) -> Value:
    """A prefix and a path, each of which may be one of several."""
    given = [value if value is not None and not is_nothing(value) else Const("") for value in (prefix, path)]
    return choice(join_text((one, other), other.origin) for one in options(given[0]) for other in options(given[1]))


def is_nothing(value: Value | None) -> bool:
    """Whether an argument is missing or None."""
    return value is None or (isinstance(value, Const) and value.value is None)


def falsy(value: Value | None) -> bool:
    """Whether a value is surely ``False``."""
    return isinstance(value, Const) and value.value is False


def methods_value(name: str) -> Value:
    """The ``methods`` argument that a method like ``get`` stands for."""
    return Sequence([Const(name.upper())])


def methods_given(value: Value | None, default: tuple[str, ...] | None = None) -> tuple[str, ...] | None:
    """The ``methods`` argument; ``default`` where there is none, None where it is not known."""
    if is_nothing(value):
        return default
    if isinstance(value, Sequence) and value.complete:
        value = Sequence([standard_method(item) for item in value.items])
    texts = texts_of(value)
    return tuple(dict.fromkeys(text.upper() for text in texts)) if texts is not None else None


def standard_method(value: Value) -> Value:
    """A member of ``http.HTTPMethod`` as text."""
    is_member = isinstance(value, External) and value.path.startswith("http.HTTPMethod.")
    return Const(value.name) if is_member and isinstance(value, External) else value


def called(engine: Engine, handler: Value | None) -> Value | None:
    """The function that is run where an object with ``__call__`` is the handler."""
    if isinstance(handler, Instance) and handler.kind is not None and not isinstance(handler, Router):
        found = engine.member(handler, "__call__")
        return found if isinstance(found, Function) else handler
    return handler


def class_handlers(engine: Engine, cls: Class, methods: tuple[str, ...] | None) -> list[tuple[str, Value]]:
    """The methods of an HTTPEndpoint with their handlers; any other class is an ASGI application and answers all."""
    is_endpoint = any(isinstance(base, External) and base.name == "HTTPEndpoint" for base in cls.lineage())
    if not is_endpoint:
        answer = engine.member(cls, "__call__")
        return [(verb, answer if isinstance(answer, Function) else cls) for verb in methods or ("*",)]
    this = engine.symbolic_object(cls)
    found: list[tuple[str, Value]] = []
    for verb in VERBS:
        handler = engine.member(this, verb)
        if isinstance(handler, Function) and (methods is None or verb.upper() in methods):
            found.append((verb.upper(), handler))
    return found


def socket_handler(engine: Engine, target: Value | None) -> Value | None:
    """The function that answers a WebSocket; of a WebSocketEndpoint, the one that takes messages."""
    if isinstance(target, Class):
        this = engine.symbolic_object(target)
        for name in ("on_receive", "on_connect"):
            handler = engine.member(this, name)
            if isinstance(handler, Function):
                return handler
    return target


def copies(engine: Engine) -> bool:
    """Whether the project's FastAPI surely copies the routes of a router when it is included."""
    versions = version_range(engine.project, "fastapi")
    return versions is not None and versions.surely(f"<{LIVE}")


class Routable(LibraryObject):
    """A route or mount as an object, which a list of routes holds."""

    def enter(self, router: Routing) -> None:
        """Become a route or mount of a router."""


class RouteList(LibraryObject):
    """``router.routes``."""

    holder: Routing

    @staticmethod
    def of(router: Routing) -> RouteList:
        """The list of a router."""
        found = RouteList(None, "list", origin=router.origin)
        found.holder = router
        return found

    @method("append", "extend")
    def added(self, call: Call) -> Value:
        given = call.argument(0)
        self.holder.take_routes(call, given if call.name == "extend" else Sequence([given or NOTHING]))
        return NOTHING

    @method("insert")
    def inserted(self, call: Call) -> Value:
        place = call.argument(0)
        before = len(self.holder.entries)
        self.holder.take_routes(call, Sequence([call.argument(1) or NOTHING]))
        new = self.holder.entries[before:]
        if isinstance(place, Const) and isinstance(place.value, int):
            del self.holder.entries[before:]
            self.holder.entries[place.value : place.value] = new
        return NOTHING

    @method("remove", "pop", "clear")
    def removed(self, call: Call) -> Value:
        self.holder.taken = call
        return NOTHING


def remark_prefix(call: Call, prefix: Value | None) -> None:
    """Take down a prefix that FastAPI refuses: one that starts with no slash, or ends with one."""
    text = text_of(prefix)
    if text and (not text.startswith("/") or text.endswith("/")):
        call.engine.remarks.setdefault(("fastapi/refused-prefix", call.origin), text)
