"""``web.Application``: what it registers, mounts and keeps, and in which order it tries its routes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import ClassVar

import msgspec

from verifier.api import (
    NOTHING,
    Call,
    Class,
    Const,
    DynamicPathError,
    Engine,
    Entry,
    External,
    Function,
    Hole,
    Instance,
    LibraryObject,
    MountEntry,
    Native,
    Origin,
    Parametrized,
    PathPattern,
    Piece,
    Route,
    RouteEntry,
    Router,
    Sequence,
    Span,
    Unknown,
    Value,
    always_calls,
    assemble,
    attribute,
    calls_first,
    describe,
    method,
    only_provides,
    options,
    reason_of,
    regex,
    routers_in,
    stands_for,
    text_of,
    version_range,
)

METHODS = ("connect", "head", "get", "delete", "options", "patch", "post", "put", "trace")
CONSTANT = "aiohttp.hdrs.METH_"
HOLE = regex(r"\{([_a-zA-Z]\w*)(?::((?:[^{}]|\{[^{}]*\})+))?\}")


def verb_of(value: Value | None) -> str | None:
    """A method in capitals, ``*`` for any; None where it is not known. aiohttp has constants for them."""
    if isinstance(value, External) and value.path.startswith(CONSTANT):
        name = value.path.removeprefix(CONSTANT)
        return "*" if name == "ANY" else name
    text = text_of(value)
    return text.upper() if text is not None else None


@stands_for("aiohttp.web.Application", "aiohttp.web_app.Application")
class Application(Router):
    """An application, which is its own router here.

    Attributes:
        holders: the applications that this one is a part of.
        views: places where a class was registered, which answers every method, if only with 405.
        served: the file that hands the application to a server; None where none was seen to.
        request: the request that its handlers are given.
        hooks: what was added to its signals, each with the signal's name and the call that did so.
    """

    framework = "aiohttp"
    application = True
    guards_follow: ClassVar[bool] = False

    def __init__(
        self,
        kind: Class | None = None,
        path: str | None = None,
        *,
        symbolic: bool = False,
        origin: Origin | None = None,
    ) -> None:
        super().__init__(kind, path, symbolic=symbolic, origin=origin)
        self.attributes["middlewares"] = Sequence()
        self.holders: list[Application] = []
        self.views: set[Origin] = set()
        self.places: dict[int, int] = {}
        self.domains: set[int] = set()
        self.request: Instance | None = None
        self.served: str | None = None
        self.hooks: list[tuple[str, Value, Call]] = []

    def created(self, call: Call) -> None:
        given = call.argument(None, "middlewares")
        middlewares = self.attributes["middlewares"]
        if given is not None and isinstance(middlewares, Sequence):
            call.engine.spread(middlewares, given, call.frame)

    # Registration

    def register(
        self, call: Call, verb: str, path: Value | None, handler: Value | None, *, resource: int | None = None
    ) -> None:
        """A route. A class answers with those of its methods that are named like HTTP's."""
        before = len(self.entries)
        view = next((option for option in options(handler) if isinstance(option, Class)), None) if handler else None
        if view is not None:
            self.register_view(call, verb, path, view)
        elif isinstance(handler, Instance) and handler.kind is not None:  # an object with __call__
            self.add_route(call, (verb,), path, call.engine.member(handler, "__call__"))
        else:
            self.add_route(call, (verb,), path, handler)
        if resource is not None:
            for entry in self.entries[before:]:
                self.places[id(entry)] = resource

    def register_view(self, call: Call, verb: str, path: Value | None, view: Class) -> None:
        """A class-based view: one route for each method that it has."""
        made = next(
            (option for option in options(call.engine.symbolic_object(view)) if isinstance(option, Instance)), None
        )
        found = view_methods(view)
        wanted = [name for name in found if verb in ("*", name.upper())]
        if verb == "*":
            self.views.add(call.origin)
        for name in wanted:
            handler = found[name].bind(made) if made is not None else found[name]
            self.add_route(call, (name,), path, handler)
        if not wanted:
            self.add_dynamic(call, f"the methods that `{view.name}` answers were not found")

    @method("add_get", "add_post", "add_put", "add_patch", "add_delete", "add_head", "add_options")
    def verb(self, call: Call) -> Value:
        self.register(
            call, call.name.removeprefix("add_").upper(), call.argument(0, "path"), call.argument(1, "handler")
        )
        return self.registered(call)

    @method("add_view")
    def add_view(self, call: Call) -> Value:
        self.register(call, "*", call.argument(0, "path"), call.argument(1, "handler"))
        return self.registered(call)

    @method("add_route")
    def route(self, call: Call) -> Value:
        verbs = [verb_of(option) for option in options(call.argument(0, "method") or NOTHING)]
        for verb in verbs:
            if verb is None:
                self.add_dynamic(call, f"the method depends on {reason_of(call.argument(0, 'method'))}")
            else:
                self.register(call, verb, call.argument(1, "path"), call.argument(2, "handler"))
        return self.registered(call)

    def registered(self, call: Call) -> Value:
        """What registering gives: a route object."""
        return Instance(None, "aiohttp.web_urldispatcher.ResourceRoute", origin=call.origin)

    @method("add_resource")
    def resource(self, call: Call) -> Value:
        made = Resource(None, "aiohttp.web_urldispatcher.Resource", origin=call.origin)
        made.holder, made.route_path, made.sequence = self, call.argument(0, "path"), call.engine.next_sequence()
        return made

    @method("register_resource")
    def foreign(self, call: Call) -> Value:
        self.add_dynamic(call, "the resource is made by hand")
        return NOTHING

    @method("add_static")
    def static(self, call: Call) -> Value:
        return Instance(None, "aiohttp.web_urldispatcher.StaticResource", origin=call.origin)

    @method("add_routes")
    def definitions(self, call: Call) -> Value:
        given = call.argument(0, "routes")
        for option in options(given) if given is not None else ():
            items = call.engine.iterate(option, frame=call.frame)
            for item in items if items is not None else [call.engine.element_of(option)]:
                self.take(call, item)
        return Sequence(complete=False)

    def take(self, call: Call, item: Value) -> None:
        """One item of ``add_routes``."""
        from ._definitions import RouteDefinition

        for option in options(item):
            if isinstance(option, RouteDefinition):
                option.enter(self)
            elif isinstance(option, Unknown):
                self.add_dynamic(call, f"a route depends on {option.reason}")

    @method("add_subapp")
    def subapp(self, call: Call) -> Value:
        children = self.children(call, call.argument(1, "subapp"))
        for child in children:
            self.add_mount(call, child, call.argument(0, "prefix"))
        if not children:
            self.add_dynamic(call, f"the sub-application depends on {reason_of(call.argument(1, 'subapp'))}")
        return Instance(None, "aiohttp.web_urldispatcher.PrefixedSubAppResource", origin=call.origin)

    @method("add_domain")
    def domain(self, call: Call) -> Value:
        for child in self.children(call, call.argument(1, "subapp")):
            with call.engine.undecided():  # the request's host decides
                self.add_mount(call, child)
            self.domains.add(id(self.entries[-1]))
        return Instance(None, "aiohttp.web_urldispatcher.MatchedSubAppResource", origin=call.origin)

    def children(self, call: Call, given: Value | None) -> list[Application]:
        """The applications that an argument may be."""
        found = [child for child in routers_in(given) if isinstance(child, Application) and child is not self]
        for child in found:
            child.holders.append(self)
        return found

    # What an application holds

    @attribute("router")
    def router(self, name: str) -> Value:
        made = Dispatcher(None, "aiohttp.web.UrlDispatcher", origin=self.origin)
        made.holder = self
        return made

    @attribute("on_startup", "cleanup_ctx", "on_shutdown", "on_cleanup", "on_response_prepare")
    def signal(self, name: str) -> Value:
        made = Signal(None, "aiohttp.Signal")
        made.holder, made.runs, made.name = self, name in ("on_startup", "cleanup_ctx"), name
        self.attributes[name] = made
        return made

    @method("routes", "resources")
    def known_routes(self, call: Call) -> Value:
        return Sequence(
            Instance(None, "aiohttp.web_urldispatcher.ResourceRoute", origin=entry.origin)
            for entry in self.entries
            if isinstance(entry, RouteEntry)
        )

    @method("get", "setdefault")
    def item(self, call: Call) -> Value:
        key = call.argument(0)
        found = call.engine.item(self, key) if key is not None else None
        if found is None or isinstance(found, Unknown):
            return call.argument(1) or NOTHING
        return found

    def indexed(self, engine: Engine, key: Value) -> Value | None:
        return key.promised(engine) if isinstance(key, Key) else None

    # The table

    def settle(self, engine: Engine) -> None:
        self.application = self.answers_alone(engine)
        middlewares = self.attributes["middlewares"]
        items = middlewares.items if isinstance(middlewares, Sequence) else []
        self.guards = [describe(item) for item in items if not is_harmless(engine, item) and describe(item)]
        self.entries.sort(key=lambda entry: self.places.get(id(entry), entry.sequence))
        versions = version_range(engine.project, "aiohttp")
        if versions is None or versions.maybe(">=3.10"):
            self.entries = self.indexed_order(first=versions is None or versions.maybe(">=3.14"))

    def answers_alone(self, engine: Engine) -> bool:
        """Whether the application may be one that a server was given.

        Where code beside or above it hands others to a server, one that is neither handed over nor bound to a name of
        its module is a part that something mounts at run time (a plugin), or is never served.
        """
        if self.served is not None or self.origin is None:
            return True
        path = self.origin.path
        serving = [made.served for made in engine.objects if isinstance(made, Application) and made.served is not None]
        if not any(path.startswith(folder_of(place)) for place in serving):
            return True
        state = engine.table.states.get(path)
        if state is not None and any(value is self for value in state.scope.names.values()):
            return True
        module = path.removesuffix(".py").removesuffix("/__init__").rpartition("/")[2]
        target = re.compile(rf"(?:^|\.){re.escape(module)}:\w+")
        return any(target.search(word) for command in engine.project.manifests.commands for word in command.argv)

    def indexed_order(self, *, first: bool) -> list[Entry]:
        """The entries as aiohttp tries them since 3.10.

        It looks resources up by the fixed part of their path, the longest first, and those with the same fixed part in
        the order of registration. So an entry moves only before those whose fixed part is the beginning of its own.
        Domains come first since 3.14, and last before.
        """
        placed: list[Entry] = []
        keys: list[tuple[str, ...] | None] = []  # of the entries that may take more than their fixed part
        for entry in self.entries:
            if id(entry) in self.domains:
                continue
            key, open_ended = fixed_part(entry)
            at = next(
                (place for place, other in enumerate(keys) if other is not None and begins(other, key)),
                len(placed),
            )
            placed.insert(at, entry)
            keys.insert(at, key if open_ended else None)
        domains = [entry for entry in self.entries if id(entry) in self.domains]
        return [*domains, *placed] if first else [*placed, *domains]

    def finished(self, engine: Engine, route: Route, entry: RouteEntry) -> Route:
        """What ``normalize_path_middleware`` makes of a request that differs by a slash."""
        redirects = any(found.appends if route.pattern.slash else found.removes for found in self.normalizing)
        return msgspec.structs.replace(route, trailing="redirect") if redirects else route

    @property
    def normalizing(self) -> list[Normalizing]:
        """The normalizing middlewares of this application and of those that it is a part of."""
        found: list[Normalizing] = []
        waiting, seen = [self], {id(self)}
        while waiting:
            holder = waiting.pop()
            middlewares = holder.attributes["middlewares"]
            if isinstance(middlewares, Sequence):
                found.extend(item for item in middlewares.items if isinstance(item, Normalizing))
            for outer in holder.holders:
                if id(outer) not in seen:
                    seen.add(id(outer))
                    waiting.append(outer)
        return found

    def join(self, prefix: str, path: str) -> str:
        return prefix.rstrip("/") + path

    def patterns(self, path: str) -> list[PathPattern]:
        return [assemble(pieces(path))]


