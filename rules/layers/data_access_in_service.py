"""A service reads or writes the database itself.

All data storage operations belong to the repositories. A service that builds statements or queries models cannot be
tested without a database, and spreads knowledge of the tables over two layers. Committing and rolling back is no data
access: where a transaction ends is for the service to decide.

Move the statement into a repository's method and call that.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, FunctionRef, Problem, rule

from ._functions import encloses, owner, title
from ._words import reached


@rule(Category.CONSTRAINT_VIOLATION, constraint="architecture")
def data_access_in_service(facts: Facts) -> Iterator[Problem]:
    """Yield the first data access of each function of a service file."""
    for path, sites in facts.data_access.items():
        if facts.layers.role(path) != "services":
            continue
        seen: list[FunctionRef] = []
        for site in sites:
            inside = owner(facts, site.inside)
            if not any(encloses(outer, inside) for outer in seen):
                seen.append(inside)
                name = title(facts, inside)
                yield Problem(
                    site.span,
                    f"{name} is in the services layer and reaches the database with {reached(facts, site)}",
                    remedy="Move the statement into a method of a repository",
                    identity=site.function,
                )
