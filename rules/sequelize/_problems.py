"""What the reader noted, as rules report it."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Defect, Facts, Problem, is_test


def problems(facts: Facts, rule: str) -> Iterator[Problem]:
    """The defects of declarations that are noted for a rule."""
    yield from map(problem, facts.models.defects_of(rule))


def query_problems(facts: Facts, rule: str) -> Iterator[Problem]:
    """The defects of queries that are noted for a rule, outside of tests."""
    yield from (problem(defect) for defect in facts.queries.defects_of(rule) if not is_test(defect.span.path))


def problem(defect: Defect) -> Problem:
    """A defect as rules report it."""
    return defect.problem
