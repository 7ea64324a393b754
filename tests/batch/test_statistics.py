"""The statistics of a study, held against SciPy and against counting by hand."""

from __future__ import annotations

import math
from itertools import combinations, product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from verifier.study.statistics import kappa, pass_at_k, proportion, risk_ratio, spread

stats: Any = pytest.importorskip("scipy.stats")


@given(some.lists(some.integers(0, 100), min_size=2, max_size=20))
def test_standard_error(values: list[int]) -> None:
    found = spread(values)
    assert found is not None and found.sem is not None
    assert found.sem == pytest.approx(float(stats.sem(values)), abs=1e-9)
    assert found.mean == pytest.approx(sum(values) / len(values))


def test_one_value_has_no_error_and_none_no_mean() -> None:
    only = spread([0.5])
    assert only is not None and (only.mean, only.sem, only.size) == (0.5, None, 1)
    assert spread([]) is None


@given(some.integers(1, 300), some.data())
def test_wilson(count: int, data: some.DataObject) -> None:
    hits = data.draw(some.integers(0, count))
    found = proportion(hits, count)
    wanted = stats.binomtest(hits, count).proportion_ci(0.95, method="wilson")
    assert found is not None
    assert (found.low, found.high) == pytest.approx((float(wanted.low), float(wanted.high)), abs=1e-9)
    assert proportion(0, 0) is None


@given(some.integers(1, 60), some.integers(1, 60), some.data())
def test_risk_ratio(count: int, others: int, data: some.DataObject) -> None:
    hits, other = data.draw(some.integers(1, count)), data.draw(some.integers(1, others))
    found = risk_ratio(hits, count, other, others)
    wanted = stats.contingency.relative_risk(hits, count, other, others)
    interval = wanted.confidence_interval(0.95)
    assert found is not None
    assert found.value == pytest.approx(float(wanted.relative_risk))
    assert (found.low, found.high) == pytest.approx((float(interval.low), float(interval.high)))


def test_ratios_that_cannot_be_told() -> None:
    assert risk_ratio(0, 5, 0, 5) is None
    assert risk_ratio(1, 5, 1, 0) is None
    infinite = risk_ratio(2, 5, 0, 5)
    assert infinite is not None and math.isinf(infinite.value) and infinite.high is None
    assert risk_ratio(0, 5, 2, 5) == (0.0, None, None)


@pytest.mark.parametrize("k", [1, 2, 3])
def test_pass_at_k_is_what_counting_all_draws_gives(k: int) -> None:
    for runs in range(1, 6):
        for succeeded in range(runs + 1):
            ends = [True] * succeeded + [False] * (runs - succeeded)
            draws = list(combinations(ends, k))
            wanted = sum(map(any, draws)) / len(draws) if draws else None
            assert pass_at_k(k, runs, succeeded) == pytest.approx(wanted)


def test_kappa_of_published_textbook_figures() -> None:
    # Two readers of 50 proposals: 20 times both yes, 15 times both no, 5 and 10 times apart; kappa is 0.40.
    pairs = [("yes", "yes")] * 20 + [("no", "no")] * 15 + [("yes", "no")] * 5 + [("no", "yes")] * 10
    assert kappa(pairs) == pytest.approx(0.4)
    assert kappa([]) is None
    assert kappa([("a", "a")] * 3) is None


@given(some.lists(some.tuples(some.sampled_from("abc"), some.sampled_from("abc")), min_size=2, max_size=30))
def test_kappa_is_symmetric_and_at_most_one(pairs: list[tuple[str, str]]) -> None:
    found, turned = kappa(pairs), kappa([(other, one) for one, other in pairs])
    assert found == turned or (found is not None and found == pytest.approx(turned))
    assert found is None or found <= 1
    every = [(one, other) for one, other in product("ab", "ab")]
    assert kappa(every) == pytest.approx(0)
