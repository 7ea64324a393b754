"""Applications and routers of Express, in miniature.

Express runs through what was registered, in order: middleware, routes and mounted routers alike. A router that is
mounted without a route for a request still runs its middleware, and the request goes on to what comes behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from verifier.api import (
    NOTHING,
    Call,
    Class,
    Const,
    Dialect,
    Engine,
    Environment,
    External,
    Function,
    Guard,
    Instance,
    LibraryObject,
    ModuleValue,
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
    describe,
    errors_only,
    functions_in,
    handler_in,
    is_refused,
    library_name,
    listens,
    may_call,
    may_refuse,
    method,
    middleware_in,
    middleware_name,
    options,
    read_path,
    read_regexp,
    reason_of,
    regex,
    replace,
    routers_in,
    run_callbacks,
    stands_for,
    syntax,
    text_of,
    version_range,
)

VERBS = (
    "get post put delete patch head options trace checkout copy link lock merge mkactivity mkcol move m-search notify "
    "propfind proppatch purge query report search subscribe unlink unlock unsubscribe acl rebind unbind del"
).split()
EXPRESSION = "\0"  # stands in front of a regular expression inside a path: no path can hold it


class Used(NamedTuple):
    """Middleware as it was registered; ``path`` restricts it, ``sequence`` tells what had been registered by then."""

    value: Value
    path: Value | None
    origin: Origin
    sequence: int
    application: bool
    conditional: bool = False


class Routing(Router):
    """What applications and routers share."""

    framework = "express"
    trailing: Slash = "lenient"
    case_sensitive = False
    passes_on = True
    lists = ("entries", "used", "middleware")
    dialect: Dialect = "8"
    middleware: list[Function]
    used: list[Used]
    parameter_guards: dict[str, list[str]]
    left = False  # some middleware says `next("router")`

    def created(self, call: Call) -> None:
        self.prepare(call.engine)

    def assumed(self, engine: Engine) -> None:
        self.prepare(engine)

    def prepare(self, engine: Engine) -> None:
        """Take note of the version: Express 4 reads paths with path-to-regexp 0.1, Express 5 with version 8."""
        self.middleware = []
        self.used = []
        self.parameter_guards = {}
        versions = version_range(engine.project, "express")
        self.dialect = "8" if versions is None or versions.maybe(">=5.0.0-alpha") else "0.1"

    # Routes

    @method(*VERBS, "all", "ws")
    def verb(self, call: Call) -> Value:
        if call.name == "get" and len(call.arguments) == 1:  # app.get("setting")
            return self.items.get(text_of(call.arguments[0])) or Unknown("a setting of the application")
        if call.arguments:
            self.note_path(call, call.arguments[0])
            self.handle(call, call.name, call.arguments[0], functions_in(call.arguments[1:]))
        return self

    def note_path(self, call: Call, path: Value) -> None:
        """Take note of a path that the installed version refuses."""
        for item in path_items(path):
            for option in options(item):
                text = text_of(option)
                if text is not None and is_refused(text, self.dialect):
                    self.refused.append((text, option.origin or self.declared_at(call)))

    def taken(self, call: Call, handler: Value, path: Value | None) -> Used:
        """Middleware that is registered now."""
        conditional = call.engine.conditional > self.depth
        return Used(handler, path, self.declared_at(call), call.engine.sequence, self.application, conditional)

    def handle(self, call: Call, verb: str, path: Value, handlers: list[Value]) -> list[str]:
        """Register handlers: the last one answers, those before it guard. The names that guard what follows are given.

        A handler for all methods that may pass the request on is middleware, whatever it was registered with.
        """
        self.used += [self.taken(call, handler, path) for handler in handlers[:-1]]
        handlers = [handler for handler in handlers if not handles_errors(handler)]
        if not handlers:
            return []
        *before, last = handlers
        self.middleware += functions_of(before)
        guards = [name for handler in before for name in guard_names(call.engine, handler)]
        passes = self.left or any(leaves_route(call.engine, handler) for handler in before)
        passes = passes or not answers(handler_in(last))
        if verb == "all" and not answers_alone(call.engine, self, last):
            self.middleware += functions_of([last])
            names = [*guards, *guard_names(call.engine, last)]
            for item in path_items(path):
                self.add_guards(call, names, as_path(item))
            return names
        methods = {"all": ("*",), "ws": ("websocket",), "del": ("delete",)}.get(verb, (verb,))
        for item in path_items(path):
            known = as_path(item)
            guarded = [*self.guards_of(known), *guards]
            trailing: Slash | None = None
            if is_expression(known):  # which Express uses as it is, strict or not
                trailing = "lenient" if takes_slash(known) else "exact"
            if self.trailing == "exact" and text_of(known) == "":
                self.add_dynamic(call, "the path is empty, and no request has an empty path for a strict router")
                continue
            if self.trailing == "exact" and text_of(known) == "/":
                trailing = "lenient"  # a strict router's own root stands for its mount path with and without a slash
            self.add_route(call, methods, known, last, guarded, trailing=trailing, falls_through=passes)
        return []

    @method("route")
    def route(self, call: Call) -> Value:
        self.note_path(call, call.argument(0) or Const(""))
        chain = RouteChain(None, "express.Route", origin=call.origin)
        chain.holder, chain.route_path, chain.guards = self, call.argument(0) or Const(""), []
        return chain

    def indexed(self, engine: Engine, key: Value) -> Value | None:
        """``router[verb]`` where run time chooses the verb."""
        if isinstance(key, Const):
            return None
        return Native("verb", lambda call: self.not_known(call, key))

    def not_known(self, call: Call, key: Value) -> Value:
        """A call of a method that run time chooses."""
        self.add_dynamic(call, f"the method depends on {reason_of(key)}")
        return self

    # Middleware and mounts

    @method("use")
    def use(self, call: Call) -> Value:
        path: Value | None = None
        arguments = list(call.arguments)
        if arguments and is_path(call, arguments):
            path = arguments.pop(0)
            self.note_path(call, path)
        for handler in functions_in(arguments):
            for item in path_items(path) if path is not None else (None,):
                self.use_one(call, as_path(item) if item is not None else None, handler)
        return self

    def use_one(self, call: Call, path: Value | None, handler: Value) -> None:
        """Register one piece of middleware, or mount one router."""
        children = routers_in(handler)
        for child in children:
            if isinstance(path, Const) and is_expression(path):
                self.add_dynamic(call, f"a router is mounted at the regular expression `/{source_of(path)}/`")
                child.mounted = True
            elif len(children) > 1:
                with call.engine.undecided():
                    self.add_mount(call, child, path, self.guards_of(path))
            else:
                self.add_mount(call, child, path, self.guards_of(path))
        if not children:
            self.used.append(self.taken(call, handler, path))
        if children or handles_errors(handler):
            return
        if isinstance(handler, Unknown):
            self.add_dynamic(call, f"what is used here depends on {handler.reason}")
            return
        if isinstance(handler, ModuleValue | Record):
            self.add_dynamic(call, "an object that is no router is used here")
            return
        self.middleware += functions_of([handler])
        self.left = self.left or leaves_route(call.engine, handler)
        if path is not None and text_of(path) not in (None, "", "/") and answers_below(call.engine, self, handler):
            below = "*" if self.dialect == "0.1" else "*rest"
            self.add_route(call, ("*",), path, handler)
            self.add_route(call, ("*",), Const(f"{text_of(path)}/{below}"), handler)
        else:
            self.add_guards(call, guard_names(call.engine, handler), path)

    @method("param")
    def param(self, call: Call) -> Value:
        """``router.param("slug", load)``: runs before each route of this router that has the parameter."""
        handler = call.argument(1)
        names = names_of(call.engine, handler) if handler is not None else []
        for text in [text_of(item) for item in path_items(call.argument(0) or NOTHING)]:
            if text is not None and names:
                self.parameter_guards.setdefault(text, []).extend(names)
                for place, entry in enumerate(self.entries):
                    if isinstance(entry, RouteEntry) and has_parameter(entry.path, text):
                        self.entries[place] = replace(entry, guards=(*names, *entry.guards))
        self.middleware += functions_of([handler] if handler is not None else [])
        return self

    def guards_of(self, path: Value | None) -> list[str]:
        """The guards of a path's own parameters."""
        return [name for text, names in self.parameter_guards.items() if has_parameter(path, text) for name in names]

    # Paths

    def join(self, prefix: str, path: str) -> str:
        if EXPRESSION in prefix or path.startswith(EXPRESSION):
            return prefix + path
        if path.startswith("{/"):
            return prefix.rstrip("/") + path
        if path and path[0] not in "/*{":
            return f"{prefix}{EXPRESSION}{EXPRESSION}{path}"  # a router sees a slash in front of all that it gets
        inner = path.lstrip("/")
        return f"{prefix.rstrip('/')}/{inner}" if inner else prefix or "/"

    def patterns(self, path: str) -> list[PathPattern]:
        plain, mark, source = path.partition(EXPRESSION)
        if source.startswith(EXPRESSION):
            return read_path(source.lstrip(EXPRESSION), self.dialect)
        if not mark:
            return read_path(path, self.dialect)
        own, _ = read_regexp(source)
        before = read_path(plain, self.dialect) if plain else [PathPattern(())]
        return [PathPattern((*one.segments, *other.segments), other.slash) for one in before for other in own]

    def falls_through(self, engine: Engine, handler: Function) -> bool:
        return may_call(engine, handler, 2, harmless=errors_only)


