"""A route is never reached: an earlier one takes its requests.

Hono runs handlers in the order in which they were registered, and stops at the first that answers. After
`app.get("/articles/:slug", ...)`, a request for `/articles/feed` never reaches the handler that was made for it: it is
answered as the article with the slug `feed`, most often with 404. `app.route(...)` registers what the sub-application
has, at that place in the order. A handler that returns `next()` passes the request on, and is not reported.

Register the route with the literal path before the one with the parameter, or restrict the parameter:
`/articles/:id{[0-9]+}`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule, shadow_problem, shadowed


@rule(Category.FRAMEWORK_IDIOSYNCRASY)
def shadowed_route(facts: Facts) -> Iterator[Problem]:
    """Yield each Hono route that an earlier one leaves without requests."""
    for late, early in shadowed(facts.routes, "hono"):
        yield shadow_problem(late, early)
