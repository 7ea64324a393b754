"""Addresses of the documentation, for reports that link to it."""

from __future__ import annotations

import os

VARIABLE = "BUTTRESS_DOCUMENTATION"


def address(page: str = "") -> str | None:
    """The address of a page, where the site of docs/ is published at an address that the environment names."""
    base = os.environ.get(VARIABLE, "").strip().rstrip("/")
    return f"{base}/{page}" if base.startswith(("https://", "http://")) else None
