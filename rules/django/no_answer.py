"""A view ends without an answer.

Django sends what a view returns, which has to be a response. One that returns nothing, because its `return` is missing
or a branch was forgotten, and one that returns a dict, a list or a model, fails: the client sees 500, the log `The
view didn't return an HttpResponse object. It returned None instead`.

Return a response on every way: `JsonResponse(...)`, or `HttpResponse(status=204)` where there is nothing to say.

Handlers behind decorators of the project's own, which may make an answer of anything, are left alone. A handler that
answers on other ways is a warning only, and none where what it asks for is the request's method, or each of the texts
that a field takes (`choices=["day", "week"]`). Views of django-ninja answer with anything.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import (
    Category,
    Facts,
    Function,
    Problem,
    answer_problem,
    given_instead,
    rule,
    unanswered,
)

from ._plain import PLAIN, is_ninja
from ._rest import RestView

MAKERS = frozenset("JsonResponse HttpResponse Response render redirect".split())
REMEDY = "Return a response on every way"


@rule(Category.FRAMEWORK_IDIOSYNCRASY)
def no_answer(facts: Facts) -> Iterator[Problem]:
    """Yield each view that returns nothing, or something that is no response."""
    seen: set[object] = set()
    for route, handler in zip(facts.routes, facts.table.handlers, strict=True):
        if route.framework != "django" or not isinstance(handler, Function) or handler.code in seen:
            continue
        if route.function is None or is_ninja(facts, route):
            continue
        seen.add(handler.code)
        found = unanswered(facts, route, handler, PLAIN, MAKERS)
        if found is not None:
            yield answer_problem(route, found, "500: ValueError: The view didn't return an HttpResponse object", REMEDY)
        elif not isinstance(handler.bound, RestView) and "api_view" not in handler.decorators:
            instead = given_instead(facts, route, handler, PLAIN - {"api_view", "action"}, plain=True)
            if instead is not None:
                yield answer_problem(
                    route,
                    instead,
                    "500: what the view returned is no HttpResponse, and has none of its attributes",
                    REMEDY,
                )
