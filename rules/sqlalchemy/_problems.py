"""What readers noted for a rule, as that rule reports it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from verifier.api import Defect, Facts, Problem


def noted(facts: Facts, rule: str) -> Iterator[Problem]:
    """The problems of a rule of this pack that the reader of models noted."""
    return problems(facts.models.defects_of(f"sqlalchemy/{rule}"))


def asked(facts: Facts, rule: str) -> Iterator[Problem]:
    """The problems of a rule of this pack that the reader of queries noted."""
    return problems(facts.queries.defects_of(f"sqlalchemy/{rule}"))


def problems(defects: Iterable[Defect]) -> Iterator[Problem]:
    """Each place once."""
    seen: set[object] = set()
    for defect in defects:
        if (defect.span, defect.rule) in seen:
            continue
        seen.add((defect.span, defect.rule))
        yield defect.problem
