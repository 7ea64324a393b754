"""A function reads one of its own names before it binds it.

A name that a Python function binds anywhere is local to all of it, even where the module has one of the same name:
reading it further up raises `UnboundLocalError`. `let`, `const` and `class` behave alike in JavaScript:
`ReferenceError: Cannot access 'x' before initialization`. The name of `except ... as error` is gone when its block
ends. Each request that runs the line is answered with 500.

Bind the name first, or give the local one another name; say `global` where that of the module is meant.

The rule is silent where a loop may have bound the name in an earlier round, and where a `try` reckons with it.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Severity, rule

from ._wording import binding, message, remedy, symptom


@rule(Category.DATABASE_RUNTIME_ERROR)
def used_before_assignment(facts: Facts) -> Iterator[Problem]:
    """Yield each name that a function reads when it surely has no value."""
    for fault in facts.name_faults:
        if fault.moment == "call" and fault.kind in ("early", "ended"):
            yield Problem(
                fault.span,
                message(fault),
                related=binding(fault),
                symptom=symptom(fault),
                remedy=remedy(fault),
                severity=None if fault.reached else Severity.WARNING,
            )
