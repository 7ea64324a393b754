"""koa-router and @koa/router, in miniature: the stack of layers that a router keeps, and what is copied when it nests.

A router matches its whole stack against a request and runs all layers that match, in order: middleware and routes
alike, each as far as the one before it calls ``next``. ``router.use(child.routes())`` copies the child's layers as
they are at that moment, so that middleware of a child without a prefix holds for later routes of the parent too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from verifier.api import (
    NOTHING,
    Call,
    Class,
    Const,
    Dialect,
    DynamicEntry,
    DynamicPathError,
    Engine,
    Entry,
    Environment,
    Function,
    Guard,
    Instance,
    LibraryObject,
    Native,
    Origin,
    PathPattern,
    Record,
    RouteEntry,
    Router,
    Sequence,
    Slash,
    Text,
    Unknown,
    Value,
    attribute,
    choice,
    covers_prefix,
    describe,
    functions_in,
    handler_in,
    is_refused,
    join_text,
    library_name,
    may_call,
    may_refuse,
    method,
    middleware_in,
    middleware_name,
    options,
    read_path,
    read_regexp,
    reason_of,
    stands_for,
    text_of,
    texts_of,
    version_range,
)

VERBS = (
    "get post put delete patch head options trace copy link lock merge mkactivity mkcol move m-search notify propfind "
    "proppatch purge query report search subscribe unlink unlock unsubscribe acl rebind unbind source del"
).split()
EXPRESSION = "\0"  # stands in front of a regular expression inside a path: no path can hold it
NEWEST = {"koa-router": 14, "@koa/router": 15}
OLDEST = 7


class Used(NamedTuple):
    """Middleware as it was registered; ``sequence`` tells what had been registered by then."""

    value: Value
    origin: Origin
    sequence: int


class Layer:
    """A layer of a router's stack: a route, or middleware where it has no methods.

    Attributes:
        path: full path inside the router, prefixes included. For middleware, what it is restricted to; None for all.
        names: what guards: the middleware itself, or the handlers in front of a route's last one.
        parameters: what guards because of a parameter, with the parameter's place in the path.
        whole: middleware for one path and not for what lies below it.
        open: middleware without a path of its own, of which a prefix does not end between slashes.
        reason: set where only run time knows what the layer is.
    """

    __slots__ = (
        "conditional",
        "handler",
        "methods",
        "names",
        "open",
        "origin",
        "parameters",
        "passes",
        "path",
        "reason",
        "sensitive",
        "sequence",
        "strict",
        "whole",
    )

    def __init__(
        self, call: Call, depth: int, methods: tuple[str, ...], path: Value | None, names: Iterable[str] = ()
    ) -> None:
        self.methods = methods
        self.path = path
        self.handler: Value = NOTHING
        self.names = list(names)
        self.parameters: list[tuple[int, str]] = []
        self.passes = False
        self.strict = False
        self.sensitive = False
        self.whole = False
        self.open = path is None
        self.reason: str | None = None
        self.conditional = call.engine.conditional > depth
        self.origin: Origin = call.origin
        self.sequence = call.engine.next_sequence()

    def copy(self) -> Layer:
        """The same layer, to be changed by itself."""
        made = object.__new__(Layer)
        for name in Layer.__slots__:
            value = getattr(self, name)
            setattr(made, name, list(value) if isinstance(value, list) else value)
        return made


class Dispatch(LibraryObject):
    """``router.routes()``: the middleware that a router gives."""

    holder: KoaRouter

    @attribute("router")
    def router(self, name: str) -> Value:
        return self.holder


class AllowedMethods(LibraryObject):
    """``router.allowedMethods()``: answers OPTIONS and wrong methods by itself."""


@stands_for("koa-router", "@koa/router", "@koa/router.Router", "koa-router.Router")
class KoaRouter(Router):
    """``new Router({ prefix })``."""

    framework = "koa"
    trailing: Slash = "lenient"
    case_sensitive = False
    lists = ("entries", "stack", "used", "middleware")
    stack: list[Layer]
    generation: int = NEWEST["@koa/router"]
    own_prefix: Value | None = None
    parameters: dict[str, list[str]]
    middleware: list[Function]
    used: list[Used]
    strict = False
    sensitive = False
    exclusive: bool | str = False
    restricted: str | None = None
    around = False  # whether it stands around a router of koa-router, which `use` then takes as it is

    def created(self, call: Call) -> None:
        self.prepare(call.engine)
        given = call.argument(0)
        if isinstance(given, Record):
            self.take_options(given.entries)
        elif given is not None and given is not NOTHING:
            self.restricted = "the router's options are known at run time only"

    def assumed(self, engine: Engine) -> None:
        self.prepare(engine)

    def prepare(self, engine: Engine) -> None:
        """An empty stack, and the major version that is installed."""
        self.stack, self.parameters, self.middleware, self.used = [], {}, [], []
        self.generation = generation_of(engine, self.path or "")

    def take_options(self, entries: Mapping[object, Value]) -> None:
        """``new Router(options)``."""
        prefix = entries.get("prefix")
        if prefix is not None and not (isinstance(prefix, Const) and not prefix.value):
            self.own_prefix = prefix
        self.strict = is_true(entries.get("strict"))
        self.sensitive = is_true(entries.get("sensitive"))
        exclusive = entries.get("exclusive")
        if self.generation >= 11 and exclusive is not None:
            specific = text_of(exclusive) == "specificity" and self.generation >= 15
            self.exclusive = "specificity" if specific else is_true(exclusive)
        if is_given(entries.get("routerPath")):
            self.restricted = "the router matches `routerPath` instead of the request's path"
        self.host = is_given(entries.get("host"))

    host = False

    # Registration

    @method(*VERBS, "all")
    def verb(self, call: Call) -> Value:
        arguments = list(call.arguments)
        if len(arguments) > 1 and is_path(arguments[1]) and not isinstance(arguments[0], Sequence):
            arguments.pop(0)  # the route's name
        if arguments:
            methods = {"all": ("*",), "del": ("DELETE",)}.get(call.name, (call.name.upper(),))
            self.register(call, methods, arguments[0], functions_in(arguments[1:]))
        return self

    @method("register")
    def register_methods(self, call: Call) -> Value:
        path, handlers = call.argument(0) or NOTHING, call.argument(2)
        methods = texts_of(call.argument(1))
        if methods is None:
            self.dynamic(call, "the methods are decided at run time")
        else:
            found = functions_in([handlers] if handlers is not None else [])
            self.register(call, tuple(name.upper() for name in methods), path, found)
        return self

    @method("redirect")
    def redirect(self, call: Call) -> Value:
        path = call.argument(0) or NOTHING
        text = text_of(path)
        if text is not None and not text.startswith("/"):
            self.dynamic(call, f"the redirect from the route named `{text}`")
        else:
            self.register(call, ("*",), path, [Native("redirect", lambda made: NOTHING)])
        return self

    def register(self, call: Call, methods: tuple[str, ...], path: Value, handlers: list[Value]) -> None:
        """Add a route: the last handler answers, those before it guard."""
        if isinstance(path, Sequence) and path.complete:
            for item in path.items:
                self.register(call, methods, item, handlers)
            return
        self.note_path(call, path)
        *before, last = handlers or [NOTHING]
        self.note_registration(call)
        layer = Layer(
            call,
            self.depth,
            methods,
            as_path(path),
            (name for handler in before for name in guard_names(call.engine, handler)),
        )
        layer.handler = last
        layer.passes = not isinstance(handler_in(last), Function | Native)
        self.middleware += functions_of(before)
        self.used += [Used(one, call.origin, call.engine.sequence) for one in before]
        self.add(layer)

    def note_path(self, call: Call, path: Value, *, whole: bool = True) -> None:
        """Take note of a path that the installed version refuses."""
        for option in options(path):
            text = text_of(option)
            if text is None or text.startswith(EXPRESSION):
                continue
            if not whole and self.generation == 14:  # takes it for a regular expression
                refused = text.startswith(("*", "+", "?"))
            else:
                refused = is_refused(text, dialect_of(self.generation))
            if refused:
                self.refused.append((text, option.origin or call.origin))

    def add(self, layer: Layer) -> None:
        """Put a layer on the stack."""
        layer.strict, layer.sensitive = self.strict, self.sensitive
        self.set_prefix(layer, self.own_prefix)
        for name, names in self.parameters.items():
            self.guard_parameter(layer, name, names)
        self.stack.append(layer)

    def set_prefix(self, layer: Layer, prefix: Value | None) -> None:
        """Put a prefix in front of a layer's path, as the installed version does."""
        if prefix is None or layer.reason is not None:
            return
        if layer.path is None:
            layer.path = prefix
            return
        text = text_of(layer.path)
        if text == "":  # an empty path is taken for none, and stays without prefix
            return
        if text is not None and text.startswith(EXPRESSION):
            if self.generation < 15:
                layer.reason = "a regular expression behind a prefix, which this version of the router does not match"
            return
        alone = text == "/" and self.generation >= 9 and not layer.strict
        layer.path = choice(
            option if alone else join_text((option, path)) for option in options(prefix) for path in options(layer.path)
        )

    @method("prefix")
    def change_prefix(self, call: Call) -> Value:
        given = call.argument(0)
        if given is None:
            return self
        text = text_of(given)
        prefix: Value = Const(text.removesuffix("/")) if text is not None else given
        before, self.own_prefix = text_of(self.own_prefix), prefix
        for layer in self.stack:
            known = text_of(layer.path)
            if self.generation >= 15 and before and known is not None and below(known, before):
                layer.path = Const(known[len(before) :] or "/") if layer.methods or known != before else None
            self.set_prefix(layer, prefix)
        return self

    @method("param")
    def param(self, call: Call) -> Value:
        """``router.param("slug", load)``: runs before the handlers of each route that has the parameter."""
        name, handler = call.text(0), call.argument(1)
        if name is not None and handler is not None:
            names = guard_names(call.engine, handler, 2)
            self.parameters[name] = [*self.parameters.get(name, ()), *names] if self.generation >= 15 else names
            loaders = functions_of([handler])
            for loader in loaders:
                loader.attributes[LOADS] = Const(True)
            self.middleware += loaders
            for layer in self.stack:
                self.guard_parameter(layer, name, names)
        return self

    @staticmethod
    def guard_parameter(layer: Layer, name: str, names: list[str]) -> None:
        """Guard a route that has a parameter."""
        found = re.findall(r"[:*](\w+)", text_of(layer.path) or "")
        if layer.methods and name in found:
            layer.parameters.extend((found.index(name), guard) for guard in names)

    def indexed(self, engine: Engine, key: Value) -> Value | None:
        """``router[verb]`` where run time chooses the verb."""
        if isinstance(key, Const):
            return None
        return Native("verb", lambda call: self.not_known(call, key))

    def not_known(self, call: Call, key: Value) -> Value:
        """A call of a method that run time chooses."""
        self.dynamic(call, f"the method depends on {reason_of(key)}")
        return self

    # Middleware and nesting

    @method("use")
    def use(self, call: Call) -> Value:
        arguments = list(call.arguments)
        path: Value | None = None
        if arguments and (texts_of(arguments[0]) is not None or is_prefix(arguments)):
            path = arguments.pop(0)
        paths: list[Value | None] = [path]
        if isinstance(path, Sequence):
            paths = list(path.items)
        for one in paths:
            for found in functions_in(arguments):
                self.used.append(Used(found, call.origin, call.engine.sequence))
                self.use_one(call, one, found)
        return self

    def use_one(self, call: Call, path: Value | None, found: Value) -> None:
        """One piece of middleware, or another router's."""
        if isinstance(found, Dispatch):
            self.nest(call, found.holder, path)
        elif isinstance(found, KoaRouter) and found.around and self.generation < 15:
            found.asked = True
            self.nest(call, found, path)
        elif isinstance(found, Router):
            self.dynamic(call, "a router is used without its `routes()`, which is refused")
            call.engine.remarks[("koa/router-not-used", call.origin)] = "refused"
        elif isinstance(found, Unknown):
            self.dynamic(call, f"what is used here depends on {found.reason}")
        elif isinstance(found, Composed) and any(isinstance(item, Dispatch) for item in found.items_in()):
            self.dynamic(call, "routers are composed inside a router, which runs them only where it has a route itself")
        else:
            if path is not None:
                self.note_path(call, path, whole=False)
            self.middleware += functions_of(found.items_in() if isinstance(found, Composed) else [found])
            self.note_registration(call)
            layer = Layer(
                call, self.depth, (), as_path(path) if path is not None else None, guard_names(call.engine, found)
            )
            if self.generation >= 15 and text_of(path) == "/":
                layer.whole = True
            self.add(layer)

    def nest(self, call: Call, child: KoaRouter, path: Value | None) -> None:
        """Copy the layers of a child as they are now. Version 7 takes the layers themselves."""
        child.mounted = True
        self.middleware += child.middleware
        for found in list(child.stack):
            layer = found if self.generation < 8 else found.copy()
            layer.conditional = layer.conditional or call.engine.conditional > self.depth
            self.set_prefix(layer, path)
            self.set_prefix(layer, self.own_prefix)
            for name, names in self.parameters.items():
                self.guard_parameter(layer, name, names)
            self.stack.append(layer)
        if child.restricted is not None:
            self.dynamic(call, child.restricted)

    def dynamic(self, call: Call, reason: str) -> None:
        """Something on the stack that only run time knows."""
        self.note_registration(call)
        layer = Layer(call, self.depth, ("*",), None)
        layer.reason = reason
        self.stack.append(layer)

    @method("routes", "middleware")
    def routes(self, call: Call) -> Value:
        self.asked = True
        made = Dispatch(None, "koa-router.routes()", origin=call.origin)
        made.holder = self
        return made

    @method("allowedMethods")
    def allowed_methods(self, call: Call) -> Value:
        return AllowedMethods(None, "koa-router.allowedMethods()", origin=call.origin)

    @method("on")
    def on(self, call: Call) -> Value:
        return self

    @attribute("opts")
    def opts(self, name: str) -> Value:
        return Record({"prefix": self.own_prefix} if self.own_prefix is not None else {}, complete=False)

    # Laying out

    def settle(self, engine: Engine) -> None:
        self.entries = [] if self.mounted and not self.dispatched else list(self.laid_out())
        self.case_sensitive = any(layer.sensitive for layer in self.stack)

    dispatched = False
    asked = False  # for its middleware

    def laid_out(self) -> list[Entry]:
        """The stack as entries, each route with the guards that run before it."""
        found: list[Entry] = []
        routes = [layer for layer in self.stack if layer.methods or layer.reason is not None]
        if self.restricted is not None:
            first = self.stack[0] if self.stack else None
            return [DynamicEntry(self.restricted, first.origin, first.sequence)] if first is not None else []
        if self.exclusive == "specificity":
            routes.sort(key=lambda layer: len(re.findall(r"[:*]\w", text_of(layer.path) or "")))
            if len(routes) < len(self.stack):
                first = self.stack[0]
                return [DynamicEntry("middleware in a router that runs one layer only", first.origin, first.sequence)]
        elif self.exclusive:
            routes.reverse()  # the last route that matches runs, alone
        for layer in routes:
            if layer.reason is not None:
                found.append(DynamicEntry(layer.reason, layer.origin, layer.sequence))
                continue
            place = self.stack.index(layer)
            if self.exclusive and any(not other.methods and self.holds(other, layer) for other in self.stack[place:]):
                reason = (
                    "the router runs only the last layer that matches, which is middleware registered after the route"
                )
                found.append(DynamicEntry(reason, layer.origin, layer.sequence))
                continue
            before = [] if self.exclusive else self.stack[:place]
            holding = [other for other in before if not other.methods and self.holds(other, layer)]
            guards = [name for other in holding for name in other.names]
            guards += [name for _, name in sorted(layer.parameters, key=lambda found: found[0])]
            found.append(
                RouteEntry(
                    layer.methods,
                    layer.path if layer.path is not None else Const(""),
                    layer.handler,
                    (*guards, *layer.names),
                    layer.origin,
                    layer.sequence,
                    layer.conditional or self.host,
                    self.slash(layer),
                    layer.passes,
                )
            )
        return found

    def holds(self, guard: Layer, route: Layer) -> bool:
        """Whether middleware runs for all that a route answers."""
        if guard.path is None:
            return True
        limit, path = text_of(guard.path), text_of(route.path)
        if limit is None or path is None:
            return False
        if limit == "":
            return True
        if guard.whole:
            return path == limit
        if self.generation == 14:  # the path is taken for a regular expression, and found anywhere
            return ":" not in limit and limit in path
        if guard.open and self.generation < 14:
            return path.startswith(limit)
        if below(path, limit.removesuffix("(.*)")):
            return True
        try:
            prefixes, routes = self.patterns(limit), self.patterns(path)
        except DynamicPathError:
            return False
        return all(any(covers_prefix(prefix, found, case_sensitive=False) for prefix in prefixes) for found in routes)

    def slash(self, layer: Layer) -> Slash:
        """What a request with another slash at the end gets."""
        text = text_of(layer.path) or ""
        if text.startswith(EXPRESSION):
            return "lenient" if text.endswith(r"\/?$") else "exact"
        if len(text) <= 1:
            return "lenient"
        if layer.strict:
            return "exact"
        return "exact" if text.endswith("/") and self.generation >= 9 else "lenient"

    def join(self, prefix: str, path: str) -> str:
        return mounted_path(prefix, path)

    def patterns(self, path: str) -> list[PathPattern]:
        plain, mark, source = path.partition(EXPRESSION)
        if source.startswith(EXPRESSION):
            return read_path(source.lstrip(EXPRESSION), dialect_of(self.generation))
        if mark:
            own, _ = read_regexp(source)
            before = read_path(plain, "8") if plain else [PathPattern(())]
            return [PathPattern((*one.segments, *other.segments), other.slash) for one in before for other in own]
        if not path and self.generation >= 14:
            raise DynamicPathError("the path is empty: this version of the router fails on it with each request")
        return read_path(path, dialect_of(self.generation))

    def falls_through(self, engine: Engine, handler: Function) -> bool:
        return may_call(engine, handler, 1)


