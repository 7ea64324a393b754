"""A suppression does nothing.

A comment `buttress: ignore[...]` names no rule, a rule that does not exist, or a rule that finds nothing on its line.
It hides what will be wrong there later.

Correct the name, or remove the comment.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Severity, rule


@rule(Category.OTHER, Severity.WARNING)
def unused_suppression(facts: Facts) -> Iterator[Problem]:
    """Yield comments that name no rule or an unknown one; those that find nothing are known when all rules have run."""
    for file in facts.files.values():
        for found in file.suppressions:
            if not found.rules:
                yield Problem(found.span, "This suppression names no rule; write `ignore[pack/rule]`", routes=())
            for name in found.rules:
                if name not in facts.book.rules:
                    yield Problem(found.span, f"There is no rule `{name}`{facts.book.hint(name)}", routes=())
