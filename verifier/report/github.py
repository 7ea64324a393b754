"""Annotations of GitHub Actions: one workflow command a line, which the runner reads from the log of the step.

GitHub shows ten errors and ten warnings of a step, so the worst come first.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from verifier.check import Report
from verifier.model import Severity, Span
from verifier.report.places import broken, clause_text, end_of, gone_text, place_of, prefix_of, worst_first
from verifier.report.style import shown

if TYPE_CHECKING:
    from verifier.link import Facts

COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def github_text(report: Report, facts: Facts) -> str:
    """A command for each broken clause and each finding."""
    return "".join(f"{line}\n" for line in commands(report, prefix_of(facts.project)))


def commands(report: Report, prefix: str) -> Iterator[str]:
    """The commands, worst first."""
    for verdict in broken(report):
        line = place_of(verdict)
        yield command("error", line.span if line else None, prefix, verdict.constraint, clause_text(verdict))
    if text := gone_text(report):
        yield command("error", None, prefix, "baseline", text)
    for finding in worst_first(report.findings):
        more = [finding.message]
        if finding.symptom:
            more.append(f"Symptom: {finding.symptom}")
        if finding.remedy:
            more.append(f"Instead: {finding.remedy}")
        if finding.endpoints:
            more.append(f"Affects: {', '.join(finding.endpoints)}")
        yield command(COMMANDS[finding.severity], finding.span, prefix, finding.rule, *more)


def command(name: str, span: Span | None, prefix: str, title: str, *lines: str) -> str:
    """A workflow command. Columns are said where the place is in one line: GitHub takes no others."""
    properties: dict[str, str] = {}
    if span is not None and span.path:
        properties |= {"file": prefix + span.path, "line": str(span.line)}
        end = end_of(span)
        if end is not None:
            properties["endLine"] = str(end[0])
        if end is not None and end[0] == span.line:
            properties |= {"col": str(span.column), "endColumn": str(end[1])}
    properties["title"] = f"buttress: {title}"
    given = ",".join(f"{key}={in_property(value)}" for key, value in properties.items())
    return f"::{name} {given}::{'%0A'.join(map(in_data, lines))}"


def in_data(text: str) -> str:
    """A text as the message of a command."""
    return shown(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def in_property(text: str) -> str:
    """A text as a property of a command."""
    return in_data(text).replace(":", "%3A").replace(",", "%2C")
