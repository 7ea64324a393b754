"""A coroutine or promise is used as if it were its result.

A call of an asynchronous function, or of a library's method that gives a promise (`session.scalar(...)`,
`Ticket.create(...)`), is not awaited, and what it gives is read, tested, compared, gone through or sent. It is no row
and no number yet: Python raises `AttributeError: 'coroutine' object has no attribute ...`, and JavaScript reads
`undefined`. A test is worse, for it always holds: `if (users.exists(name))`, `if not check_password(...)`.

Write `await` before the call, or before all of them: `await asyncio.gather(...)`, `await Promise.all([...])`. The
function around it has to be asynchronous, too.

What is handed to other functions, kept, or awaited somewhere later is left alone; and so is what nobody was seen to
call.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Related, rule

from ._misuse import awaited, decides_access, is_asked, is_wrong, symptom, told


@rule(Category.DATABASE_RUNTIME_ERROR)
def missing_await(facts: Facts) -> Iterator[Problem]:
    """Yield each call whose coroutine or promise is taken for its result."""
    for late in facts.promised:
        if late.callback is not None or decides_access(late):
            continue
        use = next((use for use in late.uses if is_wrong(facts, late, use)), None)
        if use is None or is_asked(facts, late):
            continue
        around = late.caller is not None and not late.caller.is_async
        yield Problem(
            late.span,
            f"`{late.name}` is not awaited: {told(late, use)}",
            related=(Related(use.span, "its result is needed here"),) if use.span.line != late.span.line else (),
            symptom=symptom(late, use),
            remedy="Write `await` before it" + (", and make the function around it asynchronous" if around else ""),
            identity=f"{late.name} {use.kind} {use.name}",
            fix=awaited(late),
        )
