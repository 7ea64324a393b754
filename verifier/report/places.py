"""What the formats for other programs share: paths in the repository, clauses in words, and the worst first."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from verifier.check import Report
from verifier.model import Evidence, Finding, Project, Severity, Span, Verdict

if TYPE_CHECKING:
    from verifier.link import Facts


def repository_of(project: Project) -> Path | None:
    """The folder that paths are given from: the top of the repository around the project, else the project itself."""
    if project.root is None:
        return None
    real = Path(os.path.realpath(project.root))
    return next((folder for folder in (real, *real.parents) if os.path.lexists(folder / ".git")), real)


def prefix_of(project: Project) -> str:
    """The project's folder in its repository, with a slash at the end: what others want in front of each path."""
    top = repository_of(project)
    if top is None or project.root is None:
        return ""
    below = Path(os.path.realpath(project.root)).relative_to(top).as_posix()
    return "" if below == "." else f"{below}/"


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """Findings by severity, then by confidence; those that are equal stay in their order."""
    return sorted(findings, key=lambda finding: (finding.severity.rank, str(finding.confidence)))


def broken(report: Report) -> Iterator[Verdict]:
    """The clauses that are not kept, and were before."""
    return (verdict for verdict in report.verdicts if verdict.compliant is False and not verdict.before)


def place_of(verdict: Verdict) -> Evidence | None:
    """The first line that shows a clause broken, if one does."""
    return next((line for line in verdict.evidence if line.span.path), None)


def first_of(facts: Facts) -> Span:
    """Where is reported what has no place: at the first file of the project."""
    return Span(min((*facts.project.files, *facts.project.others), default="."), 1)


def clause_text(verdict: Verdict) -> str:
    """A broken clause in a sentence, with the first reason."""
    line = verdict.evidence[0].message if verdict.evidence else ""
    more = len(verdict.evidence) - 1
    rest = f" (and {more} more)" if more > 0 else ""
    return f"The constraint `{verdict.constraint}` is broken: {verdict.clause}{f'. {line}{rest}' if line else ''}"


def gone_text(report: Report) -> str:
    """What is to be done about a baseline that holds more than is found; empty where there is nothing to do."""
    count = len(report.gate.gone) if report.gate is not None else 0
    if not count:
        return ""
    what = "1 finding of the baseline is" if count == 1 else f"{count} findings of the baseline are"
    return f"{what} no longer found: take {'it' if count == 1 else 'them'} out with --prune-baseline"


def end_of(span: Span) -> tuple[int, int] | None:
    """Where a span ends, if it says so and has an extent."""
    if not span.end_column or (span.end_line, span.end_column) <= (span.line, span.column):
        return None
    return span.end_line, span.end_column


def fails(finding: Finding, level: Severity) -> bool:
    """Whether a finding makes a check fail."""
    return finding.severity.rank <= level.rank
