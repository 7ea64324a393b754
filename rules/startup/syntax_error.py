"""A source file cannot be parsed.

The language rejects the file as soon as it is loaded, and with it whatever imports it: most often the whole server.
Common causes are lost quotes or indentation, and remains of a shell script (`EOF`, back-slashes before back-ticks) in
the source.

Mend the syntax. The rest of the project is checked all the same; what this file holds is not.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Severity, is_test, rule


@rule(Category.SERVER_STARTUP_FAILURE)
def syntax_error(facts: Facts) -> Iterator[Problem]:
    """Yield the first certain fault of each file."""
    for path, file in facts.files.items():
        certain = [fault for fault in file.faults if fault.certain]
        if certain:
            first = certain[0]
            yield Problem(
                first.span,
                f"The file cannot be parsed: {first.message}",
                symptom="the process ends with a syntax error when it loads this file",
                remedy="Mend the syntax",
                routes=(),
                severity=Severity.WARNING if is_test(path) else None,
                identity="syntax",
            )
