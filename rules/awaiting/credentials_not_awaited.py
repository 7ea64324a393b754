"""Who somebody is, or what they may do, is decided by a promise.

The call that checks a password, a token or a right, or that gives the user with the hash of a password, is not awaited.
A coroutine or promise is always true: `if (!verify(password, hash))` lets everybody in. What is read of it
(`user.passwordHash`) is `undefined`, and nobody gets in.

Write `await` before the call.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Related, rule

from ._misuse import awaited, decides_access, is_wrong, symptom, told


@rule(Category.AUTH_MISCONFIGURATION)
def credentials_not_awaited(facts: Facts) -> Iterator[Problem]:
    """Yield each call that is not awaited and whose result tells who somebody is."""
    for late in facts.promised:
        if late.callback is not None or not decides_access(late):
            continue
        use = next((use for use in late.uses if is_wrong(facts, late, use)), None)
        if use is None:
            continue
        yield Problem(
            late.span,
            f"`{late.name}` is not awaited, and decides who gets in: {told(late, use)}",
            related=(Related(use.span, "its result is needed here"),) if use.span.line != late.span.line else (),
            symptom=f"{symptom(late, use)}: everybody gets in, or nobody",
            remedy="Write `await` before it",
            identity=f"{late.name} {use.kind} {use.name}",
            fix=awaited(late),
        )
