"""The route table: what the routers of a project registered, laid out with full paths in the order of matching."""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from verifier.evaluate.library import LibraryObject
from verifier.evaluate.middleware import held_as
from verifier.evaluate.routing import (
    DynamicPathError,
    Entry,
    Guard,
    GuardEntry,
    MountEntry,
    RouteEntry,
    Router,
    describe,
    handler_in,
    innermost,
    library_name,
    wrappers_of,
)
from verifier.evaluate.values import Function, Origin, Value, fallback, options, reason_of, texts_of
from verifier.link.matching import covers_prefix
from verifier.model import Application, DynamicRoute, FunctionRef, PathPattern, Route, Slash
from verifier.regex import regex

if TYPE_CHECKING:
    from verifier.evaluate.interpreter import Engine

DEEPEST_MOUNT = 30
UNMOUNTED = "no application that was read mounts this router"


Chain: TypeAlias = tuple[tuple[Value, Origin | None], ...]


class RouteTable(Struct, frozen=True):
    """All routes of a project.

    Attributes:
        handlers: the function values that answer, by the route's place in the list.
        unplaced: handlers whose path only run time knows, each with a route that has none of its own.
        chains: the middleware in front of routes, outermost first, where the names of guards keep it (``chain_key``).
    """

    applications: tuple[Application, ...]
    routes: tuple[Route, ...]
    dynamic: tuple[DynamicRoute, ...]
    handlers: tuple[Value | None, ...]
    objects: tuple[Router, ...]
    unplaced: tuple[tuple[Route, Value], ...] = ()
    chains: Mapping[object, Chain] = {}

    def chain(self, route: Route) -> Chain:
        """The middleware in front of a route, as far as it is kept, with the places where it was put up."""
        return self.chains.get(chain_key(route), ())


def chain_key(route: Route) -> object:
    """What tells a route from others, wherever it stands among them."""
    return route.application, route.method, route.path, route.span


class Guards(Struct, frozen=True):
    """Guards in force, by name; ``below`` is the full path, in the framework's syntax, that they are restricted to."""

    names: tuple[str, ...]
    below: str | None = None


class Place(Struct, frozen=True):
    """Where in the tree of mounts a router stands."""

    prefix: str
    base: tuple[PathPattern, ...]
    guards: tuple[Guards, ...]
    conditional: bool
    depth: int
    until: int | None
    trailing: Slash = "exact"
    case_sensitive: bool = False  # in what stands in front


def collect(engine: Engine, routers: Iterable[Router]) -> RouteTable:
    """Lay out what the applications among the routers serve."""
    known = list(routers)
    for router in known:
        router.settle(engine)
    applications = [router for router in known if router.application and not router.mounted and not router.symbolic]
    names = variable_names(engine)
    laid: dict[tuple[object, ...], tuple[Route, Value | None]] = {}
    dynamic: dict[DynamicRoute, None] = {}
    served: dict[str, Application] = {}
    objects: list[Router] = []
    doubtful: set[str] = set()
    visited: set[int] = set()
    unplaced: list[tuple[Route, Value]] = []
    chains: dict[object, Chain] = {}
    for router in applications:
        if router.origin is None:
            continue
        span = engine.span(router.origin)
        application = Application(router.framework, span, names.get(id(router), ""))
        identity = f"{span.path}:{span.line}"
        if identity not in served:
            served[identity] = application
            objects.append(router)
            if router.depth:
                doubtful.add(identity)
        layout = Layout(engine, served[identity], dynamic, visited, chains)
        for route, handler in layout.walk(router, Place("", (PathPattern(()),), (), False, 0, None)):
            key = (identity, route.method, route.path, route.span)
            if key not in laid:
                laid[key] = (msgspec_replace(route, order=len(laid)), handler)
            elif laid[key][0].conditional and not route.conditional:  # the same factory, called again for certain
                laid[key] = (msgspec_replace(route, order=laid[key][0].order), handler)
        unplaced += layout.unplaced
    for router in known:
        if id(router) not in visited and router.origin is not None and not router.symbolic and has_routes(router):
            dynamic.setdefault(DynamicRoute(engine.span(router.origin), UNMOUNTED))
    for identity in merge_alternatives(laid, doubtful):
        place = list(served).index(identity)
        del served[identity], objects[place]
    return RouteTable(
        tuple(served.values()),
        tuple(route for route, _ in laid.values()),
        tuple(sorted(dynamic, key=lambda found: found.span)),
        tuple(handler for _, handler in laid.values()),
        tuple(objects),
        tuple(unplaced),
        chains,
    )


