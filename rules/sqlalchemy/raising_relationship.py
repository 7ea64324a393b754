"""A relationship with `lazy="raise"` is read, and no query loads it.

`lazy="raise"` forbids to load a relationship when it is read: `InvalidRequestError: 'Parcel.sender' is not available
due to lazy='raise'`. Where no query brings it along, each request that reads it is answered with 500.

Bring it along where the rows are loaded: `select(Parcel).options(joinedload(Parcel.sender))`.

Silent where some query of the project loads the relationship, and where the program itself sets it.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Confidence, Facts, Problem, Related, rule

from ._lazy import raising_reads


@rule(Category.DATABASE_RUNTIME_ERROR, confidence=Confidence.MEDIUM)
def raising_relationship(facts: Facts) -> Iterator[Problem]:
    """Yield where a relationship that must be loaded before is first read, and no query loads it."""
    for read in raising_reads(facts):
        name = f"{read.entity.name}.{read.relationship.name}"
        option = "selectinload" if read.relationship.many else "joinedload"
        yield Problem(
            read.span,
            f"`{name}` may not be loaded when it is read, and no query brings it along",
            related=(Related(read.relationship.span, "the relationship is declared here"),),
            symptom=f"500: InvalidRequestError: '{name}' is not available due to lazy='{read.relationship.lazy}'",
            remedy=f"Bring it along in the query: `.options({option}({name}))`",
            identity=name,
        )
