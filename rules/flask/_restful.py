"""Flask-RESTful and Flask-RESTX: ``Api``, ``Resource``, ``Namespace``; flask-smorest's ``Api``.

Their paths are put together without a slash in between. An Api on a blueprint that is set up already, or to which
resources were added before it got its blueprint, leaves its own prefix out; that is how both libraries behave.
"""

from __future__ import annotations

from verifier.api import (
    NOTHING,
    Call,
    Class,
    Const,
    Engine,
    Function,
    LibraryObject,
    MountEntry,
    Native,
    Origin,
    PathPattern,
    Route,
    RouteEntry,
    Router,
    Sequence,
    Slash,
    Value,
    describe,
    method,
    options,
    reason_of,
    replace,
    routers_in,
    stands_for,
    text_of,
)

from ._application import Blueprint, Flask, Scaffold, finished, is_nothing, joined, methods_of, put, strictness
from ._paths import Custom, custom_converters, read_rule
from ._views import ViewFunction, decorate, rows_of


class Concatenating(Router):
    """A router whose prefix is put in front of paths as it is."""

    framework = "flask"
    trailing: Slash = "redirect"
    trailing_of_parent = True
    guards_follow = False

    def __init__(
        self,
        kind: Class | None = None,
        path: str | None = None,
        *,
        symbolic: bool = False,
        origin: Origin | None = None,
    ) -> None:
        super().__init__(kind, path, symbolic=symbolic, origin=origin)
        self.converters: Custom = {}
        self.around: list[Value] = []  # decorators of every resource, innermost first
        self.plain: dict[int, Value] = {}  # paths of entries without the prefix, by the entry's identity

    def decorators_in(self, given: Value | None) -> list[Value]:
        """The ``decorators`` argument."""
        return list(given.items) if isinstance(given, Sequence) else []

    def enter(
        self, call: Call, resource: Value | None, url: Value, prefix: Value | None, settings: dict[str, Value]
    ) -> None:
        """A resource under one path."""
        view: Value | None = resource
        if isinstance(resource, Class):
            arguments = settings.get("resource_class_args")
            keywords = settings.get("resource_class_kwargs")
            named = getattr(keywords, "entries", {})
            given = list(arguments.items) if isinstance(arguments, Sequence) else []
            view = ViewFunction.of(resource, given, {str(key): value for key, value in named.items()})
        given_methods = settings.get("methods")
        for row in rows_of(call.engine, view, methods_of(given_methods)):
            handler = row.handler
            if isinstance(handler, Function):
                handler = decorate(call.engine, handler, self.around)
            trailing = strictness(settings.get("strict_slashes"))
            self.add_route(call, row.methods, joined(prefix, url), handler, row.guards, trailing=trailing)
            self.outlast(url)

    def outlast(self, path: Value) -> None:
        """Make the last entry count even where its blueprint is registered already, as these libraries see to."""
        last = self.entries[-1]
        if isinstance(last, RouteEntry | MountEntry):
            self.entries[-1] = replace(last, sequence=0)
            self.plain[id(self.entries[-1])] = path

    def settle(self, engine: Engine) -> None:
        self.converters = custom_converters(engine)

    def join(self, prefix: str, path: str) -> str:
        return prefix + path

    def patterns(self, path: str) -> list[PathPattern]:
        return [read_rule(path, self.converters)]

    def finished(self, engine: Engine, route: Route, entry: RouteEntry) -> Route:
        return finished(engine, route)


