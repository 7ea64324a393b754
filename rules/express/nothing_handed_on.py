"""Middleware in front of the routes hands no request on.

Express runs through what was registered, in order. Middleware without a path that answers each request itself, or ends
each with `next(error)`, lets none of them through: a handler for unknown paths in front of the routes answers all of
them with 404.

Put it behind the routes: `app.use("/api", routes)` first, then `app.use(notFound)`.

The rule is silent where the middleware may call `next()`, or hands it to code that may, and where a condition decides
whether it is used.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import (
    Category,
    Facts,
    Function,
    MountEntry,
    Problem,
    Related,
    RouteEntry,
    Value,
    is_test,
    options,
    rule,
    text_of,
)

from ._routing import Routing, handles_errors


@rule(Category.FRAMEWORK_IDIOSYNCRASY)
def nothing_handed_on(facts: Facts) -> Iterator[Problem]:
    """Yield each piece of middleware that keeps all requests from what was registered after it."""
    engine = facts.program.engine
    facts.routes  # noqa: B018 -- what is registered is known then
    for router in list(engine.objects):
        if not isinstance(router, Routing):
            continue
        entries = [entry for entry in router.entries if isinstance(entry, MountEntry | RouteEntry)]
        last = max((entry.sequence for entry in entries), default=0)
        for used in router.used:
            if used.sequence > last or used.conditional:
                continue
            if used.path is not None and text_of(used.path) not in ("", "/"):
                continue
            found = options(used.value)
            if not found or not all(isinstance(one, Function) for one in found) or handles_errors(used.value):
                continue
            if is_test(used.origin.path) or any(may_hand_on(facts, router, one) for one in found):
                continue
            later = [entry for entry in entries if entry.sequence > used.sequence]
            if later and all(entry.origin.path == used.origin.path for entry in later):
                yield Problem(
                    engine.span(used.origin),
                    "This hands no request on: nothing that is registered after it is reached",
                    related=(Related(engine.span(later[0].origin), "what stands here gets no request"),),
                    symptom="each request of the routes behind it is answered here",
                    remedy="Put it behind the routes",
                )
                break  # what comes then is not reached either


def may_hand_on(facts: Facts, router: Routing, value: Value) -> bool:
    """Whether middleware may pass a request on: by its third parameter, or by the ``next`` that requests have."""
    if not isinstance(value, Function) or router.falls_through(facts.program.engine, value):
        return True
    if not all(one.name for one in value.code.parameters):
        return True
    data = facts.project.files[value.module.path].data[value.code.start : value.code.end]
    return b".next" in data
