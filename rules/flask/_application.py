"""Flask applications and blueprints, and what hangs on them: hooks, settings, the map of rules."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

from verifier.api import (
    NOTHING,
    Call,
    Class,
    Const,
    Engine,
    Entry,
    LibraryObject,
    MountEntry,
    Native,
    Origin,
    PathPattern,
    Record,
    Route,
    RouteEntry,
    Router,
    Sequence,
    Slash,
    Unknown,
    Value,
    attribute,
    choice,
    is_test,
    join_text,
    method,
    options,
    reason_of,
    replace,
    routers_in,
    stands_for,
    texts_of,
)

from ._commands import Group
from ._config import Config
from ._context import application_made
from ._guards import Hook, guards_of
from ._paths import CONVERTERS, Custom, custom_converters, read_rule
from ._views import rows_of

STEPS_PER_ROUTER = 20_000
LONGEST = 200_000  # bytes of a file that is read
VERBS = ("get", "post", "put", "delete", "patch")


class Scaffold(Router):
    """What applications and blueprints share. ``endpoints`` are routes whose view is named elsewhere."""

    framework = "flask"
    trailing: Slash = "redirect"
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
        self.endpoints: dict[int, str] = {}
        self.views: Record = Record(complete=False)
        self.handed: list[tuple[str, Value]] = []  # functions that Flask calls, with the method that took them

    # Registering

    @method("route")
    def route(self, call: Call) -> Value:
        def apply(inner: Call) -> Value:
            view = inner.argument(0) or NOTHING
            if self.overrides("add_url_rule"):
                keywords = {key: value for key, value in call.keywords.items() if key not in ("rule", "endpoint")}
                endpoint = call.argument(None, "endpoint") or NOTHING
                self.own(call, "add_url_rule", [call.argument(0, "rule") or NOTHING, endpoint, view], keywords)
            else:
                self.register(call, call.argument(0, "rule"), view, call.keywords)
            return view

        return Native("route", apply)

    @method(*VERBS)
    def verb(self, call: Call) -> Value:
        keywords = {**call.keywords, "methods": Sequence([Const(call.name.upper())])}
        made = Call(call.engine, call.frame, call.node, call.callee, call.arguments, keywords, name="route")
        if self.overrides("route"):
            return self.own(call, "route", call.arguments, keywords)
        return self.route(made)

    @method("add_url_rule")
    def add_url_rule(self, call: Call) -> Value:
        view = call.argument(2, "view_func")
        endpoint = call.text(1, "endpoint")
        if view is None or (isinstance(view, Const) and view.value is None):
            view = None
        self.register(call, call.argument(0, "rule"), view, call.keywords, endpoint)
        return NOTHING

    def overrides(self, name: str) -> bool:
        """Whether a class of the project answers one of the methods that Flask's own methods call."""
        lineage = self.kind.lineage() if self.kind is not None else ()
        return any(isinstance(ancestor, Class) and name in ancestor.members for ancestor in lineage)

    def own(self, call: Call, name: str, arguments: list[Value], keywords: dict[str, Value]) -> Value:
        """Call a method that a class of the project overrides."""
        return call.engine.call(call.engine.member(self, name), arguments, call.node, call.frame, keywords)

    def register(
        self,
        call: Call,
        rule: Value | None,
        view: Value | None,
        settings: dict[str, Value],
        endpoint: str | None = None,
        guards: Iterable[str] = (),
    ) -> None:
        """Add the rows of a view under a rule."""
        given = settings.get("methods")
        names = methods_of(given)
        if names is None and not is_nothing(given):
            self.add_dynamic(call, f"the methods depend on {reason_of(given)}")
            return
        if self.overrides("make_setup_state") and not (texts_of(rule) or ["/"])[0].startswith("/"):
            self.add_dynamic(call, "the path depends on what `make_setup_state` makes of it")
            return
        for row in rows_of(call.engine, view, names):
            self.add_route(
                call,
                row.methods,
                rule,
                row.handler,
                (*guards, *row.guards),
                trailing=strictness(settings.get("strict_slashes")),
            )
            if view is None and endpoint is not None:
                self.endpoints[self.entries[-1].sequence] = endpoint

    @method("endpoint")
    def endpoint(self, call: Call) -> Value:
        def apply(inner: Call) -> Value:
            view = inner.argument(0) or NOTHING
            name = call.text(0, "endpoint")
            if name is not None:
                self.views.entries[name] = view
            return view

        return Native("endpoint", apply)

    @attribute("cli")
    def cli(self, name: str) -> Value:
        return self.attributes.setdefault("cli", Group(None, "flask.cli.AppGroup"))

    @attribute("view_functions")
    def view_functions(self, name: str) -> Value:
        return self.views

    # Hooks

    @method("before_request")
    def before_request(self, call: Call) -> Value:
        return self.hooked(call, self)

    def take(self, call: Call) -> Value:
        """A function that Flask calls by itself."""
        target = call.argument(0) or NOTHING
        self.handed.append((call.name, target))
        return target

    def hooked(self, call: Call, holder: Router) -> Value:
        """A function that is run before the views of a holder."""
        target = call.argument(0)
        if target is not None:
            holder.guards.append(Hook.of(target))
            self.handed.append((call.name, target))
        return target or NOTHING

    @method("after_request", "teardown_request", "url_value_preprocessor", "url_defaults", "context_processor")
    def passing(self, call: Call) -> Value:
        return self.take(call)

    @method("errorhandler", "app_errorhandler", "template_filter", "app_template_filter", "input", "output", "doc")
    def passing_factory(self, call: Call) -> Value:
        def apply(inner: Call) -> Value:
            target = inner.argument(0) or NOTHING
            self.handed.append((call.name, target))
            return target

        return Native(call.name, apply)

    @method("after_app_request", "teardown_app_request", "teardown_appcontext", "shell_context_processor")
    def passing_more(self, call: Call) -> Value:
        return self.take(call)

    # Laying out

    def settle(self, engine: Engine) -> None:
        self.converters = custom_converters(engine)
        engine.limit = max(engine.limit, engine.steps + STEPS_PER_ROUTER)  # the layout must not be stopped halfway
        placed: list[Entry] = []
        for entry in self.entries:
            name = self.endpoints.pop(entry.sequence, None)
            view = self.views.entries.get(name) if name is not None else None
            if isinstance(entry, RouteEntry) and view is not None:
                given = None if entry.methods == ("GET",) else entry.methods
                placed.extend(
                    replace(entry, methods=row.methods, handler=row.handler, guards=(*entry.guards, *row.guards))
                    for row in rows_of(engine, view, given)
                )
            else:
                placed.append(entry)
        self.entries = placed

    def join(self, prefix: str, path: str) -> str:
        if not prefix:
            return path
        return f"{prefix.rstrip('/')}/{path.lstrip('/')}" if path else prefix

    def patterns(self, path: str) -> list[PathPattern]:
        return [read_rule(path, self.converters)]

    def finished(self, engine: Engine, route: Route, entry: RouteEntry) -> Route:
        return finished(engine, route)