class Api(Concatenating):
    """What the Apis of both libraries share. ``home`` is the application or blueprint that it was given."""

    home: Scaffold | None = None
    initialised = False
    keeps_home = False  # init_app remembers the application, so that later resources reach it

    def created(self, call: Call) -> None:
        self.own_prefix = call.argument(None, "prefix")
        self.around = self.decorators_in(call.argument(None, "decorators"))
        homes = [found for found in routers_in(call.argument(0, "app")) if isinstance(found, Scaffold)]
        for home in homes[:1]:
            self.home = home
            self.bind(call, home)

    own_prefix: Value | None = None

    @property
    def url_prefix(self) -> Value | None:
        """The Api's prefix, as it is now."""
        return self.attributes.get("prefix") or self.own_prefix

    @method("init_app")
    def init_app(self, call: Call) -> Value:
        homes = [found for found in routers_in(call.argument(0, "app")) if isinstance(found, Scaffold)]
        for home in homes[:1]:
            self.bind(call, home)
            if self.keeps_home:
                self.home = home
        return NOTHING

    def bind(self, call: Call, home: Scaffold) -> None:
        """The Api's resources are served by an application or blueprint."""
        self.initialised = True
        if isinstance(home, Blueprint):
            self.strip()
        home.add_mount(call, self)

    def strip(self) -> None:
        """Leave the prefix out of what was registered so far."""
        kept = []
        for entry in self.entries:
            bare = self.plain.get(id(entry))
            if isinstance(entry, RouteEntry) and bare is not None:
                entry = replace(entry, path=bare)
            elif isinstance(entry, MountEntry) and bare is not None:
                entry = replace(entry, prefix=bare)
            kept.append(entry)
        self.entries = kept

    def prefix_now(self) -> Value | None:
        """The prefix that a resource gets that is added now."""
        set_up = isinstance(self.home, Blueprint) and self.home.served
        return None if set_up else self.url_prefix

    @method("representation", "documentation", "output")
    def passing(self, call: Call) -> Value:
        return Native(call.name, lambda inner: inner.argument(0) or NOTHING)

    def deaf(self) -> bool:
        """Whether what is added now reaches nobody: the Api was set up, and has forgotten its application."""
        return self.initialised and self.home is None


@stands_for("flask_restful.Api")
class RestfulApi(Api):
    """The Api of Flask-RESTful."""

    def created(self, call: Call) -> None:
        self.own_prefix = call.argument(1, "prefix")
        self.order = call.text(None, "url_part_order", "bae") or "bae"
        keywords = dict(call.keywords)
        if len(call.arguments) > 1:
            keywords["prefix"] = call.arguments[1]
        super().created(Call(call.engine, call.frame, call.node, call.callee, call.arguments[:1], keywords))

    order = "bae"

    @method("add_resource")
    def add_resource(self, call: Call) -> Value:
        if self.deaf():
            return NOTHING
        resource, *urls = call.arguments or [NOTHING]
        for url in urls:
            self.enter(call, resource, url, self.prefix_now(), call.keywords)
        if call.open:
            self.add_dynamic(call, "the paths of a resource are decided at run time")
        return NOTHING

    @method("resource")
    def resource(self, call: Call) -> Value:
        def apply(inner: Call) -> Value:
            cls = inner.argument(0) or NOTHING
            self.add_resource(
                Call(call.engine, call.frame, call.node, call.callee, [cls, *call.arguments], call.keywords)
            )
            return cls

        return Native("resource", apply)

    def join(self, prefix: str, path: str) -> str:
        own = text_of(self.url_prefix) or ""
        if self.order == "bae" or not path.startswith(own):
            return prefix + path
        parts = {"b": prefix, "a": own, "e": path[len(own) :]}
        return "".join(parts.get(key, "") for key in self.order)


@stands_for("flask_restx.Namespace", "flask_restx.namespace.Namespace", "flask_restplus.Namespace")
class Namespace(Concatenating):
    """A namespace of Flask-RESTX: its path is ``/name`` unless one is given."""

    name = ""
    own_path: Value | None = None

    def created(self, call: Call) -> None:
        self.name = call.text(0, "name", "") or ""
        self.own_path = call.argument(2, "path")
        self.around = self.decorators_in(call.argument(None, "decorators"))

    @property
    def url_path(self) -> Value:
        """The namespace's path."""
        given = self.attributes.get("path") or self.own_path
        if given is None or (isinstance(given, Const) and not given.value):
            return Const(f"/{self.name}")
        text = text_of(given)
        return Const(text.rstrip("/"), given.origin) if text is not None else given

    def read(self, engine: Engine, name: str) -> Value | None:
        if name == "path":
            return self.url_path
        if name == "name":
            return Const(self.name)
        return super().read(engine, name)

    @method("add_resource")
    def add_resource(self, call: Call) -> Value:
        resource, *urls = call.arguments or [NOTHING]
        for url in urls:
            self.enter(call, resource, url, None, call.keywords)
        return NOTHING

    @method("route")
    def route(self, call: Call) -> Value:
        def apply(inner: Call) -> Value:
            cls = inner.argument(0) or NOTHING
            self.add_resource(
                Call(call.engine, call.frame, call.node, call.callee, [cls, *call.arguments], call.keywords)
            )
            return cls

        return Native("route", apply)

    @method(
        "doc",
        "expect",
        "response",
        "marshal_with",
        "marshal_list_with",
        "param",
        "header",
        "produces",
        "vendor",
        "hide",
    )
    def documents(self, call: Call) -> Value:
        first = call.argument(0)
        if call.name == "hide" and isinstance(first, Function | Class):
            return first
        return Native(call.name, lambda inner: inner.argument(0) or NOTHING)

    @method("errorhandler")
    def errorhandler(self, call: Call) -> Value:
        return Native("errorhandler", lambda inner: inner.argument(0) or NOTHING)


