"""What the reader of queries noted, as rules report it."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Facts, Problem


def problems(facts: Facts, rule: str) -> Iterator[Problem]:
    """The defects that are noted for a rule."""
    yield from (defect.problem for defect in facts.queries.defects_of(rule))