def finished(engine: Engine, route: Route) -> Route:
    """A laid route with the hooks that guard it. A rule without a slash at its end has none added by a redirect."""
    trailing = "exact" if route.trailing == "redirect" and not route.pattern.slash else route.trailing
    return replace(route, guards=guards_of(engine, route), trailing=trailing)


@stands_for("flask.Flask", "flask.app.Flask", "apiflask.APIFlask", "apiflask.app.APIFlask", "flask_openapi3.OpenAPI")
class Flask(Scaffold):
    """An application."""

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
        self.open: list[tuple[Call, dict[str, Value]]] = []  # registrations of blueprints that run time finds

    def created(self, call: Call) -> None:
        application_made(call.engine, self)

    def finish(self, engine: Engine) -> None:
        """Where run time finds blueprints for the only application that looks for some, it may find all that are left.

        That is, those of the program that nothing registers. Their routes are under a condition.
        """
        looking = {one.origin for one in engine.objects if isinstance(one, Flask) and one.open and not one.symbolic}
        if self.symbolic or not self.open or len(looking) > 1:
            return
        call, settings = self.open[0]
        conditional, engine.conditional = engine.conditional, self.depth + 1
        for child in list(engine.objects):
            if (
                isinstance(child, Blueprint)
                and not child.symbolic
                and not child.mounted
                and child.entries
                and child.origin is not None
                and not is_test(child.origin.path)
            ):
                put(call, self, child, settings)
        engine.conditional = conditional

    @attribute("config")
    def config(self, name: str) -> Value:
        return self.attributes.setdefault("config", Config(None, "flask.Config"))

    @attribute("extensions")
    def extensions(self, name: str) -> Value:
        return self.attributes.setdefault("extensions", Record(complete=False))

    @attribute("wsgi_app")
    def wsgi_app(self, name: str) -> Value:
        return self

    @method("open_resource")
    def open_resource(self, call: Call) -> Value:
        name = call.text(0, "resource")
        folder = posixpath.dirname(self.origin.path) if self.origin is not None else ""
        source = call.engine.project.others.get(posixpath.normpath(posixpath.join(folder, name or "")))
        found = Resource(None, "flask.Flask.open_resource()", origin=call.origin)
        found.text = source.text if source is not None and len(source.data) <= LONGEST else None
        return found

    @attribute("url_map")
    def url_map(self, name: str) -> Value:
        found = self.attributes.get("url_map")
        if found is None:
            made = UrlMap(None, "werkzeug.routing.Map")
            made.holder = self
            found = self.attributes["url_map"] = made
        return found

    @method("register_blueprint", "register_api")
    def register_blueprint(self, call: Call) -> Value:
        put(call, self, call.argument(0, "blueprint"), call.keywords)
        return NOTHING

    def settle(self, engine: Engine) -> None:
        url_map = self.attributes.get("url_map")
        if isinstance(url_map, UrlMap) and is_false(url_map.attributes.get("strict_slashes")):
            self.trailing = "lenient"
        super().settle(engine)


