"""What is wrong with a statement, and the words in which a database says so."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import NamedTuple

from sqlglot import exp

from verifier.hold.schema import Relation
from verifier.model import Severity, Span


class Fault(NamedTuple):
    """Something wrong with a statement.

    Attributes:
        rule: the name of the rule of ``rules/sql`` that reports it.
        node: the part of the statement that is wrong.
        message: one sentence.
        symptom: what the database says, or what comes out.
        remedy: what to write instead.
        related: further places.
        severity: where it is not that of the rule.
        folders: of migrations that were not read wholly: nothing is wrong where one of their files has the name.
    """

    rule: str
    node: exp.Expr
    message: str
    symptom: str
    remedy: str = ""
    related: tuple[tuple[Span, str], ...] = ()
    severity: Severity | None = None
    folders: frozenset[str] = frozenset()


def declared_at(relation: Relation | None) -> tuple[tuple[Span, str], ...]:
    """Where a table is declared: by the model, where there is one."""
    if relation is None or not relation.places:
        return ()
    span = next((span for span, kind in relation.places if kind == "mapped"), relation.places[0][0])
    return ((span, f"`{relation.name}` is declared here"),)


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The name that is most like a misspelled one."""
    by_case = {known.lower(): known for known in names}
    found = get_close_matches(name.lower(), by_case, n=1, cutoff=0.7)
    return by_case[found[0]] if found else None
