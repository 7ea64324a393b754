"""A route reads or writes the database itself.

Routes hold no data access: they read the request, call a service, and write the response. A statement in a handler ties
the API to the tables, and is not covered by whatever the repositories guarantee.

Move the statement into a repository, and call it through a service.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, FunctionRef, Problem, rule

from ._functions import encloses, owner, title
from ._words import reached


@rule(Category.CONSTRAINT_VIOLATION, constraint="architecture")
def data_access_in_route(facts: Facts) -> Iterator[Problem]:
    """Yield the first data access of each function of a route file."""
    for path, sites in facts.data_access.items():
        if facts.layers.role(path) != "routes":
            continue
        seen: list[FunctionRef] = []
        for site in sites:
            inside = owner(facts, site.inside)
            if not any(encloses(outer, inside) for outer in seen):
                seen.append(inside)
                name = title(facts, inside)
                yield Problem(
                    site.span,
                    f"{name} is in the routes layer and reaches the database with {reached(facts, site)}",
                    remedy="Move the statement into a repository, and call it through a service",
                    identity=site.function,
                )
