"""What cannot be read at all."""

from __future__ import annotations


class InputError(Exception):
    """An input cannot be classified from; the text is one sentence for the user."""
