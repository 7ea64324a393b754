"""The few statistics that a study needs. tests/study/test_statistics.py holds them against SciPy."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from typing import NamedTuple

CONFIDENCE = 0.95


class Spread(NamedTuple):
    """A mean, and how sure it is. ``sem`` is the standard error, None for fewer than two values."""

    mean: float
    sem: float | None
    deviation: float | None
    size: int


class Interval(NamedTuple):
    """An estimate between two bounds; None where they cannot be told."""

    value: float
    low: float | None
    high: float | None


def spread(values: Sequence[float]) -> Spread | None:
    """The mean of values, with its standard error; None of none."""
    if not values:
        return None
    if len(values) == 1:
        return Spread(values[0], None, None, 1)
    deviation = statistics.stdev(values)
    return Spread(statistics.fmean(values), deviation / math.sqrt(len(values)), deviation, len(values))


def pass_at_k(k: int, runs: int, succeeded: int) -> float | None:
    """The chance that at least one of ``k`` runs drawn from those made succeeds: the unbiased estimator.

    None where fewer than ``k`` runs were made: then there is no unbiased one.
    """
    if runs < k:
        return None
    return 1.0 - math.comb(runs - succeeded, k) / math.comb(runs, k)


def normal(confidence: float) -> float:
    """How many standard errors an interval reaches to both sides."""
    return statistics.NormalDist().inv_cdf(0.5 + confidence / 2)


def proportion(hits: int, count: int, confidence: float = CONFIDENCE) -> Interval | None:
    """A share with Wilson's interval, which also holds for few cases and for 0 and 1."""
    if not count:
        return None
    z = normal(confidence)
    share = hits / count
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return Interval(share, max(0.0, middle - half), min(1.0, middle + half))


def risk_ratio(hits: int, count: int, other: int, others: int, confidence: float = CONFIDENCE) -> Interval | None:
    """How much likelier something is in one group than in the other, with Katz's interval.

    Without a case in either group no interval can be told; without one in the second the ratio is infinite.
    """
    if not count or not others or (not hits and not other):
        return None
    if not other:
        return Interval(math.inf, None, None)
    ratio = (hits / count) / (other / others)
    if not hits:
        return Interval(0.0, None, None)
    error = math.sqrt(1 / hits - 1 / count + 1 / other - 1 / others)
    reach = normal(confidence) * error
    return Interval(ratio, ratio * math.exp(-reach), ratio * math.exp(reach))


def kappa(pairs: Sequence[tuple[str, str]]) -> float | None:
    """Cohen's kappa: how far two judges agree beyond chance; None where chance alone explains all."""
    if not pairs:
        return None
    count = len(pairs)
    agreed = sum(one == other for one, other in pairs) / count
    labels = {label for pair in pairs for label in pair}
    chance = sum(
        sum(one == label for one, _ in pairs) * sum(other == label for _, other in pairs) for label in labels
    ) / (count * count)
    return None if chance == 1 else (agreed - chance) / (1 - chance)