def merge_alternatives(
    laid: dict[tuple[object, ...], tuple[Route, Value | None]], doubtful: Collection[str]
) -> list[str]:
    """Take applications together that are one, made in different branches; the identities that fall away.

    They have the same routes, each under the condition that chose the branch. Of what is left, that condition is no
    condition any more. ``doubtful`` are the applications that were made under a condition.
    """
    rows: dict[str, list[tuple[object, ...]]] = {}
    for key in laid:
        rows.setdefault(str(key[0]), []).append(key)
    kept: dict[frozenset[tuple[object, ...]], str] = {}
    fallen: list[str] = []
    for identity, keys in rows.items():
        if identity not in doubtful and not all(laid[key][0].conditional for key in keys):
            continue
        first = kept.setdefault(frozenset(key[1:] for key in keys), identity)
        if first != identity:
            fallen.append(identity)
            for key in keys:
                del laid[key]
            for key in rows[first]:
                route, handler = laid[key]
                laid[key] = (msgspec_replace(route, order=route.order, conditional=False), handler)
    return fallen


def msgspec_replace(route: Route, *, order: int, conditional: bool | None = None) -> Route:
    """The route at another place, or under no condition."""
    import msgspec

    return msgspec.structs.replace(
        route, order=order, conditional=route.conditional if conditional is None else conditional
    )


def has_routes(router: Router) -> bool:
    """Whether a router was given anything to serve."""
    return any(isinstance(entry, RouteEntry | MountEntry) for entry in router.entries)


def variable_names(engine: Engine) -> dict[int, str]:
    """The top-level variable that holds each router, by the router's identity."""
    names: dict[int, str] = {}
    for state in engine.table.states.values():
        for name, value in state.scope.names.items():
            for option in options(value):
                if isinstance(option, Router) and option.origin is not None and option.origin.path == state.path:
                    names.setdefault(id(option), name)
    return names