class Dispatcher(LibraryObject):
    """``app.router``: its application answers for it."""

    holder: Application

    def read(self, engine: Engine, name: str) -> Value | None:
        return self.holder.read(engine, name)

    def handed_over(self, call: Call, reason: str) -> None:
        self.holder.handed_over(call, reason)

    def shape(self) -> object:
        return id(self.holder)


def claimed(engine: Engine, application: Application) -> Iterator[tuple[Span, str, tuple[Span, str]]]:
    """Routes that are tried after a sub-application which takes all paths below its prefix, theirs too.

    Each comes as its place and path, with the place and prefix of the sub-application.
    """
    mounts: list[tuple[tuple[str, ...], MountEntry]] = []
    for entry in application.entries:
        if isinstance(entry, MountEntry) and not entry.conditional:
            text = text_of(entry.prefix)
            if text is not None and text.strip("/"):
                mounts.append((tuple(text.strip("/").split("/")), entry))
        elif isinstance(entry, RouteEntry):
            text = text_of(entry.path)
            key = fixed_part(entry)[0]
            for prefix, mount in mounts if text is not None else ():
                if key[: len(prefix)] == prefix:
                    shown = str(application.patterns(text or "")[0])
                    yield engine.span(entry.origin), shown, (engine.span(mount.origin), f"/{'/'.join(prefix)}")


