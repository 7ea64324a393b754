"""The nouns of classification: what is known of a run that failed, and what is said of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, TypeAlias

from msgspec import Struct

from verifier.model import Finding, Verdict
from verifier.run.record import LogName, Record, Request

if TYPE_CHECKING:
    from verifier.link import Facts

SCHEMA_VERSION = 1

Sureness: TypeAlias = Literal["high", "medium", "low"]
Part: TypeAlias = Literal["record", "requests", "logs", "project", "constraints", "trajectory"]
Witness: TypeAlias = Literal[
    "run",
    "phase",
    "request",
    "server log",
    "database log",
    "setup log",
    "install log",
    "response body",
    "finding",
    "constraint",
    "query",
    "trajectory",
]


class Step(Struct, frozen=True):
    """One thing that an agent did: a command that it ran, or an edit that it made. ``text`` is the whole of it."""

    kind: Literal["command", "edit", "end"]
    text: str


class Trajectory(Struct, frozen=True):
    """What an agent did, in order. ``odd`` entries of its file could not be read."""

    steps: tuple[Step, ...]
    odd: int = 0


class FailedRun(Struct, frozen=True):
    """All that is known of a run. Each part may be missing.

    Attributes:
        record: of `buttress test`; it has requests of its own.
        requests: read from the report of another tool; None where there is none.
        logs: the text of logs by name, with the record's or alone.
        findings: of the check engine; None where the source is not known.
        verdicts: on constraints that were asked for.
        facts: what was read of the source; it says which query a frame executes.
        framework: the one that the project was to be written with.
        notes: what of the input could not be read, and was left out.
        none_ran: it is said that no request was sent, as the server never answered.
    """

    record: Record | None = None
    requests: tuple[Request, ...] | None = None
    logs: Mapping[LogName, bytes] = {}
    findings: tuple[Finding, ...] | None = None
    verdicts: tuple[Verdict, ...] = ()
    facts: Facts | None = None
    trajectory: Trajectory | None = None
    framework: str | None = None
    notes: tuple[str, ...] = ()
    none_ran: bool = False


class Evidence(Struct, frozen=True):
    """One thing that speaks for a cause.

    Attributes:
        source: where it was seen.
        message: what was seen, in one sentence or as it stands there.
        path, line: the place in the project.
        request: the number of the request.
    """

    source: Witness
    message: str
    path: str | None = None
    line: int | None = None
    request: int | None = None


class Cause(Struct, frozen=True):
    """Why a run failed.

    Attributes:
        category: an identifier of Buttress's own taxonomy (``verifier.model.Category``).
        paper_label: the label of the paper: one of its coarse categories, or a subcategory of its logic errors.
        defect: the id of a rule, or a word of the classifier's own (``verifier.classify.vocabulary``).
        confidence: how sure it is.
        evidence: what speaks for it, the strongest first.
    """

    category: str
    paper_label: str
    defect: str
    confidence: Sureness
    evidence: tuple[Evidence, ...]


class Classification(Struct, frozen=True):
    """What is said of a run.

    Attributes:
        failed: whether it failed at all; then only is there a cause.
        cause: the primary one; None where nothing that is known tells of one.
        alternatives: the runners-up, the likeliest first.
        missing: the parts that were not given, and would have told more.
        notes: what could not be read, and how far the run came.
    """

    failed: bool
    cause: Cause | None
    alternatives: tuple[Cause, ...] = ()
    missing: tuple[Part, ...] = ()
    notes: tuple[str, ...] = ()