class Layout:
    """Walks the tree of routers below one application."""

    def __init__(
        self,
        engine: Engine,
        application: Application,
        dynamic: dict[DynamicRoute, None],
        visited: set[int],
        chains: dict[object, Chain],
    ) -> None:
        self.engine = engine
        self.application = application
        self.dynamic = dynamic
        self.visited = visited
        self.chains = chains
        self.unplaced: list[tuple[Route, Value]] = []
        self.way: list[Router] = []  # from the application to where the walk is

    def walk(self, router: Router, place: Place) -> Generator[tuple[Route, Value | None], None, list[Guards]]:
        """The routes of a router, in order; at the end, the guards that it has put up.

        A router that is mounted below itself is walked once more there: without end it would be the same again.
        """
        self.visited.add(id(router))
        if place.depth > DEEPEST_MOUNT or sum(found is router for found in self.way) > 1:
            return []
        self.way.append(router)
        entries = [entry for entry in router.entries if place.until is None or entry.sequence < place.until]
        own = [Guards(tuple(router.guards))]
        if not router.guards_follow:
            own += [Guards(entry.names) for entry in entries if isinstance(entry, GuardEntry) and entry.path is None]
        for entry in entries:
            if isinstance(entry, GuardEntry):
                below = texts_of(entry.path) if entry.path is not None else [""]
                if router.guards_follow and below == [""]:
                    own.append(Guards(entry.names))
                elif entry.path is not None:
                    own.extend(Guards(entry.names, router.join(place.prefix, path)) for path in below or ())
            elif isinstance(entry, RouteEntry):
                yield from self.lay(router, entry, place, (*place.guards, *own))
            elif isinstance(entry, MountEntry):
                own += yield from self.descend(router, entry, place, (*place.guards, *own))
            else:
                self.skip(entry, entry.reason)
                self.keep(router, entry, entry.handler)
        self.way.pop()
        return [found if found.below is not None else Guards(found.names, place.prefix or None) for found in own]

    def skip(self, entry: Entry, reason: str) -> None:
        """Note what only run time knows."""
        self.dynamic.setdefault(DynamicRoute(self.engine.span(entry.origin), reason))

    def otherwise(self, entry: Entry, path: Value, what: str) -> list[str]:
        """Note a path that run time decides; what it is where the settings that decide it are not given."""
        default = fallback(path)
        taken = "" if default is None else "; what is written for where that is not given is listed"
        self.skip(entry, f"{what} depends on {reason_of(path)}{taken}")
        return [default] if default is not None else []

    def keep(self, router: Router, entry: Entry, answering: Value | None) -> None:
        """Keep a handler whose path only run time knows."""
        handler = handler_in(answering) if answering is not None else None
        if isinstance(handler, Function):
            span, application = self.engine.span(entry.origin), self.application.identity
            nowhere = Route(router.framework, "*", "", PathPattern(()), shown(handler), None, span, 0, application)
            self.unplaced.append((nowhere, handler))

    def keep_all(self, child: Router, place: Place) -> None:
        """Keep the handlers of a router whose prefix only run time knows."""
        inner = Layout(self.engine, self.application, {}, self.visited, {})
        around = Place("", (PathPattern(()),), (), True, place.depth + 1, None)
        for route, handler in inner.walk(child, around):
            if isinstance(handler, Function):
                self.unplaced.append((route, handler))
        self.unplaced += inner.unplaced

    def lay(
        self,
        router: Router,
        entry: RouteEntry,
        place: Place,
        guards: tuple[Guards, ...],
    ) -> Iterator[tuple[Route, Value | None]]:
        """One registered route: a row for each method and path that it has."""
        paths = texts_of(entry.path)
        unsure = paths is None
        if paths is None:
            paths = self.otherwise(entry, entry.path, "the path")
            if not paths:
                self.keep(router, entry, entry.handler)
                return
        handler = handler_in(entry.handler)
        function = innermost(handler) if isinstance(handler, Function) else None
        wrappers = wrappers_of(handler) if isinstance(handler, Function) else ()
        for path in paths:
            full = router.join(place.prefix, path)
            try:
                patterns = [combined(base, own) for base in place.base for own in router.patterns(full)]
            except DynamicPathError as error:
                self.skip(entry, str(error))
                self.keep(router, entry, entry.handler)
                continue
            for pattern in patterns:
                every = (*self.in_force(router, place, guards, full, pattern), *entry.guards)
                for method in entry.methods or ("*",):
                    held = [name for name in every if not exempted(name, method, str(pattern))]
                    chain = tuple((name.target, name.origin) for name in held if isinstance(name, Guard))
                    names = tuple(refusing(held))
                    outside = library_name(entry.handler) or describe(entry.handler)
                    route = Route(
                        framework=router.framework,
                        method=method,
                        path=str(pattern),
                        pattern=pattern,
                        handler=shown(function) if function is not None else outside,
                        function=reference(self.engine, function) if function is not None else None,
                        span=self.engine.span(entry.origin),
                        order=0,
                        application=self.application.identity,
                        guards=(*names, *wrappers),
                        trailing=entry.trailing or trailing_at(router, place),
                        falls_through=entry.falls_through
                        or (isinstance(handler, Function) and router.falls_through(self.engine, handler)),
                        conditional=entry.conditional or place.conditional or unsure,
                        case_sensitive=router.case_sensitive or place.case_sensitive,
                    )
                    if chain:
                        self.chains.setdefault(chain_key(route), chain)
                    yield router.finished(self.engine, route, entry), handler

    def in_force(
        self, router: Router, place: Place, guards: tuple[Guards, ...], full: str, pattern: PathPattern
    ) -> tuple[str, ...]:
        """The names of the guards that hold at a path."""
        return tuple(
            name
            for found in guards
            if found.below is None
            or below_path(full, found.below)
            or self.surely_below(router, place, found.below, pattern)
            for name in found.names
        )

    def surely_below(self, router: Router, place: Place, below: str, pattern: PathPattern) -> bool:
        """Whether all requests for a pattern lie below a path that has parameters."""
        if below.isascii() and not PARAMETERS.search(below):
            return False
        try:
            prefixes = [combined(base, own) for base in place.base for own in router.patterns(below)]
        except DynamicPathError:
            return False
        return any(covers_prefix(prefix, pattern, case_sensitive=router.case_sensitive) for prefix in prefixes)

    def descend(
        self, router: Router, entry: MountEntry, place: Place, guards: tuple[Guards, ...]
    ) -> Generator[tuple[Route, Value | None], None, list[Guards]]:
        """A mounted router; at the end, the guards of it that hold for what comes after it too."""
        kept: list[Guards] = []
        known, inside = texts_of(entry.prefix), texts_of(entry.child.prefix)
        unsure = known is None or inside is None
        prefixes = known if known is not None else self.otherwise(entry, entry.prefix, "the prefix of a mount")
        own = inside if inside is not None else self.otherwise(entry, entry.child.prefix, "the prefix of a router")
        if not prefixes or not own:
            if unsure:
                self.visited.add(id(entry.child))
                self.keep_all(entry.child, place)
            return kept
        for prefix in prefixes:
            joined = router.join(place.prefix, prefix) if prefix else place.prefix
            bases, around = place.base, guards
            if entry.child.framework != router.framework:
                bases = tuple(combined(base, found) for base in bases for found in router.patterns(joined))
                around = (Guards(self.in_force(router, place, guards, joined, bases[0])),)
                joined = ""
            for ending in own:
                inner = entry.child.join(joined, ending) if ending else joined
                put_up = yield from self.walk(
                    entry.child,
                    Place(
                        inner,
                        bases,
                        (*around, Guards(entry.guards)),
                        place.conditional or entry.conditional or unsure,
                        place.depth + 1,
                        earlier(place.until, entry.at),
                        trailing_at(router, place),
                        place.case_sensitive or (router.case_sensitive and prefix not in ("", "/")),
                    ),
                )
                if entry.child.passes_on and entry.child.framework == router.framework:
                    kept += put_up
        return kept


