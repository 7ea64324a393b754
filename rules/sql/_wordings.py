"""Statements as they are written, with what they are given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from verifier.api import Facts, Given, Lifted, Origin, Placeholder, Query, Span, Wording


class Written(NamedTuple):
    """A statement that is written as text and handed to a driver.

    ``alone``: its text has this one form, so that what is given along is meant for it.
    """

    query: Query
    statement: Lifted
    wording: Wording
    alone: bool

    @property
    def given(self) -> Given | None:
        """What is given along; None where that is not wholly known."""
        given = self.wording.given
        return given if given is not None and given.complete else None

    @property
    def marks(self) -> tuple[Placeholder, ...]:
        """The placeholders that the driver sees: in the styles that it understands, and not in quotes."""
        own = self.wording.styles
        return tuple(mark for mark in self.wording.placeholders if not mark.quoted and (mark.style in own or not own))

    @property
    def foreign(self) -> tuple[Placeholder, ...]:
        """The placeholders in styles that the driver does not understand."""
        own = self.wording.styles
        return tuple(mark for mark in self.wording.placeholders if own and not mark.quoted and mark.style not in own)

    @property
    def quoted(self) -> tuple[Placeholder, ...]:
        """Those in quotes."""
        return tuple(mark for mark in self.wording.placeholders if mark.quoted)


def written(facts: Facts) -> Iterator[Written]:
    """Each statement that is written as text."""
    for query in facts.queries.queries:
        forms = Counter(
            form.wording.number for form in query.statements if form.wording is not None and form.wording.driver
        )
        for form in query.statements:
            if form.wording is not None and form.wording.driver:
                yield Written(query, form, form.wording, forms[form.wording.number] == 1)


def place(facts: Facts, origin: Origin | None, otherwise: Span) -> Span:
    """An origin in lines and columns."""
    if origin is None:
        return otherwise
    source = facts.project.files.get(origin.path) or facts.project.others.get(origin.path)
    return source.span(origin.start, origin.end) if source is not None else otherwise


def counted(number: int, word: str) -> str:
    """``1 value``, ``2 values``."""
    return f"{number} {word}{'' if number == 1 else 's'}"


def needed(found: Written) -> tuple[int, dict[str, Placeholder]]:
    """How many values a statement needs by place, and which by name."""
    count = highest = 0
    names: dict[str, Placeholder] = {}
    for mark in found.marks:
        if not mark.name:
            count += 1
            highest = max(highest, count)
        elif mark.name.isdecimal():
            highest = max(highest, int(mark.name))
        else:
            names.setdefault(mark.name, mark)
    return highest, names


def has_gaps(found: Written) -> bool:
    """Whether run time puts something into the statement that may bring placeholders of its own."""
    return any(inset.role != "name" for inset in found.wording.insets)
