"""What tells how a run went: its record, its report, its logs, its trajectory; and the cause that they point at."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from verifier.batch.inputs import bounded
from verifier.batch.nouns import LONGEST, CauseRow, Outcome, RequestRow, UnreadRow, Work, clean

if TYPE_CHECKING:
    from verifier.check import Report
    from verifier.classify import Cause, FailedRun
    from verifier.link import Facts
    from verifier.link.contract import Contract
    from verifier.run.record import Request

HEAD = 4_000  # bytes of a report that tell its format


def witnessed(work: Work, contract: Contract | None, framework: str | None, made: Outcome) -> FailedRun:
    """All that is known of how a run went. What cannot be read is left out, with its reason."""
    from verifier.classify import FailedRun, InputError, loading

    run = FailedRun(framework=framework)

    def read(part: str, path: str | None, more: Callable[[FailedRun, Path], FailedRun]) -> None:
        nonlocal run
        if path is None:
            return
        try:
            run = more(run, Path(path))
        except InputError as error:
            made.unread.append(UnreadRow(work.run, part, None, None, clean(str(error), work)))

    read("record", work.record, loading.with_record)
    if run.record is None:
        read("results", work.results, lambda known, path: loading.with_requests(known, path, contract))
    read("log", work.log, loading.with_log)
    read("log", work.setup_log, loading.with_log)
    read("trajectory", work.trajectory, loading.with_trajectory_file)
    if work.delivery and run.record is None and run.requests is None and work.results is None:
        made.unread.append(UnreadRow(work.run, "results", None, None, "There is no report of the tests."))
    return run


def told(run: FailedRun, work: Work, facts: Facts | None, made: Outcome) -> None:
    """The figures of a run's results, and its requests."""
    row = made.row
    requests = run.record.requests if run.record is not None else run.requests
    if run.record is not None:
        summary = run.record.summary
        row.results, row.checks, row.passed = "record", summary.checks, summary.passed
        row.failed_phase = summary.failed_phase
    elif requests is not None and work.results is not None:
        row.results = "report" if is_whole(work.results) else "failures"
        if row.results == "report":
            row.checks = sum(len(request.checks) for request in requests)
            row.passed = sum(check.passed for request in requests for check in request.checks)
    elif work.delivery:
        row.checks, row.passed = 0, 0
    if row.checks is not None and row.passed is not None:
        row.pass_rate = row.passed / row.checks if row.checks else 0.0
        row.tests_passed = 0 < row.checks == row.passed
    elif row.results == "failures" and requests:
        row.tests_passed = False
    if requests is None:
        return
    row.requests = len(requests)
    made.requests = [request_row(work.run, request, facts) for request in requests]
    first = next((one for one in requests if one.outcome in ("failed", "unreachable")), None)
    if first is not None:
        status = first.status if first.status is not None else "no answer"
        row.first_failure = f"{first.method} {first.path} -> {status}"[:LONGEST]


def is_whole(path: str) -> bool:
    """Whether a report tells all requests, and not only in a line each those that failed."""
    from verifier.run.foreign.newman import is_csv

    head = bounded(path, HEAD)[0].decode("utf-8", "replace").lstrip("\ufeff").lstrip()
    return head[:1] in ("{", "[", "<") or (bool(head) and is_csv(head))


def request_row(run: str, request: Request, facts: Facts | None) -> RequestRow:
    """A request, with the route of the project that takes it."""
    passed = sum(check.passed for check in request.checks)
    return RequestRow(
        run, request.number, request.name[:LONGEST], request.operation,
        endpoint_of(request.method, request.path, facts) if facts is not None else None, request.method,
        request.path[:LONGEST], request.status, request.outcome, len(request.checks), passed, request.follows,
    )  # fmt: skip


def endpoint_of(method: str, path: str, facts: Facts) -> str | None:
    """The route that takes a request, as findings name it: the first that matches."""
    bare = path.partition("?")[0].rstrip("/") or "/"
    base = facts.config.contract_base or (facts.contract.base if facts.contract is not None else "")
    for asked in dict.fromkeys((f"{base.rstrip('/')}{bare}", bare)):  # reports give the path below the API's address
        for route in facts.routes:
            if route.method in (method, "*") and shape(route.path).fullmatch(asked):
                return f"{route.method} {route.path}"
    return None


@lru_cache(4096)
def shape(path: str) -> re.Pattern[str]:
    """What a route's path takes."""
    parts = re.split(r"\{[^{}]*\}", path.rstrip("/") or "/")
    return re.compile("[^/]+".join(map(re.escape, parts)))


def explain(run: FailedRun, facts: Facts | None, report: Report | None, made: Outcome) -> None:
    """Classify a run that failed."""
    from verifier.classify import classify
    from verifier.classify.loading import with_report

    if facts is not None and report is not None:
        run = with_report(run, facts, report)
    found = classify(run)
    if not found.failed or found.cause is None:
        return
    every = (found.cause, *found.alternatives)
    made.causes = [cause_row(made.row.run, rank, cause, facts) for rank, cause in enumerate(every)]
    first, row = found.cause, made.row
    row.category, row.paper_label = first.category, first.paper_label
    row.defect, row.confidence = first.defect, first.confidence


def cause_row(run: str, rank: int, cause: Cause, facts: Facts | None) -> CauseRow:
    """A cause, with the first place of the project that speaks for it."""
    place = next((one for one in cause.evidence if one.path is not None), None)
    layer = facts.layers.files.get(place.path or "") if place is not None and facts is not None else None
    return CauseRow(
        run, rank, cause.category, cause.paper_label, cause.defect, cause.confidence,
        place.path if place is not None else None, place.line if place is not None else None,
        (layer.role or layer.name) if layer is not None else None,
        tuple(f"{one.source}: {one.message}"[:LONGEST] for one in cause.evidence),
    )  # fmt: skip
