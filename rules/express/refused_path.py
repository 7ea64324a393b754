"""A path is in the syntax of another version of Express, which throws at the start.

Express 5 reads paths with path-to-regexp 8. A bare `*`, an optional `/:slug?`, a group `(.*)` and an expression
`:id(\\d+)`, all of which Express 4 takes, throw: `PathError: Missing parameter name at index 1: *`. The application
does not start, and no route of it answers.

A wildcard needs a name: `/*rest`, or `/{*rest}` where it may be empty. An optional part stands in braces:
`/articles{/:slug}`. A regular expression can still be given as such: `/^\\/articles\\/(\\d+)$/`. For an `app.use`
that is to see all requests, leave the path out.

The rule is silent for Express 4, and where the path is not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier.api import Category, Facts, Fix, Problem, Replacement, Span, is_test, rule

from ._routing import Routing

REMEDY = "Give the wildcard a name (`/*rest`, `/{*rest}`), and write optional parts in braces (`{/:slug}`)"


@rule(Category.SERVER_STARTUP_FAILURE, versions="express>=5")
def refused_path(facts: Facts) -> Iterator[Problem]:
    """Yield each path with which Express throws."""
    engine = facts.program.engine
    found = {place: text for one in engine.objects if isinstance(one, Routing) for text, place in one.refused}
    for place, text in found.items():
        if not is_test(place.path):
            yield Problem(
                engine.span(place),
                f"Express 5 throws on the path `{text}`",
                symptom="PathError: the process ends at the start, before it listens",
                remedy=REMEDY if text.strip("/") != "*" else "Leave the path out of `use`, or name it: `/{*rest}`",
                fix=named(facts, engine.span(place), text),
            )


def named(facts: Facts, place: Span, text: str) -> Fix | None:
    """The fix that names a wildcard at the end of a path, where nothing asks for it by its number."""
    source = facts.project.files[place.path]
    line = source.line(place.line)[place.column - 1 : place.end_column - 1]
    if re.fullmatch(r"/?(?:[\w:.-]+/)*\*", text) is None or line[1:-1] != text or line[:1] not in ("'", '"', "`"):
        return None
    if b"params[0]" in source.data or b"params['0']" in source.data:
        return None
    path = f"/{text.removesuffix('*').strip('/')}".rstrip("/") + "/{*rest}"
    return Fix(f"write `{path}`", (Replacement(place, f"{line[0]}{path}{line[0]}"),))
