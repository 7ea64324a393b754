"""Routers in miniature: what applications and routers of every web framework have in common while a project is run.

A pack's router class turns the framework's own calls into entries (``add_route``, ``add_mount``, ``add_guards``);
``verifier.link.routes`` lays the entries out as a table when everything has run.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct

from verifier.evaluate.frames import Frame
from verifier.evaluate.library import Call, LibraryObject, written_at
from verifier.evaluate.middleware import held_as
from verifier.evaluate.values import (
    Choice,
    Class,
    Const,
    External,
    Function,
    Instance,
    Joined,
    ModuleValue,
    Native,
    Origin,
    Partial,
    Record,
    Scope,
    Sequence,
    Text,
    Value,
    options,
)
from verifier.model import PathPattern, Route, Segment, Slash
from verifier.regex import regex

if TYPE_CHECKING:
    from verifier.evaluate.interpreter import Engine


class Guard(str):
    """The name of middleware, with the middleware itself; ``passes`` where it turns no request away.

    ``origin`` is where it was put up for more than one route.
    """

    __slots__ = ("origin", "passes", "target")
    target: Value
    passes: bool
    origin: Origin | None

    @staticmethod
    def of(name: str, target: Value, *, passes: bool = False) -> Guard:
        """Middleware under its name."""
        made = Guard(name)
        made.target, made.passes, made.origin = target, passes, None
        return made


class RouteEntry(Struct, frozen=True, eq=False):
    """A route as it was registered."""

    methods: tuple[str, ...]
    path: Value
    handler: Value
    guards: tuple[str, ...]
    origin: Origin
    sequence: int
    conditional: bool
    trailing: Slash | None = None
    falls_through: bool = False


class MountEntry(Struct, frozen=True, eq=False):
    """A router put into another one, below a prefix. ``at`` is the sequence number up to which its entries count."""

    child: Router
    prefix: Value
    guards: tuple[str, ...]
    origin: Origin
    sequence: int
    conditional: bool
    at: int | None = None


class GuardEntry(Struct, frozen=True, eq=False):
    """Middleware, hooks or dependencies; ``path`` restricts them to what lies below it."""

    names: tuple[str, ...]
    path: Value | None
    origin: Origin
    sequence: int


class DynamicEntry(Struct, frozen=True, eq=False):
    """Something registered that only run time knows; ``handler`` is what answers there, where that is known."""

    reason: str
    origin: Origin
    sequence: int
    handler: Value | None = None


Entry = RouteEntry | MountEntry | GuardEntry | DynamicEntry


class DynamicPathError(Exception):
    """A path cannot be read; the text says why."""


class Router(LibraryObject):
    """An application or router.

    Class attributes, to be set by packs:
        framework: the framework's name.
        application: objects of the class answer requests by themselves.
        trailing: what happens to a request that differs from a route by a trailing slash.
        case_sensitive: whether paths are.
        guards_follow: guards hold only for what is registered after them.
        passes_on: a request that no route of a mounted router takes has run through the router's guards, and goes on.
        trailing_of_parent: what a slash does is for the application around the router to say.
        lists: the attributes that hold what was registered.
    """

    framework: ClassVar[str] = ""
    application: bool = False
    trailing: Slash = "exact"
    case_sensitive: bool = True
    guards_follow: ClassVar[bool] = True
    passes_on: ClassVar[bool] = False
    handles = True
    trailing_of_parent: ClassVar[bool] = False
    lists: ClassVar[tuple[str, ...]] = ("entries",)

    def __init__(
        self,
        kind: Class | None = None,
        path: str | None = None,
        *,
        symbolic: bool = False,
        origin: Origin | None = None,
    ) -> None:
        super().__init__(kind, path, symbolic=symbolic, origin=origin)
        self.entries: list[Entry] = []
        self.prefix: Value = Const("")
        self.guards: list[str] = []
        self.refused: list[tuple[str, Origin]] = []  # paths that the library refuses, with their places
        self.mounted = False

    # For packs

    def note_registration(self, call: Call) -> None:
        """Take note of a call that registers something, so that its place does not count as not read."""
        if not self.symbolic:
            call.engine.registered.add((call.frame.module.path, call.node.start))

    def declared_at(self, call: Call, path: Value | None = None) -> Origin:
        """Where something is registered: where a method of the router's own that did so was called from outside.

        So with a method of an object that holds the router, where it was given the path.
        """
        self.note_registration(call)
        node, frame = call.node, call.frame
        while (
            frame.site is not None
            and frame.function is not None
            and (
                frame.function.bound is self or (path is not None and self.passed_through(frame.function, frame, path))
            )
        ):
            node, frame = frame.site
        if not self.symbolic:
            call.engine.registered.add((frame.module.path, node.start))
        return written_at(call.engine, frame.module.path, node)

    def passed_through(self, function: Function, frame: Frame, path: Value) -> bool:
        """Whether a function is a method of what holds this router, and was given the path by its caller."""
        holder = function.bound
        if not isinstance(holder, Instance) or not any(held is self for held in holder.attributes.values()):
            return False
        pieces = (path, *path.pieces) if isinstance(path, Text | Joined) else (path,)
        given = [frame.scope.names.get(parameter.name) for parameter in function.code.parameters]
        return any(
            value is piece or (isinstance(value, Record) and any(entry is piece for entry in value.entries.values()))
            for value in given
            for piece in pieces
        )

    def add_route(
        self,
        call: Call,
        methods: Iterable[str],
        path: Value | None,
        handler: Value | None,
        guards: Iterable[str] = (),
        *,
        trailing: Slash | None = None,
        falls_through: bool = False,
    ) -> None:
        """Register a route; ``*`` among the methods is any. A path that is not known makes it dynamic.

        With ``falls_through``, the route may leave the request to a later one, whatever its handler does.
        """
        from verifier.evaluate.values import NOTHING

        self.entries.append(
            RouteEntry(
                tuple(found.upper() for found in methods),
                path if path is not None else Const(""),
                handler if handler is not None else NOTHING,
                tuple(guards),
                self.declared_at(call, path),
                call.engine.next_sequence(),
                call.engine.conditional > self.depth,
                trailing,
                falls_through,
            )
        )

    def add_mount(
        self,
        call: Call,
        child: Router,
        prefix: Value | None = None,
        guards: Iterable[str] = (),
        *,
        copies: bool = False,
    ) -> None:
        """Put a router below a prefix. With ``copies``, what the child registers later is not taken along."""
        sequence = call.engine.next_sequence()
        child.mounted = True
        self.entries.append(
            MountEntry(
                child,
                prefix if prefix is not None else Const(""),
                tuple(guards),
                self.declared_at(call),
                sequence,
                call.engine.conditional > self.depth,
                sequence if copies else None,
            )
        )

    def add_guards(self, call: Call, names: Iterable[str], path: Value | None = None) -> None:
        """Register middleware or hooks for this router."""
        found = tuple(names)
        for name in found:
            if isinstance(name, Guard):
                name.origin = self.declared_at(call)
        if found:
            self.entries.append(GuardEntry(found, path, self.declared_at(call), call.engine.next_sequence()))

    def add_dynamic(self, call: Call, reason: str, handler: Value | None = None) -> None:
        """Register something that only run time knows, with what answers there, where that is known."""
        self.entries.append(DynamicEntry(reason, self.declared_at(call), call.engine.next_sequence(), handler))

    def handed_over(self, call: Call, reason: str) -> None:
        self.add_dynamic(call, f"what is registered here depends on {reason}")

    # To be answered by packs

    def settle(self, engine: Engine) -> None:
        """Hears that all has run, before the router is laid out: its entries are in the order of matching then."""

    def join(self, prefix: str, path: str) -> str:
        """The framework's way to put a prefix and a path together, in its own syntax."""
        if not prefix:
            return path
        return prefix.rstrip("/") + "/" + path.lstrip("/") if path else prefix

    def patterns(self, path: str) -> list[PathPattern]:
        """A full path in the framework's syntax, read; several where parts are optional.

        Raises:
            DynamicPathError: the path cannot be read.
        """
        return [braces(path)]

    def finish(self, engine: Engine) -> None:
        """Hears once that all code has run: the moment for a framework that registers later than it is told to."""

    def finished(self, engine: Engine, route: Route, entry: RouteEntry) -> Route:
        """The last word on a route of this router, when everything has run."""
        return route

    def falls_through(self, engine: Engine, handler: Function) -> bool:
        """Whether a handler may leave the request to a later route."""
        return False


