"""From what a reader noted to what a rule reports."""

from __future__ import annotations

from verifier.api import Defect, Problem


def problem(found: Defect) -> Problem:
    """A defect as a problem."""
    return found.problem
