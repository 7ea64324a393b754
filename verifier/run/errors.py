"""What ends a run before there is anything to record."""

from __future__ import annotations


class RunError(Exception):
    """The run could not be made; the text is one sentence that says why, and what to do where that is known."""
