"""Which patterns are never asked: Django takes the first that matches, for all methods at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from verifier.api import Facts, PathPattern, Route, covers, takes

from ._urls import Site


class Shadow(NamedTuple):
    """Routes of one pattern, and a route of the one that is asked before it.

    ``same`` where both have the same path; ``bare`` where only a request without a slash at its end is lost.
    """

    late: tuple[Route, ...]
    early: Route
    same: bool
    bare: bool

    @property
    def label(self) -> str:
        """The later pattern with its methods."""
        methods = ", ".join(dict.fromkeys(route.method for route in self.late if route.method != "*"))
        return f"{methods} {self.late[0].path}" if methods else self.late[0].path

    def symptom(self, facts: Facts) -> str:
        """What clients see instead."""
        first = [route for route in facts.routes if (route.span, route.path) == (self.early.span, self.early.path)]
        seen: list[str] = []
        for route in self.late:
            asked = route.path if route.method == "*" else f"{route.method} {route.path}"
            answer = next((other for other in first if route.method == "*" or takes(other, route.method)), None)
            seen.append(f"{asked} is answered by `{answer.handler}`" if answer is not None else f"405 on {asked}")
        return "; ".join(dict.fromkeys(seen))


def shadows(facts: Facts) -> Iterator[Shadow]:
    """Each pattern that another one leaves without requests."""
    sites = {
        f"{place.path}:{place.line}": site
        for site in facts.table.objects
        if isinstance(site, Site) and site.origin is not None
        for place in [facts.program.engine.span(site.origin)]
    }
    for application in facts.applications:
        site = sites.get(f"{application.span.path}:{application.span.line}")
        if site is not None:
            routes = [route for route in facts.routes if route.application == application.identity]
            yield from shadows_in(site, routes)


def shadows_in(site: Site, routes: list[Route]) -> Iterator[Shadow]:
    """The same for one root of URL patterns."""
    groups: dict[tuple[int, str], list[Route]] = {}
    for route in routes:
        groups.setdefault((site.turns[route.span, route.path], route.path), []).append(route)
    asked: list[tuple[int, Route]] = []
    for (turn, _), late in groups.items():
        for before, early in asked:
            bare = hides(site, early, late[0]) if before != turn else None
            if bare is not None:
                same = covers(late[0].pattern, early.pattern) and early.pattern.slash == late[0].pattern.slash
                yield Shadow(tuple(late), early, same, bare)
                break
        asked.append((turn, late[0]))


def hides(site: Site, early: Route, late: Route) -> bool | None:
    """Whether a pattern surely takes all requests of a later one.

    True where it takes those without a slash at the end only; None where some may get past it.
    """
    place, later = (early.span, early.path), (late.span, late.path)
    if early.conditional or place in site.undecided:
        return None
    if place in site.open_ended:
        count = len(early.pattern.segments)
        front = PathPattern(late.pattern.segments[:count])
        longer = len(late.pattern.segments) > count or late.pattern.slash or not early.pattern.slash
        return False if longer and covers(PathPattern(early.pattern.segments), front) else None
    if later in site.open_ended or not covers(early.pattern, late.pattern):
        return None
    rest = bool(early.pattern.segments) and early.pattern.segments[-1].rest
    if rest or early.trailing == "lenient":
        return False
    if early.pattern.slash != late.pattern.slash:
        return None
    return late.trailing == "lenient"
