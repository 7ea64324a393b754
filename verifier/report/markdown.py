"""Markdown for a comment at a pull request: the counts, the constraints as a table, the findings folded away.

Texts of the project may hold anything: what Markdown or HTML would read is escaped, and nobody is mentioned.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from verifier.check import Report
from verifier.model import Finding, Severity, Verdict
from verifier.report.places import gone_text, prefix_of, worst_first
from verifier.report.style import shown
from verifier.report.text import plural

if TYPE_CHECKING:
    from verifier.link import Facts

# Who updates the comment finds it by this line.
MARK = "<!-- buttress -->"
# GitHub takes 65,536 characters, GitLab a million bytes.
MOST = 60_000
LONGEST = 2000
OPEN = 3
MOST_EVIDENCE = 5
# Written as entities, characters mean nothing to Markdown, to HTML, or to who looks for names and addresses.
ENTITIES = {character: f"&#{ord(character)};" for character in "\\`*_{}[]#+!|~<>=&@"}
# A name or a number that GitHub would look up after all that, in the finished page; a word joiner parts the two.
REFERENCE = re.compile(r"[@#](?=\w)")
CODE = re.compile(r"`([^`]+)`")
STATES = {True: "✅ kept", False: "❌ broken", None: "❔ undecided"}
SIGNS = {Severity.ERROR: "🔴", Severity.WARNING: "🟡", Severity.INFO: "🔵"}


def markdown_text(report: Report, facts: Facts) -> str:
    """The report as Markdown."""
    parts = [MARK, f"### Buttress: {headline(report)}"]
    if report.verdicts:
        parts.append(constraints_table(report))
        parts += filter(None, (evidence(verdict) for verdict in report.verdicts if not verdict.before))
    if text := gone_text(report):
        parts.append(f"**Baseline:** {escaped(text)}.")
    findings = worst_first(report.findings)
    left = MOST - sum(len(part) + 2 for part in parts) - 500
    blocks: list[str] = []
    prefix = prefix_of(facts.project)
    for number, finding in enumerate(findings):
        block = finding_block(finding, prefix, opened=len(findings) <= OPEN)
        left -= len(block) + 2
        if left < 0:
            blocks.append(f"*{plural(len(findings) - number, 'more finding')}: see the whole report.*")
            break
        blocks.append(block)
    parts += blocks
    if report.gate is not None and report.gate.known:
        parts.append(f"<sub>{plural(len(report.gate.known), 'finding')} that were there before do not count.</sub>")
    return "\n\n".join(parts) + "\n"


def headline(report: Report) -> str:
    """What was found, in a few words."""
    counts = Counter(finding.severity for finding in report.findings)
    said = [plural(counts[severity], str(severity)) for severity in Severity if counts[severity]]
    clauses = sum(verdict.compliant is False and not verdict.before for verdict in report.verdicts)
    if clauses:
        said.insert(0, plural(clauses, "broken clause"))
    return ", ".join(said) if said else "no findings"


def constraints_table(report: Report) -> str:
    """A line for each clause."""
    lines = ["| constraint | clause | verdict |", "|---|---|---|"]
    for verdict in report.verdicts:
        state = "➖ broken, as before" if verdict.before else STATES[verdict.compliant]
        lines.append(f"| {verdict.constraint} | {escaped(verdict.clause)} | {state} |")
    return "\n".join(lines)


def evidence(verdict: Verdict) -> str:
    """What a verdict rests on, folded away."""
    if verdict.compliant is True or not verdict.evidence:
        return ""
    lines = [f"- {code(str(line.span))} {escaped(line.message)}" for line in verdict.evidence[:MOST_EVIDENCE]]
    more = len(verdict.evidence) - MOST_EVIDENCE
    lines += [f"- and {more} more"] if more > 0 else []
    state = "broken" if verdict.compliant is False else "undecided"
    return folded(f"{verdict.constraint}, {state}: {html(verdict.clause)}", "\n".join(lines))


def finding_block(finding: Finding, prefix: str, *, opened: bool) -> str:
    """A finding: the place and the words in a line, the rest folded away."""
    place = html(f"{prefix}{finding.span.path}:{finding.span.line}")
    title = f"{SIGNS[finding.severity]} <code>{place}</code> {html_with_code(finding.message)}"
    return folded(title, "\n".join(details(finding)), opened=opened)


def details(finding: Finding) -> Iterator[str]:
    """What a finding says beside its message."""
    yield f"- {finding.severity} {code(finding.rule)}"
    if finding.symptom:
        yield f"- **Symptom:** {escaped(finding.symptom)}"
    if finding.remedy:
        yield f"- **Instead:** {escaped(finding.remedy)}"
    if finding.endpoints:
        listed = ", ".join(map(code, finding.endpoints[:10]))
        more = len(finding.endpoints) - 10
        yield f"- **Affects:** {listed}{f' and {more} more' if more > 0 else ''}"
    for related in finding.related[:MOST_EVIDENCE]:
        yield f"- {code(str(related.span))} {escaped(related.message)}"


def folded(title: str, text: str, *, opened: bool = False) -> str:
    """Text that a click opens."""
    return f"<details{' open' if opened else ''}><summary>{title}</summary>\n\n{text}\n\n</details>"


def escaped(text: str) -> str:
    """A text as Markdown; what stands between back-ticks is code."""
    return "".join(code(part) if place % 2 else plain(part) for place, part in enumerate(CODE.split(text)))


def plain(text: str) -> str:
    """A text that Markdown takes as it is: no markup, no mention, no link."""
    return unlinked("".join(ENTITIES.get(character, character) for character in parted(text)))


def code(text: str) -> str:
    """A text as code. A pipe would end the cell of a table."""
    return f"`{shown(text[:LONGEST]).replace('`', chr(0x2BB)).replace('|', chr(0xA6))}`"


def html(text: str) -> str:
    """A text inside of HTML."""
    from html import escape

    made = escape(parted(text), quote=False)
    return unlinked("".join(ENTITIES[one] if one in "\\`*_[]#~|@" else one for one in made))


def html_with_code(text: str) -> str:
    """A text inside of HTML; what stands between back-ticks is code."""
    parts = CODE.split(text)
    return "".join(f"<code>{html(part)}</code>" if place % 2 else html(part) for place, part in enumerate(parts))


def parted(text: str) -> str:
    """A text that is safe to print, in which nothing is a reference."""
    return REFERENCE.sub("\\g<0>\u2060", shown(text[:LONGEST]))


def unlinked(text: str) -> str:
    """A text in which no address becomes a link."""
    return text.replace("://", "&#58;//").replace("www.", "www&#46;")
