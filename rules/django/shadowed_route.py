"""A URL pattern is never reached: an earlier one takes its requests.

Django tries patterns in the order in which they stand, through each `include()` on the way, and calls the view of the
first one that matches. After `path("articles/<slug:slug>/", ...)`, a request for `/articles/feed/` never reaches the
view that was made for it: it is answered as the article with the slug `feed`, most often with 404. A `re_path()`
without `$` at its end takes all longer paths too.

Put the pattern with the literal path before the one with the parameter. The patterns of a router stand where its `urls`
are included.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Related, reordered, rule

from ._shadows import shadows


@rule(Category.FRAMEWORK_IDIOSYNCRASY)
def shadowed_route(facts: Facts) -> Iterator[Problem]:
    """Yield each Django pattern that an earlier one of another path leaves without requests."""
    for found in shadows(facts):
        if found.same:
            continue
        late, early = found.late[0], found.early
        bare = " without a slash at the end" if found.bare else ""
        yield Problem(
            late.span,
            f"`{late.path}`{bare} is never reached: `{early.path}` stands before it and takes its requests",
            related=(Related(early.span, f"`{early.path}` stands here"),),
            symptom=found.symptom(facts),
            remedy=f"Put `{late.path}` before `{early.path}`",
            routes=found.late,
            identity=found.label,
            fix=reordered(late, early),
        )