@stands_for("flask_restx.Api", "flask_restx.api.Api", "flask_restplus.Api")
class RestxApi(Api):
    """The Api of Flask-RESTX. What it does not have itself, its default namespace does."""

    keeps_home = True
    default: Namespace

    def __init__(
        self,
        kind: Class | None = None,
        path: str | None = None,
        *,
        symbolic: bool = False,
        origin: Origin | None = None,
    ) -> None:
        super().__init__(kind, path, symbolic=symbolic, origin=origin)
        self.default = Namespace(None, "flask_restx.Namespace", origin=origin)
        self.default.own_path = Const("/")

    def created(self, call: Call) -> None:
        self.own_prefix = call.argument(None, "prefix")
        self.put(call, self.default, Const(""))
        super().created(call)

    def put(self, call: Call, namespace: Namespace, path: Value | None) -> None:
        """Serve a namespace below a path."""
        guards = [describe(value).rpartition(".")[2] for value in reversed(self.around)]
        self.add_mount(call, namespace, joined(self.prefix_now(), path), guards)
        self.outlast(path or Const(""))

    @method("add_namespace")
    def add_namespace(self, call: Call) -> Value:
        given = call.argument(0, "ns")
        found = [option for option in options(given or NOTHING) if isinstance(option, Namespace)]
        for namespace in found:
            path = call.argument(1, "path")
            self.put(call, namespace, namespace.url_path if is_nothing(path) else path)
        if not found:
            self.add_dynamic(call, f"the namespace depends on {reason_of(given)}")
        return NOTHING

    @method("namespace")
    def namespace(self, call: Call) -> Value:
        made = Namespace(None, "flask_restx.Namespace", origin=call.origin)
        call.engine.objects.append(made)
        made.created(call)
        self.put(call, made, made.url_path)
        return made

    def read(self, engine: Engine, name: str) -> Value | None:
        found = super().read(engine, name)
        return found if found is not None else self.default.read(engine, name)


@stands_for("flask_smorest.Api")
class SmorestApi(LibraryObject):
    """The Api of flask-smorest: it only hands blueprints on to the application."""

    home: Flask | None = None

    def created(self, call: Call) -> None:
        self.init_app(call)

    @method("init_app")
    def init_app(self, call: Call) -> Value:
        homes = [found for found in routers_in(call.argument(0, "app")) if isinstance(found, Flask)]
        self.home = homes[0] if homes else self.home
        return NOTHING

    @method("register_blueprint")
    def register_blueprint(self, call: Call) -> Value:
        if self.home is not None:
            put(call, self.home, call.argument(0, "blp"), call.keywords)
        return NOTHING


@stands_for("flask_smorest.Blueprint", "flask_smorest.blueprint.Blueprint")
class SmorestBlueprint(Blueprint):
    """A blueprint of flask-smorest: its routes may stand on classes."""

    @method("arguments", "response", "alt_response", "paginate", "etag", "doc")
    def documents(self, call: Call) -> Value:
        return Native(call.name, lambda inner: inner.argument(0) or NOTHING)


OBJECTS: tuple[type[LibraryObject], ...] = (RestfulApi, RestxApi, Namespace, SmorestApi, SmorestBlueprint)
