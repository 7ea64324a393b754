"""A method is called that sessions have, and asynchronous sessions have not.

`AsyncSession` has no `query()`: the statements of SQLAlchemy's older style read relationships and send statements
where nothing awaits them. Nor has it the `bulk_` methods. Python raises `AttributeError: 'AsyncSession' object has no
attribute 'query'`, and the request is answered with 500.

Write `await session.scalars(select(User).where(...))`; for the others, `await session.run_sync(lambda session: ...)`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, regex, rule

LACKING = regex(
    r"(?:sqlalchemy\.ext\.asyncio(?:\.session)?\.AsyncSession|sqlmodel\.ext\.asyncio\.session\.AsyncSession)(?:\(\))?"
    r"\.(query|bulk_save_objects|bulk_insert_mappings|bulk_update_mappings|enable_relationship_loading|prepare)"
)


@rule(Category.DATABASE_RUNTIME_ERROR)
def not_in_async_session(facts: Facts) -> Iterator[Problem]:
    """Yield each call of a method that an asynchronous session lacks."""
    for call in dict.fromkeys((*facts.calls.calls, *facts.calls_elsewhere.calls)):
        found = LACKING.fullmatch(call.library or "")
        if found is None:
            continue
        yield Problem(
            call.span,
            f"an asynchronous session has no `{found[1]}`",
            symptom=f"AttributeError: 'AsyncSession' object has no attribute '{found[1]}'",
            remedy="Write `await session.execute(select(...))`"
            if found[1] == "query"
            else f"Write `await session.run_sync(lambda session: session.{found[1]}(...))`",
        )