class Composed(LibraryObject):
    """``compose([a, b])`` of koa-compose: middleware in a row."""

    given: list[Value]

    def items_in(self) -> list[Value]:
        """What was composed, compositions inside it taken apart."""
        return [inner for item in self.given for inner in (item.items_in() if isinstance(item, Composed) else [item])]


def generation_of(engine: Engine, path: str) -> int:
    """The major version of the router that is installed: the newest that the project's declarations admit."""
    package = "koa-router" if path.startswith("koa-router") else "@koa/router"
    versions = version_range(engine.project, package)
    newest = NEWEST[package]
    if versions is None or versions.maybe(f">={newest}"):
        return newest
    return next((major for major in range(newest, OLDEST, -1) if versions.maybe(f"^{major}")), OLDEST)


def dialect_of(generation: int) -> Dialect:
    """The syntax of paths: the routers moved from path-to-regexp 1 to 6 to 8."""
    return "1" if generation < 9 else "6" if generation < 14 else "8"


def mounted_path(prefix: str, path: str) -> str:
    """A path below a mount: koa-mount takes its prefix off, and hands on a slash where nothing is left."""
    if not prefix or EXPRESSION in prefix:
        return prefix + path
    if path in ("", "/"):
        return prefix
    if path.startswith(("*", "(.*)", "{*")):
        return f"{prefix}/{path}"
    if not path.startswith(("/", "{/", EXPRESSION)):
        return f"{prefix}{EXPRESSION}{EXPRESSION}{path}"  # what is left of a path begins with a slash
    return prefix + path


