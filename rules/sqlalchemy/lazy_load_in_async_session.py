"""A relationship is read that an asynchronous session would have to load first.

A relationship is loaded when it is read (`lazy="select"`), unless the query brought it along. An asynchronous session
cannot send a statement where nothing is awaited: `MissingGreenlet: greenlet_spawn has not been called; can't call
await_only() here`. The request is answered with 500.

Bring it along where the rows are loaded: `select(Ship).options(selectinload(Ship.crew))` for collections,
`joinedload(Ship.port)` for single objects; or `await session.refresh(ship, ["crew"])`.

Silent where some query of the project loads the relationship, where the program itself sets it, and where it is read by
`awaitable_attrs` or inside of `run_sync`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Confidence, Facts, Problem, Related, rule

from ._lazy import lazy_reads


@rule(Category.DATABASE_RUNTIME_ERROR, confidence=Confidence.MEDIUM)
def lazy_load_in_async_session(facts: Facts) -> Iterator[Problem]:
    """Yield where a relationship that no query brings along is first read."""
    for read in lazy_reads(facts):
        name = f"{read.entity.name}.{read.relationship.name}"
        option = "selectinload" if read.relationship.many else "joinedload"
        yield Problem(
            read.span,
            f"`{name}` is loaded when it is read, which an asynchronous session cannot do",
            related=(Related(read.relationship.span, "the relationship is declared here"),),
            symptom="MissingGreenlet: greenlet_spawn has not been called; can't call await_only() here",
            remedy=f"Bring it along in the query: `.options({option}({name}))`",
            identity=name,
        )
