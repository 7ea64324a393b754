"""The function that makes a promise is asynchronous, so that its errors are lost.

`new Promise(async (resolve, reject) => ...)`: what the function throws rejects the promise that the function itself
gives, which nobody has. The new promise is never settled, the request is never answered, and since version 15 Node ends
the process for the rejection.

Use `await` in an asynchronous function instead of a new promise, or take all errors inside:
`try { ... } catch (error) { reject(error); }`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Severity, rule


@rule(Category.FRAMEWORK_IDIOSYNCRASY, Severity.WARNING)
def async_executor(facts: Facts) -> Iterator[Problem]:
    """Yield each asynchronous function that a promise is made with and that does not take its errors."""
    for late in facts.promised:
        if late.callback is None or late.name != "Promise" or late.caught or not late.waits:
            continue
        yield Problem(
            late.span,
            "an error in the function that makes this promise is lost",
            symptom="the request is never answered; unhandledRejection ends the process",
            remedy="Make no promise around `await`, or catch everything in the function and call `reject`",
            identity="executor",
        )
