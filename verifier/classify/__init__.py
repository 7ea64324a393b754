"""classify: what is known of a failed run -> its primary cause, with evidence and runners-up."""

from __future__ import annotations

from verifier.classify.nouns import Cause, Classification, Evidence, FailedRun, Step, Trajectory

__all__ = ["Cause", "Classification", "Evidence", "FailedRun", "Step", "Trajectory"]
