"""A service reads or writes the database itself.

All data storage operations belong to the repositories. A service that builds statements or queries models cannot be
tested without a database, and spreads knowledge of the tables over two layers. Committing and rolling back is no data
access: where a transaction ends is for the service to decide.

Move the statement into a repository's method and call that.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule


@rule(Category.CONSTRAINT_VIOLATION, constraint="architecture")
def data_access_in_service(facts: Facts) -> Iterator[Problem]:
    """Yield the first data access of each function of a service file."""
    for path, sites in facts.data_access.items():
        if facts.layers.role(path) != "services":
            continue
        seen: set[str] = set()
        for site in sites:
            if site.function not in seen:
                seen.add(site.function)
                yield Problem(
                    site.span,
                    f"`{site.function}` is in the services layer and reaches the database with `{site.what}`",
                    remedy="Move the statement into a method of a repository",
                    identity=site.function,
                )
