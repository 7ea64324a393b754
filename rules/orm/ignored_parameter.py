"""A parameter of the query string has no effect.

The handler reads the parameter (`?author=`, `?limit=`) and hands it on, and on the whole way down to the queries
nothing looks at it: the function that it arrives in never uses its argument, or the object that it was put into is
never asked for it. No query is filtered by it. The answer is 200, with rows that the client did not ask for.

Use it in the query (`.where(Author.name == author)`, `.limit(limit)`), or take it away all along.

The parameter is followed through variables, objects, arguments and results. Whatever else is done with it, a test of
it, a call of code that cannot be read, counts as a use. Where it is handed to nobody this is a warning; and where it is
a parameter of the handler, only if another route uses one of that name.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Confidence, Facts, Problem, Related, Severity, rule

from ._ways import asks_database


@rule(Category.INCORRECT_QUERY_LOGIC)
def ignored_parameter(facts: Facts) -> Iterator[Problem]:
    """Yield each parameter that a route reads and that nothing on the way of the route looks at."""
    found: dict[object, Problem] = {}
    used = {name for read in facts.inputs for name in read.names - {lost.name for lost in read.lost}}
    for read in facts.inputs:
        for lost in read.lost:
            handed = lost.parameter is not None
            if not handed and lost.declared and lost.name not in used:
                continue
            if lost.name.startswith("_") or not asks_database(facts, read.route):
                continue
            asked = f"{read.route.method} {read.route.path}"
            where = f": `{lost.handed}` takes it and does not use it" if handed else ""
            problem = Problem(
                lost.span,
                f"`{lost.name}` has no effect on {asked}{where}",
                related=(Related(lost.parameter, "it is taken here and never used"),) if lost.parameter else (),
                symptom=f"200 on {asked}?{lost.name}=..., with rows that it does not ask for",
                remedy="Use it in the query, or take it away",
                severity=Severity.ERROR if handed else Severity.WARNING,
                confidence=Confidence.HIGH if handed else Confidence.MEDIUM,
                routes=(read.route,),
                identity=lost.name,
            )
            found.setdefault((lost.span, lost.name), problem)
    yield from found.values()