def folder_of(path: str) -> str:
    """The folder of a file, with a slash at its end; nothing for the root."""
    folder = path.rpartition("/")[0]
    return f"{folder}/" if folder else ""


def view_methods(view: Class) -> dict[str, Function]:
    """The methods of a class that answer HTTP's, by name; ``put = None`` takes an inherited one away."""
    found: dict[str, Value] = {}
    for ancestor in view.lineage():
        for name in METHODS if isinstance(ancestor, Class) else ():
            member = ancestor.members.get(name) if isinstance(ancestor, Class) else None
            if member is not None:
                found.setdefault(name, member)
    return {name: member for name, member in found.items() if isinstance(member, Function)}


def pieces(path: str) -> Iterable[Piece]:
    """A path in aiohttp's syntax, ``{name}`` and ``{name:expression}``.

    Raises:
        DynamicPathError: aiohttp would refuse it.
    """
    last = 0
    for match in HOLE.finditer(path):
        yield text_piece(path, path[last : match.start()])
        yield Hole(match.group(1), match.group(2).removesuffix("$") if match.group(2) else None)
        last = match.end()
    yield text_piece(path, path[last:])


def text_piece(path: str, text: str) -> str:
    """Fixed text of a path, in which no brace may stand."""
    if "{" in text or "}" in text:
        raise DynamicPathError(f"the path `{path}` is not in aiohttp's syntax")
    return text


