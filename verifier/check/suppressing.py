"""Suppressions: ``buttress: ignore[pack/rule] -- reason`` comments, and complaints about those that do nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from verifier.model import Category, Confidence, Finding, Fix, Replacement, Severity, Suppression

if TYPE_CHECKING:
    from verifier.link import Facts


def removed(suppression: Suppression) -> Fix | None:
    """The fix that takes a comment away; one with several rules may still be needed."""
    if len(suppression.rules) > 1:
        return None
    return Fix("remove the suppression", (Replacement(suppression.span, ""),))


class Suppressions:
    """The suppressions of a project, with a record of those that were used."""

    RULE: ClassVar[str] = "buttress/unused-suppression"

    def __init__(self, facts: Facts) -> None:
        self.all = [found for file in facts.files.values() for found in file.suppressions]
        self.by_place: dict[tuple[str, int], list[Suppression]] = {}
        for found in self.all:
            self.by_place.setdefault((found.span.path, found.target), []).append(found)
        self.used: set[tuple[Suppression, str]] = set()

    def apply(self, findings: list[Finding]) -> tuple[list[Finding], list[Finding]]:
        """Findings that stay, and those that a comment accepts."""
        kept: list[Finding] = []
        suppressed: list[Finding] = []
        for finding in findings:
            accepting = [
                found
                for found in self.by_place.get((finding.span.path, finding.span.line), ())
                if finding.rule in found.rules
            ]
            self.used.update((found, finding.rule) for found in accepting)
            (suppressed if accepting else kept).append(finding)
        return kept, suppressed

    def complaints(self, run: set[str]) -> list[Finding]:
        """Comments that accept nothing, though their rule was run."""
        return [
            self.complaint(suppression, f"`{rule}` finds nothing here; remove the suppression")
            for suppression in self.all
            for rule in suppression.rules
            if rule in run and (suppression, rule) not in self.used
        ]

    def complaint(self, suppression: Suppression, message: str) -> Finding:
        """A finding about a comment."""
        return Finding(
            rule=self.RULE,
            category=Category.OTHER,
            severity=Severity.WARNING,
            confidence=Confidence.HIGH,
            message=message,
            span=suppression.span,
            related=(),
            endpoints=(),
            symptom="",
            remedy="",
            fingerprint=message,
            fix=removed(suppression),
        )
