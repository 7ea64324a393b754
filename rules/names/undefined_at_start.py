"""Code that runs while the server starts reads a name that nothing has bound.

Python raises `NameError`, JavaScript `ReferenceError`, as soon as the line is run: while the file is loaded, or in a
function that the start calls (`create_app`). The process ends before it answers any request. Common causes are lost
quotes (`if __name__ == __main__`, `app.config[DEBUG]`), an import that is missing, one that only type checkers see
(`if TYPE_CHECKING`), and a definition that stands further down.

Import or define the name first; write quotes around what is meant as text.

Files that are not seen to be loaded by the start get a warning. The rule is silent about names that code of the project
makes global, that a star import may bring, or that a `try` with `except NameError` reckons with.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Severity, rule

from ._wording import binding, message, remedy, symptom


@rule(Category.SERVER_STARTUP_FAILURE)
def undefined_at_start(facts: Facts) -> Iterator[Problem]:
    """Yield each name that is not bound when loading a file, or the start, reads it."""
    for fault in facts.name_faults:
        if fault.moment == "call" or fault.kind == "constant":
            continue
        yield Problem(
            fault.span,
            message(fault),
            related=binding(fault),
            symptom=symptom(fault),
            remedy=remedy(fault),
            routes=None if fault.moment == "load" else (),
            severity=Severity.WARNING if fault.moment == "load" else None,
        )