def braces(path: str) -> PathPattern:
    """A path with ``{name}`` parameters."""
    return PathPattern(
        tuple(segment(part) for part in split(path)),
        slash=path.endswith("/"),
    )


def split(path: str) -> list[str]:
    """The parts of a path between slashes; empty parts at the ends are dropped."""
    inner = path.strip("/")
    return inner.split("/") if inner else []


PARAMETER = regex(r"\{(\w+)\}")


def segment(text: str, pattern: str | None = None, *, rest: bool = False) -> Segment:
    """A segment of which the parameters are written ``{name}``.

    A segment that is a parameter and nothing else matches any text; where text stands around parameters, the
    pattern follows from it.
    """
    names = tuple(PARAMETER.findall(text))
    if pattern is None and names and PARAMETER.fullmatch(text) is None:
        pattern = "[^/]+".join(re.escape(part) for part in PARAMETER.split(text)[::2])
    return Segment(text, pattern, names, rest)


def describe(value: Value) -> str:
    """A guard, as a reader would name it."""
    if isinstance(value, Function):
        inner = innermost(value)
        around = [part for part in inner.code.qualified.split(".") if part and not part.startswith("<")]
        name = inner.code.name or value.held or inner.held or (around[-1] if around else held_as(inner))
        return name.removeprefix("<").removesuffix(">") if name else "anonymous"
    if isinstance(value, Class):
        return value.name
    if isinstance(value, Native):
        return value.name
    if isinstance(value, Choice):
        return describe(value.options[0])
    if isinstance(value, Instance):
        return value.held or library_name(value) if value.kind is None else value.kind.name
    return library_name(value)


