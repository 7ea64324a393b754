"""What is wrong with a statement, and the words in which a database says so."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import NamedTuple

from sqlglot import exp

from verifier.hold.schema import Relation
from verifier.model import Severity, Span

SHORTEST = 5  # letters of a name that is not another by chance


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
        alone: nothing is wrong where the name stands anywhere else in the project: not all that it may name was read.
    """

    rule: str
    node: exp.Expr
    message: str
    symptom: str
    remedy: str = ""
    related: tuple[tuple[Span, str], ...] = ()
    severity: Severity | None = None
    folders: frozenset[str] = frozenset()
    alone: bool = False


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


def slip_of(name: str, names: Iterable[str]) -> str | None:
    """The name of which another is a slip of the hand: a letter too many, too few, another, or two swapped."""
    low = name.lower()
    if len(low) < SHORTEST:
        return None
    return next((known for known in names if is_slip(low, known.lower())), None)


def is_slip(name: str, other: str) -> bool:
    """Whether one letter, and no digit and no plural, makes the difference between two names."""
    if name == other or abs(len(name) - len(other)) > 1 or name in (f"{other}s", other.removesuffix("s")):
        return False
    start = 0
    shorter = min(len(name), len(other))
    while start < shorter and name[start] == other[start]:
        start += 1
    end = 0
    while end < shorter - start and name[-1 - end] == other[-1 - end]:
        end += 1
    left, right = name[start : len(name) - end], other[start : len(other) - end]
    if any(letter.isdigit() for letter in left + right):
        return False
    return len(left) <= 1 >= len(right) or (len(left) == len(right) == 2 and left == right[::-1])
