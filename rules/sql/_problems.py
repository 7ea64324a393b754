"""What readers noted, as rules report it."""

from __future__ import annotations

from verifier.api import Defect, Problem


def problem(defect: Defect) -> Problem:
    """A defect as a problem."""
    return defect.problem
