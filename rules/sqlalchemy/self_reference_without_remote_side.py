"""A relationship to the row above leads to the rows below.

For a table that refers to itself, SQLAlchemy takes every relationship for one from the referenced row to those that
refer to it. A `parent` over `parent_id` without `remote_side` therefore finds a child instead of the parent, and
setting it writes the wrong row. With `back_populates` on both sides, mappers cannot be configured: `Node.parent and
back-reference Node.children are both of the same direction`.

Say which side is the far one: `parent = relationship("Node", remote_side=[id], back_populates="children")`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import noted


@rule(Category.DATABASE_RUNTIME_ERROR)
def self_reference_without_remote_side(facts: Facts) -> Iterator[Problem]:
    """Yield each relationship to a parent that leads to children."""
    yield from noted(facts, "self-reference-without-remote-side")
