"""Letters: how wide a text will be, a text cut to a width, and a text made safe to write."""

from __future__ import annotations

from html import escape
from unicodedata import category, east_asian_width

from verifier.report.style import shown

# The advance of the fixed-width fonts in use lies between 0.55 and 0.602 of the font size.
FIXED = 0.605
FULL = 1.02
# Advances of Helvetica, by the sort of letter, with a margin for the wider fonts of other systems.
NARROW = frozenset("ijl|.,:;'!`()[]{}/\\ -ftrI\"")
WIDE = frozenset("mwMWQOG@%&—…")
PROPORTIONAL = (0.36, 0.6, 0.94)
CAPITAL = 0.73
BOLD = 1.07
ELLIPSIS = "…"


def width(text: str, size: float, *, fixed: bool = True, bold: bool = False) -> float:
    """The width of a text in pixels, or a little more."""
    total = sum(advance(letter, fixed) for letter in text) * size
    return total * BOLD if bold and not fixed else total


def advance(letter: str, fixed: bool) -> float:
    """The width of a letter, in font sizes."""
    if not letter.isascii():
        if category(letter) in ("Mn", "Me", "Cf"):
            return 0.0
        if east_asian_width(letter) in ("W", "F"):
            return FULL
    if fixed:
        return FIXED
    if letter in NARROW:
        return PROPORTIONAL[0]
    if letter in WIDE:
        return PROPORTIONAL[2]
    return CAPITAL if letter.isupper() else PROPORTIONAL[1]


def cut(text: str, size: float, room: float, *, fixed: bool = True, bold: bool = False, start: bool = False) -> str:
    """A text that fits into a width; an ellipsis stands for what was cut off its end, or its start."""
    room += 0.01
    if width(text, size, fixed=fixed, bold=bold) <= room:
        return text
    left = room / (size * (BOLD if bold and not fixed else 1.0)) - advance(ELLIPSIS, fixed)
    kept = 0
    for letter in reversed(text) if start else text:
        left -= advance(letter, fixed)
        if left < 0:
            break
        kept += 1
    return ELLIPSIS + text[len(text) - kept :] if start else text[:kept] + ELLIPSIS


def cut_path(text: str, size: float, room: float) -> str:
    """A path that fits into a width; its folders are left out first, its end last."""
    if width(text, size) <= room + 0.01 or "/" not in text.rstrip("/"):
        return cut(text, size, room)
    parts = text.rstrip("/").split("/")
    ending = "/" if text.endswith("/") else ""
    for number in range(1, len(parts)):
        shorter = f"{ELLIPSIS}/{'/'.join(parts[number:])}{ending}"
        if width(shorter, size) <= room + 0.01:
            return shorter
    return cut(parts[-1] + ending, size, room)


def safe(text: str) -> str:
    """A text for XML and HTML, attributes too. What no document may hold is written out, as in ``\\udcff``."""
    return escape(shown(text), quote=True)


def counted(number: int, noun: str, plural: str = "") -> str:
    """``1 file``, ``1,200 files``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
