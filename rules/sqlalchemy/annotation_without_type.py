"""A column's annotation stands for no type of a database.

SQLAlchemy knows a type for `int`, `str`, `datetime` and the like, and for enumerations. For `Mapped[list[str]]`,
`Mapped[dict]` or a class of the project it does not, and the import of the module ends with `Could not locate
SQLAlchemy Core type when resolving for Python type`. SQLModel says `<class 'list'> has no matching SQLAlchemy type`.

Name the type: `mapped_column(JSON)`, with SQLModel `Field(sa_type=JSON)`, or once for all in the
`type_annotation_map` of the base. Where other rows are meant, declare a relationship.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import noted


@rule(Category.SERVER_STARTUP_FAILURE)
def annotation_without_type(facts: Facts) -> Iterator[Problem]:
    """Yield each column whose annotation has no type."""
    yield from noted(facts, "annotation-without-type")
