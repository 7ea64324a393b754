"""What JavaScript's literals stand for: text with its escapes decoded, and numbers."""

from __future__ import annotations

import re

from verifier.regex import regex

ESCAPE = regex(
    r"\\(?:u\{(?P<point>[0-9a-fA-F]+)\}|u(?P<unit>[0-9a-fA-F]{4})|x(?P<byte>[0-9a-fA-F]{2})"
    r"|(?P<octal>[0-3][0-7]{0,2}|[4-7][0-7]?)|(?P<line>\r\n|[\n\r\u2028\u2029])|(?P<letter>.))",
    re.DOTALL,
)
LETTERS = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v"}
REPLACEMENT = "\ufffd"
LARGEST_POINT = 0x10FFFF


def decode(text: str) -> str:
    """The text with its escapes replaced. Half a surrogate pair, which no encoding can write, becomes U+FFFD."""
    if "\\" not in text:
        return text
    found = ESCAPE.sub(character, text)
    return found.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def character(escape: re.Match[str]) -> str:
    """What one escape stands for."""
    kind, written = escape.lastgroup, escape[escape.lastgroup or 0]
    if kind == "letter":
        return LETTERS.get(written, written)
    if kind == "line":
        return ""
    point = int(written, 8 if kind == "octal" else 16) if len(written) <= 20 else LARGEST_POINT + 1
    return chr(point) if point <= LARGEST_POINT else REPLACEMENT


def string(written: str) -> str:
    """The value of a string in quotes."""
    quote = written[:1]
    inner = written[1:-1] if len(written) > 1 and written.endswith(quote) else written[1:]
    return decode(inner)


def template(written: str) -> str:
    """The value of a fixed part of a template; JavaScript reads every line end in it as a line feed."""
    return decode(written.replace("\r\n", "\n").replace("\r", "\n") if "\r" in written else written)


def number(written: str) -> int | float | None:
    """The value of a number; None where it is larger than can be said.

    JavaScript has one kind of number, so ``1e3`` and ``2.0`` are whole numbers here too.
    """
    digits = written.replace("_", "").lower()
    base = {"0x": 16, "0o": 8, "0b": 2}.get(digits[:2])
    try:
        if base is not None:
            return int(digits[2:].removesuffix("n"), base)
        if digits.endswith("n"):
            return int(digits[:-1])
        if len(digits) > 1 and digits[0] == "0" and digits.isdecimal():
            return int(digits, 8 if digits.strip("01234567") == "" else 10)
        if digits.isdecimal():
            return int(digits)
        value = float(digits)
    except (ValueError, OverflowError):
        return None
    if value in (float("inf"), float("-inf")):
        return None
    return int(value) if value.is_integer() and abs(value) < 2**53 else value