@stands_for("express", "express.Application", "express.Express")
class Application(Routing):
    """``express()``."""

    application = True

    @method("set", "enable", "disable")
    def configure(self, call: Call) -> Value:
        key = call.text(0)
        if key is None:
            return self
        value = call.argument(1) if call.name == "set" else Const(call.name == "enable")
        if value is None:  # app.set("setting") reads it
            return self.items.get(key) or Unknown("a setting of the application")
        self.items[key] = value
        holds = call.engine.truth(value, call.frame)
        if not self.entries and holds is not None:  # the first registration makes the router, with what is set by then
            if key == "strict routing":
                self.trailing = "exact" if holds else "lenient"
            elif key == "case sensitive routing":
                self.case_sensitive = holds
        return self

    @method("listen")
    def listen(self, call: Call) -> Value:
        listens(call, "Express")
        run_callbacks(call.engine, call)
        return Instance(path="http.Server")

    @method("engine", "on", "once")
    def configured(self, call: Call) -> Value:
        return self

    @attribute("locals")
    def locals_(self, name: str) -> Value:
        return self.attributes.setdefault("locals", Record(complete=False))

    @attribute("router", "_router")
    def router(self, name: str) -> Value:
        return self


@stands_for("express.Router", "express.IRouter")
class ExpressRouter(Routing):
    """``express.Router()``; ``merges`` tells whether it sees the parameters of the path that it is mounted below."""

    merges: bool | None = None

    def created(self, call: Call) -> None:
        self.prepare(call.engine)
        settings = call.argument(0)
        merging = call.option(0, "mergeParams")
        if settings is None or (merging is None and isinstance(settings, Record) and settings.complete):
            self.merges = False
        elif isinstance(merging, Const):
            self.merges = bool(merging.value)
        strict = call.option(0, "strict")
        if isinstance(strict, Const) and strict.value:
            self.trailing = "exact"
        sensitive = call.option(0, "caseSensitive")
        if isinstance(sensitive, Const) and sensitive.value:
            self.case_sensitive = True


