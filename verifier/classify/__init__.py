"""classify: what is known of a failed run -> its primary cause, with evidence and runners-up."""

from __future__ import annotations

from verifier.classify.deciding import classify
from verifier.classify.errors import InputError
from verifier.classify.nouns import Cause, Classification, Evidence, FailedRun, Step, Trajectory

__all__ = ["Cause", "Classification", "Evidence", "FailedRun", "InputError", "Step", "Trajectory", "classify"]
