"""From what a reader noted to what a rule reports."""

from __future__ import annotations

from verifier.api import Defect, Problem, Related


def problem(found: Defect) -> Problem:
    """A defect as a problem."""
    return Problem(
        found.span,
        found.message,
        related=tuple(Related(span, text) for span, text in found.related),
        symptom=found.symptom,
        remedy=found.remedy,
    )