class RouteChain(LibraryObject):
    """``router.route("/path")``, on which verbs are chained."""

    holder: Routing
    route_path: Value
    guards: list[str]

    @method(*VERBS, "all")
    def verb(self, call: Call) -> Value:
        handlers = functions_in(call.arguments)
        added = len(self.holder.entries)
        kept = self.holder.handle(call, call.name, self.route_path, handlers)
        if kept:  # middleware of this route alone
            del self.holder.entries[added:]
            self.guards += kept
        for place in range(added, len(self.holder.entries)):
            entry = self.holder.entries[place]
            if isinstance(entry, RouteEntry) and self.guards:
                self.holder.entries[place] = replace(entry, guards=(*self.guards, *entry.guards))
        return self


# Handlers


def functions_of(handlers: Iterable[Value]) -> list[Function]:
    """The project's own functions among handlers."""
    found = [handler_in(handler) for handler in handlers]
    return [handler for handler in found if isinstance(handler, Function)]


def arity(function: Function) -> int:
    """JavaScript's ``length``: parameters before the first that has a default or takes the rest."""
    count = 0
    for parameter in function.code.parameters:
        if parameter.default is not None or parameter.kind == "rest":
            break
        count += 1
    return count


def handles_errors(value: Value) -> bool:
    """Whether Express takes a function for an error handler: it has four parameters."""
    return isinstance(value, Function) and arity(value) == 4


