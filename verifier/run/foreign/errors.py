"""What goes wrong with other tools' results."""

from __future__ import annotations


class ResultsError(Exception):
    """Results cannot be had; the text is one sentence for the user."""
