"""SARIF 2.1.0: findings and broken clauses for code scanning and other programs.

Paths are given from the top of the repository, as GitHub wants them. Columns count characters. What a comment of the
code or the baseline accepts is listed as suppressed, unless it is not asked for: GitHub shows it as an open alert.
GitHub refuses files with more results than ``MOST_RESULTS``; where there are more, the least are left out, and a
notification says how many.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from verifier import VERSION
from verifier.check import Report
from verifier.check.fingerprints import code_at, digest
from verifier.model import Confidence, Finding, Severity, Span, Verdict
from verifier.report.pages import address
from verifier.report.places import (
    broken,
    clause_text,
    end_of,
    first_of,
    gone_text,
    prefix_of,
    repository_of,
    worst_first,
)
from verifier.report.style import shown

if TYPE_CHECKING:
    from verifier.fix.resolve import Texts
    from verifier.link import Facts
    from verifier.rule import Rule

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
MOST_RESULTS = 25_000
MOST_RELATED = 100
LONGEST = 1000
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
SEVERITIES = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "recommendation"}
ROOT = "SRCROOT"
CLAUSES = {
    "framework": "The served application uses another framework than the prescribed one",
    "architecture": "A clause of the architecture is broken",
    "database": "The running application does not use the database as prescribed",
    "orm": "Data is not reached as prescribed, through the object-relational mapper",
    "contract": "The routes do not answer what the contract says",
}

Data = dict[str, Any]


def sarif_text(report: Report, facts: Facts, *, accepted: bool = True, failed: bool = False) -> str:
    """The report as SARIF."""
    text = json.dumps(log(report, facts, accepted=accepted, failed=failed), indent=1, ensure_ascii=False)
    return text.encode("utf-8", "backslashreplace").decode() + "\n"


def log(report: Report, facts: Facts, *, accepted: bool, failed: bool) -> Data:
    """The whole file: one run."""
    from verifier.fix.resolve import Texts

    prefix = prefix_of(facts.project)
    listed: list[tuple[Finding, Data | None]] = [(finding, None) for finding in worst_first(report.findings)]
    if accepted:
        listed += accepted_ones(report, facts)
    clauses = list(broken(report))
    total = len(clauses) + len(listed)
    clauses, listed = clauses[:MOST_RESULTS], listed[: max(0, MOST_RESULTS - len(clauses))]
    ids = sorted({f"constraint/{verdict.constraint}" for verdict in clauses} | {found.rule for found, _ in listed})
    places = {rule: place for place, rule in enumerate(ids)}
    texts = Texts(facts.project)
    results = [clause_result(verdict, places, prefix, first_of(facts)) for verdict in clauses]
    results += [finding_result(finding, places, prefix, accepted, texts) for finding, accepted in listed]
    driver = {
        "name": "buttress",
        "organization": "The Buttress maintainers",
        "version": VERSION,
        "semanticVersion": VERSION,
        **linked("informationUri", ""),
        "rules": [descriptor(rule, facts) for rule in ids],
    }
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": shown(f"buttress/{prefix}")},
        "invocations": [invocation(report, total, total - len(results), failed=failed)],
        "originalUriBaseIds": {ROOT: root_of(facts)},
        "columnKind": "unicodeCodePoints",
        "results": results,
        "properties": {"constraints": [verdict_data(verdict) for verdict in report.verdicts]},
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def accepted_ones(report: Report, facts: Facts) -> Iterator[tuple[Finding, Data]]:
    """Findings that are there and do not count, and why."""
    for finding in report.suppressed:
        made: Data = {"kind": "inSource", "status": "accepted"}
        file = facts.files.get(finding.span.path)
        for comment in file.suppressions if file is not None else ():
            if comment.target == finding.span.line and finding.rule in comment.rules and comment.reason:
                made["justification"] = cut(comment.reason)
        yield finding, made
    for finding in report.gate.known if report.gate is not None else ():
        yield finding, {"kind": "external", "status": "accepted", "justification": "It was there before."}


def root_of(facts: Facts) -> Data:
    """What paths are relative to."""
    top = repository_of(facts.project)
    made: Data = {"description": {"text": "The top of the repository."}}
    if top is not None:
        made["uri"] = f"file://{quote(os.fsencode(top))}/".replace("file:////", "file:///")
    return made


def invocation(report: Report, total: int, left_out: int, *, failed: bool) -> Data:
    """What the run itself has to say."""
    told: list[Data] = []
    if left_out:
        text = f"{left_out} of {total} results are left out: code scanning takes {MOST_RESULTS} in one file."
        told.append({"level": "warning", "message": {"text": text}})
    if text := gone_text(report):
        told.append({"level": "error", "message": {"text": f"{text}."}})
    made: Data = {"executionSuccessful": True, "exitCode": int(failed)}
    return made | ({"toolExecutionNotifications": told} if told else {})


def descriptor(rule: str, facts: Facts) -> Data:
    """A rule, or the kind of a constraint."""
    kind, _, name = rule.partition("/")
    if kind == "constraint":
        text = CLAUSES[name]
        return {
            "id": rule,
            "name": name_of(rule),
            "shortDescription": {"text": text},
            "fullDescription": {"text": f"{text}. Its clauses are decided one by one, each with its evidence."},
            "help": {"text": f"{text}.", "markdown": f"**{text}.** The message names the clause, and what breaks it."},
            **linked("helpUri", "configuration/"),
            "defaultConfiguration": {"level": "error"},
            "properties": {"tags": ["constraint", name], "precision": "very-high", "problem.severity": "error"},
        }
    known = facts.book.rules.get(rule)
    return rule_descriptor(known) if known is not None else {"id": rule}


def rule_descriptor(rule: Rule) -> Data:
    """A rule of the book, with its page."""
    precise = "very-high" if rule.confidence is Confidence.HIGH else "high"
    return {
        "id": rule.id,
        "name": name_of(rule.id),
        "shortDescription": {"text": cut(rule.title)},
        "fullDescription": {"text": cut(f"{rule.title}. {rule.page}")},
        "help": {"text": f"{rule.title}.\n\n{rule.page}", "markdown": f"**{rule.title}.**\n\n{rule.page}"},
        **linked("helpUri", f"rules/{rule.id}/"),
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {
            "tags": [rule.id.partition("/")[0], str(rule.category)],
            "precision": precise,
            "problem.severity": SEVERITIES[rule.severity],
        },
    }


def linked(key: str, page: str) -> Data:
    """An address of the documentation, where it is published."""
    found = address(page)
    return {} if found is None else {key: found}


def name_of(rule: str) -> str:
    """A rule's name as SARIF wants one beside the id: ``SqlUnknownColumn``."""
    return "".join(word.capitalize() for word in rule.replace("/", "-").replace("_", "-").split("-"))