def library_name(value: Value) -> str:
    """What a library calls something that it offers, or that it made; nothing for what is the project's own."""
    if isinstance(value, External):
        return value.path
    return (value.path or "").removesuffix("()") if isinstance(value, Instance) and value.kind is None else ""


def middleware_in(value: Value, place: int) -> Function | None:
    """The project's function that middleware is: itself, or the one that a library's wrapper was given.

    It takes what passes the request on at a place; what a wrapper was given for something else does not.
    """
    found = handler_in(value)
    if not isinstance(found, Function):
        return None
    return found if isinstance(value, Function) or len(found.code.parameters) > place else None


def middleware_name(value: Value, function: Function | None) -> str:
    """Middleware, as a reader would name it; ``function`` is what ``middleware_in`` finds in it."""
    if function is None or function is value:
        return describe(value)
    name = describe(function)
    return describe(value) if name == "anonymous" else name


# What decorators that take arguments call the function inside them.
GENERIC_HELPERS = frozenset({"decorator", "deco", "decorate", "inner", "outer", "wrap", "wrapper"})


def innermost(function: Function) -> Function:
    """The function that wrappers were made around: by a decorator, or by a helper that closes over it."""
    for _ in range(10):
        inner = function.wraps or closed_over(function)
        if inner is None:
            return function
        function = inner
    return function


def wrappers_of(function: Function) -> tuple[str, ...]:
    """What stands around a handler, outermost first: decorators, and in Python the helpers that it was handed to."""
    found: list[str] = []
    for _ in range(10):
        inner = function.wraps or closed_over(function)
        if function.decorators or inner is None or function.module.javascript:
            break
        found.append(helper_of(function))
        function = inner
    return (*found, *function.decorators)


