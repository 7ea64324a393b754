"""Fastify instances: routes, plugins with prefixes of their own, hooks and decorators.

Registration is deferred, as in Fastify: ``register``, ``addHook`` and ``after`` stand in the queue of the plugin that
is being loaded, and run when its function has ended, or when it awaits them. Routes are laid out when everything has
run, because a hook guards the routes that were declared before it too, in its own instance and in those below it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import nullcontext
from functools import partial

from msgspec import Struct

from verifier.api import (
    NOTHING,
    Call,
    Class,
    Const,
    DynamicPathError,
    Engine,
    External,
    Function,
    Instance,
    Native,
    Origin,
    PathPattern,
    Record,
    Router,
    Sequence,
    Span,
    Unknown,
    Value,
    attribute,
    binds,
    choice,
    describe,
    functions_in,
    method,
    options,
    reason_of,
    routers_in,
    stands_for,
    text_of,
    texts_of,
)

from ._paths import read_path
from ._settings import (
    HOOKS,
    Together,
    accessor,
    below,
    described,
    flat,
    full_path,
    function_name,
    is_harmless,
    is_true,
    join_prefixes,
    lets_through,
    option_of,
    own_this,
    plugin_in,
    plugin_name,
    refuses,
    settings_of,
    skips_override,
)

COMMON = ("get", "head", "post", "put", "delete", "options", "patch")
VERBS = (*COMMON, "trace", "search", "propfind", "proppatch", "mkcol", "copy", "move", "lock", "unlock", "query")
DEEPEST_PLUGIN = 40
CHAINED = (
    "withTypeProvider",
    "addSchema",
    "addConstraintStrategy",
    "addHttpMethod",
    "setErrorHandler",
    "setNotFoundHandler",
    "setValidatorCompiler",
    "setSerializerCompiler",
    "setSchemaController",
    "setReplySerializer",
    "setSchemaErrorFormatter",
    "setChildLoggerFactory",
    "setGenReqId",
    "onClose",
)


class Task(Struct, frozen=True, eq=False):
    """Something that was put off until the running plugin has ended."""

    work: Callable[[], object]
    conditional: bool


class Hook(Struct, frozen=True, eq=False):
    """A function that runs before handlers.

    ``path`` restricts it to what lies below; ``source`` names the plugin that adds it for others.
    """

    function: Value
    call: Call
    path: str | None = None
    source: str | None = None


class Parser(Struct, frozen=True, eq=False):
    """What parses bodies of some media types, or all that the text ``*`` stands for. None: they are not known."""

    types: tuple[str, ...] | None
    function: Value | None


class Declared(Struct, frozen=True, eq=False):
    """A route that waits for the hooks of its instance."""

    call: Call
    instance: FastifyInstance
    methods: tuple[str, ...]
    url: Value
    settings: Record
    conditional: bool


class Early(Struct, frozen=True, eq=False):
    """A decorator that an instance does not have where it is read; ``kind`` is what becomes of that.

    ``called``, or handed over as a hook of a route: as a ``single`` one, or in a ``list``; or to ``addHook``.
    ``within`` are the calls that register the plugin which reads it, the outermost first.
    """

    name: str
    instance: FastifyInstance
    kind: str
    within: tuple[Origin, ...]


class Added(Struct, frozen=True, eq=False):
    """Where a decorator is added, and the calls that register the plugin which does, the outermost first."""

    origin: Origin
    within: tuple[Origin, ...]


class Answering(Struct, frozen=True, eq=False):
    """What serves a route: the instance that declared it, and the functions that run before its handler."""

    instance: FastifyInstance
    before: tuple[Value, ...]
    settings: Record
    places: tuple[Origin | None, ...] = ()


@stands_for("fastify", "fastify.fastify", "fastify.FastifyInstance", "fastify.types.FastifyInstance")
class FastifyInstance(Router):
    """``fastify()``, or what a plugin gets in its place."""

    framework = "fastify"
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
        self.root: FastifyInstance = self
        self.parent: FastifyInstance | None = None
        self.children: list[FastifyInstance] = []
        self.nesting = 0
        self.lost = False  # its prefix is not known, so its routes are not listed
        self.opaque = False  # something was registered here that may declare routes and cannot be seen
        self.routed = False
        self.added: list[tuple[str, str, Call]] = []  # what holds for this instance alone: the method and a name
        self.hooks: dict[str, list[Hook]] = {kind: [] for kind in HOOKS}
        self.route_hooks: list[Value] = []
        self.parsers: list[Parser] = []
        self.decorated: dict[str, Added] = {}
        # Of the root only:
        self.running: list[list[Task]] = [[]]
        self.ready: list[Task] = []
        self.loading: list[str | None] = []
        self.registering: list[Origin] = []  # the calls by which what is loaded was registered
        self.declared: list[Declared] = []
        self.names: dict[object, str] = {}
        self.request: dict[str, Value] = {}
        self.reply: dict[str, Value] = {}
        self.answering: dict[tuple[str, str, Span], Answering] = {}
        self.early: dict[Origin, Early] = {}
        self.duplicate_slashes = True

    def created(self, call: Call) -> None:
        for settings in (call.argument(0), call.option(0, "routerOptions")):
            if not isinstance(settings, Record):
                continue
            if is_true(settings.entries.get("ignoreTrailingSlash")):
                self.trailing = "lenient"
            if is_true(settings.entries.get("ignoreDuplicateSlashes")):
                self.duplicate_slashes = False
            sensitive = settings.entries.get("caseSensitive")
            if isinstance(sensitive, Const) and sensitive.value is False:
                self.case_sensitive = False
            if "rewriteUrl" in settings.entries:
                self.add_dynamic(call, "`rewriteUrl` changes the paths of requests at run time")

    def read(self, engine: Engine, name: str) -> Value | None:
        above = self.parent
        while above is not None:
            if name in above.attributes:
                return above.attributes[name]
            above = above.parent
        return super().read(engine, name)

    def handed_over(self, call: Call, reason: str) -> None:
        if not self.root.symbolic:
            self.root.add_dynamic(call, f"what is registered here depends on {reason}")

    # Routes

    @method(*VERBS, "all")
    def verb(self, call: Call) -> Value:
        methods = ("*",) if call.name == "all" else (call.name,)
        second, third = call.argument(1), call.argument(2)
        given = second if third is not None or option_of(call.engine, second, "handler") is not None else None
        settings = settings_of(call.engine, given)
        handler = third if third is not None else second if given is None else None
        if handler is not None:
            settings.entries["handler"] = handler
        self.declare(call, methods, call.argument(0), settings)
        return self

    @method("route")
    def route(self, call: Call) -> Value:
        given = call.argument(0)
        for option in options(given) if given is not None else ():
            settings = settings_of(call.engine, option)
            methods = texts_of(settings.entries.get("method"))
            if methods is None:
                reason = reason_of(settings.entries.get("method") or option)
                self.root.add_dynamic(call, f"the method of a route depends on {reason}")
                continue
            url = settings.entries.get("url") or settings.entries.get("path") or Const("")
            self.declare(described(call, option), methods, url, settings)
        return self

    def declare(self, call: Call, methods: Iterable[str], url: Value | None, settings: Record) -> None:
        """Take a route down; ``onRoute`` hooks may change what is set for it."""
        if self.lost or self.root.symbolic or url is None:
            return
        call.engine.wired()
        self.routed = True
        for kind in HOOKS:
            self.look(settings.entries.get(kind), "single")
        upper = tuple(found.upper() for found in methods)
        if self.route_hooks:
            settings.entries.setdefault("method", Const(upper[0]) if len(upper) == 1 else Sequence(map(Const, upper)))
            settings.entries.setdefault("routePath", url)
            settings.entries.setdefault("prefix", self.prefix)
            for name in ("url", "path"):
                settings.entries[name] = choice(Const(full) for full, _ in self.joined(url, settings)) or url
            for hook in list(self.route_hooks):
                call.engine.call(hook, [settings], call.node, call.frame)
        self.root.declared.append(Declared(call, self, upper, url, settings, call.engine.conditional > self.root.depth))

    def joined(self, url: Value, settings: Record) -> list[tuple[str, bool]]:
        """The full paths that a route may have, each with whether Fastify adds the same with a slash."""
        paths, prefixes = texts_of(url), texts_of(self.prefix)
        ending = text_of(settings.entries.get("prefixTrailingSlash"))
        return [full_path(prefix, path, ending) for prefix in prefixes or () for path in paths or ()]

    def look(self, value: Value | None, kind: str) -> None:
        """Take down the decorators that were not there when they were read, in what is handed over as hooks."""
        if isinstance(value, Sequence):
            for item in value.items:
                self.look(item, "list")
            return
        if isinstance(value, Instance) and value.made_by is not None:
            value, kind = value.made_by.callee, "called"
        holder = value.receiver if isinstance(value, External) else None
        if isinstance(value, External) and isinstance(holder, FastifyInstance) and value.origin is not None:
            self.root.early.setdefault(value.origin, Early(value.name, holder, kind, tuple(self.root.registering)))

    # Plugins

    @method("register")
    def register(self, call: Call) -> Value:
        plugin = call.argument(0)
        if self.root.symbolic or plugin is None:
            return self
        several = options(plugin)
        prefix = option_of(call.engine, call.argument(1), "prefix")
        for option in several:
            self.later(call, partial(self.load, call, option, prefix), doubtful=len(several) > 1)
        return self

    def later(self, call: Call, work: Callable[[], object], *, doubtful: bool = False) -> None:
        """Put work into the queue of the plugin that is being loaded."""
        call.engine.wired()
        self.root.running[-1].append(Task(work, doubtful or call.engine.conditional > self.root.depth))

    def drain(self, engine: Engine) -> None:
        """Do what waits, and after each piece what it put off in its turn."""
        root = self.root
        waiting = root.running[-1]
        conditional, engine.conditional = engine.conditional, root.depth
        try:
            while waiting:
                task = waiting.pop(0)
                root.running.append([])
                try:
                    with engine.undecided() if task.conditional else nullcontext():
                        task.work()
                    self.drain(engine)
                finally:
                    root.running.pop()
        finally:
            engine.conditional = conditional

    def begin(self, engine: Engine) -> None:
        """Load all plugins, then run what waits for that: the hooks ``onReady`` and ``onListen``."""
        self.drain(engine)
        root = self.root
        while root.ready:
            root.running[-1].append(root.ready.pop(0))
            self.drain(engine)

    def load(self, call: Call, plugin: Value, prefix: Value | None) -> None:
        """Load a plugin: run its function on an instance of its own, or here where it breaks the encapsulation."""
        engine = call.engine
        given = call.argument(1)
        if isinstance(given, Function | Native):
            given = engine.call(given, [self], call.node, call.frame)
        plugin = plugin_in(engine, plugin)
        if isinstance(plugin, Unknown):
            self.opaque = True
            self.root.add_dynamic(call, f"the plugin depends on {plugin.reason}")
            return
        if isinstance(plugin, External | Instance):
            self.load_outside(call, plugin, given)
            return
        if not isinstance(plugin, Function | Native) or self.nesting > DEEPEST_PLUGIN:
            return
        instance = self if skips_override(plugin) else self.child(call, prefix)
        settings = given if given is not None else Record()
        self.root.loading.append(plugin_name(plugin))
        self.root.registering.append(call.origin)
        try:
            engine.call(plugin, [instance, settings, Native("done", lambda _: NOTHING)], call.node, call.frame)
        finally:
            self.root.loading.pop()
            self.root.registering.pop()

    def load_outside(self, call: Call, plugin: External | Instance, given: Value | None) -> None:
        """Load a plugin of a library, where what it does is known."""
        self.opaque = True
        path = (plugin.path or "").partition(".")[0]
        load = OUTSIDE.get(path)
        if load is not None:
            load(self, call, given)

    def child(self, call: Call, prefix: Value | None) -> FastifyInstance:
        """An instance for a plugin: it sees what this one has, and keeps to itself what it adds."""
        found = type(self)(None, self.path, origin=self.root.origin)
        found.mounted = True
        found.root, found.parent, found.nesting = self.root, self, self.nesting + 1
        found.depth = self.root.depth
        found.lost = self.lost
        found.prefix = join_prefixes(self.prefix, prefix)
        if texts_of(found.prefix) is None and not self.lost:
            found.lost = True
            self.root.add_dynamic(call, f"the prefix of a plugin depends on {reason_of(prefix)}")
        found.hooks = {kind: list(hooks) for kind, hooks in self.hooks.items()}
        found.route_hooks = list(self.route_hooks)
        self.children.append(found)
        return found

    def awaited(self, engine: Engine) -> Value:
        if not self.root.symbolic:
            self.drain(engine)
        return self

    @method("after", "ready")
    def after(self, call: Call) -> Value:
        callback = call.argument(0)
        if callback is not None and not self.root.symbolic:
            given = [NOTHING, self, Native("done", lambda _: NOTHING)]
            work = partial(call.engine.call, callback, given, call.node, call.frame)
            self.later(call, work)
        return self

    @method("listen", "inject")
    def listen(self, call: Call) -> Value:
        if not self.root.symbolic:
            self.begin(call.engine)
        if call.name == "listen":
            given = call.argument(0)
            inner = given.entries.get("host") if isinstance(given, Record) else call.argument(1)
            known = isinstance(given, Const) or (isinstance(given, Record) and given.complete)
            if isinstance(inner, Function):
                inner = None
            port = given.entries.get("port") if isinstance(given, Record) else given
            if isinstance(given, Function) or port is None or not known:
                port = Unknown("a port that is free")
            if (inner is not None or known) and not (isinstance(given, Record) and "path" in given.entries):
                binds(call, inner, "Fastify", "localhost", port=port)
            for argument in call.arguments:
                if isinstance(argument, Function):
                    call.engine.call(argument, [NOTHING, Unknown("an address")], call.node, call.frame)
        return Unknown("what a server answers")

    # Hooks and decorators

    @method("addHook")
    def add_hook(self, call: Call) -> Value:
        kind, function = call.text(0), call.argument(1)
        if function is None or self.root.symbolic:
            return self
        self.added.append(("addHook", kind or "", call))
        if kind == "onRoute":
            self.route_hooks.append(function)
        elif kind in ("onReady", "onListen"):
            given: list[Value] = [Native("done", lambda _: NOTHING)]
            work = partial(call.engine.call, own_this(function, self) or function, given, call.node, call.frame)
            self.root.ready.append(Task(work, call.engine.conditional > self.root.depth))
        elif kind in HOOKS:
            self.look(function, "hook")
            source = self.root.loading[-1] if self.root.loading else None
            self.later(call, lambda: self.hook(kind, Hook(function, call, source=source)))
        return self

    def hook(self, kind: str, hook: Hook) -> None:
        """Add a hook, to the instances below too."""
        self.hooks[kind].append(hook)
        for child in self.children:
            child.hook(kind, hook)

    @method("use")
    def use(self, call: Call) -> Value:
        """Middleware in Express's form, by @fastify/middie or @fastify/express."""
        handlers = functions_in(call.arguments)
        path = text_of(handlers[0]) if handlers else None
        if path is not None:
            handlers = handlers[1:]
        for prefix in texts_of(self.prefix) or ():
            full = prefix + (path or "")
            for handler in handlers:
                mounted = routers_in(handler)
                for child in mounted:
                    self.root.add_mount(call, child, Const(full))
                if not mounted and not self.root.symbolic:
                    self.hook("onRequest", Hook(handler, call, full if path is not None else None))
        return self

    @method("decorate")
    def decorate(self, call: Call) -> Value:
        name, value = call.text(0), call.argument(1)
        if name is not None and value is not None:
            value = accessor(call, value, self)
            if isinstance(value, Function):
                self.root.names.setdefault(value.code, name)
                if value.code.kind == "function" and value.bound is None:
                    value = value.bind(self)
            self.attributes[name] = value
            self.decorated.setdefault(name, Added(call.origin, tuple(self.root.registering)))
        return self

    @method("decorateRequest", "decorateReply")
    def decorate_context(self, call: Call) -> Value:
        name, value = call.text(0), call.argument(1)
        if name is not None and value is not None:
            kept = self.root.request if call.name == "decorateRequest" else self.root.reply
            kept[name] = value
        return self

    @method("addContentTypeParser", "removeContentTypeParser", "removeAllContentTypeParsers")
    def parse_bodies(self, call: Call) -> Value:
        types = texts_of(call.argument(0))
        function = call.argument(len(call.arguments) - 1) if call.name == "addContentTypeParser" else None
        self.parsers.append(Parser(tuple(types) if types is not None else None, function))
        return self

    @method("getDecorator")
    def get_decorator(self, call: Call) -> Value:
        name = call.text(0)
        return call.engine.member(self, name) if name is not None else Unknown("a decorator")

    @method("hasDecorator")
    def has_decorator(self, call: Call) -> Value:
        name = call.text(0)
        above: FastifyInstance | None = self
        while above is not None:
            if name in above.attributes:
                return Const(True)
            above = above.parent
        return Unknown("a decorator that may be missing")

    @method("auth")
    def auth(self, call: Call) -> Value:
        """``fastify.auth([...])`` of @fastify/auth."""
        return Together(call.arguments, call)

    @method(*CHAINED)
    def chained(self, call: Call) -> Value:
        self.added.append((call.name, "", call))
        return self

    @attribute("prefix")
    def own_prefix(self, name: str) -> Value:
        return self.prefix

    # The table

    def finish(self, engine: Engine) -> None:
        if self.root is not self or self.symbolic:
            return
        self.begin(engine)
        engine.conditional = self.depth
        while self.declared:
            route = self.declared.pop(0)
            with engine.undecided() if route.conditional else nullcontext():
                route.instance.lay(engine, route)
        engine.conditional = 0

    def lay(self, engine: Engine, route: Declared) -> None:
        """Enter a route of this instance into the root's table."""
        root, call = self.root, route.call
        if texts_of(route.url) is None:
            handler = own_this(route.settings.entries.get("handler"), self)
            root.add_dynamic(call, f"the path depends on {reason_of(route.url)}", handler)
            return
        span = engine.span(root.declared_at(call))
        handler = own_this(route.settings.entries.get("handler"), self)
        for full, doubled in self.joined(route.url, route.settings):
            hooks: list[tuple[str, Hook]] = []
            for kind in HOOKS:
                hooks.extend((kind, hook) for hook in self.hooks[kind] if hook.path is None or below(full, hook.path))
                own = route.settings.entries.get(kind)
                hooks.extend(
                    (kind, Hook(function, call)) for function in functions_in([own] if own is not None else [])
                )
            guards = [name for kind, hook in hooks for name in self.guards_of(kind, hook)]
            root.add_route(call, route.methods, Const(full), handler, guards, trailing="lenient" if doubled else None)
            places = tuple(hook.call.origin if hook.call is not call else None for _, hook in hooks)
            answering = Answering(self, tuple(hook.function for _, hook in hooks), route.settings, places)
            try:
                patterns = root.patterns(full)
            except DynamicPathError:
                continue
            for found in route.methods:
                for pattern in patterns:
                    root.answering.setdefault((found, str(pattern), span), answering)

    def guards_of(self, kind: str, hook: Hook) -> list[str]:
        """The names of a hook, as a reader would give them; none for what turns no request away for who sends it."""
        found: list[str] = []
        engine = hook.call.engine
        for function in flat(hook.function, lambda hooks: lets_through(engine, hooks, kind)):
            if isinstance(function, Function):
                if not refuses(engine, function, kind):
                    continue
                known = self.root.names.get(function.code)
                found.append(known or function_name(function, hook.call, kind, hook.source))
            elif isinstance(function, External) and isinstance(function.receiver, FastifyInstance):
                found.append(function.name)  # a decorator of a library
            elif describe(function) and not is_harmless(function):
                found.append(describe(function))
        return found

    def patterns(self, path: str) -> list[PathPattern]:
        if not self.duplicate_slashes:
            while "//" in path:
                path = path.replace("//", "/")
        if self.trailing == "lenient" and len(path) > 1:
            path = path.removesuffix("/")
        return read_path(path)


Load = Callable[[FastifyInstance, Call, Value | None], None]
JWT_OPTIONS = "<options of jwt>"
OUTSIDE: dict[str, Load] = {}  # what plugins of libraries do, by their package


def taught(*packages: str) -> Callable[[Load], Load]:
    """Marks what the plugin of some packages does."""

    def mark(load: Load) -> Load:
        OUTSIDE.update(dict.fromkeys(packages, load))
        return load

    return mark