def finding_result(finding: Finding, places: dict[str, int], prefix: str, accepted: Data | None, texts: Texts) -> Data:
    """A finding."""
    text = finding.message + (f". {finding.symptom}" if finding.symptom else "")
    made: Data = {
        "ruleId": finding.rule,
        "ruleIndex": places[finding.rule],
        "level": LEVELS[finding.severity],
        "message": {"text": cut(text)},
        "locations": [location(finding.span, prefix, code=code_at(texts.project, finding.span))],
        "partialFingerprints": {"buttress/v1": finding.fingerprint},
        "properties": {
            "category": str(finding.category),
            "confidence": str(finding.confidence),
            "symptom": cut(finding.symptom),
            "remedy": cut(finding.remedy),
            "endpoints": list(map(shown, finding.endpoints)),
        },
    }
    if finding.related:
        made["relatedLocations"] = [
            location(one.span, prefix, one.message, place)
            for place, one in enumerate(finding.related[:MOST_RELATED], 1)
        ]
    if accepted is not None:
        made["suppressions"] = [accepted]
    elif (fix := fix_of(finding, prefix, texts)) is not None:
        made["fixes"] = [fix]
    return made


def clause_result(verdict: Verdict, places: dict[str, int], prefix: str, first: Span) -> Data:
    """A broken clause: at the first line that breaks it, the others related."""
    rule = f"constraint/{verdict.constraint}"
    lines = [line for line in verdict.evidence if line.span.path]
    made: Data = {
        "ruleId": rule,
        "ruleIndex": places[rule],
        "level": "error",
        "message": {"text": cut(clause_text(verdict))},
        "locations": [location(lines[0].span if lines else first, prefix)],
        "partialFingerprints": {"buttress/v1": digest("constraint", verdict.constraint, verdict.clause)},
        "properties": {"clause": cut(verdict.clause)},
    }
    if len(lines) > 1:
        made["relatedLocations"] = [
            location(line.span, prefix, line.message, place)
            for place, line in enumerate(lines[1 : MOST_RELATED + 1], 1)
        ]
    return made


def verdict_data(verdict: Verdict) -> Data:
    """A clause, with its verdict."""
    return {
        "constraint": verdict.constraint,
        "clause": cut(verdict.clause),
        "compliant": verdict.compliant,
        "before": verdict.before,
    }


def location(span: Span, prefix: str, message: str = "", number: int | None = None, code: str = "") -> Data:
    """A place, with its source."""
    made: Data = {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(os.fsencode(prefix + span.path)), "uriBaseId": ROOT},
            "region": region(span),
        }
    }
    if code and len(code) <= LONGEST:
        made["physicalLocation"]["region"]["snippet"] = {"text": lines_shown(code)}
    if message:
        made["message"] = {"text": cut(message)}
    if number is not None:
        made["id"] = number
    return made


def region(span: Span) -> Data:
    """The extent of a place; the end is exclusive here as it is in SARIF."""
    made: Data = {"startLine": max(1, span.line), "startColumn": max(1, span.column)}
    end = end_of(span)
    if end is not None:
        made |= {"endLine": end[0], "endColumn": end[1]}
    return made


def fix_of(finding: Finding, prefix: str, texts: Texts) -> Data | None:
    """The safe fix of a finding, as replacements of text."""
    from verifier.fix import resolved
    from verifier.fix.resolve import CannotFixError

    if finding.fix is None or not finding.fix.safe:
        return None
    try:
        edits = resolved(finding.fix, texts)
    except CannotFixError:
        return None
    changes: dict[str, list[Data]] = {}
    for edit in sorted(edits):
        span = texts.get(edit.path).span(edit.start, edit.end)
        deleted = {
            "startLine": span.line, "startColumn": span.column, "endLine": span.end_line, "endColumn": span.end_column
        }  # fmt: skip
        change = {"deletedRegion": deleted, "insertedContent": {"text": edit.text}}
        changes.setdefault(edit.path, []).append(change)
    if not changes:
        return None
    return {
        "description": {"text": cut(finding.fix.title)},
        "artifactChanges": [
            {
                "artifactLocation": {"uri": quote(os.fsencode(prefix + path)), "uriBaseId": ROOT},
                "replacements": replacements,
            }
            for path, replacements in changes.items()
        ],
    }


def lines_shown(text: str) -> str:
    """Source without control characters, its lines kept."""
    return "\n".join(shown(line.replace("\t", "    ")) for line in text.split("\n"))


def cut(text: str) -> str:
    """A text of at most the length that code scanning takes, on one line, without control characters."""
    text = shown(" ".join(text.split()))
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."
