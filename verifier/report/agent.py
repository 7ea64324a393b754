"""A check for a coding agent: the worst first, each cause once, with what to write instead, and no longer than needed.

The same nouns become the text that a model reads and the data that a program reads. What does not fit is counted, with
how to ask for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Literal

from msgspec import Struct
from msgspec.structs import replace

from verifier.check import Report
from verifier.model import Category, Confidence, Finding, Span, Verdict
from verifier.report.style import plain, shown
from verifier.report.text import counts_text, coverage_text, plural

if TYPE_CHECKING:
    from verifier.fix import Fixed
    from verifier.link import Facts

SCHEMA_VERSION = 1
LONGEST = 12_000  # characters of an answer
LAST_LINES = 500  # characters for what is said of what is left out
LONGEST_WORDS = 400
LONGEST_DIFF = 4_000
LONGEST_SOURCE = 160
MOST = 10  # causes of an answer
MOST_ALSO = 8
MOST_ENDPOINTS = 6
MOST_RELATED = 3
MOST_EVIDENCE = 2
MOST_CLAUSES = 12
PRUNE = "`buttress check --prune-baseline` takes them out"
IDENTITY = 10  # digits of a fingerprint


class Spot(Struct, frozen=True, omit_defaults=True):
    """A place in the project, and what is to be seen there."""

    path: str
    line: int
    message: str = ""

    def __str__(self) -> str:
        return f"{shown(self.path)}:{self.line}{f' {self.message}' if self.message else ''}"


class Mending(Struct, frozen=True, omit_defaults=True):
    """How a cause can be mended.

    ``safe``: nothing else can change by it. ``diff`` mends all its places, for ``git apply``; it is empty where the fix
    is not safe, was tried and did not hold, or is too long for an answer.
    """

    title: str
    safe: bool
    diff: str = ""


class Entry(Struct, frozen=True, omit_defaults=True):
    """A cause: what one rule says in the same words, wherever it says it.

    Attributes:
        finding: what it is called when more is asked about it.
        severity, confidence: as the rule grades it.
        category: the kind of failure that it leads to.
        path, line, source: the first place, and what stands there.
        message: what is wrong.
        related: further places that it speaks of; ``more_related`` are left out.
        symptom: what a client or a log will show.
        endpoints: the routes that it reaches, from all its places; ``more_endpoints`` are left out.
        remedy: what to write instead.
        also: its other places; ``more_also`` are left out.
    """

    finding: str
    rule: str
    severity: Literal["error", "warning", "info"]
    confidence: Literal["high", "medium"]
    category: str
    path: str
    line: int
    message: str
    source: str = ""
    related: tuple[Spot, ...] = ()
    more_related: int = 0
    symptom: str = ""
    endpoints: tuple[str, ...] = ()
    more_endpoints: int = 0
    remedy: str = ""
    also: tuple[Spot, ...] = ()
    more_also: int = 0
    fix: Mending | None = None


class Clause(Struct, frozen=True, omit_defaults=True):
    """A clause of a constraint that is not kept, or that could not be decided, with what that rests on."""

    constraint: str
    clause: str
    state: Literal["broken", "undecided"]
    evidence: tuple[Spot, ...] = ()
    more_evidence: int = 0


class Checked(Struct, frozen=True):
    """What a check tells an agent.

    Attributes:
        passed: nothing is as severe as fails a check, and no constraint is broken.
        summary: how much of each severity there is, and what was read.
        unread: what could not be read with certainty, counted.
        causes: how many causes there are in all; ``findings`` are those that are told.
        constraints: clauses that are broken or undecided.
        fixable: how many problems the safe fixes mend.
        left_out: how many causes come after those that are told; ``more`` says how to ask for them.
        folder: what the paths are below, where that is not the root of who asks.
        gone: how many lines of the baseline are no longer found, and have to leave it.
    """

    schema_version: int
    passed: bool
    summary: str
    unread: str
    causes: int
    findings: tuple[Entry, ...]
    constraints: tuple[Clause, ...]
    fixable: int
    left_out: int
    more: str
    folder: str = ""
    gone: int = 0


class Wording(Struct, frozen=True):
    """How the reader asks for more. ``{next}`` is the number of causes that were told.

    ``named``: findings can be asked about by name.
    """

    more: str
    fixes: str
    shorter: str
    named: bool


COMMAND = Wording(
    more="`buttress check --select RULE --format agent` tells those of one rule or pack, `--format concise` all",
    fixes="`buttress check --diff` prints all safe fixes as one diff, `--fix` makes them",
    shorter="`buttress check --diff` prints it",
    named=False,
)


def checked(
    report: Report,
    facts: Facts,
    fixed: Fixed | None,
    wording: Wording,
    *,
    most: int = MOST,
    skip: int = 0,
    folder: str = "",
) -> Checked:
    """What to tell of a check.

    Args:
        fixed: what the safe fixes bring, tried in mind; None where there are none.
        most: causes to tell; ``skip``: how many of the worst to pass over.
        folder: what the paths are below, for who asks from elsewhere.
    """
    causes = ranked(report.findings)
    clauses = [found for verdict in report.verdicts for found in clause_of(verdict)]
    made = Checked(
        schema_version=SCHEMA_VERSION,
        passed=not (report.broken() or report.outdated() or report.fails(facts.config.fail_on)),
        summary=counts_text(report, facts, plain),
        unread=coverage_text(facts, plain, verbose=False).removesuffix(" (-v lists them)"),
        causes=len(causes),
        findings=(),
        constraints=tuple(clauses[:MOST_CLAUSES]) if not skip else (),
        fixable=len(fixed.done) if fixed is not None else 0,
        left_out=0,
        more="",
        folder=folder,
        gone=len(report.gate.gone) if report.gate is not None else 0,
    )
    room = LONGEST - LAST_LINES - len(checked_text(made, wording))
    told: list[Entry] = []
    for cause in causes[skip : skip + most]:
        entry = entry_of(cause, facts, fixed)
        room -= len(entry_text(entry, 0, wording))
        if room < 0 and told:
            break
        told.append(entry)
    left = max(0, len(causes) - skip - len(told))
    more = wording.more.format(next=skip + len(told)) if left else ""
    return replace(made, findings=tuple(told), left_out=left, more=more)


def ranked(findings: Iterable[Finding]) -> list[list[Finding]]:
    """Findings by cause, the worst cause first: the severest, what keeps the server from starting, the surest."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.rule, finding.message), []).append(finding)
    for group in groups.values():
        group.sort(key=weight)
    return sorted(groups.values(), key=lambda group: (weight(group[0])[:3], -len(reached(group)), weight(group[0])))


