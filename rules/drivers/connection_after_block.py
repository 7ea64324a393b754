"""A connection is used behind the block that it belongs to.

`async with pool.acquire() as connection:` gives the connection back where the block ends, and `with engine.begin() as
connection:`, `async with aiosqlite.connect(...) as db:` close it. What is called on it behind the block fails:
`ResourceClosedError: This Connection is closed`, `InterfaceError: ... connection has been released back to the pool`.

Put the statement into the block: often it is only its indentation.

`with connection:` of sqlite3 and psycopg2 ends a transaction and keeps the connection, and so is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Related, regex, rule

# What closes its connection or gives it back at the end of the block, and what is said to whoever goes on to use it.
ENDING = (
    (
        regex(
            r"sqlalchemy(?:\.\w+)*\.(?:create_engine|create_async_engine|Engine|AsyncEngine)(?:\(\))?\.(?:connect|begin)"
        ),
        "ResourceClosedError: This Connection is closed",
    ),
    (
        regex(r"asyncpg(?:\.\w+)*(?:\(\))?\.acquire"),
        "InterfaceError: cannot call Connection.{method}(): connection has been released back to the pool",
    ),
    (regex(r"aiosqlite\.connect"), "ValueError: no active connection"),
    (regex(r"psycopg\.(?:connect|(?:Async)?Connection\.connect)"), "OperationalError: the connection is closed"),
)
HARMLESS = frozenset({"close", "aclose", "is_closed", "terminate", "invalidate"})


@rule(Category.DATABASE_RUNTIME_ERROR)
def connection_after_block(facts: Facts) -> Iterator[Problem]:
    """Yield each call on a connection behind its block."""
    for block in facts.blocks:
        said = next((text for pattern, text in ENDING if pattern.fullmatch(block.library)), None)
        if said is None:
            continue
        for method, span in block.behind:
            if method in HARMLESS:
                continue
            yield Problem(
                span,
                f"`{block.name}` is used behind the block that closes it",
                related=(Related(block.span, "the block is over what this gives"),),
                symptom=said.format(method=method),
                remedy="Move it into the block",
                identity=f"{block.name} {method}",
            )
