"""The reports that the real tools wrote, and ways to break them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from verifier.link.contract import Contract, read_contract
from verifier.run.foreign import read_results
from verifier.run.record import Request, Suite

REPORTS = Path(__file__).parent / "reports"
PRODUCE = Path(__file__).parent / "produce"

Read = Callable[[str | bytes], tuple[tuple[Request, ...], Suite]]


@pytest.fixture(scope="session")
def contract() -> Contract:
    """The contract of the small backend."""
    path = PRODUCE / "openapi.yml"
    return read_contract(path.read_text(encoding="utf-8"), "openapi.yml", None, ())


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Reads a text as a report."""

    def read_text(content: str | bytes) -> tuple[tuple[Request, ...], Suite]:
        path = tmp_path / "report"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_results(path)

    return read_text


def report(name: str) -> str:
    """The text of a report."""
    return (REPORTS / name).read_text(encoding="utf-8")


def passed(requests: tuple[Request, ...]) -> tuple[int, int]:
    """How many checks there are, and how many of them passed."""
    checks = [check for request in requests for check in request.checks]
    return len(checks), sum(check.passed for check in checks)
