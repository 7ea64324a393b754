"""The figures of a run."""

from __future__ import annotations

from typing import Any

from verifier.run.record import Check, Request, Summary
from verifier.run.suite.summary import summary


def request(number: int, outcome: Any, passed: int = 0, failed: int = 0, **more: Any) -> Request:
    checks = (*(Check("right", True) for _ in range(passed)), *(Check("wrong", False, "no") for _ in range(failed)))
    return Request(number, None, "", "", "GET", "/", more.pop("status", 200), 1.0, outcome, checks, **more)


def test_the_figures() -> None:
    requests = (
        request(1, "passed", 3),
        request(2, "failed", 1, 2),
        request(3, "unreachable", 0, 2, status=None),
        request(4, "not sent", 0, 2, status=None, follows=2),
        request(5, "failed", 1, 1, follows=2),
        request(6, "no checks", status=503),
        request(7, "passed", 1, status=500),
        request(8, "failed", 0, 1, status=500),
    )
    assert summary(requests) == Summary(
        checks=14,
        passed=6,
        pass_rate=6 / 14,
        first_failure=2,
        roots=(2, 3, 8),
        silent_errors=(6, 7),
        failed_phase=None,
    )


def test_of_nothing() -> None:
    assert summary((), "install") == Summary(0, 0, 0.0, failed_phase="install")
    assert summary([request(1, "passed", 2)]).pass_rate == 1.0
