"""JUnit XML, as CI servers read it: a suite for the constraints, and one for each file with findings.

A finding that makes the check fail is a failure; one below --fail-on is a skipped test, which shows and does not fail.
The elements and attributes are those of the schema of Jenkins' xUnit plugin, which knows no `file` of a test case.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from verifier.check import Report
from verifier.model import Finding, Severity, Verdict
from verifier.report.places import clause_text, fails, gone_text, prefix_of
from verifier.report.style import shown

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from verifier.link import Facts


def junit_text(report: Report, facts: Facts) -> str:
    """The report as XML."""
    from xml.etree.ElementTree import Element, indent, tostring

    prefix, level = prefix_of(facts.project), facts.config.fail_on
    suites = [constraints_suite(report)] if report.verdicts or gone_text(report) else []
    by_file: dict[str, list[Finding]] = {}
    for finding in report.findings:
        by_file.setdefault(finding.span.path, []).append(finding)
    suites += [file_suite(prefix + path, found, level) for path, found in by_file.items()]
    if not by_file:
        suites.append(suite("findings", [case("no findings", "buttress")]))
    root = Element("testsuites", {"name": "buttress"})
    for name in ("tests", "failures", "errors"):
        root.set(name, str(sum(int(found.get(name, "0")) for found in suites)))
    root.extend(suites)
    indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def constraints_suite(report: Report) -> Element:
    """A test case for each clause, and one for a baseline that holds too much."""
    cases = [clause_case(verdict) for verdict in report.verdicts]
    if text := gone_text(report):
        outdated = case("the baseline holds nothing that is gone", "baseline")
        lines = [f"{gone.path}: {gone.rule}: {gone.message}" for gone in report.gate.gone] if report.gate else []
        cases.append(with_result(outdated, "failure", "baseline", text, lines))
    return suite("constraints", cases)


def clause_case(verdict: Verdict) -> Element:
    """The test case of a clause: skipped where it is undecided, or was broken before."""
    made = case(verdict.clause, verdict.constraint)
    lines = [f"{line.span}: {line.message}" if line.span.path else line.message for line in verdict.evidence]
    if verdict.compliant is None:
        return with_result(made, "skipped", verdict.constraint, "what was read does not decide it", lines)
    if verdict.compliant:
        return made
    if verdict.before:
        return with_result(made, "skipped", verdict.constraint, "broken, as it was before", lines)
    return with_result(made, "failure", verdict.constraint, clause_text(verdict), lines)


def file_suite(path: str, findings: Iterable[Finding], level: Severity) -> Element:
    """The findings of a file."""
    cases: list[Element] = []
    names: dict[str, int] = {}
    for finding in findings:
        name = f"{finding.rule} {finding.span.line}:{finding.span.column}"
        names[name] = names.get(name, 0) + 1
        number = f" ({names[name]})" if names[name] > 1 else ""
        kind = "failure" if fails(finding, level) else "skipped"
        made = case(f"{name}{number}", path)
        cases.append(with_result(made, kind, finding.severity, finding.message, details(path, finding)))
    return suite(path, cases)


def details(path: str, finding: Finding) -> list[str]:
    """What a finding says, line by line."""
    lines = [f"{path}:{finding.span.line}:{finding.span.column}: {finding.message}"]
    lines += [f"{related.span}: {related.message}" for related in finding.related]
    told = {"symptom": finding.symptom, "instead": finding.remedy, "affects": ", ".join(finding.endpoints)}
    return lines + [f"{name}: {text}" for name, text in told.items() if text]


def suite(name: str, cases: list[Element]) -> Element:
    """A suite of test cases."""
    from xml.etree.ElementTree import Element

    counts = {kind: sum(found.find(kind) is not None for found in cases) for kind in ("failure", "skipped")}
    made = Element("testsuite", {"name": shown(name), "tests": str(len(cases)), "failures": str(counts["failure"])})
    made.attrib |= {"errors": "0", "skipped": str(counts["skipped"])}
    made.extend(cases)
    return made


def case(name: str, of: str) -> Element:
    """A test case."""
    from xml.etree.ElementTree import Element

    return Element("testcase", {"name": shown(name), "classname": shown(of)})


def with_result(made: Element, kind: str, type_: str, message: str, lines: Iterable[str]) -> Element:
    """A test case with its result. XML has no control characters, so they are written out."""
    from xml.etree.ElementTree import SubElement

    result = SubElement(made, kind, {"type": type_, "message": shown(message)})
    result.text = "\n".join(map(shown, lines)) or None
    return made