def guard_names(engine: Engine, handler: Value) -> list[str]:
    """What middleware is called; nothing where it turns no request away for who sends it."""
    return [] if handles_errors(handler) else names_of(engine, handler)


def names_of(engine: Engine, handler: Value) -> list[str]:
    """The same, for what is no error handler whatever its parameters are."""
    function = middleware_in(handler, 2)
    if function is not None:
        return [Guard.of(middleware_name(handler, function), function, passes=not may_refuse(engine, function, 2))]
    path, name = library_name(handler), describe(handler)
    harmless = path in HARMLESS or package_of(path) in HARMLESS
    return [Guard.of(name, handler, passes=harmless)] if name and (not harmless or tells_who(path)) else []


def tells_who(path: str) -> bool:
    """Whether middleware of a library may put on the request who sends it."""
    return re.search(r"(?i)jwt|passport|session|auth|oidc|clerk", path) is not None


def package_of(name: str) -> str:
    """The package that a library's name begins with: ``@scope/package.name``, ``package/file.js``, ``package``."""
    parts = name.split("/")
    first = parts[0] if not name.startswith("@") else "/".join(parts[:2])
    return first.partition(".")[0].removesuffix("()")


def answers(handler: Value | None) -> bool:
    """Whether it can be seen what a handler does with a request."""
    return isinstance(handler, Function)


def answers_alone(engine: Engine, router: Routing, handler: Value) -> bool:
    """Whether a handler is no middleware: something of a library, or a function that never passes the request on."""
    found = handler_in(handler)
    return not isinstance(found, Function) or not router.falls_through(engine, found)


def answers_below(engine: Engine, router: Routing, handler: Value) -> bool:
    """Whether what is used at a path answers all that arrives there."""
    if isinstance(handler, Instance) and handler.path in ANSWERING:
        return True
    return isinstance(handler, Function) and not router.falls_through(engine, handler)


# What libraries give that turns no request away for who sends it: parsers of bodies and cookies, headers, logs,
# sessions, files, and what refuses a request for what is in it.
HARMLESS = frozenset(
    "celebrate express-joi-validation express-joi-validator express-json-validator-middleware express-jsonschema "
    "express-validation express-validator express-yup-middleware zod-express-middleware "
    "express-jwt.optional passport.authenticate.anonymous "
    "express.json express.urlencoded express.raw express.text express.static body-parser compression connect-flash "
    "cookie-parser cookie-session cors errorhandler express-busboy express-fileupload express-pino-logger "
    "express-prom-bundle express-request-id express-session express-useragent express-winston formidable "
    "graphql-upload helmet i18n i18next-http-middleware method-override morgan multer nocache passport.initialize "
    "passport.session pino-http prometheus-api-metrics request-ip response-time serve-favicon serve-index "
    "serve-static swagger-ui-express".split()
)


