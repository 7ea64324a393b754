"""The architecture: each layer in its place, and who may need whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.check.verdicts.clauses import Clause, Doubt, nothing_missing
from verifier.check.verdicts.places import place
from verifier.model import Evidence, FunctionRef

if TYPE_CHECKING:
    from verifier.link import Facts


def without(*roles: str) -> Doubt:
    """In doubt where a layer has no file: nothing is there that could keep or break the clause."""

    def doubt(facts: Facts) -> tuple[Evidence, ...]:
        played = {layer.role for layer in facts.layers.files.values()}
        lacking = [role for role in roles if role not in played]
        return tuple(Evidence(place(facts), f"no file belongs to the layer `{role}`") for role in lacking)

    return doubt


def without_layers(facts: Facts) -> tuple[Evidence, ...]:
    """In doubt where fewer than two layers have files."""
    if sum(1 for files in facts.layers.members.values() if files) > 1:
        return ()
    return (Evidence(place(facts), "fewer than two layers have files"),)


def without_repository_calls(facts: Facts) -> tuple[Evidence, ...]:
    """In doubt where nothing was seen that calls a repository: who does so was not found out."""
    lacking = without("repositories")(facts)
    callees = (call.callee for call in facts.calls.calls)
    if lacking or any(found is not None and facts.layers.role(found.path) == "repositories" for found in callees):
        return lacking
    return (Evidence(place(facts), "no call of a repository was seen"),)


def without_data_access(facts: Facts) -> tuple[Evidence, ...]:
    """In doubt where no route was followed to the database."""
    if facts.data_access:
        return ()
    followed = len(facts.calls.entries)
    routes = "route whose handler was" if followed == 1 else f"{followed} routes whose handlers were"
    where = f"below the {routes} followed" if followed else "as no handler was followed"
    return (Evidence(place(facts), f"no data access was seen, {where}"),)


def outside_of_repositories(facts: Facts) -> tuple[Evidence, ...]:
    """In doubt where no data access was seen, or some lies in files that are no repositories by any sign.

    A helper of no layer that nobody but repositories calls is a part of them.
    """
    roles = {path: facts.layers.role(path) for path in facts.data_access}
    helping = helpers(facts)
    found: list[Evidence] = []
    for path, role in roles.items():
        sites = [site for site in facts.data_access[path] if role is not None or site.inside not in helping]
        if role != "repositories" and sites:
            where = f"`{role}`" if role else "no layer"
            found.append(Evidence(sites[0].span, f"data access in a file of {where}"))
    return without_data_access(facts) or tuple(found)


def helpers(facts: Facts) -> frozenset[FunctionRef]:
    """Functions in files of no layer that repositories call, directly or through each other, and nobody else."""
    callers: dict[FunctionRef, set[FunctionRef | None]] = {}
    for call in facts.calls.calls:
        if call.callee is not None and facts.layers.role(call.callee.path) is None:
            callers.setdefault(call.callee, set()).add(None if call.handed else call.caller)
    for _, entry in facts.calls.entries:
        callers.setdefault(entry, set()).add(None)
    found = set(callers)
    while True:  # the greatest set: what is left calls each other, and is called by repositories
        lost = {
            function
            for function in found
            if any(
                caller is None or (facts.layers.role(caller.path) != "repositories" and caller not in found)
                for caller in callers[function]
            )
        }
        if not lost:
            return frozenset(found)
        found -= lost


# The clauses of the clean architecture.
ARCHITECTURE: tuple[Clause, ...] = (
    Clause("each layer is in its own directory", ("layers/missing-layer", "layers/shared-directory"), nothing_missing),
    Clause("dependencies point down only", ("layers/upward-import",), without_layers),
    Clause("routes import services only", ("layers/repository-in-route",), without("routes", "repositories")),
    Clause(
        "repositories are reached only through services",
        ("layers/repository-outside-service", "layers/repository-in-route"),
        without_repository_calls,
    ),
    Clause("services are framework-agnostic", ("layers/framework-in-service",), without("services")),
    Clause("routes hold no data access", ("layers/data-access-in-route",), without_data_access),
    Clause(
        "data access lies in repositories",
        ("layers/data-access-in-service", "layers/data-access-in-route"),
        outside_of_repositories,
    ),
)
CONFIGURED: tuple[Clause, ...] = (
    Clause("dependencies point down only", ("layers/upward-import",), without_layers),
    Clause("closed layers are not bypassed", ("layers/skipped-layer",), without_layers),
)
