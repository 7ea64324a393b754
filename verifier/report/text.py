"""A check as text for a reader: findings with their source, verdicts, what was not read, and a last line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from verifier.check import Report
from verifier.model import Finding, Severity, Span, Verdict
from verifier.report.places import gone_text
from verifier.report.style import Paint, shown

if TYPE_CHECKING:
    from verifier.link import Facts

LONGEST_LINE = 160
MOST_ENDPOINTS = 6
MOST_RELATED = 4


def render(report: Report, facts: Facts, paint: Paint, *, quiet: bool = False, verbose: bool = False) -> str:
    """The whole report."""
    parts = [finding_text(finding, facts, paint) for finding in report.findings]
    verdicts = verdicts_text(report.verdicts, paint, verbose=verbose)
    if verdicts:
        parts.append(verdicts)
    if gone := gone_lines(report, paint, verbose=verbose):
        parts.append(gone)
    if not quiet:
        unread = coverage_text(facts, paint, verbose=verbose)
        if unread:
            parts.append(unread)
        parts.append(summary_text(report, facts, paint))
    return "\n\n".join(parts) + "\n" if parts else ""


def render_concise(report: Report, paint: Paint) -> str:
    """One line for each finding and broken clause."""
    lines = [
        f"{paint(shown(str(finding.span)), 'path')}: {paint(finding.severity, finding.severity)} "
        f"{paint(finding.rule, 'rule')}: {shown(finding.message)}"
        for finding in report.findings
    ]
    for verdict in report.verdicts:
        state, style = state_of(verdict)
        lines.append(f"{paint(state, style)} {verdict.constraint}: {verdict.clause}{as_before(verdict)}")
    if text := gone_text(report):
        lines.append(text)
    return "\n".join(lines) + "\n" if lines else ""


def finding_text(finding: Finding, facts: Facts, paint: Paint) -> str:
    """A finding with its source line, what it contradicts, what it causes and how to mend it."""
    grade = f"{paint(finding.severity, finding.severity)}[{paint(finding.rule, 'rule')}]"
    head = f"{grade}: {paint(shown(finding.message), 'bold')}"
    places = [finding.span, *(related.span for related in finding.related[:MOST_RELATED])]
    width = max(len(str(span.line)) for span in places)
    lines = [head, f"{' ' * width}{paint('-->', 'gutter')} {paint(shown(str(finding.span)), 'path')}"]
    lines.extend(source_lines(finding.span, facts, paint, width, caret=True))
    for related in finding.related[:MOST_RELATED]:
        lines.append(
            f"{' ' * width}{paint(':::', 'gutter')} {paint(shown(str(related.span)), 'path')} {shown(related.message)}"
        )
        if related.span.column > 1 or related.span.line > 1:
            lines.extend(source_lines(related.span, facts, paint, width, caret=False))
    bar = f"{' ' * width} {paint('=', 'gutter')}"
    if finding.symptom:
        lines.append(f"{bar} {paint('symptom:', 'bold')} {shown(finding.symptom)}")
    if finding.remedy:
        lines.append(f"{bar} {paint('instead:', 'bold')} {shown(finding.remedy)}")
    if finding.fix is not None:
        option = "--fix" if finding.fix.safe else "--fix --unsafe-fixes"
        lines.append(f"{bar} {paint('fix:', 'bold')} {shown(finding.fix.title)} ({option})")
    if finding.endpoints:
        more = len(finding.endpoints) - MOST_ENDPOINTS
        listed = ", ".join(finding.endpoints[:MOST_ENDPOINTS]) + (f" and {more} more" if more > 0 else "")
        lines.append(f"{bar} {paint('affects:', 'bold')} {shown(listed)}")
    return "\n".join(lines)


def source_lines(span: Span, facts: Facts, paint: Paint, width: int, *, caret: bool) -> Iterator[str]:
    """The source line of a span, with a caret line below it."""
    source = facts.project.files.get(span.path) or facts.project.others.get(span.path)
    if source is None:
        return
    line = source.line(span.line).replace("\t", " ")
    if not line.strip():
        return
    start = span.column - 1
    length = span.end_column - span.column if span.end_line == span.line else len(line.rstrip()) - start
    cut = 0
    if len(line) > LONGEST_LINE:
        cut = max(0, start - 40)
        line = ("..." if cut else "") + line[cut : cut + LONGEST_LINE] + "..."
        start = start - cut + (3 if cut else 0)
        length = min(length, len(line) - start)
    yield f"{paint(str(span.line).rjust(width), 'gutter')} {paint('|', 'gutter')} {shown(line)}"
    if caret:
        marks = "^" * max(1, min(length, LONGEST_LINE - start))
        yield f"{' ' * width} {paint('|', 'gutter')} {' ' * start}{paint(marks, 'caret')}"


def state_of(verdict: Verdict) -> tuple[str, str]:
    """A verdict in a word, and its style."""
    if verdict.compliant is None:
        return "undecided", "unsure"
    if verdict.before:
        return "broken", "dim"
    return ("kept", "good") if verdict.compliant else ("broken", "bad")


def as_before(verdict: Verdict) -> str:
    """What is said behind a clause that was broken before."""
    return " (as before)" if verdict.before else ""


def gone_lines(report: Report, paint: Paint, *, verbose: bool) -> str:
    """What the baseline holds and is no longer found."""
    if report.gate is None or not report.gate.gone:
        return ""
    gone = report.gate.gone
    lines = [paint(f"{gone_text(report)}:", "bold")]
    lines += [f"  {shown(one.path)}: {shown(one.rule)}: {shown(one.message)}" for one in gone[: None if verbose else 5]]
    if len(gone) > 5 and not verbose:
        lines.append(f"  and {len(gone) - 5} more")
    return "\n".join(lines)


def verdicts_text(verdicts: Iterable[Verdict], paint: Paint, *, verbose: bool) -> str:
    """The constraints, a line for each clause; evidence for what is broken or undecided."""
    lines: list[str] = []
    current = ""
    for verdict in verdicts:
        if verdict.constraint != current:
            current = verdict.constraint
            lines.append(paint(f"Constraint: {current}", "bold"))
        state, style = state_of(verdict)
        lines.append(f"  {paint(state.ljust(9), style)} {verdict.clause}{as_before(verdict)}")
        if (verdict.compliant is not True and not verdict.before) or verbose:
            lines.extend(
                f"            {paint(shown(str(evidence.span)), 'path')} {shown(evidence.message)}"
                for evidence in verdict.evidence[: None if verbose else 3]
            )
            more = len(verdict.evidence) - 3
            if more > 0 and not verbose:
                lines.append(f"            and {more} more")
    return "\n".join(lines)


def coverage_text(facts: Facts, paint: Paint, *, verbose: bool) -> str:
    """What was not read, counted; with ``verbose``, listed."""
    lines: list[str] = []
    unresolved = facts.imports.unresolved
    dynamic = facts.dynamic_routes
    faults = sum(1 for file in facts.files.values() if any(not fault.certain for fault in file.faults))
    counts = [
        plural(len(dynamic), "dynamic route"),
        plural(len(facts.unread_routes), "unread route"),
        plural(len(unresolved), "unresolved import"),
        plural(len(facts.notes), "note"),
        plural(faults, "file with unusual syntax", "files with unusual syntax"),
    ]
    said = [text for text in counts if not text.startswith("no ")]
    if said:
        hint = "" if verbose else " (-v lists them)"
        lines.append(paint(f"Not read with certainty: {', '.join(said)}{hint}", "dim"))
    if verbose:
        lines.extend(f"  {shown(str(found.span))} route: {shown(found.reason)}" for found in dynamic)
        lines.extend(f"  {shown(str(one.span))} route: {shown(one.reason)}" for one in facts.unread_routes)
        lines.extend(
            f"  {shown(str(found.span))} import `{shown(found.module)}`: {shown(found.reason)}" for found in unresolved
        )
        lines.extend(f"  {shown(note.path)}{': ' if note.path else ''}{shown(note.reason)}" for note in facts.notes)
        for reason, count in sorted(facts.project.left_out.counts.items()):
            lines.append(f"  left out: {count} ({reason})")
    return "\n".join(lines)


def summary_text(report: Report, facts: Facts, paint: Paint) -> str:
    """The last line."""
    fixable = sum(finding.fix is not None and finding.fix.safe for finding in report.findings)
    mended = f" {plural(fixable, 'problem')} can be mended with --fix." if fixable else ""
    return f"{counts_text(report, facts, paint)}{mended}"


def counts_text(report: Report, facts: Facts, paint: Paint) -> str:
    """How much was found, and in what."""
    counts = Counter(finding.severity for finding in report.findings)
    kinds = [plural(counts[severity], str(severity)) for severity in Severity if counts[severity]]
    read = f"{plural(len(facts.project.files), 'file')}, {plural(len(facts.routes), 'route')}"
    frameworks = sorted({application.framework for application in facts.applications})
    if frameworks:
        read += f", {' and '.join(frameworks)}"
    suppressed = f" {plural(len(report.suppressed), 'finding')} suppressed." if report.suppressed else ""
    if report.gate is not None:
        known = len(report.gate.known)
        suppressed += f" {plural(known, 'finding')} {'was' if known == 1 else 'were'} there before." if known else ""
    if not kinds:
        none = "No new findings" if report.gate is not None else "No findings"
        return f"{paint(none, 'good')} in {read}.{suppressed}"
    style = "error" if counts[Severity.ERROR] else "warning"
    return f"{paint('Found ' + ' and '.join(kinds), style)} in {read}.{suppressed}"


def plural(count: int, word: str, words: str | None = None) -> str:
    """``1 file``, ``2 files``, ``no files``."""
    words = words or (word if word == "info" else f"{word}s")
    return f"{count or 'no'} {word if count == 1 else words}"


def statistics_text(report: Report, paint: Paint) -> str:
    """How often each rule found something."""
    counts = Counter(finding.rule for finding in report.findings)
    lines = [f"{count:5} {paint(rule, 'rule')}" for rule, count in counts.most_common()]
    return "\n".join(lines) + "\n" if lines else ""


def timings_text(report: Report, stages: dict[str, float], paint: Paint) -> str:
    """Seconds by stage and by rule."""
    lines = [f"{seconds:8.3f} s  {paint(stage, 'bold')}" for stage, seconds in stages.items()]
    slow = sorted(report.timings.items(), key=lambda pair: -pair[1])
    lines += [f"{seconds:8.3f} s  {paint(rule, 'rule')}" for rule, seconds in slow if seconds >= 0.0005]
    return "\n".join(lines) + "\n"
