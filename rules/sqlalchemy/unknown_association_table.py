"""A many-to-many relationship goes through a table that is not defined.

`secondary="post_tags"` is looked up among the tables of the same `MetaData` when mappers are configured, on the first
use of any model: `expression 'post_tags' failed to locate a name`. From then on, every use of every model fails.

Define the table on the same `MetaData`, and name it as its `Table("...")` does, or hand over the `Table` itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import noted


@rule(Category.DATABASE_RUNTIME_ERROR)
def unknown_association_table(facts: Facts) -> Iterator[Problem]:
    """Yield each relationship through a table that nothing defines."""
    yield from noted(facts, "unknown-association-table")
