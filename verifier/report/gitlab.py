"""GitLab's Code Quality report: a list of issues, in the form that merge requests show."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from verifier.check import Report
from verifier.check.fingerprints import digest
from verifier.model import Finding, Severity, Span, Verdict
from verifier.report.places import broken, clause_text, end_of, first_of, gone_text, place_of, prefix_of, worst_first
from verifier.report.style import shown

if TYPE_CHECKING:
    from verifier.link import Facts

# GitLab has five; `blocker` is left to the constraints, which are broken whatever the severity of a finding is.
SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "minor", Severity.INFO: "info"}


def gitlab_text(report: Report, facts: Facts) -> str:
    """The report as JSON."""
    issues = list(issues_of(report, facts))
    return json.dumps(issues, indent=2, ensure_ascii=False).encode("utf-8", "backslashreplace").decode() + "\n"


def issues_of(report: Report, facts: Facts) -> Iterator[dict[str, Any]]:
    """An issue for each broken clause and each finding."""
    prefix = prefix_of(facts.project)
    first = first_of(facts)
    for verdict in broken(report):
        line = place_of(verdict)
        span = line.span if line else first
        check, fingerprint = f"constraint/{verdict.constraint}", clause_print(verdict, prefix)
        yield issue(clause_text(verdict), check, fingerprint, "blocker", span, prefix)
    if report.gate is not None and (text := gone_text(report)):
        name = report.gate.baseline or ""
        yield issue(text, "baseline", digest("baseline", prefix, name), "blocker", first, prefix)
    for finding in worst_first(report.findings):
        # Reports of several projects of one repository are merged by the fingerprints.
        fingerprint = digest(prefix, finding.fingerprint) if prefix else finding.fingerprint
        severity = SEVERITIES[finding.severity]
        yield issue(described(finding), finding.rule, fingerprint, severity, finding.span, prefix)


def described(finding: Finding) -> str:
    """A finding in a few words: GitLab shows nothing else of it."""
    return f"{finding.message}. {finding.symptom}" if finding.symptom else finding.message


def clause_print(verdict: Verdict, prefix: str) -> str:
    """The fingerprint of a clause."""
    return digest("constraint", prefix, verdict.constraint, verdict.clause)


def issue(text: str, check: str, fingerprint: str, severity: str, span: Span, prefix: str) -> dict[str, Any]:
    """One issue."""
    lines = {"begin": span.line}
    end = end_of(span)
    if end is not None:
        lines["end"] = end[0]
    return {
        "type": "issue",
        "description": shown(text),
        "check_name": check,
        "fingerprint": fingerprint,
        "severity": severity,
        "location": {"path": prefix + span.path, "lines": lines},
    }
