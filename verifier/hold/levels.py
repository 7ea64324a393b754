"""What the parts of a statement see: sources, levels, and what queries give.

A source is a table, a sub-query, a function or a list of values in FROM. A level is what one SELECT, UPDATE, DELETE or
INSERT sees; levels see those around them. Where a part of a level is not known, what depends on it is not told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from sqlglot import exp

from verifier.hold.faults import Fault
from verifier.hold.schema import Known, Relation, Schema
from verifier.lift.nouns import Clause

# Columns that every table has without declaring them.
HIDDEN = {
    "postgres": frozenset("ctid xmin xmax cmin cmax tableoid oid".split()),
    "sqlite": frozenset("rowid oid _rowid_".split()),
}
EVERY_HIDDEN = frozenset[str]().union(*HIDDEN.values())
Kind = Literal["table", "query", "function", "values"]


class Output:
    """The columns that a query gives.

    ``open``: how many there are is not known; ``vague``: nor are all of their names.
    """

    __slots__ = ("columns", "one_row", "open", "vague")

    def __init__(self) -> None:
        self.columns: list[tuple[str | None, Known]] = []
        self.open = False
        self.vague = False
        self.one_row = False

    def add(self, key: str | None, known: Known) -> None:
        """One column more."""
        self.columns.append((key, known))

    def mapping(self) -> dict[str, Known]:
        """The columns by name."""
        return {key: known for key, known in reversed(self.columns) if key is not None}


class Source:
    """What a name in FROM stands for.

    Attributes:
        key: its name, as the database compares it.
        title: its name, for a reader.
        columns: what is known of its columns, by name.
        open: it may have more; ``folders``: only what migrations of these folders may give it.
        relation: the table.
        node: where it is written.
        optional: an outer join may leave it empty, by the join that does.
        qualified: its columns are found with its name in front only.
        aliased: it was given a name of its own.
    """

    __slots__ = (
        "aliased", "columns", "folders", "key", "kind", "node", "one_row", "open", "optional", "qualified", "relation",
        "title", "width",
    )  # fmt: skip

    def __init__(
        self, key: str, title: str, columns: Mapping[str, Known], open_: bool, node: exp.Expression, kind: Kind
    ) -> None:
        self.key = key
        self.title = title
        self.columns = columns
        self.open = open_
        self.folders: frozenset[str] = frozenset()
        self.node = node
        self.kind: Kind = kind
        self.relation: Relation | None = None
        self.optional: exp.Join | None = None
        self.qualified = False
        self.aliased = False
        self.one_row = False
        self.width: int | None = None

    @property
    def vague(self) -> bool:
        """Whether nothing tells which columns it may have beside those that are known."""
        return self.open and not self.folders


class Level:
    """What one SELECT, or one statement that writes, sees."""

    __slots__ = (
        "aliases", "conditions", "ctes", "first", "lenient", "merged", "node", "open", "output", "parent", "sources",
    )  # fmt: skip

    def __init__(self, node: exp.Expression, parent: Level | None, ctes: Mapping[str, Output], open_: bool) -> None:
        self.node = node
        self.parent = parent
        self.ctes = ctes
        self.open = open_
        self.sources: list[Source] = []
        self.first = 0  # sources before it are not seen now
        self.merged: set[str] | None = None
        self.aliases: dict[str, exp.Expression] = {}
        self.lenient = False  # whether names of the select list are seen now
        self.output: Output | None = None
        self.conditions: list[exp.Expression] = []  # of joins, that see all sources

    @property
    def seen(self) -> list[Source]:
        """The sources that are seen now."""
        return self.sources[self.first :] if self.first else self.sources

    def around(self) -> Iterator[Level]:
        """The level and those around it, from the inside."""
        level: Level | None = self
        while level is not None:
            yield level
            level = level.parent


class Bound(NamedTuple):
    """What a column stands for. ``known`` is None where the source is not wholly known."""

    source: Source
    known: Known | None
    level: Level


class Inserting(NamedTuple):
    """An INSERT: the table, the columns that it names (None where it names none), and what it gives them."""

    node: exp.Insert
    source: Source | None
    columns: list[exp.Identifier] | None
    output: Output | None


class Names:
    """The names of a statement, resolved.

    ``trusted``: names stand as the project wrote them; those of a mapper's statement that its library would add by
    itself are not asked for.
    """

    def __init__(self, schema: Schema, dialect: str, open_: frozenset[Clause], *, trusted: bool) -> None:
        self.schema = schema
        self.dialect = dialect
        self.postgres = dialect == "postgres"
        self.sqlite = dialect == "sqlite"
        self.open = open_
        self.trusted = trusted
        self.strict = False  # whether the driver sends texts as texts, whatever they are compared with
        self.from_open = "from" in open_
        self.columns_open = "columns" in open_
        self.hidden = HIDDEN.get(dialect, EVERY_HIDDEN)
        self.faults: list[Fault] = []
        self.levels: list[Level] = []
        self.bound: dict[int, Bound] = {}
        self.named: dict[int, exp.Expression] = {}  # columns that are names of the select list
        self.inserting: list[Inserting] = []
        self.widths: list[tuple[exp.SetOperation, Output, Output]] = []
        self.missing: set[tuple[int, str]] = set()
        self.doubled: set[int] = set()
        self.building: list[Level] = []  # whose FROM is being read
        self.inner: list[tuple[exp.Expression, Output]] = []  # queries in expressions, with what they give

    def key(self, name: exp.Expression | str) -> str:
        """What two spellings of a name have in common."""
        if isinstance(name, str):
            return name.lower()
        text = name.name
        return text if self.postgres and name.args.get("quoted") else text.lower()

    def query(self, node: exp.Expression, parent: Level | None, ctes: Mapping[str, Output]) -> Output:
        """What a query gives."""
        raise NotImplementedError


def renamed(names: Names, output: Output, columns: Sequence[exp.Expression]) -> Output:
    """An output under the names that an alias gives to its columns."""
    if not columns:
        return output
    made = Output()
    made.one_row = output.one_row
    given = [column.this if isinstance(column, exp.ColumnDef) else column for column in columns]
    if output.open:
        made.open = True
        made.vague = output.vague
        for column in given:
            made.add(names.key(column), Known(column.name))
        return made
    for place, (key, known) in enumerate(output.columns):
        if place < len(given):
            made.add(names.key(given[place]), known._replace(name=given[place].name))
        else:
            made.add(key, known)
    made.vague = output.vague and len(given) < len(output.columns)
    return made
