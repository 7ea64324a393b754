"""What is told of a statement: SELECT, UNION, text, trees of joins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from verifier.api import (
    Const,
    Given,
    Origin,
    Value,
    pieces,
    reason_of,
    texts,
)

from ._queries_sources import From, Source
from ._queries_state import Lift

if TYPE_CHECKING:
    from . import _queries_loads as loads


class Selection:
    """A SELECT, as far as it is told.

    Attributes:
        columns: what it gives: expressions, and sources that are given whole.
        froms: the elements of FROM that it names.
        correlated: keys of the sources that it leaves to the statement around it; None for those that this has.
        except_keys: keys of the only sources that it does not leave to it.
        legacy: made by ``session.query``.
        last: the source that was joined last.
        edges: relationships by which it has joined already.
        inner: it belongs into another statement.
        loads: the options that say which related rows come along.
        finished: what the end of a chain of ``Query`` does (``count``, ``first``...).
    """

    def __init__(self) -> None:
        self.columns: list[exp.Expression | Source] = []
        self.froms: list[From] = []
        self.where: list[exp.Expression] = []
        self.group: list[exp.Expression] = []
        self.having: list[exp.Expression] = []
        self.order: list[exp.Expression] = []
        self.limit: exp.Expression | None = None
        self.offset: exp.Expression | None = None
        self.distinct: bool | list[exp.Expression] = False
        self.lock: exp.Lock | None = None
        self.correlated: set[object] | None = None
        self.except_keys: set[object] | None = None
        self.legacy = False
        self.last: Source | None = None
        self.edges: set[tuple[object, object, str]] = set()
        self.inner = False
        self.loads: list[loads.Option] = []
        self.joined: set[object] = set()
        self.unique = False
        self.qualified = False  # its columns are named with their tables in front

    def __deepcopy__(self, memo: object) -> Selection:
        return self

    @property
    def entity(self) -> Source | None:
        """What ``filter_by`` speaks of."""
        from . import _queries_parts as parts

        if self.last is not None:
            return self.last
        if self.froms:
            return next(self.froms[0].sources(), None)
        for one in self.columns:
            if isinstance(one, Source):
                return one
            found = parts.source_in(one)
            if found is not None:
                return found
        return None


class Compound:
    """UNION, INTERSECT or EXCEPT of statements."""

    def __init__(self, kind: type[exp.SetOperation], distinct: bool, parts: list[Selection | Compound | Raw]) -> None:
        self.kind = kind
        self.distinct = distinct
        self.parts = parts
        self.order: list[exp.Expression] = []
        self.limit: exp.Expression | None = None
        self.offset: exp.Expression | None = None

    def __deepcopy__(self, memo: object) -> Compound:
        return self


class Raw:
    """SQL that is written as text."""

    def __init__(self, value: Value | None, at: Origin | None) -> None:
        self.value = value
        self.at = at
        self.values: dict[str, Value] = {}
        self.complete = True  # whether nothing more was given than ``values``

    def __deepcopy__(self, memo: object) -> Raw:
        return self

    def parsed(self, lift: Lift, role: str = "value") -> exp.Expression:
        """The text as an expression."""
        value = lift.decide(self.value) if self.value is not None else None
        if value is None:
            return lift.unknown("a text that is missing", self.at)
        given = Given(names=self.values, complete=self.complete)
        found = texts.lift_fragment(
            lift.lifting.project,
            value,
            lift.lifting.dialect,
            ("named",),
            given,
            role=role,  # type: ignore[arg-type]
            bindings=lift.bindings,
        )
        if len(found) != 1:
            return lift.unknown("a piece of SQL that was not read", self.at)
        if any(True for _ in pieces.holes_in(found[0])):
            lift.doubt(reason_of(value) if not isinstance(value, Const) else "a piece of SQL that was not read")
        return found[0]

    def condition(self, lift: Lift) -> exp.Expression:
        """The text where an expression stands."""
        node = self.parsed(lift, "condition")
        return exp.Paren(this=node) if isinstance(node, exp.Or) else node


class Joined:
    """A tree of joins that is written as such."""

    def __init__(self, element: From) -> None:
        self.element = element


Statementlike = Selection | Compound | Raw
