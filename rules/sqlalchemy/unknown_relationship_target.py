"""A relationship leads to a class that does not exist.

The name in `relationship("Profile")` or `Mapped["Profile"]` is looked up when mappers are configured, on the first
query or the first object of any mapped class: `expression 'Profile' failed to locate a name`. From then on, every use
of every model fails, also of those that have nothing to do with the relationship.

Name a mapped class of the same declarative base, as it is written in its `class` statement (not the table).
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import noted


@rule(Category.DATABASE_RUNTIME_ERROR)
def unknown_relationship_target(facts: Facts) -> Iterator[Problem]:
    """Yield each relationship whose target no file defines."""
    yield from noted(facts, "unknown-relationship-target")
