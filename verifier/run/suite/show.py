"""Values of answers as a message shows them: in one short line, whatever they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from verifier.run.suite.redact import HIDDEN
from verifier.run.suite.templates import encodable

LONGEST_SHOWN = 120

SECRET_KEYS = frozenset({"token", "password"})


class Missing:
    """What stands where nothing stands; null is something else."""


MISSING: Final = Missing()


def show(value: object, depth: int = 2) -> str:
    """A value as JSON in one short line."""
    text = one_line(_json(value, depth))
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."


def show_at(value: object, place: str) -> str:
    """The value at a place of an answer; only the type of a secret."""
    if place.rpartition(".")[2] in SECRET_KEYS and value is not MISSING and value is not None:
        return f"a value of type {type(value).__name__}"
    return show(value)


def listed(values: Sequence[object]) -> str:
    """Values beside each other."""
    return ", ".join(map(show, values))


def one_line(text: str) -> str:
    """The text with what cannot be printed in a line spelled out."""
    text = text if encodable(text) else text.encode("utf-8", "backslashreplace").decode()
    return text if text.isprintable() else "".join(one if one.isprintable() else repr(one)[1:-1] for one in text)


def _json(value: object, depth: int) -> str:
    match value:
        case Missing():
            return "nothing"
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return f'"{value[: LONGEST_SHOWN + 1]}"'
        case int() if abs(value) >= 10**LONGEST_SHOWN:
            return "a very large number"
        case list() | tuple() if depth == 0:
            return f"[{len(value)} items]"
        case list() | tuple():
            return f"[{_some([_json(item, depth - 1) for item in value[:6]], len(value))}]"
        case dict() if depth == 0:
            return f"{{{len(value)} keys}}"
        case dict():
            pairs = list(value.items())[:6]
            return f"{{{_some([_pair(key, item, depth - 1) for key, item in pairs], len(value))}}}"
        case _:
            return repr(value)


def _pair(key: object, value: object, depth: int) -> str:
    return f"{str(key)[:40]}: {HIDDEN if key in SECRET_KEYS else _json(value, depth)}"


def _some(shown: Sequence[str], total: int) -> str:
    rest = total - len(shown)
    return ", ".join([*shown, *([f"{rest} more"] if rest else [])])
