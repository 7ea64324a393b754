"""How numbers are printed."""

from __future__ import annotations

import math

from verifier.study.nouns import Cell
from verifier.study.statistics import Interval, Spread

NONE = "–"


def words(text: object) -> Cell:
    """A cell of text."""
    return Cell(str(text) if text is not None else NONE)


def count(number: int | None) -> Cell:
    """A count."""
    return Cell(f"{number}", float(number)) if number is not None else Cell(NONE)


def percent(share: float | None, **more: float) -> Cell:
    """A share as a percentage with one digit."""
    return Cell(f"{100 * share:.1f}", 100 * share, more) if share is not None else Cell(NONE)


def percent_or_none(hits: int, of: int) -> Cell:
    """A share of cases; where there is no case, nothing is printed, as in the paper."""
    share = 100 * hits / of if of else 0.0
    return Cell(f"{share:.1f}" if hits else NONE, share, {"n": float(hits)})


def points(difference: float | None, **more: float) -> Cell:
    """A difference of two shares, in percentage points."""
    return Cell(f"{100 * difference:+.1f}", 100 * difference, more) if difference is not None else Cell(NONE)


def mean(found: Spread | None, *, signed: bool = False) -> Cell:
    """A mean of shares with its standard error."""
    if found is None:
        return Cell(NONE)
    text = f"{100 * found.mean:+.1f}" if signed else f"{100 * found.mean:.1f}"
    more = {"n": float(found.size)}
    if found.sem is not None:
        text += f" ± {100 * found.sem:.1f}"
        more["sem"] = 100 * found.sem
    return Cell(text, 100 * found.mean, more)


def share_between(found: Interval | None) -> Cell:
    """A share with its interval."""
    if found is None:
        return Cell(NONE)
    if found.low is None or found.high is None:
        return Cell(f"{100 * found.value:.1f}", 100 * found.value)
    text = f"{100 * found.value:.1f} ({100 * found.low:.1f} to {100 * found.high:.1f})"
    return Cell(text, 100 * found.value, {"low": 100 * found.low, "high": 100 * found.high})


def ratio(found: Interval | None) -> Cell:
    """A ratio with its interval; an infinite one has no number."""
    if found is None:
        return Cell(NONE)
    if math.isinf(found.value):
        return Cell("∞")
    if found.low is None or found.high is None:
        return Cell(f"{found.value:.2f}", found.value)
    text = f"{found.value:.2f} ({found.low:.2f} to {found.high:.2f})"
    return Cell(text, found.value, {"low": found.low, "high": found.high})