# What libraries give that answers requests by itself, where it is used at a path.
ANSWERING = frozenset(
    {
        "express-graphql()",
        "express-graphql.graphqlHTTP()",
        "graphql-http/lib/use/express.createHandler()",
        "@apollo/server/express4.expressMiddleware()",
        "@as-integrations/express4.expressMiddleware()",
        "@as-integrations/express5.expressMiddleware()",
        "@trpc/server/adapters/express.createExpressMiddleware()",
        "graphql-yoga.createYoga()",
    }
)


def leaves_route(engine: Engine, handler: Value) -> bool:
    """Whether a handler in front of the last one says ``next("route")``."""
    function = handler_in(handler)
    if not isinstance(function, Function):
        return False
    data = engine.project.files[function.module.path].data[function.code.start : function.code.end]
    return re.search(rb"\(\s*['\"]router?['\"]\s*\)", data) is not None


# Paths


def path_items(path: Value) -> list[Value]:
    """The paths that a list of paths holds, nested lists too."""
    if isinstance(path, Sequence) and path.complete:
        return [inner for item in path.items for inner in path_items(item)]
    return [path]


def as_path(path: Value) -> Value:
    """A path as an entry holds it: a regular expression as text with a mark in front."""
    if isinstance(path, Instance) and path.path == "RegExp":
        source = text_of(path.attributes.get("source"))
        if source is None:
            return Unknown("a regular expression that is made at run time")
        return Const(EXPRESSION + source, path.origin)
    return path


def is_expression(path: Value) -> bool:
    """Whether a path is a regular expression."""
    return (text_of(path) or "").startswith(EXPRESSION)


def source_of(path: Value) -> str:
    """The regular expression that a path is."""
    return (text_of(path) or "").removeprefix(EXPRESSION)


def takes_slash(path: Value) -> bool:
    """Whether a regular expression takes a slash at the end."""
    return source_of(path).endswith(r"\/?$")


def has_parameter(path: Value | None, name: str) -> bool:
    """Whether a path has a parameter of a name."""
    text = text_of(path)
    return text is not None and re.search(rf"[:*]{re.escape(name)}(?!\w)", text) is not None


WORDS = regex(r"(?i)(?:path|prefix|route|url|base|endpoint|version|root|mount|uri)s?$")
SETTINGS = regex(r"(?i)^(?:config|env|process|settings?|constants?)\b")


def is_path(call: Call, arguments: list[Value]) -> bool:
    """Whether the first argument of ``use`` is a path. What cannot be told by its value is told by its name."""
    first = arguments[0]
    while isinstance(first, Sequence) and first.items:
        first = first.items[0]
    kinds = {kind_of(option) for option in options(first)}
    if kinds != {"unknown"}:
        return "path" in kinds
    if len(arguments) == 1:
        return False
    if isinstance(first, Environment):
        return True
    node = call.node.arguments[0] if isinstance(call.node, syntax.Call) and call.node.arguments else None
    words = written(node)
    return bool(WORDS.search(words) or SETTINGS.search(words)) or (isinstance(first, Unknown) and "(" not in words)


def kind_of(value: Value) -> str:
    """``path``, ``handler`` or ``unknown``."""
    if isinstance(value, Text) or (isinstance(value, Const) and isinstance(value.value, str)):
        return "path"
    if isinstance(value, Instance) and value.path == "RegExp":
        return "path"
    if isinstance(value, Function | Native | Class | Router | ModuleValue | Record):
        return "handler"
    return "unknown" if isinstance(value, Unknown | External | Instance) else "handler"


def written(node: object) -> str:
    """A name, member or call as text, without its arguments."""
    if isinstance(node, syntax.Call):
        return f"{written(node.callee)}("
    if isinstance(node, syntax.Member):
        return f"{written(node.object)}.{node.name}"
    return node.id if isinstance(node, syntax.Name) else ""