class Resource(LibraryObject):
    """A file of the application, open to be read."""

    text: str | None = None

    @method("read")
    def content(self, call: Call) -> Value:
        return Const(self.text, call.origin) if self.text is not None else Unknown("the content of a file")


def put(call: Call, parent: Scaffold, given: Value | None, settings: dict[str, Value]) -> None:
    """Register a blueprint. A prefix that is given replaces the blueprint's own."""
    children = [child for child in routers_in(given) if isinstance(child, Blueprint)]
    for child in children:
        prefix = settings.get("url_prefix")
        prefix = child.url_prefix if is_nothing(prefix) else prefix
        parent.add_mount(call, child, prefix if not is_nothing(prefix) else None, copies=isinstance(parent, Flask))
        if isinstance(parent, Flask):
            child.serve(parent, call)
    if not children:
        parent.add_dynamic(call, f"the registered blueprint depends on {reason_of(given)}")
        if isinstance(parent, Flask):
            parent.open.append((call, settings))


@stands_for(
    "flask.Blueprint",
    "flask.blueprints.Blueprint",
    "apiflask.APIBlueprint",
    "apiflask.blueprint.APIBlueprint",
    "flask_openapi3.APIBlueprint",
)
class Blueprint(Scaffold):
    """A blueprint. ``served`` once an application has registered it."""

    trailing_of_parent = True
    served = False

    def __init__(
        self,
        kind: Class | None = None,
        path: str | None = None,
        *,
        symbolic: bool = False,
        origin: Origin | None = None,
    ) -> None:
        super().__init__(kind, path, symbolic=symbolic, origin=origin)
        self.own_prefix: Value | None = None
        self.hooks: list[str] = []  # hooks for the whole application
        self.recorded: list[Value] = []

    def created(self, call: Call) -> None:
        self.own_prefix = call.argument(4, "url_prefix")

    @property
    def url_prefix(self) -> Value | None:
        """The blueprint's prefix, as it is now."""
        return self.attributes.get("url_prefix") or self.own_prefix

    def read(self, engine: Engine, name: str) -> Value | None:
        if name == "url_prefix":
            return self.own_prefix or NOTHING
        return super().read(engine, name)

    @method("register_blueprint", "register_api")
    def register_blueprint(self, call: Call) -> Value:
        put(call, self, call.argument(0, "blueprint"), call.keywords)
        return NOTHING

    @method("before_app_request", "before_app_first_request")
    def before_app_request(self, call: Call) -> Value:
        target = call.argument(0)
        if target is not None and call.name == "before_app_request":
            self.hooks.append(Hook.of(target))
        return target or NOTHING

    @method("record", "record_once")
    def record(self, call: Call) -> Value:
        function = call.argument(0)
        if function is not None:
            self.recorded.append(function)
        return NOTHING

    def serve(self, application: Flask, call: Call) -> None:
        """An application has registered the blueprint, or one around it."""
        self.served = True
        application.guards.extend(self.hooks)
        for function in self.recorded:
            state = SetupState(None, "flask.blueprints.BlueprintSetupState")
            state.blueprint, state.attributes["app"] = self, application
            call.engine.call(function, [state], call.node, call.frame)
        for entry in list(self.entries):
            if isinstance(entry, MountEntry) and isinstance(entry.child, Blueprint):
                entry.child.serve(application, call)


class SetupState(LibraryObject):
    """What functions given to ``blueprint.record`` take."""

    blueprint: Blueprint

    @method("add_url_rule")
    def add_url_rule(self, call: Call) -> Value:
        entries = self.blueprint.entries
        before = len(entries)
        self.blueprint.add_url_rule(call)
        for place in range(before, len(entries)):  # what is added while the blueprint is registered counts, too
            entries[place] = replace(entries[place], sequence=0)
        return NOTHING


