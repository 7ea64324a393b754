"""A route is declared on a router that has been included already.

`app.include_router(router)` copies the routes that the router has at that moment (before FastAPI 0.137). What is
declared on the router afterwards is not served: the client sees 404, and no log says why.

Include the router when all of its routes are there: at the end of the module, or in the module that imports them.

The rule speaks of versions that copy, as the project's manifests pin them.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, MountEntry, Problem, Related, RouteEntry, rule, texts_of

from ._routing import Routing


@rule(Category.FRAMEWORK_IDIOSYNCRASY)
def late_route(facts: Facts) -> Iterator[Problem]:
    """Yield each route that a router was given after all that includes it."""
    facts.routes  # noqa: B018 -- what is registered is known then
    routers = [made for made in facts.program.engine.objects if isinstance(made, Routing)]
    span = facts.program.engine.span
    for router in routers:
        mounts = [
            entry
            for made in routers
            for entry in made.entries
            if isinstance(entry, MountEntry) and entry.child is router
        ]
        if not mounts or any(entry.at != 0 for entry in mounts):
            continue
        last = max(mounts, key=lambda entry: entry.sequence)
        for entry in router.entries:
            if isinstance(entry, RouteEntry) and entry.sequence > last.sequence and near(facts, last, entry):
                path = (texts_of(entry.path) or ["the path"])[0]
                yield Problem(
                    span(entry.origin),
                    f"`{entry.methods[0]} {path}` is declared after its router was included, and is not served",
                    related=(Related(span(last.origin), "the router is included here"),),
                    symptom=f"404 on {entry.methods[0]} {path}",
                    remedy="Include the router when all of its routes are there",
                    routes=(),
                    identity=f"{entry.methods[0]} {path}",
                )


def near(facts: Facts, mount: MountEntry, entry: RouteEntry) -> bool:
    """Whether the order of two places is the program's own: they stand in one file, or one imports the other."""
    first, second = mount.origin.path, entry.origin.path
    edges = {(edge.source, edge.target) for edge in facts.imports.edges}
    return first == second or (first, second) in edges
