"""Django Ninja: ``NinjaAPI()``, its routers and operations."""

from __future__ import annotations

import re

from verifier.api import (
    NOTHING,
    Call,
    Const,
    LibraryObject,
    Sequence,
    Value,
    attribute,
    decorator,
    describe,
    method,
    options,
    reason_of,
    regex,
    stands_for,
    text_of,
    texts_of,
)

from ._urls import Path

VERBS = ("get", "post", "put", "patch", "delete")
HOLE = regex(r"\{([^}]*:)?([^}]+)\}")


class Operation:
    """A function under one of the decorators."""

    def __init__(self, call: Call, methods: list[str], path: str | None, handler: Value, auth: Value | None) -> None:
        self.call = call
        self.methods = methods
        self.path = path
        self.handler = handler
        self.auth = auth
        self.conditional = call.engine.conditional > 0


class PathView(LibraryObject):
    """All operations of one path of a router: one view."""

    def __init__(self, guards: tuple[str, ...]) -> None:
        super().__init__(None, "ninja.operation.PathView")
        self.guards = guards
        self.registered: list[Operation] = []

    def operations(self) -> list[tuple[Call, str, Value, tuple[str, ...]]]:
        """Place, method, handler and guards of each operation."""
        return [
            (held.call, name.upper(), held.handler, guards_of(held.auth, self.guards))
            for held in self.registered
            for name in held.methods
        ]


@stands_for("ninja.Router", "ninja.router.Router")
class NinjaRouter(LibraryObject):
    """A router; its operations and the routers below it."""

    auth: Value | None = None

    def created(self, call: Call) -> None:
        self.registered: list[Operation] = []
        self.children: list[tuple[Call, Value | None, Value, Value | None]] = []
        self.auth = call.argument(None, "auth")

    @method(*VERBS, "api_operation")
    def operation(self, call: Call) -> Value:
        several = call.name == "api_operation"
        methods = texts_of(call.argument(0, "methods")) if several else [call.name]
        path = call.text(1 if several else 0, "path")

        def apply(_: Call, handler: Value) -> Value:
            self.registered.append(Operation(call, methods or ["*"], path, handler, call.argument(None, "auth")))
            return handler

        return decorator(call.name, apply)

    @method("add_api_operation")
    def add(self, call: Call) -> Value:
        methods = texts_of(call.argument(1, "methods")) or ["*"]
        handler = call.argument(2, "view_func") or NOTHING
        self.registered.append(Operation(call, methods, call.text(0, "path"), handler, call.argument(None, "auth")))
        return NOTHING

    @method("add_router")
    def add_router(self, call: Call) -> Value:
        router = call.argument(1, "router") or NOTHING
        name = text_of(router)
        if name is not None:  # a dotted name
            module, _, variable = name.rpartition(".")
            found = call.engine.table.modules.find(call.frame.module.path, module)
            value = call.engine.force(call.engine.table.module_value(found, module))
            router = call.engine.member(value, variable)
        self.children.append((call, call.argument(0, "prefix"), router, call.argument(None, "auth")))
        return NOTHING

    @method("exception_handler", "add_decorator", "add_exception_handler")
    def passing(self, call: Call) -> Value:
        return decorator(call.name, lambda _, handler: handler)

    def patterns(self, prefix: str, guards: tuple[str, ...], depth: int = 0) -> list[Value]:
        """The patterns below a prefix, this router's before those of the routers in it."""
        own = guards_of(self.auth, guards)
        views: dict[str, PathView] = {}
        found: list[Value] = []
        for held in self.registered:
            if held.path is None:
                found.append(Path.unknown(held.call, f"the path depends on {reason_of(held.call.argument(0, 'path'))}"))
                continue
            if held.path not in views:
                view = views[held.path] = PathView(own)
                route = joined(prefix, held.path)
                found.append(Path.made(held.call, route, view, expression=False, conditional=held.conditional))
            views[held.path].registered.append(held)
        for call, given, router, auth in self.children if depth < 10 else ():
            below = text_of(given)
            inner = [option for option in options(router) if isinstance(option, NinjaRouter)]
            if below is None:
                found.append(Path.unknown(call, f"the prefix of a router depends on {reason_of(given)}"))
                continue
            if not inner:
                found.append(Path.unknown(call, f"the router depends on {reason_of(router)}"))
            for option in inner:
                found.extend(option.patterns(joined(prefix, below), guards_of(auth, own), depth + 1))
        return found


@stands_for("ninja.NinjaAPI", "ninja.main.NinjaAPI")
class NinjaAPI(NinjaRouter):
    """An API, which is a router with an address."""

    @attribute("urls")
    def urls(self, name: str) -> Value:
        return Sequence([Sequence(self.patterns("", ())), Const("ninja"), Const("api-1.0.0")], "tuple")


def joined(prefix: str, path: str) -> str:
    """A path below a prefix, in the syntax of ``path()``."""
    whole = "/".join(part for part in (prefix, path) if part)
    whole = HOLE.sub(lambda found: f"<{found.group(1) or ''}{found.group(2)}>", whole)
    return re.sub("/{2,}", "/", whole).lstrip("/")


def guards_of(auth: Value | None, outer: tuple[str, ...]) -> tuple[str, ...]:
    """What ``auth`` says, instead of what stands around it; ``auth=None`` asks for nothing."""
    if auth is None:
        return outer
    if isinstance(auth, Const) and auth.value is None:
        return ()
    items = auth.items if isinstance(auth, Sequence) else [auth]
    names = [describe(item).removesuffix("()").rpartition(".")[2] for item in items]
    return tuple(name for name in names if name)