def below(path: str, prefix: str) -> bool:
    """Whether a path is a prefix or lies below it."""
    prefix = prefix.removesuffix("/")
    return path == prefix or path.startswith(f"{prefix}/")


def is_true(value: Value | None) -> bool:
    """Whether an option is surely on."""
    return isinstance(value, Const) and bool(value.value)


def is_given(value: Value | None) -> bool:
    """Whether an option may be set."""
    return value is not None and not (isinstance(value, Const) and not value.value)


def is_path(value: Value) -> bool:
    """Whether an argument is a path and no handler."""
    if isinstance(value, Instance) and value.path == "RegExp":
        return True
    return isinstance(value, Text) or (isinstance(value, Const) and isinstance(value.value, str))


def is_prefix(arguments: list[Value]) -> bool:
    """Whether the first argument of ``use`` is a path that is not known."""
    first = arguments[0]
    if is_path(first) or isinstance(first, Environment):
        return True
    return isinstance(first, Unknown) and any(isinstance(other, Dispatch) for other in arguments[1:])


def as_path(path: Value) -> Value:
    """A path as a layer holds it: a regular expression as text with a mark in front."""
    if isinstance(path, Instance) and path.path == "RegExp":
        source = text_of(path.attributes.get("source"))
        return (
            Const(EXPRESSION + source, path.origin)
            if source is not None
            else Unknown("a regular expression made at run time")
        )
    return path


