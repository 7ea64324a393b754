"""A coroutine is made and never awaited, so that nothing of it is done.

Calling an `async def` function only makes a coroutine; it runs when somebody awaits it. A call that stands alone
(`repository.remove(kite)`, `session.commit()`), or whose result is kept in a variable that nobody reads, does nothing
at all. The request is answered as if it was done, and the log has a `RuntimeWarning: coroutine ... was never awaited`.

Write `await` before the call; where nobody shall wait for it, hand it to `asyncio.create_task(...)`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._misuse import awaited, is_asked


@rule(Category.STATE_PROPAGATION_FAILURE)
def coroutine_never_run(facts: Facts) -> Iterator[Problem]:
    """Yield each call that makes a coroutine which is thrown away."""
    for late in facts.promised:
        if not late.idle or not late.is_used("discarded") or is_asked(facts, late):
            continue
        yield Problem(
            late.span,
            f"`{late.name}` is never awaited, so nothing of it is done",
            symptom=f"RuntimeWarning: coroutine '{late.name}' was never awaited; what it should change stays as it is",
            remedy="Write `await` before it",
            identity=late.name,
            fix=awaited(late),
        )