def weight(finding: Finding) -> tuple[int, bool, bool, int, Span, str]:
    """What comes first of two findings."""
    return (
        finding.severity.rank,
        finding.category is not Category.SERVER_STARTUP_FAILURE,
        finding.confidence is not Confidence.HIGH,
        -len(finding.endpoints),
        finding.span,
        finding.rule,
    )


def reached(group: Iterable[Finding]) -> list[str]:
    """The endpoints that some findings reach."""
    return list(dict.fromkeys(endpoint for finding in group for endpoint in finding.endpoints))


def identity(finding: Finding) -> str:
    """What a finding is called."""
    return finding.fingerprint[:IDENTITY]


def entry_of(group: list[Finding], facts: Facts, fixed: Fixed | None) -> Entry:
    """A cause as it is told."""
    first = group[0]
    endpoints = reached(group)
    also = [Spot(finding.span.path, finding.span.line) for finding in group[1:]]
    return Entry(
        finding=identity(first),
        rule=first.rule,
        severity=first.severity.value,
        confidence=first.confidence.value,
        category=str(first.category),
        path=first.span.path,
        line=first.span.line,
        message=words(first.message),
        source=source_of(first.span, facts),
        related=tuple(Spot(one.span.path, one.span.line, words(one.message)) for one in first.related[:MOST_RELATED]),
        more_related=max(0, len(first.related) - MOST_RELATED),
        symptom=words(first.symptom),
        endpoints=tuple(words(endpoint) for endpoint in endpoints[:MOST_ENDPOINTS]),
        more_endpoints=max(0, len(endpoints) - MOST_ENDPOINTS),
        remedy=words(first.remedy),
        also=tuple(also[:MOST_ALSO]),
        more_also=max(0, len(also) - MOST_ALSO),
        fix=mending_of(group, facts, fixed),
    )


def mending_of(group: list[Finding], facts: Facts, fixed: Fixed | None) -> Mending | None:
    """The fix of a cause, with its diff where all that were tried in mind have held."""
    own = [finding for finding in group if finding.fix is not None]
    if not own or own[0].fix is None:
        return None
    title, safe = words(own[0].fix.title), all(finding.fix.safe for finding in own if finding.fix is not None)
    if fixed is None or not safe:
        return Mending(title, safe)
    from verifier.fix import key_of, one_round
    from verifier.fix.write import diff_text

    held = {key_of(finding) for finding in fixed.done}
    files, mended, _ = one_round(facts.project, [finding for finding in own if key_of(finding) in held])
    known = facts.project.files
    diff = diff_text({path: (known.get(path) or facts.project.others.get(path), file) for path, file in files.items()})
    return Mending(title, safe, diff if len(diff) <= LONGEST_DIFF else "") if mended else Mending(title, safe=False)


