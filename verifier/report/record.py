"""The record of a run, as a person reads it."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.report.style import Paint, shown
from verifier.run.record import Phase, Record, Request, Signature

MOST_FAILURES = 12
MOST_CHECKS = 3
MOST_SIGNATURES = 8
MARKS = {"ok": "ok", "failed": "failed", "timeout": "too late", "skipped": "skipped"}


def show_record(record: Record, paint: Paint, *, verbose: bool = False) -> str:
    """Phases, what failed first and why, what merely follows, and the figures."""
    lines = [show_phase(phase, paint) for phase in record.phases]
    lines.extend(show_environment(record))
    lines.extend(show_failures(record, paint, verbose))
    fine = {request.number for request in record.requests if request.outcome == "passed"}
    told = tuple(found for found in record.signatures if verbose or found.request not in fine)
    lines.extend(show_signatures(told, paint, verbose))
    lines.extend(("", paint(figures(record), "bold")))
    return "\n".join(lines) + "\n"


def show_phase(phase: Phase, paint: Paint) -> str:
    """One step of the run."""
    mark = MARKS[phase.status]
    mark = paint(f"{mark:<9}", "good") if phase.status == "ok" else paint(f"{mark:<9}", "bad")
    parts = [f"{phase.name:<9}{mark}{phase.seconds:7.2f} s"]
    if phase.status != "ok" and phase.command:
        parts.append(f"`{shown(phase.command)}`")
    if phase.status != "ok" and phase.exit is not None:
        parts.append(f"exit status {phase.exit}")
    if phase.message:
        parts.append(shown(phase.message))
    return "  ".join(parts)


def show_environment(record: Record) -> Iterator[str]:
    """What the reader must know of where it ran."""
    if record.environment is None:
        return
    for sentence in record.environment.sandbox.degraded:
        yield f"sandbox  {record.environment.sandbox.level}: {sentence}"
    if record.resources.killed:
        yield f"killed   {record.resources.killed}"


def show_failures(record: Record, paint: Paint, verbose: bool) -> Iterator[str]:
    """The failed requests: those that something is wrong with, then how many follow from each."""
    failed = [request for request in record.requests if request.outcome in ("failed", "unreachable")]
    if not failed or record.summary.failed_phase not in (None, "suite"):
        return
    followers: dict[int, int] = {}
    for request in record.requests:
        if request.follows is not None:
            followers[request.follows] = followers.get(request.follows, 0) + 1
    yield ""
    roots = failed if verbose else [request for request in failed if request.follows is None]
    for request in roots if verbose else roots[:MOST_FAILURES]:
        yield from show_request(request, paint, verbose)
        if request.number in followers:
            yield f"    {followers[request.number]} later requests follow from this"
    if len(roots) > MOST_FAILURES and not verbose:
        yield f"and {len(roots) - MOST_FAILURES} more: see the record, or --verbose"


def show_request(request: Request, paint: Paint, verbose: bool) -> Iterator[str]:
    """A request with the checks that it failed."""
    status = request.status if request.status is not None else "no answer"
    asked = f"{shown(request.method)} {shown(request.path)}"
    yield f"{paint('failed', 'bad')} {request.number:>3}  {asked}  {status}  {request.name}"
    if request.error:
        yield f"    {shown(request.error)}"
    wrong = [check for check in request.checks if not check.passed]
    for check in wrong if verbose else wrong[:MOST_CHECKS]:
        yield f"    {shown(check.name)}: {shown(check.message)}"
    if len(wrong) > MOST_CHECKS and not verbose:
        yield f"    and {len(wrong) - MOST_CHECKS} more checks"
    if request.alive is False:
        yield "    the project's process ended here"


def show_signatures(signatures: tuple[Signature, ...], paint: Paint, verbose: bool) -> Iterator[str]:
    """The errors that logs and answers show."""
    if not signatures:
        return
    yield ""
    for signature in signatures if verbose else signatures[:MOST_SIGNATURES]:
        where = f"request {signature.request}" if signature.request is not None else "outside of requests"
        often = f", {signature.count} times" if signature.count > 1 else ""
        yield f"{paint(signature.source, 'warning')}  {shown(signature.key)}  ({where}{often})"
        for frame in signature.frames[-3:]:
            yield f"    {shown(frame.path)}:{frame.line}{f'  in {shown(frame.function)}' if frame.function else ''}"
    if len(signatures) > MOST_SIGNATURES and not verbose:
        yield f"and {len(signatures) - MOST_SIGNATURES} more: see the record"


def figures(record: Record) -> str:
    """The last line."""
    summary = record.summary
    sent = sum(request.outcome != "not sent" for request in record.requests)
    failed = sum(request.outcome in ("failed", "unreachable") for request in record.requests)
    rate = f"{summary.passed} of {summary.checks} checks passed ({100 * summary.pass_rate:.1f} %)"
    parts = [f"{rate}, {sent} of {len(record.requests)} requests sent, {failed} failed"]
    if summary.failed_phase is not None:
        parts.append(f"the run ended in its phase `{summary.failed_phase}`")
    if summary.silent_errors:
        parts.append(f"{len(summary.silent_errors)} answered with 5xx that no check looks at")
    return "; ".join(parts) + "."
