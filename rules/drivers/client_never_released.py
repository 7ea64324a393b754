"""A client is taken out of the pool and never given back.

`await pool.connect()` of pg and `await pool.getConnection()` of mysql2 take a connection out of the pool until it is
released. Each request takes one more: after ten of them (the default size) the next one waits for ever, and is never
answered.

Release it in `finally { client.release(); }`, or let the pool do it: `await pool.query(...)`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, regex, rule

TAKING = regex(
    r"(?:pg|pg-pool)\.(?:default\.)?Pool(?:\(\))?\.connect|mysql2/promise\.(?:createPool\(\)|Pool)\.getConnection"
)
GIVING = frozenset({"release", "end", "destroy"})


@rule(Category.DATABASE_RUNTIME_ERROR)
def client_never_released(facts: Facts) -> Iterator[Problem]:
    """Yield each client that a function takes and keeps."""
    for call in facts.awaited:
        if call.handed or not call.name or call.methods & GIVING:
            continue
        paths = [getattr(target, "path", None) for target in call.targets]
        if not all(path is not None and TAKING.fullmatch(path) for path in paths):
            continue
        if call.function is None or call.function not in facts.calls.reaching:
            continue
        names = [facts.loose_names(below) for below in facts.calls.below(call.function)]
        if any(found is None or found & GIVING for found in names):
            continue
        yield Problem(
            call.span,
            f"`{call.name}` is taken out of the pool, and never given back",
            symptom="after as many requests as the pool has connections, no request is answered any more",
            remedy=f"Write `finally {{ {call.name}.release(); }}`, or `pool.query(...)`",
            identity=call.name,
        )
