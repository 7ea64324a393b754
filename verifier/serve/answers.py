"""What comes back: a text for a model, the same as data for a program, or one sentence that refuses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

LONGEST = 12_000  # characters of a text


class RefusedError(Exception):
    """A question cannot be answered; the text is one sentence."""


class Answer(Struct, frozen=True):
    """An answer."""

    text: str
    data: Any


class Page(Struct, frozen=True):
    """Rows of a longer list.

    Attributes:
        rows: places of the rows that are told, in the list.
        text: the rows, as text.
        left_out: how many rows come after them.
        more: how to ask for those; empty where there are none.
    """

    rows: range
    text: str
    left_out: int
    more: str


def page(rows: Sequence[str], skip: int, most: int, weights: Sequence[int] | None = None) -> Page:
    """As many rows as are wanted and have room; one at least.

    Args:
        weights: the room that each row takes, where that is not the length of its text.
    """
    told: list[str] = []
    taken = 0
    for place in range(skip, min(skip + most, len(rows))):
        row = rows[place] if len(rows[place]) <= LONGEST else f"{rows[place][:LONGEST]}..."
        taken += weights[place] if weights is not None else len(row)
        if told and taken > LONGEST:
            break
        told.append(row)
    end = skip + len(told)
    left = max(0, len(rows) - end)
    more = f"{left} more left out: ask with skip={end}, or narrow it down with `contains`." if left else ""
    return Page(range(skip, end), "\n".join(told), left, more)
