"""What the reader noted for a rule, as that rule reports it."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Facts, Problem, Related


def noted(facts: Facts, rule: str) -> Iterator[Problem]:
    """The problems of a rule of this pack."""
    for defect in facts.models.defects_of(f"sqlalchemy/{rule}"):
        yield Problem(
            defect.span,
            defect.message,
            related=tuple(Related(span, text) for span, text in defect.related),
            symptom=defect.symptom,
            remedy=defect.remedy,
        )
