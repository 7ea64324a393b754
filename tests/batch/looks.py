"""What workers of a test do with a run, instead of looking at it. They are found by name in other processes."""

from __future__ import annotations

import os
import signal
import time

from verifier.batch.examine import failed
from verifier.batch.nouns import Outcome, Settings, Work


def odd(work: Work, settings: Settings, known: str | None) -> Outcome | None:
    """Sleeps, dies or raises, as the run's name says."""
    if work.run == "sleeps":
        time.sleep(600)
    if work.run == "dies":
        os.kill(os.getpid(), signal.SIGKILL)
    if work.run == "raises":
        raise ValueError("no reason")
    return failed(work, f"{os.getpid()}", "key")
