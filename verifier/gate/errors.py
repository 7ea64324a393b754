"""What the gate refuses."""

from __future__ import annotations


class GateError(Exception):
    """The check cannot be held against what the user names; the text is one sentence for the user."""
