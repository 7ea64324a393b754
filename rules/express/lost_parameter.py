"""A handler reads a parameter of the path around its router, and does not get it.

A router sees the parameters of its own paths. Those of the path that it is mounted at (`app.use("/shops/:shop/cakes",
cakes)`) are left out, unless it was made with `mergeParams`: `req.params.shop` is `undefined` in its handlers. Queries
by it find nothing, and each request ends with 404 or 500.

Make the router with `Router({ mergeParams: true })`.

The rule is silent where something else stands in for the parameter (`req.params.shop ?? ...`), and about routers whose
settings or paths only run time knows.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import (
    Category,
    Facts,
    MemberRead,
    Problem,
    Related,
    Route,
    RouteEntry,
    Sequence,
    Span,
    Value,
    regex,
    rule,
    text_of,
)

from ._routing import ExpressRouter

PARAMETER = regex(r"[:*](\w+)")
READ = regex(r"\s*\??\.\s*(\w+)(?!\s*(?:\?\?|\|\|))|\s*\[\s*[\"'](\w+)[\"']\s*\]")
TAKEN = regex(r"\{([^{}]*)\}\s*=\s*\w+(?:\.\w+)*\.$")
NAME = regex(r"(\w+)\s*(?::[^,=]*)?(?:,|$)")


@rule(Category.FRAMEWORK_IDIOSYNCRASY)
def lost_parameter(facts: Facts) -> Iterator[Problem]:
    """Yield each place that reads a parameter which the router leaves out."""
    lost: dict[Span, tuple[ExpressRouter, frozenset[str]]] = {}
    for router in facts.program.engine.objects:
        if isinstance(router, ExpressRouter) and router.merges is False:
            for entry in router.entries:
                own = names_in(entry.path) if isinstance(entry, RouteEntry) else None
                if own is not None:
                    lost[facts.program.engine.span(entry.origin)] = router, own
    reads = [read for read in facts.member_reads if read.name == "params" and read.owner.endswith("express.Request")]
    for read in reads if lost else ():
        wanted = wanted_of(facts, read)
        routes = facts.calls.routes_at(read.span)
        if not routes or any(one.span not in lost for one in routes):
            continue
        lacking = [missing(one, lost[one.span][1]) for one in routes]
        names = sorted(name for name in wanted if all(name in one for one in lacking))
        if not names:
            continue
        router = lost[routes[0].span][0]
        place = facts.program.engine.span(router.origin) if router.origin is not None else None
        yield Problem(
            read.span,
            f"`{names[0]}` is a parameter of the path that the router is mounted below, and left out of `params` here",
            related=(Related(place, "the router"),) if place is not None else (),
            symptom=f"404 or 500: `req.params.{names[0]}` is undefined",
            remedy="Make the router with `Router({ mergeParams: true })`",
            routes=tuple(routes),
        )


def missing(route: Route, own: frozenset[str]) -> set[str]:
    """The parameters of a whole path that the path in its own router does not have."""
    return set(route.pattern.parameters) - own


def names_in(path: Value) -> frozenset[str] | None:
    """The parameters of a path; None where run time decides."""
    texts = [text_of(item) for item in (path.items if isinstance(path, Sequence) else [path])]
    known = [text for text in texts if text is not None]
    return frozenset(name for text in known for name in PARAMETER.findall(text)) if len(known) == len(texts) else None


def wanted_of(facts: Facts, read: MemberRead) -> set[str]:
    """The parameters that a read of ``params`` goes on to."""
    source = facts.project.files[read.span.path]
    after = source.data[read.place.end : read.place.end + 80].decode(errors="replace")
    match = READ.match(after)
    if match is not None:
        return {match[1] or match[2]}
    start = read.place.start
    taken = TAKEN.search(source.data[max(0, start - 200) : start].decode(errors="replace"))
    return set(NAME.findall(taken[1])) if taken is not None else set()
