"""Reports of tests for made-up runs, in the form that the benchmark leaves behind."""

from __future__ import annotations

import csv
import io

from verifier.run.record import Record, Request

COLUMNS = (
    "iteration,collectionName,requestName,method,url,status,code,responseTime,responseSize,executed,failed,skipped,"
    "totalAssertions,executedCount,failedCount,skippedCount"
).split(",")
LOST = 404  # what a client gets that asks for what was never made


def newman_csv(record: Record) -> str:
    """The report that Newman would have written: it sends everything, and an unanswered request has no code."""
    text = io.StringIO(newline="")
    rows = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    rows.writeheader()
    dead = record.summary.failed_phase is not None
    for request in record.requests:
        rows.writerow(row(request, dead))
    return text.getvalue()


def row(request: Request, dead: bool) -> dict[str, object]:
    """A line of the report."""
    passed = [check.name for check in request.checks if check.passed and not dead]
    failed = [check.name for check in request.checks if not check.passed or dead]
    code = "" if dead or request.outcome == "unreachable" else request.status or LOST
    return {
        "iteration": 1, "collectionName": "A made-up collection", "requestName": request.name,
        "method": request.method, "url": f"http://conduit:8080{request.path}", "status": "", "code": code,
        "responseTime": 7, "responseSize": 100, "executed": ", ".join(passed), "failed": ", ".join(failed),
        "skipped": "", "totalAssertions": len(request.checks), "executedCount": len(passed),
        "failedCount": len(failed), "skippedCount": 0,
    }  # fmt: skip
