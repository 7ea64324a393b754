"""What running a mutant showed."""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec import Struct

from tests.mutants.catalogue import DatabaseKind, Symptom
from verifier.run.record import PhaseName, Record, Source

LONGEST_KEY = 300
MOST_SIGNATURES = 3


class Shown(Struct, frozen=True):
    """An error that a run showed. ``first`` says that the first failing request, or the start, showed it."""

    key: str
    source: Source
    first: bool


class Run(Struct, frozen=True):
    """A run of the suite.

    Attributes:
        phase: the first that failed; ``suite`` where requests did; None where everything passed.
        message: what the phase says of it.
        operation, request, status: of the first request that failed.
        failed: how many requests failed.
        signatures: a few errors that were shown, those of the first failing request before others.
    """

    phase: PhaseName | None
    message: str
    operation: str | None
    request: str | None
    status: int | None
    failed: int
    checks: int
    passed: int
    signatures: tuple[Shown, ...]

    @property
    def killed(self) -> bool:
        return self.phase is not None

    def shows(self, symptom: Symptom) -> bool:
        """Whether it fails where it was expected to."""
        if symptom.by_chance:
            return self.phase == symptom.phase
        return (self.phase, self.operation, self.status) == (symptom.phase, symptom.operation, symptom.status)

    def explains(self, symptom: Symptom) -> bool:
        """Whether it shows the cause, where there is something to show."""
        return symptom.signature is None or any(symptom.signature in shown.key for shown in self.signatures)


class Newman(Struct, frozen=True):
    """A run of the public collection. ``first`` is the first request of which an assertion failed."""

    started: bool
    passed: int
    first: str | None = None
    status: int | None = None

    @property
    def killed(self) -> bool:
        return self.first is not None or not self.started


class Outcome(Struct, frozen=True):
    """All runs of a mutant, or of a backend as it is."""

    name: str
    runs: dict[DatabaseKind, Run] = {}
    newman: Newman | None = None


def read_run(path: Path) -> Run:
    """The gist of a record."""
    record = msgspec.json.decode(path.read_bytes(), type=Record)
    summary = record.summary
    failed = [request for request in record.requests if request.outcome in ("failed", "unreachable")]
    first = next((one for one in record.requests if one.number == summary.first_failure), None)
    phase = summary.failed_phase or ("suite" if summary.passed < summary.checks else None)
    at = first.number if first is not None and summary.failed_phase is None else None
    message = next((one.message for one in record.phases if one.name == phase != "suite"), "")
    shown = [
        Shown(signature.key[:LONGEST_KEY], signature.source, signature.request == at)
        for signature in record.signatures
        if phase is not None
    ]
    return Run(
        phase=phase,
        message=message.replace(record.project.root, Path(record.project.root).name),
        operation=first.operation if at is not None and first is not None else None,
        request=first.name if at is not None and first is not None else None,
        status=first.status if at is not None and first is not None else None,
        failed=len(failed) if at is not None else 0,
        checks=summary.checks,
        passed=summary.passed,
        signatures=tuple(sorted(shown, key=lambda one: not one.first)[:MOST_SIGNATURES]),
    )
