"""A route is never reached: an earlier one takes its requests.

koa-router and @koa/router run all layers that match a request, in the order in which they were registered, each as far
as the one before it calls `next`. After `router.get("/articles/:slug", ...)`, whose handler does not, a request for
`/articles/feed` never reaches the handler that was made for it: it is answered as the article with the slug `feed`,
most often with 404. A handler that calls `next` passes the request on, and is not reported.

Register the route with the literal path before the one with the parameter. The order of the routers' `routes()` counts
as much as the order inside a router. (With `exclusive: true` it is the other way round: the last route that matches
runs.)
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule, shadow_problem, shadowed


@rule(Category.FRAMEWORK_IDIOSYNCRASY)
def shadowed_route(facts: Facts) -> Iterator[Problem]:
    """Yield each Koa route that an earlier one leaves without requests."""
    for late, early in shadowed(facts.routes, "koa"):
        yield shadow_problem(late, early)
