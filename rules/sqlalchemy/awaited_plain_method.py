"""A method is awaited that gives no coroutine.

Of an asynchronous session, what sends a statement is awaited; `add`, `add_all` and `expunge` only note something, and
give `None`. So is the result complete when `await session.execute(...)` gives it: `scalars()`, `all()` and
`scalar_one_or_none()` of it are plain methods. Python raises `TypeError: object NoneType can't be used in 'await'
expression` (`'NoneType' object can't be awaited` in newer ones), and the request is answered with 500.

Leave the `await` away: `session.add(pier)`, `(await session.execute(...)).scalars().all()`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, External, Facts, Native, Problem, Value, regex, rule

from ._awaitables import ASYNC_SESSION, PLAIN, methods
from ._rows import Result

OF_SESSION = regex(methods(ASYNC_SESSION, PLAIN))
OF_RESULT = frozenset(
    "scalars scalar scalar_one scalar_one_or_none all first one one_or_none fetchall fetchone fetchmany unique "
    "mappings".split()
)


@rule(Category.DATABASE_RUNTIME_ERROR)
def awaited_plain_method(facts: Facts) -> Iterator[Problem]:
    """Yield each awaited call of a method that gives no coroutine."""
    for call in facts.awaited:
        if not call.targets or not all(is_plain(target) for target in call.targets):
            continue
        name = next(target.name for target in call.targets if isinstance(target, External | Native))
        yield Problem(
            call.span,
            f"`{name}` gives no coroutine, and is awaited",
            symptom="TypeError: object ... can't be used in 'await' expression",
            remedy="Leave the `await` away",
            identity=name,
        )


def is_plain(target: Value) -> bool:
    """Whether a method gives no coroutine: one of a session, or of a result that was not streamed."""
    if isinstance(target, External):
        return OF_SESSION.fullmatch(target.path) is not None
    if not isinstance(target, Native) or target.name not in OF_RESULT:
        return False
    holder = target.holder
    for _ in range(5):
        if not isinstance(holder, Result) or holder.made_by is None:
            return False
        callee = holder.made_by.callee
        if isinstance(callee, External):
            return callee.name in ("execute", "scalars", "exec")
        holder = callee.holder if isinstance(callee, Native) else None
    return False
