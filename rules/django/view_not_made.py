"""A class-based view is registered itself, without `as_view()`.

Django calls what a pattern names with the request. A class makes an object of itself then, and takes no request:
`TypeError: View.__init__() takes 1 positional argument but 2 were given`. Each request of the path is answered with
500.

Write `path("songs", SongList.as_view())`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Class, Facts, Problem, is_test, options, regex, rule

from ._urls import Path

VIEWS = regex(r"django\.views\..*|rest_framework\.(?:views|viewsets|generics)\..*|django\.contrib\.auth\.views\..*")


@rule(Category.FRAMEWORK_IDIOSYNCRASY)
def view_not_made(facts: Facts) -> Iterator[Problem]:
    """Yield each pattern that names a class of a view."""
    engine = facts.program.engine
    facts.routes  # noqa: B018 -- what is registered is known then
    for found in list(engine.objects):
        if not isinstance(found, Path) or is_test(found.call.span.path):
            continue
        for view in options(found.view):
            if not isinstance(view, Class) or "__call__" in view.members or view.keywords:
                continue
            bases = [getattr(base, "path", None) or "" for base in view.lineage() if not isinstance(base, Class)]
            if not any(VIEWS.fullmatch(base) for base in bases):
                continue
            yield Problem(
                found.call.span,
                f"The class `{view.name}` is registered itself, and cannot take a request",
                symptom="500: TypeError: View.__init__() takes 1 positional argument but 2 were given",
                remedy=f"Write `{view.name}.as_view()`",
                identity=view.name,
            )
