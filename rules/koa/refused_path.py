"""A path is in the syntax of another version of the router, which throws at the start.

koa-router and @koa/router have read paths with three versions of path-to-regexp. Up to version 8, `*`, `(.*)` and
`:slug?` are all taken. From 9 on, a bare `*` throws, and `(.*)` has to be written. From 14 on, both throw, and so do
`:slug?` and `:id(\\d+)`: a wildcard is `/*rest` or `/{*rest}`, an optional part stands in braces. The application
ends with `Missing parameter name at index 1: *`, or `Unexpected MODIFIER at 0, expected END`, before it listens.

Write the path in the syntax of the version that the manifest asks for. Middleware that is to see all requests needs
no path.

The rule is silent where the path is not known.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, is_test, rule

from ._router import KoaRouter


@rule(Category.SERVER_STARTUP_FAILURE)
def refused_path(facts: Facts) -> Iterator[Problem]:
    """Yield each path with which the router throws."""
    engine = facts.program.engine
    routers = [one for one in engine.objects if isinstance(one, KoaRouter)]
    found = {place: (text, one.generation) for one in routers for text, place in one.refused}
    for place, (text, generation) in found.items():
        if is_test(place.path):
            continue
        wanted = "`/{*rest}`" if generation >= 14 else "`(.*)`"
        yield Problem(
            engine.span(place),
            f"Version {generation} of the router throws on the path `{text}`",
            symptom="PathError or TypeError: the process ends at the start, before it listens",
            remedy=f"Write what this version reads: {wanted} for any text"
            + (", `{/:slug}` for an optional part" if generation >= 14 else ""),
        )
