"""What a rule is: one function over Facts, in a file whose path is its id and whose docstring is its page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from verifier.model import Category, Confidence, Problem, Severity

if TYPE_CHECKING:
    from verifier.link import Facts  # buttress: ignore[layers/upward-import] -- the type of what a rule is given

Check = Callable[["Facts"], Iterator[Problem]]


class RuleMark(Struct, frozen=True):
    """What ``@rule`` leaves on a function."""

    category: Category
    severity: Severity
    confidence: Confidence
    constraint: str | None
    versions: str
    unless: tuple[str, ...]


class Rule(Struct, frozen=True):
    """A rule of the book.

    Attributes:
        id: ``pack/rule-name``, from its path.
        title: first line of its page, without the full stop.
        page: the rest of the docstring.
        constraint: the constraint that must be set for the rule to run (``architecture``, ``contract``); None for any.
        versions: those of a library for which the defect is one (``express>=5``); empty for all.
        unless: the rules that speak in its place where they report something on the same line.
    """

    id: str
    title: str
    page: str
    category: Category
    severity: Severity
    confidence: Confidence
    constraint: str | None
    check: Check
    path: str
    versions: str = ""
    unless: tuple[str, ...] = ()


def rule(
    category: Category,
    severity: Severity = Severity.ERROR,
    *,
    confidence: Confidence = Confidence.HIGH,
    constraint: str | None = None,
    versions: str = "",
    unless: tuple[str, ...] = (),
) -> Callable[[Check], Check]:
    """Mark the function of a rule file. With ``constraint``, it runs only where that constraint is set.

    ``versions`` tells the reader for which versions of a library it is a defect; the function itself has to look at
    what the project pins. Where rules that ``unless`` names report something on a line, this one is left out there.
    """

    def mark(check: Check) -> Check:
        check.rule_mark = RuleMark(category, severity, confidence, constraint, versions, unless)  # type: ignore[attr-defined]
        return check

    return mark
