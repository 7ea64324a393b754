"""Clauses that rules decide: broken where one of them finds something, in doubt where they cannot see enough."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from verifier.check.verdicts.places import MOST_EVIDENCE, place
from verifier.model import Confidence, Evidence, Finding, Severity, Span, Verdict

if TYPE_CHECKING:
    from verifier.link import Facts

# What of a project keeps a clause from being decided; empty where it can be.
Doubt = Callable[["Facts"], "tuple[Evidence, ...]"]


class Clause(Struct, frozen=True):
    """A clause of a constraint.

    Attributes:
        rules: those that find it broken, by id, or by the name that rules of several packs share.
        doubt: what keeps it from being decided, where they find nothing.
    """

    text: str
    rules: tuple[str, ...]
    doubt: Doubt


def nothing_missing(facts: Facts) -> tuple[Evidence, ...]:
    """No doubt: the rules see all that the clause speaks of."""
    return ()


def by_findings(
    facts: Facts,
    constraint: Literal["architecture", "contract"],
    clause: Clause,
    findings: list[Finding],
    chosen: Collection[str],
) -> Verdict:
    """A clause that certain rules find broken.

    Undecided where they are not sure, or find nothing and cannot see enough to say so.
    """
    rules = [rule for rule in facts.book.rules if rule in clause.rules or rule.partition("/")[2] in clause.rules]
    broken = [finding for finding in findings if finding.severity is Severity.ERROR and finding.rule in rules]
    evidence = tuple(Evidence(finding.span, finding.message) for finding in broken)
    if broken:
        sure = any(finding.confidence is Confidence.HIGH for finding in broken)
        return Verdict(constraint, clause.text, False if sure else None, evidence)
    used = {application.framework for application in facts.applications}
    idle = {pack.name for pack in facts.book.packs if pack.framework is not None and pack.framework not in used}
    missing = [rule for rule in rules if rule not in chosen and rule.partition("/")[0] not in idle]
    doubts = tuple(Evidence(place(facts), f"`{rule}` was not run") for rule in missing)
    doubts = doubts or clause.doubt(facts)
    if doubts:
        return Verdict(constraint, clause.text, None, doubts[:MOST_EVIDENCE])
    return Verdict(constraint, clause.text, True, evidence_of_keeping(facts, clause.text))


def evidence_of_keeping(facts: Facts, clause: str) -> tuple[Evidence, ...]:
    """What shows that a clause is kept, where that can be said in a line or few."""
    if clause == "each layer is in its own directory":
        return tuple(
            Evidence(Span(files[0].path, 1), f"`{name}`: {len(files)} files, such as this one by {files[0].reason}")
            for name, files in facts.layers.members.items()
            if files
        )
    return ()