# Marks a function that `router.param` has registered: it is given the parameter first, and then what middleware is.
LOADS = "loads a parameter"


def functions_of(handlers: Iterable[Value]) -> list[Function]:
    """The project's own functions among handlers."""
    found = [handler_in(handler) for handler in handlers]
    return [handler for handler in found if isinstance(handler, Function)]


def guard_names(engine: Engine, handler: Value, place: int = 1) -> list[str]:
    """What middleware is called; nothing where it turns no request away for who sends it.

    Args:
        place: which of its parameters passes the request on.
    """
    if isinstance(handler, Composed):
        return [name for item in handler.items_in() for name in guard_names(engine, item, place)]
    if isinstance(handler, Dispatch | AllowedMethods | Class):
        return []
    function = middleware_in(handler, place)
    if function is not None:
        name, passes = middleware_name(handler, function), not may_refuse(engine, function, place)
        return [Guard.of(name, function, passes=passes)] if place == 1 else [] if passes else [name]
    path, name = library_name(handler), describe(handler)
    harmless = path in HARMLESS or package_of(path) in HARMLESS
    if place != 1:
        return [name] if name and not harmless else []
    return [Guard.of(name, handler, passes=harmless)] if name and (not harmless or tells_who(path)) else []


def tells_who(path: str) -> bool:
    """Whether middleware of a library may put on the context who sends the request."""
    return re.search(r"(?i)jwt|passport|session|auth|oidc|clerk", path) is not None


def package_of(name: str) -> str:
    """The package that a library's name begins with: ``@scope/package.name``, ``package/file.js``, ``package``."""
    parts = name.split("/")
    first = parts[0] if not name.startswith("@") else "/".join(parts[:2])
    return first.partition(".")[0].removesuffix("()")


# What libraries give that turns no request away for who sends it: parsers of bodies, headers, logs, sessions, files,
# and what refuses a request for what is in it.
HARMLESS = frozenset(
    "@bull-board/koa @koa/bodyparser @koa/cors @koa/multer kcors koa-body koa-bodyparser koa-compress "
    "koa-conditional-get koa-cors koa-etag koa-favicon koa-generic-session koa-helmet koa-i18n koa-joi-validate "
    "koa-json koa-jwt.passthrough koa-logger koa-morgan koa-parameter koa-passport.initialize koa-passport.session "
    "passport.authenticate.anonymous "
    "koa-pino-logger koa-req-validation koa-requestid koa-response-time koa-send koa-session koa-static koa-useragent "
    "koa-validate koa-views koa-winston koa2-validation".split()
)
