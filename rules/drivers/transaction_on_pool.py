"""A transaction is begun on a pool, which has no transactions.

`pool.query("BEGIN")` of pg sends it by whatever connection is free, and gives that back at once. The statements that
follow may go by other connections, where they are no part of the transaction, and statements of other requests come
into it: they are answered, and a `ROLLBACK` takes them back.

Take one connection for all of it: `const client = await pool.connect()` (pg) or `await pool.getConnection()` (mysql2),
send `BEGIN`, the statements and `COMMIT` by that, roll back in `catch`, and release it in `finally`.

The rule is silent where the pool is made for one connection.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, is_test, regex, rule, text_of

SENDING = regex(
    r"(?:pg|pg-pool)\.(?:default\.)?Pool(?:\(\))?\.query|mysql2/promise\.(?:createPool\(\)|Pool)\.(?:query|execute)"
)
BEGINNING = regex(r"\s*(?:BEGIN|START\s+TRANSACTION)\b", re.IGNORECASE)
BLOCK = regex(r"\s*BEGIN\b.*;.*\S", re.IGNORECASE | re.DOTALL)  # all of the transaction in one text
SINGLE = regex(rb"\b(?:max|connectionLimit)\s*:\s*1\b")


@rule(Category.STATE_PROPAGATION_FAILURE)
def transaction_on_pool(facts: Facts) -> Iterator[Problem]:
    """Yield each statement that begins a transaction and is sent by a pool."""
    seen = set()
    for use in facts.calls.uses:
        if use.library is None or SENDING.fullmatch(use.library) is None or is_test(use.span.path):
            continue
        text = text_of(use.arguments[0]) if use.arguments else None
        if text is None or BEGINNING.match(text) is None or BLOCK.match(text) is not None or use.span in seen:
            continue
        seen.add(use.span)
        if any(SINGLE.search(source.data) for source in facts.project.files.values()):
            return
        yield Problem(
            use.span,
            "this transaction is begun on a pool: what follows may go by other connections",
            symptom="what was answered with success is gone when another request rolls back",
            remedy="Take one connection out of the pool, and send all of the transaction by that",
        )
