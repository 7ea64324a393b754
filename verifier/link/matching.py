"""How routes match: which requests a route takes, and which routes are left without any."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from verifier.model import Fix, Move, Operation, PathPattern, Problem, Related, Route, Segment


def covers(early: PathPattern, late: PathPattern, *, case_sensitive: bool = True) -> bool:
    """Whether a pattern surely takes every path that another one takes; slashes at the end are left aside."""
    ours, theirs = early.segments, late.segments
    for place, segment in enumerate(ours):
        if segment.rest:  # with more behind it, what it leaves over decides
            return place == len(ours) - 1 and place < len(theirs) and _any_rest(segment)
        if place >= len(theirs) or not covers_segment(segment, theirs[place], case_sensitive=case_sensitive):
            return False
    return len(ours) == len(theirs)


def covers_prefix(prefix: PathPattern, late: PathPattern, *, case_sensitive: bool = True) -> bool:
    """Whether all that a pattern takes surely lies at or below another one."""
    for place, segment in enumerate(prefix.segments):
        if segment.rest:
            return place < len(late.segments) and _any_rest(segment)
        if place >= len(late.segments) or not covers_segment(
            segment, late.segments[place], case_sensitive=case_sensitive
        ):
            return False
    return True


def covers_segment(early: Segment, late: Segment, *, case_sensitive: bool) -> bool:
    """Whether a segment surely takes all that another one takes."""
    if late.rest:
        return False
    if early.literal and late.literal:
        same = early.text == late.text
        return same or (not case_sensitive and early.text.lower() == late.text.lower())
    if early.literal:
        return False
    if early.pattern is None:
        return bool(late.text)
    if late.literal:
        return full_match(early.pattern, late.text)
    return early.pattern == late.pattern


def _any_rest(segment: Segment) -> bool:
    return segment.pattern in (None, ".*", ".+")


@lru_cache(4096)
def full_match(pattern: str, text: str) -> bool:
    """Whether a segment's pattern matches a literal; a pattern that Python cannot read matches nothing for sure."""
    if len(pattern) > 200:
        return False
    try:
        return re.fullmatch(pattern, text) is not None
    except re.error:
        return False


def takes(route: Route, method: str) -> bool:
    """Whether a route answers a method."""
    return route.method in (method, "*")


def takes_rest(route: Route) -> bool:
    """Whether a route takes whatever follows, slashes too."""
    return bool(route.pattern.segments) and route.pattern.segments[-1].rest


def shadowed(routes: Iterable[Route], framework: str) -> Iterator[tuple[Route, Route]]:
    """Routes that an earlier one of their application leaves without requests, each with that earlier one.

    Only for frameworks that take the first route that matches. A route under a condition shadows nothing for sure,
    nor does one whose handler may pass the request on.
    """
    groups: dict[str, list[Route]] = {}
    for route in routes:
        if route.framework == framework:
            groups.setdefault(route.application, []).append(route)
    for group in groups.values():
        before = Branch()
        for place, late in enumerate(group):
            candidates = sorted(before.covering(late.pattern.segments), key=place_of)
            early = next((route for _, route in candidates if takes_all(route, late)), None)
            if early is not None:
                yield late, early
            if not lets_pass(late):
                before.add(place, late)


def reordered(late: Route, early: Route) -> Fix | None:
    """The fix that registers a route before the one that takes its requests.

    None where they stand in different files, or where the later one would then take all requests of the other.
    """
    if late.span.path != early.span.path or takes_all(late, early):
        return None
    return Fix(f"register `{late.path}` before `{early.path}`", (Move(late.span, early.span),))


def shadow_problem(late: Route, early: Route, verb: str = "register") -> Problem:
    """The finding on a route that an earlier one leaves without requests; the verb says how routes come about."""
    return Problem(
        late.span,
        f"`{late.method} {late.path}` is never reached: `{early.path}` stands before it and takes its requests",
        related=(Related(early.span, f"`{early.path}` is {verb.removesuffix('e')}ed here"),),
        symptom=f"{late.method} {late.path} is answered by {answerer(early)}",
        remedy=f"{verb.capitalize()} `{late.path}` before `{early.path}`"
        if late.path != early.path
        else "Give one of them another path or method, or leave it out",
        routes=(late,),
        identity=f"{late.method} {late.path}",
        fix=reordered(late, early),
    )


