"""A route is never reached: what is tried before it takes its requests.

Up to version 3.9, aiohttp tries routes in the order in which they are registered. After `/articles/{slug}`, a request
for `/articles/feed` never reaches the handler that was made for it. Since 3.10 it looks routes up by the fixed part of
their path, the longest first, so a literal path wins wherever it stands. Even so, some stay unreached:

- of two routes with the same fixed part, the second one (`/articles/{id:[0-9]+}` after `/articles/{slug}`);
- another method on the path of a class-based view, which answers every method itself, if only with 405;
- a route below the prefix of a sub-application, tried after it: the sub-application answers 404;
- before 3.14, a route of a domain's application whose path the application around it has too.

Register the narrower route first. Put all methods of a path into one view, and a route below the prefix of a
sub-application into that sub-application.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Related, Route, Span, covers, repeats, rule, takes

from ._application import Application, claimed


@rule(Category.FRAMEWORK_IDIOSYNCRASY)
def shadowed_route(facts: Facts) -> Iterator[Problem]:
    """Yield each aiohttp route that something tried before it leaves without requests."""
    groups: dict[str, list[Route]] = {}
    for route in facts.routes:
        if route.framework == "aiohttp":
            groups.setdefault(route.application, []).append(route)
    holders = [found for found in facts.table.objects if isinstance(found, Application)]
    engine = facts.program.engine
    views = {
        engine.span(origin) for holder in engine.objects if isinstance(holder, Application) for origin in holder.views
    }
    lost = {(late, path): claim for holder in holders for late, path, claim in claimed(engine, holder)}
    for group in groups.values():
        for place, late in enumerate(group):
            early = next((found for found in group[:place] if hides(found, late, views)), None)
            claim = lost.get((late.span, late.path))
            if early is not None:
                yield by_route(late, early)
            elif claim is not None:
                yield by_application(late, *claim)


def hides(early: Route, late: Route, views: set[Span]) -> bool:
    """Whether a route that is tried before another one surely takes all of its requests."""
    if early.conditional or early.span == late.span or repeats(early, late):
        return False
    if not takes(early, late.method) and early.span not in views:
        return False
    return early.pattern.slash == late.pattern.slash and covers(early.pattern, late.pattern)


def by_route(late: Route, early: Route) -> Problem:
    """The problem of a route behind another one."""
    answered = takes(early, late.method)
    return Problem(
        late.span,
        f"`{late.method} {late.path}` is never reached: `{early.path}` is tried before it and takes its requests",
        related=(Related(early.span, f"`{early.path}` is registered here"),),
        symptom=f"{late.method} {late.path} is answered by `{early.handler}`"
        if answered
        else f"405 on {late.method} {late.path}",
        remedy=f"Register `{late.path}` before `{early.path}`"
        if answered
        else f"Make `{late.method.lower()}` a method of the view at `{early.path}`",
        routes=(late,),
        identity=f"{late.method} {late.path}",
    )


def by_application(late: Route, place: Span, prefix: str) -> Problem:
    """The problem of a route below the prefix of a sub-application."""
    return Problem(
        late.span,
        f"`{late.method} {late.path}` is never reached: the sub-application at `{prefix}` takes all that lies below it",
        related=(Related(place, "the sub-application is added here"),),
        symptom=f"404 on {late.method} {late.path}",
        remedy=f"Register it with the sub-application at `{prefix}`, or before that is added",
        routes=(late,),
        identity=f"{late.method} {late.path}",
    )
