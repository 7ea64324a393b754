"""What readers noted, as rules report it."""

from __future__ import annotations

from verifier.api import Defect, Problem, Related


def problem(defect: Defect) -> Problem:
    """A defect as a problem."""
    return Problem(
        defect.span,
        defect.message,
        related=tuple(Related(span, message) for span, message in defect.related),
        symptom=defect.symptom,
        remedy=defect.remedy,
    )
