"""What the reader of queries noted, as rules report it."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Facts, Problem, Related


def problems(facts: Facts, rule: str) -> Iterator[Problem]:
    """The defects that are noted for a rule."""
    for defect in facts.queries.defects_of(rule):
        yield Problem(
            defect.span,
            defect.message,
            related=tuple(Related(span, message) for span, message in defect.related),
            symptom=defect.symptom,
            remedy=defect.remedy,
        )
