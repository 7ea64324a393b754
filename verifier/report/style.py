"""Colours of the terminal, or none."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from typing import Literal, TextIO

Paint = Callable[[str, str], str]

CODES = {
    "error": "1;31",
    "warning": "1;33",
    "info": "1;36",
    "good": "32",
    "bad": "1;31",
    "unsure": "33",
    "bold": "1",
    "dim": "2",
    "path": "36",
    "rule": "35",
    "method": "1;34",
    "caret": "1;31",
    "gutter": "2;34",
}


def plain(text: str, style: str) -> str:
    """Text as it is."""
    return text


def ansi(text: str, style: str) -> str:
    """Text in a style, for a terminal."""
    return f"\x1b[{CODES[style]}m{text}\x1b[0m" if text else text


def painter(when: Literal["auto", "always", "never"], stream: TextIO | None = None) -> Paint:
    """How to paint for a stream, standard output by default. ``auto`` heeds it, ``NO_COLOR`` and ``FORCE_COLOR``."""
    if when == "always":
        return ansi
    if when == "never" or os.environ.get("NO_COLOR"):
        return plain
    if os.environ.get("FORCE_COLOR"):
        return ansi
    stream = stream or sys.stdout
    return ansi if stream.isatty() and os.environ.get("TERM") != "dumb" else plain


def shown(text: str) -> str:
    """Text that is safe to print: control characters and lone surrogates are written out."""
    if text.isprintable():
        return text
    return "".join(
        character
        if character.isprintable() or character == " "
        else character.encode("unicode_escape", "surrogatepass").decode()
        for character in text
    )


def columns(rows: Sequence[tuple[str, ...]], styles: tuple[str, ...], paint: Paint) -> list[str]:
    """Rows as aligned columns; the last one is not padded."""
    if not rows:
        return []
    widths = [min(60, max(len(row[place]) for row in rows)) for place in range(len(rows[0]))]
    lines: list[str] = []
    for row in rows:
        cells = [
            paint(cell, style) + (" " * (width - len(cell)) if place < len(row) - 1 else "")
            for place, (cell, style, width) in enumerate(zip(row, styles, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return lines
