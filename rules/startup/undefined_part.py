"""A part of the application is built without another one that it uses.

JavaScript hands over `undefined` where an argument is left out. The server starts, and the first request that comes to
use the missing part fails: `TypeError: Cannot read properties of undefined`.

Hand the part over where the application is put together.

The rule looks at calls that the start surely makes, of functions and classes of the project that take a member of the
parameter and nowhere ask whether it is there.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Related, is_test, rule


@rule(Category.STATE_PROPAGATION_FAILURE)
def undefined_part(facts: Facts) -> Iterator[Problem]:
    """Yield each call of the start in JavaScript that leaves out what is used without a look."""
    for found in facts.started.shortages:
        if not found.javascript or found.used is None or is_test(found.span.path):
            continue
        name = found.missing[0]
        yield Problem(
            found.span,
            f"`{found.callee}` is called without `{name}`, of which it takes members",
            related=(Related(found.used, f"`{name}` is undefined here"),),
            symptom="500: TypeError: Cannot read properties of undefined",
            remedy=f"Hand `{name}` over",
            identity=f"{found.callee} {name}",
        )
