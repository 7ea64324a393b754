"""Options, prefixes, plugins and hooks as the project writes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from verifier.api import (
    Call,
    Class,
    Const,
    Engine,
    Frame,
    Function,
    Instance,
    LibraryObject,
    ModuleValue,
    Native,
    Opaque,
    Record,
    Scope,
    Sequence,
    Text,
    Unknown,
    Value,
    choice,
    describe,
    file_name,
    functions_in,
    library_name,
    may_refuse,
    only_call,
    options,
    text_of,
    texts_of,
)

HOOKS = ("onRequest", "preParsing", "preValidation", "preHandler")  # in the order in which a request meets them
SKIP = "@@skip-override"


class Together(LibraryObject):
    """Several hooks put together into one; ``one``: a request needs to pass one of them only."""

    def __init__(self, functions: Iterable[Value], call: Call) -> None:
        super().__init__(None, "fastify.auth()", origin=call.origin)
        given = list(functions)
        self.functions = functions_in(given[:1])
        relation = call.option(1, "relation")
        self.one = relation is None or text_of(relation) == "or"


def is_true(value: Value | None) -> bool:
    """Whether an option is surely set."""
    return isinstance(value, Const) and bool(value.value)


def option_of(engine: Engine, settings: Value | None, name: str) -> Value | None:
    """An entry of an options object, which may be of a class too; None where it is not there."""
    if isinstance(settings, Record):
        found = settings.entries.get(name)
        if found is None and not settings.complete and settings.element is not None:
            return settings.element
        return found
    if isinstance(settings, Function):
        return settings.attributes.get(name)
    if isinstance(settings, Instance) and settings.kind is not None:
        found = engine.member(settings, name)
        return None if isinstance(found, Unknown) else found
    return None


def settings_of(engine: Engine, given: Value | None) -> Record:
    """The options of a route, as an object of their own."""
    if isinstance(given, Record):
        return Record(dict(given.entries), complete=given.complete, element=given.element, origin=given.origin)
    names = ("method", "url", "path", "handler", "prefixTrailingSlash", "config", *HOOKS)
    found = {name: option_of(engine, given, name) for name in names}
    return Record({name: value for name, value in found.items() if value is not None}, complete=given is None)


def described(call: Call, route: Value) -> Call:
    """The call that registers a route, put where the object stands that describes it."""
    origin = route.origin
    if not isinstance(route, Record) or origin is None:
        return call
    if origin.path == call.origin.path and call.node.start <= origin.start and origin.end <= call.node.end:
        return call
    state = call.engine.table.state(origin.path)
    node = Opaque(origin.start, origin.end, "route")
    return Call(call.engine, Frame(state, Scope(state.scope)), node, call.callee, call.arguments, name=call.name)


def full_path(prefix: str, path: str, ending: str | None) -> tuple[str, bool]:
    """Prefix and path as Fastify joins them, and whether it adds the same path with a slash at the end.

    Only a route on ``/`` below a prefix gets two paths, and only where ``prefixTrailingSlash`` does not choose.
    """
    if path == "/" and prefix:
        if ending == "slash":
            return f"{prefix}/", False
        return prefix, ending != "no-slash" and not prefix.endswith("/")
    if path.startswith("/") and prefix.endswith("/"):
        return prefix + path[1:], False
    return prefix + path, False


def join_prefixes(outer: Value, inner: Value | None) -> Value:
    """The prefix of a plugin inside that of the instance which registers it."""
    if inner is None or (isinstance(inner, Const) and not inner.value):
        return outer
    above, own = texts_of(outer), texts_of(inner)
    if above is None or own is None:
        return inner if above is not None else outer
    return choice(Const(join_texts(one, other)) for one in above for other in own)


def join_texts(outer: str, inner: str) -> str:
    """Two prefixes with one slash between them."""
    if outer.endswith("/") and inner.startswith("/"):
        return outer + inner[1:]
    if not outer.endswith("/") and not inner.startswith("/"):
        return f"{outer}/{inner}"
    return outer + inner


def below(path: str, prefix: str) -> bool:
    """Whether a path lies at or below the path of some middleware."""
    prefix = prefix.rstrip("/")
    return path == prefix or path.startswith(f"{prefix}/")


def plugin_in(engine: Engine, plugin: Value) -> Value:
    """The plugin's function: of a module, its default export."""
    for _ in range(3):
        inner: Value | None = None
        if isinstance(plugin, ModuleValue):
            inner = engine.member(plugin, "default")
        elif isinstance(plugin, Record):
            inner = plugin.entries.get("default")
        if inner is None:
            return plugin
        plugin = inner
    return plugin


