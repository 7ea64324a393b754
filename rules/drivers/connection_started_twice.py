"""A connection of aiosqlite is started a second time.

A connection of aiosqlite has a thread of its own, which starts when the connection is awaited and when it is entered as
a block. `async with await aiosqlite.connect(...)` does both: `RuntimeError: threads can only be started once`, on every
request.

Write `async with aiosqlite.connect(...) as db:`, or `db = await aiosqlite.connect(...)` and close it in the end.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule


@rule(Category.DATABASE_RUNTIME_ERROR)
def connection_started_twice(facts: Facts) -> Iterator[Problem]:
    """Yield each connection that is awaited and entered."""
    for block in facts.blocks:
        if block.awaited and block.library == "aiosqlite.connect":
            yield Problem(
                block.span,
                "the connection is awaited, and then entered as a block: it is started twice",
                symptom="RuntimeError: threads can only be started once",
                remedy="Write `async with aiosqlite.connect(...)`, without `await`",
                identity="aiosqlite.connect",
            )