def helper_of(wrapper: Function) -> str:
    """The name of the helper that made a wrapper; one that takes arguments of its own has another one inside."""
    *around, made_in, _ = ("", "", *wrapper.code.qualified.split("."))
    inside = made_in in GENERIC_HELPERS and around[-1][:1].islower()
    return around[-1] if inside else made_in or wrapper.name


def closed_over(function: Function) -> Function | None:
    """The one function that an anonymous wrapper, made inside a helper, was given."""
    scope: Scope | None = function.scope
    if function.code.name and function.wraps is None and not made_by_helper(function):
        return None
    if scope is None or scope.parent is None or scope.block:  # a block, such as a loop's, was given nothing
        return None
    named = [(name, value) for name, value in scope.names.items() if isinstance(value, Function)]
    # Not another helper beside it, and nothing that is bound under its own name: that was imported, not given.
    held = [value for name, value in named if value.scope is not scope and value.code.name != name]
    held = [value for value in held if value.code is not function.code]
    if len(held) != 1:
        return None
    given = next(name for name, value in named if value is held[0])
    return held[0] if not function.module.javascript or hands_on(function, given) else None


def hands_on(function: Function, name: str) -> bool:
    """Whether a function calls a variable with what it was called with itself, as what stands around another does.

    A handler that uses something beside it, such as a use case that it was given, calls that with values of its own.
    """
    code = function.code
    data = function.module.source.data[code.parameters[-1].end if code.parameters else code.start : code.end]
    own = [re.escape(parameter.name) for parameter in code.parameters if parameter.name]
    words = "|".join([*own, "arguments"])
    call = rf"\b{re.escape(name)}(?:\.(?:call|apply))?\s*(?:\?\.\s*)?\([^()]*?(?<![\w$.])(?:\.\.\.)?(?:{words})\s*[,)]"
    return re.search(call.encode(), data) is not None


def made_by_helper(function: Function) -> bool:
    """Whether a function is an inner function of another one that was given functions."""
    return "." in function.code.qualified and function.owner is None and function.scope.parent is not None


def functions_in(values: Iterable[Value]) -> list[Value]:
    """Arguments laid flat: handlers may come in lists."""
    found: list[Value] = []
    for value in values:
        if isinstance(value, Sequence):
            found.extend(functions_in(value.items))
        else:
            found.append(value)
    return found


def handler_in(value: Value | None) -> Value | None:
    """The function that answers: itself, or the one that a library's wrapper was given."""
    if value is None:
        return None
    for option in options(value):
        if isinstance(option, Function):
            return option
        if isinstance(option, Partial):
            return handler_in(option.function)
        if isinstance(option, Instance) and "wrapped" in option.attributes:
            return option.attributes["wrapped"]
    return value


@contextmanager
def registering_nothing(engine: Engine) -> Iterator[None]:
    """Run code whose registrations are none of the application's: it has run before, or nothing calls it."""
    before = [
        (held, list(held))
        for router in engine.objects
        if isinstance(router, Router)
        for name in router.lists
        if isinstance(held := getattr(router, name, None), list)
    ]
    try:
        yield
    finally:
        for held, items in before:
            held[:] = items


def routers_in(value: Value | None) -> list[Router]:
    """The routers that a value may be; a module stands for its default export or its one router."""
    found: list[Router] = []
    for option in options(value) if value is not None else ():
        if isinstance(option, Router):
            found.append(option)
        elif isinstance(option, ModuleValue) and option.state is not None and option.state.javascript:
            exported = option.state.exports.get("default")
            if isinstance(exported, Router):
                found.append(exported)
    return found


def mentions(engine: Engine, function: Function, name: str) -> bool:
    """Whether the body of a function names a variable."""
    data = engine.project.files[function.module.path].data[function.code.start : function.code.end]
    last = function.code.parameters[-1].end - function.code.start if function.code.parameters else 0
    return re.search(rb"\b" + re.escape(name.encode()) + rb"\b", data[last:]) is not None