def fixed_part(entry: Entry) -> tuple[tuple[str, ...], bool]:
    """The parts of a path by which aiohttp looks a resource up, and whether it takes longer paths too."""
    path = entry.path if isinstance(entry, RouteEntry) else entry.prefix if isinstance(entry, MountEntry) else None
    text = text_of(path) or ""
    variable = "{" in text
    if variable:
        text = text.partition("{")[0].rpartition("/")[0]
    return tuple(text.strip("/").split("/")) if text.strip("/") else (), variable or isinstance(entry, MountEntry)


def begins(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    """Whether a path lies truly below another one."""
    return len(short) < len(long) and long[: len(short)] == short


class Resource(LibraryObject):
    """``router.add_resource("/path")``, to which routes are added."""

    holder: Application
    route_path: Value | None
    sequence: int

    @method("add_route")
    def route(self, call: Call) -> Value:
        verb = verb_of(call.argument(0, "method"))
        if verb is None:
            self.holder.add_dynamic(call, f"the method depends on {reason_of(call.argument(0, 'method'))}")
        else:
            handler = call.argument(1, "handler")
            self.holder.register(call, verb.upper(), self.route_path, handler, resource=self.sequence)
        return self.holder.registered(call)


class Signal(LibraryObject):
    """``app.on_startup`` and its like: callbacks of start-up are run on the application when they are added."""

    holder: Application
    runs: bool
    name: str

    @method("append", "insert")
    def append(self, call: Call) -> Value:
        self.run(call, call.arguments[-1:])
        return NOTHING

    @method("extend", "__iadd__")
    def extend(self, call: Call) -> Value:
        for argument in call.arguments[:1]:
            self.run(call, call.engine.iterate(argument, frame=call.frame) or [])
        return self

    def run(self, call: Call, callbacks: Iterable[Value]) -> None:
        """Run callbacks as start-up would."""
        for callback in callbacks:
            self.holder.hooks.append((self.name, callback, call))
            if self.runs and not isinstance(callback, Unknown):
                call.engine.call(callback, [self.holder], call.node, call.frame)


@stands_for("aiohttp.web.AppKey", "aiohttp.helpers.AppKey", "aiohttp.web.RequestKey", "aiohttp.helpers.RequestKey")
class Key(LibraryObject):
    """``web.AppKey("name", Type)``: what is stored under it is of that type."""

    promise: Value | None = None

    def created(self, call: Call) -> None:
        self.promise = call.argument(1, "t")

    def promised(self, engine: Engine) -> Value | None:
        """An object of the type."""
        if self.promise is None or isinstance(self.promise, Parametrized | Unknown | Const):
            return None
        return engine.assumed(self.promise)


def is_harmless(engine: Engine, middleware: Value) -> bool:
    """Whether middleware refuses nobody: one of a library, or a function that only puts values on the request."""
    if isinstance(middleware, Function):
        if calls_first(middleware, 1):
            return True  # it handles errors, or measures
        if not (only_provides(middleware) and always_calls(middleware, 1)):
            return False
        request = Instance(None, "aiohttp.web.Request", symbolic=True)
        handler = Native("handler", lambda call: Unknown("an answer"))
        return not engine.trial(middleware, [request, handler], {}).raised  # looking a value up may fail
    path = (middleware.path or "").removesuffix("()") if isinstance(middleware, External | Instance) else ""
    return isinstance(middleware, Normalizing) or path in HARMLESS or path.partition(".")[0] in HARMLESS


# What libraries give that refuses no request for who sends it: headers, logs, measures, sessions, schemas.
HARMLESS = frozenset(
    "aiohttp_apispec.validation_middleware aiohttp_apispec.middlewares.validation_middleware "
    "aiohttp_cors aiohttp_debugtoolbar aiohttp_jinja2 aiohttp_middlewares.cors_middleware "
    "aiohttp_middlewares.error_middleware aiohttp_middlewares.https_middleware aiohttp_middlewares.shield_middleware "
    "aiohttp_middlewares.timeout_middleware aiohttp_prometheus aiohttp_prometheus_exporter aiohttp_session aiozipkin "
    "opentelemetry sentry_sdk".split()
)


@stands_for("aiohttp.web.normalize_path_middleware", "aiohttp.web_middlewares.normalize_path_middleware")
class Normalizing(LibraryObject):
    """The middleware that redirects to the path with a slash at the end, or without."""

    appends = True
    removes = False

    def created(self, call: Call) -> None:
        for name in ("append_slash", "remove_slash"):
            given = call.argument(None, name)
            if isinstance(given, Const):
                setattr(self, "appends" if name == "append_slash" else "removes", bool(given.value))