@stands_for("werkzeug.routing.Map", "werkzeug.routing.map.Map")
class UrlMap(LibraryObject):
    """``app.url_map``."""

    holder: Scaffold | None = None

    def read(self, engine: Engine, name: str) -> Value | None:
        if name == "converters":
            made = Converters(None, "dict")
            made.known = engine.library_attributes.setdefault(CONVERTERS, {})
            return made
        return super().read(engine, name)

    @method("add")
    def add(self, call: Call) -> Value:
        given = call.argument(0, "rulefactory")
        if isinstance(given, Rule) and self.holder is not None:
            given.enter(self.holder, Const(""))
        elif self.holder is not None:
            self.holder.add_dynamic(call, f"the added rule depends on {reason_of(given)}")
        return NOTHING


class Converters(LibraryObject):
    """``app.url_map.converters``: what is stored is kept by name for all applications."""

    known: dict[str, Value]

    def __init__(
        self,
        kind: Class | None = None,
        path: str | None = None,
        *,
        symbolic: bool = False,
        origin: Origin | None = None,
    ) -> None:
        super().__init__(kind, path, symbolic=symbolic, origin=origin)
        self.known = {}
        self.items = Stored(self)

    @method("update")
    def update(self, call: Call) -> Value:
        given = call.argument(0)
        entries = given.entries if isinstance(given, Record) else {}
        self.known.update({str(key): value for key, value in entries.items()})
        self.known.update(call.keywords)
        return NOTHING


class Stored(dict[object, Value]):
    """Items that are stored somewhere else, too."""

    def __init__(self, holder: Converters) -> None:
        super().__init__()
        self.holder = holder

    def __setitem__(self, key: object, value: Value) -> None:
        super().__setitem__(key, value)
        self.holder.known[str(key)] = value


@stands_for(
    "werkzeug.routing.Rule",
    "werkzeug.routing.Submount",
    "werkzeug.routing.rules.Rule",
    "werkzeug.routing.rules.Submount",
)
class Rule(LibraryObject):
    """``Rule("/users", endpoint="users")`` and ``Submount("/api", [...])``."""

    def created(self, call: Call) -> None:
        self.call = call
        self.submount = call.name == "Submount"

    def enter(self, holder: Scaffold, prefix: Value) -> None:
        """Become a rule of an application."""
        call = self.call
        path = joined(prefix, call.argument(0, "path" if self.submount else "string"))
        if self.submount:
            rules = call.argument(1, "rules")
            for inner in rules.items if isinstance(rules, Sequence) else ():
                if isinstance(inner, Rule):
                    inner.enter(holder, path)
            return
        if not (isinstance(only := call.argument(None, "build_only"), Const) and only.value):
            holder.register(call, path, None, call.keywords, call.text(None, "endpoint"))


@stands_for("werkzeug.middleware.dispatcher.DispatcherMiddleware", "werkzeug.wsgi.DispatcherMiddleware")
class Dispatcher(LibraryObject):
    """``DispatcherMiddleware(app, {"/admin": admin})``."""

    def created(self, call: Call) -> None:
        mounts = call.argument(1, "mounts")
        for main in routers_in(call.argument(0, "app")):
            for path, given in mounts.entries.items() if isinstance(mounts, Record) else ():
                for child in routers_in(given):
                    main.add_mount(call, child, Const(str(path)), (Hook.barrier(),))


def joined(prefix: Value | None, path: Value | None) -> Value:
    """A prefix and a path put together as they are; each may be one of several."""
    given = [value if value is not None and not is_nothing(value) else Const("") for value in (prefix, path)]
    return choice(join_text((one, other), other.origin) for one in options(given[0]) for other in options(given[1]))


def is_nothing(value: Value | None) -> bool:
    """Whether an argument is missing or None."""
    return value is None or (isinstance(value, Const) and value.value is None)


def is_false(value: Value | None) -> bool:
    """Whether a value is surely ``False``."""
    return isinstance(value, Const) and value.value is False


def strictness(value: Value | None) -> Slash | None:
    """The ``strict_slashes`` of a rule."""
    if isinstance(value, Const) and isinstance(value.value, bool):
        return "redirect" if value.value else "lenient"
    return None


def methods_of(value: Value | None) -> tuple[str, ...] | None:
    """The ``methods`` of a rule; None where they are not given or not known."""
    texts = texts_of(value) if not is_nothing(value) else None
    return tuple(dict.fromkeys(text.upper() for text in texts)) if texts is not None else None
