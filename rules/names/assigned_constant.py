"""A constant is assigned to.

JavaScript raises `TypeError: Assignment to constant variable.` when the line is run, for names that `const` declares
and for those that are imported alike; tools that compile the file refuse it. The request is answered with 500.

Declare the name with `let`, or give the new value a name of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Severity, rule

from ._wording import binding, symptom


@rule(Category.DATABASE_RUNTIME_ERROR)
def assigned_constant(facts: Facts) -> Iterator[Problem]:
    """Yield each assignment to a constant."""
    for fault in facts.name_faults:
        if fault.kind == "constant":
            yield Problem(
                fault.span,
                f"`{fault.name}` is a constant, and assigned to",
                related=binding(fault),
                symptom=symptom(fault),
                remedy=f"Declare `{fault.name}` with `let`",
                severity=None if fault.reached else Severity.WARNING,
            )