def words(text: str) -> str:
    """A text on one line, cut where it is too long."""
    text = shown(text)
    return text if len(text) <= LONGEST_WORDS else f"{text[:LONGEST_WORDS]}..."


def source_of(span: Span, facts: Facts) -> str:
    """The line of a place."""
    source = facts.project.files.get(span.path) or facts.project.others.get(span.path)
    line = source.line(span.line).strip() if source is not None else ""
    return shown(line[:LONGEST_SOURCE]) + ("..." if len(line) > LONGEST_SOURCE else "")


def clause_of(verdict: Verdict) -> Iterator[Clause]:
    """A verdict, where it is not that the clause is kept."""
    if verdict.compliant is not True and not verdict.before:
        told = verdict.evidence[:MOST_EVIDENCE]
        yield Clause(
            verdict.constraint,
            verdict.clause,
            "undecided" if verdict.compliant is None else "broken",
            tuple(Spot(one.span.path, one.span.line, words(one.message)) for one in told),
            max(0, len(verdict.evidence) - MOST_EVIDENCE),
        )


def checked_text(made: Checked, wording: Wording, skip: int = 0) -> str:
    """What is told, as text."""
    head = made.summary
    if made.causes > 1:
        head += " The worst first." if not skip else f" Those after the worst {skip}."
    if made.folder:
        head += f" Paths are below `{shown(made.folder)}`."
    parts = [head]
    if made.unread:
        parts[0] += f"\n{made.unread}"
    if made.constraints:
        parts.append("\n".join(line for clause in made.constraints for line in clause_lines(clause)))
    repeated: dict[str, tuple[str, str, int]] = {}
    for number, entry in enumerate(made.findings, skip + 1):
        parts.append(entry_text(entry, number, wording, repeated.get(entry.rule)))
        repeated.setdefault(entry.rule, (entry.symptom, entry.remedy, number))
    last = []
    if made.left_out:
        last.append(f"{plural(made.left_out, 'more cause')} left out: {made.more}.")
    if made.fixable:
        last.append(f"{plural(made.fixable, 'problem')} can be mended safely: {wording.fixes}.")
    if made.gone:
        last.append(f"The baseline holds {plural(made.gone, 'finding')} that are gone: {PRUNE}.")
    if last:
        parts.append("\n".join(last))
    return "\n\n".join(parts) + "\n"


def clause_lines(clause: Clause) -> Iterator[str]:
    """A clause as text."""
    yield f"constraint {clause.constraint}, {clause.state}: {clause.clause}"
    yield from (f"   {spot}" for spot in clause.evidence)
    if clause.more_evidence:
        yield f"   and {clause.more_evidence} more"


def entry_text(entry: Entry, number: int, wording: Wording, before: tuple[str, str, int] | None = None) -> str:
    """A cause as text.

    Args:
        before: symptom, remedy and number of an entry of the same rule, so that what is the same is not told again.
    """
    name = f" (finding {entry.finding})" if wording.named else ""
    sure = "" if entry.confidence == "high" else ", not certain"
    lines = [f"{number}. {entry.severity} {entry.rule}{sure}, {shown(entry.path)}:{entry.line}{name}"]

    def say(lead: str, text: str) -> None:
        if text:
            lines.append(f"   {lead}: {text}")

    say("why", entry.message)
    say("code", entry.source)
    for spot in entry.related:
        say("see", str(spot))
    say("see", f"{entry.more_related} more places" if entry.more_related else "")
    symptom, remedy, earlier = before or ("", "", 0)
    say("symptom", entry.symptom if entry.symptom != symptom else "")
    say("affects", listed(entry.endpoints, entry.more_endpoints))
    say("instead", entry.remedy if entry.remedy != remedy else f"as in {earlier}" if remedy else "")
    say("also at", listed(map(str, entry.also), entry.more_also))
    if entry.fix is not None:
        say("fix", f"{entry.fix.title} ({'safe' if entry.fix.safe else 'not safe: look at it first'})")
        if entry.fix.diff:
            fence = "````" if "```" in entry.fix.diff else "```"
            lines += [f"{fence}diff", entry.fix.diff.rstrip("\n"), fence]
        elif entry.fix.safe:
            lines[-1] += f"; {wording.shorter}"
    return "\n".join(lines)


def listed(texts: Iterable[str], more: int) -> str:
    """Some texts in a row, and how many more there are."""
    return ", ".join(texts) + (f" and {more} more" if more else "")
