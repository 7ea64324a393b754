"""The nouns of a study: tables of cells, figures of points, and the report that holds them."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

SCHEMA_VERSION = 1

Name: TypeAlias = Literal[
    "overview",
    "levels",
    "levels-raw",
    "decay",
    "pass-at-k",
    "marginal",
    "frameworks",
    "features",
    "impact",
    "coarse",
    "logic",
    "data-layer",
    "published-coarse",
    "published-logic",
    "published-data-layer",
    "published-levels",
    "agreement",
    "defects",
    "clauses",
    "layers",
    "predictors",
    "endpoints",
]
NAMES: tuple[Name, ...] = Name.__args__  # type: ignore[attr-defined]


class Cell(Struct, frozen=True):
    """A cell of a table.

    Attributes:
        text: as it is printed.
        value: the number behind it, not rounded; None where it is only text, or where nothing is known.
        more: further numbers, such as its standard error (`sem`), the bounds of its interval (`low`, `high`) or how
            many cases it rests on (`n`).
    """

    text: str
    value: float | None = None
    more: dict[str, float] = {}


class Table(Struct, frozen=True):
    """A table.

    Attributes:
        name: by which it can be asked for.
        note: what is counted, and what must be known to read it.
        columns: the heads.
        rows: of cells, as many as there are columns.
        words: how many columns from the left are text.
        most: how many rows are printed; data formats give all.
    """

    name: Name
    title: str
    note: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    words: int = 1
    most: int = 40


class Point(Struct, frozen=True):
    """A value of a figure, between two bounds where they are known."""

    label: str
    value: float
    low: float | None = None
    high: float | None = None


class Series(Struct, frozen=True):
    """The points of one line, or the parts of one bar."""

    label: str
    points: tuple[Point, ...]


class Figure(Struct, frozen=True):
    """A figure. ``of`` names the table with the same numbers; ``axis`` says what is measured."""

    kind: Literal["lines", "bars", "stacks", "forest"]
    of: Name
    title: str
    axis: str
    series: tuple[Series, ...]


class Study(Struct, frozen=True):
    """All tables and figures of a store."""

    schema_version: int
    store: str
    tool: str
    tables: tuple[Table, ...]
    figures: tuple[Figure, ...]
