"""gate: a report, held against what was there before -> what counts.

    matching  which findings of now are those of then
    scopes    the functions around a place
    baseline  the file of known findings
    history   the project as a commit has it

A finding that was there before is told and does not fail. A clause that was broken before fails where something new
breaks it: each line of its evidence is held against those of then, as findings are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from verifier.check import Gate, Known, Report
from verifier.check.fingerprints import code_at
from verifier.gate.matching import matched
from verifier.gate.scopes import Scopes
from verifier.model import Evidence, Finding, Span, Verdict

if TYPE_CHECKING:
    from verifier.link import Facts

LONGEST_CODE = 160


class Then(NamedTuple):
    """What was there before. ``moved``: files that have another path now, by their old one."""

    known: Sequence[Known]
    moved: Mapping[str, str] = {}
    below: Sequence[str] = ()
    """Folders that are not looked into: what is found there was there before."""


class Item(NamedTuple):
    """A finding, or a line of evidence of a broken clause."""

    known: Known
    finding: Finding | None = None
    clause: tuple[str, str] = ("", "")
    evidence: Evidence | None = None


def items_of(report: Report, facts: Facts, *, undecided: bool = False) -> list[Item]:
    """All that can be known before.

    Args:
        undecided: also the evidence of clauses that were not decided.
    """
    recognize = Recognizer(facts)
    items = [Item(recognize(found.rule, found.span, found.message), found) for found in report.findings]
    for verdict in report.verdicts:
        if verdict.compliant is False or (undecided and verdict.compliant is None):
            rule = rule_of(verdict)
            lines = verdict.evidence or (Evidence(Span("", 1), verdict.clause),)
            items.extend(Item(recognize(rule, line.span, line.message), None, key_of(verdict), line) for line in lines)
    return items


class Recognizer:
    """Makes what is known of a finding of its place in the project."""

    def __init__(self, facts: Facts) -> None:
        self.project = facts.project
        self.scopes = Scopes(facts.project, facts.trees)

    def __call__(self, rule: str, span: Span, message: str) -> Known:
        """What a finding of a rule is recognized by."""
        code = " ".join(code_at(self.project, span).split())[:LONGEST_CODE]
        return Known(span.path, rule, message, self.scopes.at(span), code)


def rule_of(verdict: Verdict) -> str:
    """What stands in the place of a rule for a line of evidence."""
    return f"{verdict.constraint}: {verdict.clause}"


def key_of(verdict: Verdict) -> tuple[str, str]:
    """What tells a clause from all others."""
    return verdict.constraint, verdict.clause


def hold(
    report: Report,
    facts: Facts,
    *,
    baseline: Sequence[Known] | None = None,
    base: Then | None = None,
    only: str | None = None,
) -> tuple[Report, tuple[Known, ...]]:
    """A report in which only what is new counts, and the baseline as it should be now, its new lines aside.

    Args:
        baseline: known findings; None for no baseline.
        base: what was there before the change; None where that is not asked for.
        only: the one file that was checked, if it was not a folder.
    """
    items = items_of(report, facts)
    now = [item.known for item in items]
    paths = facts.project.paths | facts.project.files.keys()
    old: set[int] = set()
    gone: tuple[Known, ...] = ()
    kept: tuple[Known, ...] = ()
    if baseline is not None:
        recognize = Recognizer(facts)
        hidden = [recognize(found.rule, found.span, found.message) for found in report.unsure]
        everything = [*now, *hidden]
        found = matched(baseline, everything, paths=paths)
        old.update(place for place in found if place < len(now))
        left = set(range(len(baseline))) - set(found.values())
        judged = {place for place in left if is_judged(baseline[place], report, facts, only)}
        gone = tuple(baseline[place] for place in sorted(judged))
        kept = (
            *(everything[place] for place in sorted(found)),
            *(baseline[place] for place in sorted(left - judged)),
        )
    if base is not None:
        old.update(matched(base.known, now, paths=paths, moved=base.moved))
        below = tuple(f"{folder}/" for folder in base.below)
        old.update(place for place, known in enumerate(now) if below and known.path.startswith(below))
    known = tuple(item.finding for place, item in enumerate(items) if item.finding is not None and place in old)
    new = tuple(item.finding for place, item in enumerate(items) if item.finding is not None and place not in old)
    verdicts = tuple(held(verdict, items, old) for verdict in report.verdicts)
    return replace(report, findings=new, verdicts=verdicts, gate=Gate(known=known, gone=gone)), kept


def held(verdict: Verdict, items: Iterable[Item], old: set[int]) -> Verdict:
    """A broken clause with what newly breaks it, or with the word that it was broken before."""
    if verdict.compliant is not False:
        return verdict
    own = [(place, item) for place, item in enumerate(items) if item.clause == key_of(verdict)]
    fresh = tuple(item.evidence for place, item in own if place not in old and item.evidence is not None)
    return replace(verdict, evidence=fresh) if fresh and verdict.evidence else replace(verdict, before=not fresh)


def is_judged(known: Known, report: Report, facts: Facts, only: str | None) -> bool:
    """Whether this check would have found what the baseline holds."""
    if only is not None and known.path not in (only, ""):
        return False
    decided = [rule_of(verdict) for verdict in report.verdicts if verdict.compliant is not None]
    if known.rule in decided:
        return True
    return (
        "/" in known.rule
        and ": " not in known.rule
        and (known.rule in report.timings or known.rule not in facts.book.rules)
    )
