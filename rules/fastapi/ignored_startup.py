"""What is to run at the start is never called: the application has a lifespan as well.

An application that is given `lifespan=` runs that and nothing else. `@app.on_event("startup")`, `on_startup=[...]` and
`add_event_handler` are taken without a word and never called: no tables are created, no pool is opened, and the first
request that needs them fails.

Do it in the lifespan: before its `yield` what belongs to the start, behind it what belongs to the end.

Events of a router that is included run in newer versions; the rule leaves them alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Related, rule

from ._objects import Application


@rule(Category.DATABASE_RUNTIME_ERROR)
def ignored_startup(facts: Facts) -> Iterator[Problem]:
    """Yield each registration of a start-up or shutdown handler on an application that has a lifespan."""
    for made in facts.program.engine.objects:
        if not isinstance(made, Application) or made.lifespan is None:
            continue
        for call in made.unheard:
            event = call.text(0, "event_type") or "startup"
            own = call is made.lifespan
            what = "`on_startup` or `on_shutdown`" if own else f'the handler of "{event}"'
            yield Problem(
                call.span,
                f"{what} is never called: the application has a lifespan",
                related=() if own else (Related(made.lifespan.span, "the lifespan is given here"),),
                symptom="what it was to prepare is missing when the first request needs it",
                remedy="Do it in the lifespan",
                identity=what,
            )
