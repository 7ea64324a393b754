"""A route is never reached: an earlier one takes its requests.

Express tries routes in the order in which they were registered. After `router.get("/articles/:slug")`, a request for
`/articles/feed` never reaches the handler that was made for it: it is answered as the article with the slug `feed`,
most often with 404. A handler that may call `next()` passes the request on, and is not reported; `next(error)` does
not: it leads to the error handlers.

Register the route with the literal path before the one with the parameter. The order of `use` calls counts as much as
the order inside a router.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule, shadow_problem, shadowed


@rule(Category.FRAMEWORK_IDIOSYNCRASY)
def shadowed_route(facts: Facts) -> Iterator[Problem]:
    """Yield each Express route that an earlier one leaves without requests."""
    for late, early in shadowed(facts.routes, "express"):
        yield shadow_problem(late, early)
