"""A prefix of a router starts with no slash, or ends with one.

FastAPI refuses both when the router is made or included: `AssertionError: A path prefix must start with '/'`, `A path
prefix must not end with '/', as the routes will start with '/'`. The module cannot be imported, and nothing is served.

Write `prefix="/songs"`, and routes below it as `"/{song}"`, or `""` for the prefix itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, is_test, rule


@rule(Category.SERVER_STARTUP_FAILURE)
def refused_prefix(facts: Facts) -> Iterator[Problem]:
    """Yield each router that is made or included with a prefix that FastAPI refuses."""
    engine = facts.program.engine
    facts.routes  # noqa: B018 -- what is registered is known then
    for (rule_id, place), prefix in list(engine.remarks.items()):
        if rule_id != "fastapi/refused-prefix" or is_test(place.path):
            continue
        starts = prefix.startswith("/")
        wanted = "not end with" if starts else "start with"
        yield Problem(
            engine.span(place),
            f"The prefix `{prefix}` {'ends with a slash' if starts else 'does not start with a slash'}",
            symptom=f"the start fails: AssertionError: A path prefix must {wanted} '/'",
            remedy=f'Write `prefix="/{prefix.strip("/")}"`' if prefix.strip("/") else "Leave the prefix out",
            identity=prefix,
        )
