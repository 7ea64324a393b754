"""Errors of Buttress itself. Each costs what it was about, never the whole check; ``BUTTRESS_DEBUG=1`` shows it."""

from __future__ import annotations

import os

# What slips in the code of a stage or pack raise. What means something to its caller is derived from none of these.
OURS = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError)


INTERNAL = "internal error"


def told(error: Exception, what: str) -> str:
    """A sentence on an error, raised again where somebody looks for errors."""
    if os.environ.get("BUTTRESS_DEBUG"):
        raise error
    return f"{what}: {INTERNAL}, {type(error).__name__}: {error} (BUTTRESS_DEBUG=1 shows where; please report it)"
