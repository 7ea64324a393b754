"""What reading refuses."""

from __future__ import annotations


class ReadError(Exception):
    """The input cannot be read. The message is one clear sentence for standard error; the command exits 2."""
