"""A function reads a name that nothing binds.

The file loads, and the server starts. Python raises `NameError`, JavaScript `ReferenceError`, when the line is run, so
that each request that comes by is answered with 500. Most often an import is missing: of a model, of an exception that
is only raised where something is not found.

Import or define the name.

Code that the start does not load gets a warning. The rule is silent about names that code of the project makes global,
that a star import may bring, that `typeof` or `except NameError` asks about, and about scripts for browsers.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Severity, rule

from ._wording import binding, message, remedy, symptom


@rule(Category.DATABASE_RUNTIME_ERROR)
def undefined_name(facts: Facts) -> Iterator[Problem]:
    """Yield each name that a function reads and nothing binds."""
    for fault in facts.name_faults:
        if fault.moment == "call" and fault.kind in ("undefined", "typing", "created"):
            yield Problem(
                fault.span,
                message(fault),
                related=binding(fault),
                symptom=symptom(fault),
                remedy=remedy(fault),
                severity=None if fault.reached else Severity.WARNING,
            )