def skips_override(plugin: Function | Native) -> bool:
    """Whether a plugin runs on the instance that registers it: fastify-plugin marks it so."""
    return isinstance(plugin, Function) and is_true(plugin.attributes.get(SKIP))


def accessor(call: Call, value: Value, instance: Instance) -> Value:
    """What a decorator gives that is written as ``{ getter, setter }``."""
    getter = value.entries.get("getter") if isinstance(value, Record) else None
    if not isinstance(getter, Function):
        return value
    return call.engine.call(getter.bind(instance), [], call.node, call.frame)


def own_this(handler: Value | None, instance: Instance) -> Value | None:
    """A handler with the instance as its ``this``, as Fastify calls it; arrows and methods of classes keep theirs."""
    if not isinstance(handler, Function) or handler.code.kind not in ("function", "method"):
        return handler
    if isinstance(handler.bound, Instance | Class):
        return handler
    return handler.bind(instance)


def flat(value: Value, leaving_out: Callable[[Together], bool] | None = None) -> list[Value]:
    """The functions of a hook: those of a list, of a choice, of ``fastify.auth([...])``."""
    found: list[Value] = []
    for option in options(value):
        if isinstance(option, Together) and leaving_out is not None and leaving_out(option):
            continue
        if isinstance(option, Together | Sequence):
            inner = option.functions if isinstance(option, Together) else option.items
            found.extend(function for item in inner for function in flat(item, leaving_out))
        elif not isinstance(option, Const | Text):
            found.append(option)
    return found


def plugin_name(plugin: Function | Native) -> str | None:
    """How a reader would call a plugin that adds to the instance of others: by its own name, or its file's."""
    if not isinstance(plugin, Function) or not skips_override(plugin):
        return None
    meta = plugin.attributes.get("@@plugin-meta")
    name = text_of(meta.entries.get("name")) if isinstance(meta, Record) else None
    return name or file_name(plugin.module.path)


def function_name(function: Function, call: Call, kind: str, source: str | None) -> str:
    """A hook's function by name.

    One that is written where it is used is known by what it calls, by the plugin that adds it, or by its kind.
    """
    code, node = function.code, call.node
    inside = function.module is call.frame.module and node.start <= code.start and code.end <= node.end
    if inside and code.name in ("", kind):
        return only_call(function) or source or kind
    name = describe(function)
    return kind if name == "anonymous" else name


def refuses(engine: Engine, function: Function, kind: str) -> bool:
    """Whether a hook may turn a request away: it calls back with an error, raises one, or answers by itself."""
    back = 3 if kind == "preParsing" else 2
    calls_back = not function.code.is_async and len(function.code.parameters) > back
    return may_refuse(engine, function, back) if calls_back else may_refuse(engine, function, None, 1)


def lets_through(engine: Engine, hooks: Together, kind: str) -> bool:
    """Whether a request needs to pass one of several functions only, and one of them turns none away."""
    functions = [found for found in flat(hooks) if isinstance(found, Function)]
    return hooks.one and not all(refuses(engine, found, kind) for found in functions)


def is_harmless(value: Value) -> bool:
    """Whether a library's middleware turns no request away for who sends it."""
    return (library_name(value).removesuffix("()").partition(".")[0]) in HARMLESS


# Middleware of libraries that writes headers, logs, reads bodies and files.
HARMLESS = frozenset(
    "@fastify/multipart compression cookie-parser cors express-session fastify-multer helmet hide-powered-by hsts "
    "ienoopen morgan multer pino-http response-time serve-favicon serve-static x-xss-protection".split()
)
