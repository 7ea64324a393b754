"""What is kept while one form of a statement is lifted."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from verifier.api import Call, Choice, Clause, Defect, Lifting, Origin, Span, Value, Way, pieces

if TYPE_CHECKING:
    from sqlglot import exp

    from ._queries_schema import Schema
    from ._queries_sources import Source

DEEPEST = 80


class TooDeepError(Exception):
    """A statement nests deeper than is read."""


class Lift:
    """One attempt at one form of a statement.

    A value that may be several is decided as ``chosen`` says. Where that says nothing, it is the first of its options
    that goes with the arms of branches which were taken: by ``chosen``, out of the ``choices`` it speaks of, or before.
    """

    def __init__(
        self, lifting: Lifting, schema: Schema, chosen: dict[int, int], choices: Mapping[int, Choice] | None = None
    ) -> None:
        self.lifting = lifting
        self.schema = schema
        self.chosen = chosen
        self.met: dict[int, Choice] = {}
        self.bindings = pieces.Bindings()
        self.sources: dict[object, Source] = {}
        self.counts: dict[str, int] = {}
        self.open: set[Clause] = set()
        self.reasons: dict[str, None] = {}
        self.defects: list[Defect] = []
        self.clause: Clause = "where"
        self.ctes: dict[object, exp.CTE] = {}
        self.recursive = False
        self.depth = 0
        self.things: dict[int, Source] = {}  # what chains of calls made, by identity
        self.kept: list[object] = []  # what keys name by identity, to keep it alive
        self.ways: dict[Hashable, tuple[Way, ...]] = {}  # the arms of branches in which each call was made
        self.arms: dict[int, tuple[Way, ...]] = {}  # those that leave a name with the option that was taken
        self.taken: dict[Origin, int] = {}  # the arms of those branches, by what decides
        for key, place in chosen.items():
            if choices is not None and choices[key].ways:
                self.taken.update((way.test, way.arm) for way in choices[key].ways[place])
        self.loose = False  # there are options that were not read

    @property
    def hybrids(self) -> bool:
        """Whether the project has hybrid attributes, whose names their expressions get."""
        project = self.lifting.project
        known: bool | None = project.__dict__.get("hybrids")
        if known is None:
            known = any(b"hybrid_property" in source.data for source in project.files.values())
            project.__dict__["hybrids"] = known
        return known

    def decide(self, value: Value) -> Value:
        """The option of a choice that this form takes."""
        while isinstance(value, Choice):
            self.met.setdefault(id(value), value)
            place = self.chosen.get(id(value))
            if place is None:
                place = next((at for at, ways in enumerate(value.ways) if self.goes_with(ways)), 0)
            if value.ways:
                self.arms[id(value)] = value.ways[place]
                for way in value.ways[place]:
                    self.taken.setdefault(way.test, way.arm)
            value = value.options[place]
        return value

    def goes_with(self, ways: tuple[Way, ...]) -> bool:
        """Whether no other arm of a branch was taken than those."""
        return all(self.taken.get(way.test, way.arm) == way.arm for way in ways)

    def unknown(self, reason: str, at: Origin | None = None) -> exp.Expression:
        """A part of the clause being read that only run time knows."""
        self.doubt(reason)
        return pieces.hole(reason, at)

    def doubt(self, reason: str, *clauses: Clause) -> None:
        """Say that a clause is not wholly known."""
        self.open.update(clauses or (self.clause,))
        self.reasons.setdefault(reason)

    @contextmanager
    def reading(self, clause: Clause) -> Iterator[None]:
        """Marks which clause is being read."""
        outer, self.clause = self.clause, clause
        try:
            yield
        finally:
            self.clause = outer

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """Counts how deep the values nest."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise TooDeepError
        try:
            yield
        finally:
            self.depth -= 1

    def name_for(self, given: str | None, base: str) -> str:
        """An alias as the library would make it: the one that is given, or a number behind the name."""
        if given is not None:
            return given
        count = self.counts[base] = self.counts.get(base, 0) + 1
        return f"{base}_{count}"

    def made_in(self, call: Call) -> None:
        """Remember in which arms of branches a call was made."""
        self.ways[call.frame.module.path, call.node.start, call.node.end] = call.ways

    def span(self, origin: Origin) -> Span:
        """A place in lines."""
        return self.lifting.span(origin)