def exempted(name: str, method: str, path: str) -> bool:
    """Whether middleware leaves the requests of a route alone."""
    target = name.target if isinstance(name, Guard) else None
    return isinstance(target, LibraryObject) and target.exempts(method, path) is True


def refusing(names: Iterable[str]) -> Iterator[str]:
    """The guards among middleware, by name."""
    for name in names:
        if not isinstance(name, Guard):
            yield name
        elif not name.passes:
            yield str(name)


def trailing_at(router: Router, place: Place) -> Slash:
    """What a slash at the end does to the routes of a router where it stands."""
    return place.trailing if router.trailing_of_parent and place.depth else router.trailing


def earlier(one: int | None, other: int | None) -> int | None:
    """The earlier of two moments; None is the end."""
    moments = [moment for moment in (one, other) if moment is not None]
    return min(moments) if moments else None


PARAMETERS = regex(r"[:{*(<\0]")


def below_path(path: str, prefix: str) -> bool:
    """Whether a path lies at or below a prefix, both in the framework's syntax."""
    prefix = prefix.rstrip("/*").rstrip("/")
    return path == prefix or path.startswith(f"{prefix}/")


def combined(base: PathPattern, own: PathPattern) -> PathPattern:
    """A pattern below another one."""
    if not base.segments:
        return own
    return PathPattern((*base.segments, *own.segments), own.slash)


def shown(function: Function) -> str:
    """A handler's name in its file; one that was written without a name, inside a call, has that of its variable."""
    return (held_as(function) if not function.code.name else None) or function.name


def reference(engine: Engine, function: Function) -> FunctionRef:
    """A function value as a noun."""
    assert function.origin is not None
    return FunctionRef(function.module.path, function.name, engine.span(function.origin), function.code.is_async)
