"""A view is put on a blueprint that has been registered already.

`app.register_blueprint(blueprint)` takes the views that the blueprint has at that moment. Since Flask 2.3 one that
comes later ends in an AssertionError, and the application does not start; before, the view is not served, the client
sees 404, and a warning in the log is all that says why.

Register the blueprint when all of its views are there: import the module of the views before.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, MountEntry, Problem, Related, RouteEntry, rule, texts_of, version_range

from ._application import Blueprint, Scaffold


@rule(Category.FRAMEWORK_IDIOSYNCRASY)
def late_route(facts: Facts) -> Iterator[Problem]:
    """Yield each view that a blueprint was given after it had been registered."""
    facts.routes  # noqa: B018 -- what is registered is known then
    made = [found for found in facts.program.engine.objects if isinstance(found, Scaffold)]
    span = facts.program.engine.span
    versions = version_range(facts.project, "flask")
    older = versions is not None and versions.surely("<2.3")
    for blueprint in [found for found in made if isinstance(found, Blueprint)]:
        mounts = [
            entry
            for found in made
            for entry in found.entries
            if isinstance(entry, MountEntry) and entry.child is blueprint
        ]
        if not mounts or any(entry.at is None for entry in mounts):
            continue
        last = max(mounts, key=lambda entry: entry.sequence)
        for entry in blueprint.entries:
            if isinstance(entry, RouteEntry) and entry.sequence > last.sequence and near(facts, last, entry):
                path = (texts_of(entry.path) or ["the rule"])[0]
                yield Problem(
                    span(entry.origin),
                    f"`{entry.methods[0]} {path}` is put on a blueprint that has been registered already",
                    related=(Related(span(last.origin), "the blueprint is registered here"),),
                    symptom=f"404 on {entry.methods[0]} {path}"
                    if older
                    else "the start fails: AssertionError: The setup method 'route' can no longer be called",
                    remedy="Register the blueprint when all of its views are there",
                    routes=(),
                    identity=f"{entry.methods[0]} {path}",
                )


def near(facts: Facts, mount: MountEntry, entry: RouteEntry) -> bool:
    """Whether the order of two places is the program's own: they stand in one file, or one imports the other."""
    first, second = mount.origin.path, entry.origin.path
    edges = {(edge.source, edge.target) for edge in facts.imports.edges}
    return first == second or (first, second) in edges
