"""Routes behind a mount: a mounted application takes every request below its path, and answers 404 itself."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Facts, MountEntry, Route, RouteEntry, Span, texts_of

from ._routing import Routing

DEEPEST = 30
Mounted = tuple[str, Span]  # its full path, and where it is mounted


def behind_mounts(facts: Facts) -> Iterator[tuple[Route, Mounted]]:
    """Routes that no request reaches because an application is mounted before them, above them."""
    engine = facts.program.engine
    for router in facts.table.objects:
        if isinstance(router, Routing):
            known = {(route.span, route.path): route for route in facts.routes if route.framework == router.framework}
            for entry, path, mounted in walk(router, "", [], 0):
                for pattern in router.patterns(path):
                    route = known.get((engine.span(entry.origin), str(pattern)))
                    if route is not None:
                        yield route, (mounted[0], engine.span(mounted[1].origin))


Taken = tuple[str, MountEntry]


def walk(router: Routing, prefix: str, taken: list[Taken], depth: int) -> Iterator[tuple[RouteEntry, str, Taken]]:
    """Entries in the order of matching, those that lie below an earlier mount. ``taken`` grows on the way."""
    if depth > DEEPEST:
        return
    for entry in router.entries:
        if isinstance(entry, RouteEntry):
            for path in texts_of(entry.path) or ():
                mounted = next((found for found in taken if below(prefix + path, found[0])), None)
                if mounted is not None:
                    yield entry, prefix + path, mounted
        elif isinstance(entry, MountEntry) and entry.at is None and not entry.conditional:
            for path in texts_of(entry.prefix) or ():
                if entry.sequence in router.mounts:
                    taken.append((prefix + path, entry))
                elif isinstance(entry.child, Routing):
                    yield from walk(entry.child, prefix + path, taken, depth + 1)


def below(path: str, mount: str) -> bool:
    """Whether a path lies below that of a mount; one with parameters is not compared."""
    return "{" not in mount and path.startswith(f"{mount}/")
