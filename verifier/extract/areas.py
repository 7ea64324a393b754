"""Areas of a file in which names are bound, and what the names that it reads are bound to.

A language's own module (``names_python``, ``names_javascript``) says where areas begin and end, and which part each
name plays. That is asked for with one query for a whole tree, and put in order by place; no tree is walked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from tree_sitter import Query, QueryCursor

if TYPE_CHECKING:
    from tree_sitter import Node, Tree

AreaKind = Literal["module", "function", "class", "block", "comprehension", "header"]
MOST_NAMES = 200_000  # of one file: what has more was made by a program


class Binding(NamedTuple):
    """A place that binds a name; ``effective`` is where the binding is done."""

    place: int
    effective: int
    kind: str


class Reading(NamedTuple):
    """A place that reads a name."""

    name: str
    start: int
    end: int
    area: Area


class Area:
    """A piece of source with names of its own.

    Attributes:
        function: the nearest area that runs as one: a function, or the module.
        elsewhere: names that ``global`` and ``nonlocal`` hand to an area around.
    """

    __slots__ = ("elsewhere", "end", "function", "kind", "names", "parent", "start")

    def __init__(self, kind: AreaKind, start: int, end: int) -> None:
        self.kind = kind
        self.start = start
        self.end = end
        self.parent: Area | None = None
        self.function: Area = self
        self.names: dict[str, list[Binding]] = {}
        self.elsewhere: dict[str, str] = {}

    def inside(self, parent: Area) -> None:
        """Put the area into another."""
        self.parent = parent
        if self.kind not in ("module", "function"):
            self.function = parent.function

    def bind(self, name: str, place: int, effective: int | None = None, kind: str = "") -> None:
        """Say that the area binds a name."""
        found = Binding(place, place if effective is None else effective, kind)
        self.names.setdefault(name, []).append(found)

    def around(self) -> Iterator[Area]:
        """The area, and those around it, nearest first."""
        area: Area | None = self
        while area is not None:
            yield area
            area = area.parent


def captured(query: Query, tree: Tree) -> dict[str, list[Node]]:
    """The nodes of a tree by what a query calls them; nothing where there are too many."""
    found = QueryCursor(query).captures(tree.root_node)
    return found if sum(map(len, found.values())) <= MOST_NAMES else {}


class Stack:
    """The areas around a place that moves forward."""

    def __init__(self, module: Area, areas: Sequence[Area]) -> None:
        self.waiting = sorted(areas, key=lambda area: (area.start, -area.end))  # of equal ones, the first is around
        self.waiting.reverse()
        self.around = [module]

    def at(self, place: int) -> Area:
        """The innermost area at a place, which is not before that of the last call."""
        around, waiting = self.around, self.waiting
        while True:
            while around[-1].end <= place and len(around) > 1:
                around.pop()
            if not waiting or waiting[-1].start > place:
                return around[-1]
            area = waiting.pop()
            while around[-1].end <= area.start and len(around) > 1:
                around.pop()
            area.inside(around[-1])
            around.append(area)
