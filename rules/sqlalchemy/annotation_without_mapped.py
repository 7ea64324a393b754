"""A mapped attribute is annotated with a plain type.

From SQLAlchemy 2.0 on, annotations of mapped attributes are read. `id: int = mapped_column(...)` and
`posts: list["Post"] = relationship(...)` end the import of the module with `Type annotation for "User.posts" can't be
correctly interpreted for Annotated Declarative Table form`.

Write `id: Mapped[int] = mapped_column(...)` and `posts: Mapped[list["Post"]] = relationship(...)`, or leave the
annotation out. `__allow_unmapped__ = True` on the base turns the reading off. `Column(...)` takes any annotation, and
SQLModel has annotations of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import noted


@rule(Category.SERVER_STARTUP_FAILURE)
def annotation_without_mapped(facts: Facts) -> Iterator[Problem]:
    """Yield each mapped attribute with a plain annotation."""
    yield from noted(facts, "annotation-without-mapped")
