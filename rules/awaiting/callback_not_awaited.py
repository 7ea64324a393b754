"""An asynchronous function is given to an array's method, which does not wait for it.

The methods of arrays know nothing of promises. `forEach(async ...)` starts the function for each item and goes on at
once: the answer is sent before the work is done, and an error in it ends the process. To `filter`, `some`, `every` and
`find` the promise that they get is always true, so that every item is kept and every check passes. What `map` gives is
an array of promises: awaiting that array, or sending it, waits for none of them.

Write `for (const item of items) await ...`, or `await Promise.all(items.map(async (item) => ...))`; to filter, await
the answers first and filter by them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier.api import Category, Confidence, Facts, Problem, Promised, Severity, regex, rule

from ._misuse import is_plain

TRUE_OF_ALL = frozenset("filter some every find findIndex findLast findLastIndex".split())
# What has methods of these names that do wait: streams, cursors of databases.
WAITING = regex(r"stream|cursor|pipe|iterator|observable|queue|\$$|rx", re.IGNORECASE)


@rule(Category.BUSINESS_LOGIC_DEFECT, confidence=Confidence.MEDIUM)
def callback_not_awaited(facts: Facts) -> Iterator[Problem]:
    """Yield each asynchronous function that an array's method is given, where something goes wrong for it."""
    for late in facts.promised:
        if late.callback is None or late.name == "Promise" or WAITING.search(late.on) or is_foreign(late):
            continue
        if late.name in TRUE_OF_ALL:
            yield Problem(
                late.span,
                f"`{late.name}` does not wait for what it is given: a promise is always true",
                symptom="every item meets the condition",
                remedy="Await the answers with `Promise.all`, and look at these",
                identity=late.name,
            )
        elif late.name == "forEach" or (late.name in ("map", "flatMap") and late.is_used("discarded")):
            if late.waits and not late.caught and late.caller in facts.calls.reaching:
                yield Problem(
                    late.span,
                    f"`{late.name}` does not wait for the function, nor does anybody take its errors",
                    symptom="the answer comes before the work is done; an error in it ends the process",
                    remedy="Write `for (const item of items) await ...`, or `await Promise.all(items.map(...))`",
                    severity=Severity.WARNING,
                    identity=late.name,
                )
        elif late.name in ("map", "flatMap") and is_wrong(facts, late):
            yield Problem(
                late.span,
                f"`{late.name}` gives an array of promises, and nobody waits for these",
                symptom="the array holds promises: the answer has `{}` for each of them",
                remedy="Write `await Promise.all(items.map(...))`",
                identity=late.name,
            )


def is_wrong(facts: Facts, late: Promised) -> bool:
    """Whether an array of promises is taken for one of their results."""
    if late.is_used("awaited", "answered"):
        return True
    given = [use for use in late.uses if use.kind == "given"]
    return any(use.targets and all(is_plain(facts, target, late.idle) for target in use.targets) for use in given)


def is_foreign(late: Promised) -> bool:
    """Whether what is called is a function of a library itself (`lodash.map`), which may wait."""
    return late.library is not None and late.library.count(".") < 2
