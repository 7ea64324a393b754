"""A transaction that is begun in a pool's client is not rolled back where something fails.

After an error PostgreSQL ignores all statements of a transaction until it is rolled back. A client of pg that is
released with one goes back into the pool as it is: the next request that gets it, whatever it asks, is answered with
`current transaction is aborted, commands ignored until end of transaction block`.

Roll it back before the client is released: `catch (error) { await client.query('ROLLBACK'); throw error; }`. A client
that is released with the error, `client.release(error)`, leaves the pool and is replaced.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier.api import (
    Category,
    Facts,
    FunctionRef,
    Problem,
    Severity,
    Span,
    is_test,
    nodes_in,
    regex,
    rule,
    syntax,
    text_of,
)

SENDING = regex(r"(?:pg|pg-pool)\.(?:default\.)?Pool(?:\(\))?\.connect(?:\(\))?\.query")
REFUSED = "current transaction is aborted, commands ignored until end of transaction block"
BEGINNING = regex(r"\s*(?:BEGIN|START\s+TRANSACTION)\b", re.IGNORECASE)
ENDING = regex(r"\s*(?:COMMIT|END)\b", re.IGNORECASE)


@rule(Category.DATABASE_RUNTIME_ERROR, Severity.WARNING)
def transaction_left_open(facts: Facts) -> Iterator[Problem]:
    """Yield each transaction that a function begins and commits, and that nothing rolls back."""
    begun: dict[FunctionRef, Span] = {}
    committed: set[FunctionRef] = set()
    for use in facts.calls.uses:
        if (
            use.caller is None
            or use.library is None
            or is_test(use.span.path)
            or SENDING.fullmatch(use.library) is None
        ):
            continue
        text = text_of(use.arguments[0]) if use.arguments else None
        if text is not None and BEGINNING.match(text):
            begun.setdefault(use.caller, use.span)
        elif text is not None and ENDING.match(text):
            committed.add(use.caller)
    for function, span in begun.items():
        if function not in committed or function not in facts.calls.reaching:
            continue
        below = (function, *facts.calls.below(function))
        if any(discards(facts, one) for one in below):
            continue
        names = [facts.loose_names(one) for one in below]
        if any(found is None or any("rollback" in name.lower() for name in found) for found in names):
            continue
        yield Problem(
            span,
            "the transaction is not rolled back where something fails before it is committed",
            symptom=f"after the first error, 500 on any request: {REFUSED}",
            remedy="Send `ROLLBACK` in `catch`, before the client is released",
        )


def discards(facts: Facts, function: FunctionRef) -> bool:
    """Whether a function hands `release` something: an error, or `true`, with which the client leaves the pool."""
    known = facts.calls.codes.get(function)
    return known is not None and any(
        isinstance(node, syntax.Call)
        and isinstance(node.callee, syntax.Member)
        and node.callee.name == "release"
        and bool(node.arguments)
        for node in nodes_in(known.code.body)
    )