class Branch:
    """Routes by their segments, so that only those are looked at that may cover another one.

    ``literal`` goes on by a segment's text, in lower case; ``open`` by a parameter's pattern.
    """

    __slots__ = ("ends", "literal", "open", "rests")

    def __init__(self) -> None:
        self.literal: dict[str, Branch] = {}
        self.open: dict[str | None, tuple[Segment, Branch]] = {}
        self.ends: list[tuple[int, Route]] = []
        self.rests: list[tuple[int, Route]] = []

    def add(self, place: int, route: Route) -> None:
        """Put a route where it stands in the order of matching."""
        branch = self
        for segment in route.pattern.segments:
            if segment.rest:  # with more behind it, it covers nothing for sure
                branch.rests.append((place, route))
                return
            if segment.literal:
                branch = branch.literal.setdefault(segment.text.lower(), Branch())
            else:
                branch = branch.open.setdefault(segment.pattern, (segment, Branch()))[1]
        branch.ends.append((place, route))

    def covering(self, segments: tuple[Segment, ...]) -> Iterator[tuple[int, Route]]:
        """Routes that may cover a path, slashes and case left aside."""
        waiting = [(self, 0)]
        while waiting:
            branch, place = waiting.pop()
            if place == len(segments):
                yield from branch.ends
                continue
            yield from branch.rests
            segment, place = segments[place], place + 1
            if segment.literal and segment.text.lower() in branch.literal:
                waiting.append((branch.literal[segment.text.lower()], place))
            for wider, below in branch.open.values():
                if covers_segment(wider, segment, case_sensitive=False):
                    waiting.append((below, place))


def answerer(route: Route) -> str:
    """What answers a route, in words: its handler by name, or the route itself where that has none."""
    return f"the route for `{route.path}`" if "<" in route.handler or not route.handler else f"`{route.handler}`"


def place_of(candidate: tuple[int, Route]) -> int:
    """Where a route stands in the order of matching."""
    return candidate[0]


def lets_pass(route: Route) -> bool:
    """Whether a route leaves requests to later ones: it may not be there, or passes them on."""
    return route.conditional or route.falls_through


def takes_all(early: Route, late: Route) -> bool:
    """Whether an earlier route takes every request of a later one, which is not the same once more."""
    if not takes(early, late.method):
        return False
    if not covers(early.pattern, late.pattern, case_sensitive=early.case_sensitive):
        return False
    if early.trailing != "lenient" and not takes_rest(early) and early.pattern.slash != late.pattern.slash:
        return False  # the earlier one would answer by a redirect at most, and only if no other route matched
    if early.span == late.span and (early.function is None or early.function == late.function):
        return False  # one call for several paths; those of a loop have handlers of their own
    return not repeats(early, late)


def repeats(early: Route, late: Route) -> bool:
    """Whether a route only says again what an earlier one says: nobody misses it."""
    return early.function is not None and early.function == late.function and same_shape(early.pattern, late.pattern)


def answers(route: Route, operation: Operation) -> bool:
    """Whether a route is the one that an operation asks for: same method, same shape of path, slash left aside."""
    return takes(route, operation.method) and same_shape(route.pattern, operation.pattern)


def same_shape(ours: PathPattern, theirs: PathPattern) -> bool:
    """Whether a route's path stands for a contract's path: literals equal, parameters at the same places."""
    if ours.segments and ours.segments[-1].rest:
        return covers(ours, theirs)
    if len(ours.segments) != len(theirs.segments):
        return False
    for one, other in zip(ours.segments, theirs.segments, strict=True):
        if one.literal != other.literal:
            return False
        if one.literal and one.text != other.text:
            return False
    return True


def serves(route: Route, operation: Operation) -> bool:
    """Whether a route takes the operation's requests, though it may have been made for others."""
    return takes(route, operation.method) and covers(
        route.pattern, operation.pattern, case_sensitive=route.case_sensitive
    )


def slash_matters(route: Route, operation: Operation) -> bool:
    """Whether the request of an operation fails on a route for a slash at the end."""
    if route.pattern.slash == operation.pattern.slash or not route.pattern.segments:
        return False
    if route.trailing == "append":  # Django adds a slash by a redirect that only GET survives
        return not route.pattern.slash or operation.method not in ("GET", "HEAD")
    return route.trailing == "exact"
