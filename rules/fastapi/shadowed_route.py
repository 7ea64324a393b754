"""A route is never reached: what stands before it takes its requests.

FastAPI (Starlette) tries routes in the order in which they are declared. After `/articles/{slug}`, a request for
`/articles/feed` never reaches the handler that was made for it: it is answered as the article with the slug `feed`,
most often with 404. A mounted application takes everything below its path, and answers what it does not know with 404
or 405 itself: behind `app.mount("/", StaticFiles(...))`, no route is reached any more.

Declare the route with the literal path before the one with the parameter, and mount applications and files last. The
order of `include_router` calls counts as much as the order inside a router.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Related, Route, rule, shadow_problem, shadowed

from ._mounts import behind_mounts


@rule(Category.FRAMEWORK_IDIOSYNCRASY)
def shadowed_route(facts: Facts) -> Iterator[Problem]:
    """Yield each FastAPI route that an earlier one, or a mount, leaves without requests."""
    reported: set[Route] = set()
    for framework in ("fastapi", "starlette"):
        for late, early in shadowed(facts.routes, framework):
            reported.add(late)
            yield shadow_problem(late, early, "declare")
    for late, (path, span) in behind_mounts(facts):
        if late not in reported:
            mount = path or "/"
            yield Problem(
                late.span,
                f"`{late.method} {late.path}` is never reached: the mount at `{mount}` before it takes its requests",
                related=(Related(span, f"`{mount}` is mounted here"),),
                symptom=f"404 or 405 on {late.method} {late.path}",
                remedy=f"Declare `{late.path}` before the mount",
                routes=(late,),
                identity=f"{late.method} {late.path}",
            )
