"""A router's routes are declared, and no application uses them.

A router of Koa is no middleware: what it gives is made by `router.routes()`. Where that is never called, each request
of its routes is answered with `404 Not Found`. Where the router itself is used, `app.use(router)`, the application
ends with `TypeError: middleware must be a function!`.

Write `app.use(router.routes())`, or `parent.use(router.routes())` for a router inside of another one.

The rule is silent where something that is used is known at run time only.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, is_test, reachable, rule

from ._router import KoaRouter

REMEDY = "Write `app.use(router.routes())`"


@rule(Category.INCOMPLETE_IMPLEMENTATION)
def router_not_used(facts: Facts) -> Iterator[Problem]:
    """Yield each router that is used as it is, and each whose routes nobody asks for."""
    engine = facts.program.engine
    routers = [one for one in list(engine.objects) if isinstance(one, KoaRouter)]
    if not routers:
        return
    facts.table  # noqa: B018 -- lays all routers out
    for (rule_id, place), _ in list(engine.remarks.items()):
        if rule_id == "koa/router-not-used" and not is_test(place.path):
            yield Problem(
                engine.span(place),
                "A router is used without its `routes()`",
                symptom="TypeError: middleware must be a function! The process ends at the start",
                remedy=REMEDY,
            )
    if facts.doubtful_routes or not facts.startup.entries:
        return
    if not any(found.framework == "koa" for found in facts.startup.served):
        return
    run = reachable([entry.path for entry in facts.startup.entries], facts.imports)
    used = {router.origin for router in routers if router.asked or router.mounted or router.symbolic}
    for origin in dict.fromkeys(router.origin for router in routers if router.stack):
        if origin is not None and origin not in used and origin.path in run and not is_test(origin.path):
            yield Problem(
                engine.span(origin),
                "No application uses the routes of this router: its `routes()` is never called",
                symptom="404 Not Found for each of its routes",
                remedy=REMEDY,
            )
