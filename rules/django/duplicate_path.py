"""The methods of a path are split over two URL patterns: the second is never reached.

Django chooses a pattern by the path alone. The view of the first one is called for every method, and answers 405 to
those that it does not know (`@api_view(["GET"])`, `@require_GET`, a class without that method); the second pattern is
never asked. In other frameworks a path may be registered once for each method, in Django it may not.

Give the path one view that answers all its methods: a class with a method for each, a view set, or a function that
looks at `request.method`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Related, rule

from ._shadows import shadows


@rule(Category.FRAMEWORK_IDIOSYNCRASY)
def duplicate_path(facts: Facts) -> Iterator[Problem]:
    """Yield each Django pattern whose path another pattern has already."""
    for found in shadows(facts):
        if not found.same:
            continue
        late, early = found.late[0], found.early
        yield Problem(
            late.span,
            f"`{found.label}` is never reached: an earlier pattern has the same path, and is asked for all methods",
            related=(Related(early.span, f"`{early.path}` stands here first"),),
            symptom=found.symptom(facts),
            remedy=f"Give `{late.path}` one view that answers all its methods",
            routes=found.late,
            identity=found.label,
        )
