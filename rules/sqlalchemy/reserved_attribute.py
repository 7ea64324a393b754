"""A mapped attribute is named `metadata`.

Declarative classes keep their tables under `metadata`. Before SQLAlchemy 2.1, a column or relationship of that name
ends the import of the module: `Attribute name 'metadata' is reserved when using the Declarative API`. From 2.1 on it
is a warning; the rule speaks where the manifests admit older versions only.

Name the attribute otherwise; the column in the database may keep its name: `meta = Column("metadata", JSON)`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import noted


@rule(Category.SERVER_STARTUP_FAILURE)
def reserved_attribute(facts: Facts) -> Iterator[Problem]:
    """Yield each mapped attribute that has a reserved name."""
    yield from noted(facts, "reserved-attribute")
