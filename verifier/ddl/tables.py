"""Tables that change as statements are applied to them: what a script, or migrations in order, leave behind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, NamedTuple, TypeAlias

from msgspec.structs import replace

from verifier.datamodel import Column, ColumnType, Constraint, Reference, Table, TableSource, Unread
from verifier.model import Span

Database: TypeAlias = Literal["postgresql", "sqlite", "mysql"]

# Schemas in which a name without one is found.
MOST_COLUMNS = 2000  # what a table of SQLite can have; PostgreSQL takes fewer
USUAL = frozenset({"", "public", "main", "dbo"})

Kind: TypeAlias = Literal["primary", "unique", "foreign", "check", "index"]
# How conventions begin the names of constraints.
PREFIXES: Mapping[str, Kind] = {"pk_": "primary", "uq_": "unique", "fk_": "foreign", "ck_": "check", "ix_": "index"}
# How PostgreSQL ends the names that it gives to constraints and indexes.
ENDINGS = {"primary": "pkey", "unique": "key", "foreign": "fkey", "check": "check", "index": "idx"}


class TableName(NamedTuple):
    """The name of a table, type or index as it is written, unquoted names folded as the database folds them."""

    name: str
    schema: str | None = None

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}" if self.schema else self.name


class Draft:
    """A table while it changes.

    ``constraints`` holds all of them, those of a single column too; ``named`` are the names given by who wrote them.
    """

    __slots__ = ("columns", "constraints", "name", "named", "open", "rowid", "span", "strict", "temporary", "view")

    def __init__(self, name: TableName, span: Span) -> None:
        self.name = name
        self.span = span
        self.columns: list[Column] = []
        self.constraints: list[Constraint] = []
        self.named: set[str] = set()
        self.open: list[str] = []
        self.view = False
        self.temporary = False
        self.rowid = True
        self.strict = False


class Dangling(NamedTuple):
    """A foreign key whose table did not exist when it was declared."""

    table: TableName
    target: TableName
    span: Span


class Repeated(NamedTuple):
    """A column that its table had already; ``created`` where one statement declares both."""

    table: TableName
    column: str
    span: Span
    first: Span
    created: bool


class Schema:
    """The tables of a database while statements are applied to them.

    Attributes:
        database: whose rules for names and keys hold; None where it is not known.
        doubts: why any table may be other than it seems: a statement that could be about any.
        unread: statements that were not read.
        dangling, repeated: what the database refuses, or may refuse, by the order of the statements.
    """

    def __init__(self, database: Database | None = None) -> None:
        self.database = database
        self.tables: dict[str, Draft] = {}
        self.types: dict[str, ColumnType] = {}
        self.doubts: list[str] = []
        self.unread: list[Unread] = []
        self.dangling: list[Dangling] = []
        self.repeated: list[Repeated] = []
        self.default_schema: str | None = None
        self.dropped: set[str] = set()

    # Names

    def folded(self, name: str, *, quoted: bool = False) -> str:
        """A name as the database keeps it: PostgreSQL writes unquoted ones small."""
        return name.lower() if self.database == "postgresql" and not quoted else name

    def key(self, name: TableName) -> str:
        """What two names of one table have in common."""
        schema = name.schema or self.default_schema or ""
        whole = name.name if schema.lower() in USUAL else f"{schema}.{name.name}"
        return whole if self.database == "postgresql" else whole.lower()

    def same(self, left: str, right: str) -> bool:
        """Whether two names of columns or constraints are one."""
        return left == right or (self.database != "postgresql" and left.lower() == right.lower())

    def bare(self, name: str) -> str:
        """What all spellings of a name of a column have in common."""
        return name if self.database == "postgresql" else name.lower()

    def find(self, name: TableName) -> Draft | None:
        """The table of a name."""
        return self.tables.get(self.key(name))

    def column(self, draft: Draft, name: str) -> Column | None:
        """The column of a name."""
        return next((column for column in draft.columns if self.same(column.name, name)), None)

    def doubt(self, reason: str, span: Span) -> None:
        """Note a statement that may have changed any table."""
        self.doubts.append(reason)
        self.unread.append(Unread(span, reason))

    # Tables

    def create(self, name: TableName, span: Span, *, keep: bool = False) -> Draft:
        """A new table. Where ``keep``, one that exists already stays, and the new one is no part of the schema."""
        draft = Draft(name, span)
        if keep and self.find(name) is not None:
            return draft
        self.tables[self.key(name)] = draft
        return draft

    def drop(self, name: TableName) -> None:
        """Remove a table, and the foreign keys that point at it."""
        key = self.key(name)
        if self.tables.pop(key, None) is None:
            return
        self.dropped.add(key)
        for draft in self.tables.values():
            draft.constraints = [
                found
                for found in draft.constraints
                if found.kind != "foreign" or not any(self.key(table_of(to)) == key for to in found.references)
            ]

    def rename(self, name: TableName, to: TableName) -> None:
        """Give a table another name; the keys that point at it follow."""
        old = self.key(name)
        draft = self.tables.pop(old, None)
        if draft is None:
            return
        draft.name = TableName(to.name, to.schema or name.schema)
        self.tables[self.key(draft.name)] = draft
        for other in self.tables.values():
            other.constraints = [
                replace(
                    found,
                    references=tuple(
                        replace(found_at, table=str(draft.name)) if self.key(table_of(found_at)) == old else found_at
                        for found_at in found.references
                    ),
                )
                if found.kind == "foreign"
                else found
                for found in other.constraints
            ]

    # Columns

    def add_column(
        self,
        draft: Draft,
        column: Column,
        constraints: Iterable[Constraint] = (),
        *,
        keep: bool = False,
        created: bool = False,
    ) -> None:
        """Add a column with the constraints that stand beside it; where ``keep``, one that exists already stays.

        ``created``: the statement is the one that makes the table.
        """
        if len(draft.columns) >= MOST_COLUMNS:
            draft.open.append("columns of which there are more than any database takes")
            return
        known = self.column(draft, column.name)
        if known is not None:
            if not keep:
                self.repeated.append(Repeated(draft.name, column.name, column.span, known.span, created))
            return
        draft.columns.append(column)
        for constraint in constraints:
            self.add_constraint(draft, constraint)

    def drop_column(self, draft: Draft, name: str) -> None:
        """Remove a column with the constraints that hold it."""
        draft.columns = [column for column in draft.columns if not self.same(column.name, name)]
        draft.constraints = [
            found for found in draft.constraints if not any(self.same(column, name) for column in found.columns)
        ]

    def rename_column(self, draft: Draft, name: str, to: str) -> None:
        """Give a column another name, in keys and indexes too."""
        draft.columns = [
            replace(column, name=to, attribute=to) if self.same(column.name, name) else column
            for column in draft.columns
        ]
        own = self.key(draft.name)
        draft.constraints = [
            replace(found, columns=tuple(to if self.same(column, name) else column for column in found.columns))
            for found in draft.constraints
        ]
        for other in self.tables.values():
            other.constraints = [
                replace(
                    found,
                    references=tuple(
                        replace(at, column=to)
                        if at.column is not None and self.same(at.column, name) and self.key(table_of(at)) == own
                        else at
                        for at in found.references
                    ),
                )
                if found.kind == "foreign"
                else found
                for found in other.constraints
            ]

    def change_column(self, draft: Draft, name: str, **changes: object) -> None:
        """Change what a column is."""
        draft.columns = [
            replace(column, **changes) if self.same(column.name, name) else column for column in draft.columns
        ]

    # Constraints

    def add_constraint(self, draft: Draft, constraint: Constraint) -> None:
        """Add a constraint or index. One without a name is given PostgreSQL's, by which it can be dropped."""
        if constraint.kind == "foreign":
            target = table_of(constraint.references[0])
            if self.find(target) is None and self.key(target) != self.key(draft.name):
                self.dangling.append(Dangling(draft.name, target, constraint.span))
        known = [self.column(draft, name) for name in constraint.columns]
        spelled = (found.name if found else name for found, name in zip(known, constraint.columns, strict=True))
        constraint = replace(constraint, columns=tuple(spelled))
        if constraint.name is not None:
            draft.named.add(constraint.name)
        else:
            constraint = replace(constraint, name=self.usual_name(draft, constraint))
        draft.constraints.append(constraint)

    def usual_name(self, draft: Draft, constraint: Constraint) -> str:
        """The name that PostgreSQL gives."""
        ending = {"primary": "pkey", "unique": "key", "foreign": "fkey", "check": "check", "index": "idx"}[
            constraint.kind
        ]
        middle = () if constraint.kind == "primary" else tuple(c.strip("()") for c in constraint.columns)
        return "_".join([draft.name.name, *middle, ending])

    def drop_constraint(self, draft: Draft, name: str) -> bool:
        """Remove a constraint by name; whether there was one."""
        kept = [found for found in draft.constraints if found.name is None or not self.same(found.name, name)]
        found = len(kept) < len(draft.constraints)
        draft.constraints = kept
        return found

    def drop_nameless(self, draft: Draft, name: str | None, kind: Kind | None) -> bool:
        """Remove the constraint that a name of a convention must mean; whether there was one.

        It is the only one that nobody named of its kind, or the only one whose columns stand in the name.
        """
        if kind is None and name is not None:
            kind = next((kind for prefix, kind in PREFIXES.items() if name.startswith(prefix)), None)
        nameless = [found for found in draft.constraints if found.kind == kind and found.name not in draft.named]
        fitting = [found for found in nameless if name is None or all(column in name for column in found.columns)]
        chosen = fitting if len(fitting) == 1 else nameless if len(nameless) == 1 else []
        draft.constraints = [found for found in draft.constraints if found not in chosen]
        return bool(chosen)

    def drop_index(self, name: str) -> bool:
        """Remove an index by name, whatever table it is of; whether there was one."""
        dropped = [self.drop_constraint(draft, name) for draft in self.tables.values()]
        return any(dropped)

    def index(self, name: str) -> tuple[Draft, Constraint] | None:
        """The index of a name."""
        for draft in self.tables.values():
            for found in draft.constraints:
                if found.name is not None and self.same(found.name, name):
                    return draft, found
        return None

    # What is left

    def result(self, source: TableSource, orm: str = "") -> Iterator[Table]:
        """The tables as they are now."""
        for draft in self.tables.values():
            if not draft.temporary:
                yield self.finished(draft, source, orm)

    def finished(self, draft: Draft, source: TableSource, orm: str = "") -> Table:
        """One table as it is now."""
        holding: dict[str, list[Constraint]] = {}
        for found in draft.constraints:
            for name in set(map(self.bare, found.columns)):
                holding.setdefault(name, []).append(found)
        return Table(
            draft.name.name,
            source,
            draft.span,
            schema=draft.name.schema or self.default_schema,
            columns=tuple(
                self.finished_column(draft, column, holding.get(self.bare(column.name), [])) for column in draft.columns
            ),
            constraints=tuple(
                found if found.name in draft.named else replace(found, name=None)
                for found in draft.constraints
                if len(found.columns) != 1
                or found.kind == "check"
                or (found.kind in ("index", "unique") and (found.condition or found.columns[0].startswith("(")))
                or (found.name in draft.named and found.kind != "primary")
            ),
            orm=orm,
            open=tuple(dict.fromkeys([*draft.open, *self.doubts])),
            view=draft.view,
        )

    def finished_column(self, draft: Draft, column: Column, own: list[Constraint]) -> Column:
        """A column with what keys and indexes say of it."""
        alone = [found for found in own if len(found.columns) == 1]
        primary = any(found.kind == "primary" for found in own)
        references = tuple(
            at
            for found in own
            if found.kind == "foreign"
            for name, at in zip(found.columns, found.references, strict=False)
            if self.same(name, column.name)
        )
        numbered = primary and self.is_numbered(draft, column)
        strict = self.database != "sqlite" or not draft.rowid or draft.strict or numbered
        kind = self.types.get(self.type_key(column.type.declared)) if column.type.kind == "other" else None
        return replace(
            column,
            type=replace(kind, declared=column.type.declared) if kind is not None else column.type,
            primary_key=primary,
            nullable=column.nullable and not (primary and strict),
            default="generated" if numbered else column.default,
            autoincrement=column.autoincrement or numbered,
            unique=any(is_unique(found) for found in alone),
            indexed=any(found.kind == "index" for found in alone),
            references=references,
        )

    def type_key(self, declared: str) -> str:
        """What names of one type have in common."""
        return declared.replace('"', "").removeprefix("public.").strip().lower()

    def is_numbered(self, draft: Draft, column: Column) -> bool:
        """Whether SQLite numbers the rows in a column: its key is that one alone, of the type ``INTEGER``.

        One that is declared ``INTEGER PRIMARY KEY DESC`` is not, by an old mistake that SQLite keeps.
        """
        if self.database not in (None, "sqlite") or not draft.rowid:
            return False
        alone = any(
            found.kind == "primary" and len(found.columns) == 1 and found.condition != "DESC"
            for found in draft.constraints
        )
        exact = column.type.declared.strip().lower() == "integer"
        return alone and exact and (self.database == "sqlite" or column.autoincrement)


def is_unique(constraint: Constraint) -> bool:
    """Whether no two rows may hold the same in its columns; a partial index says that of some rows only."""
    return constraint.unique and not constraint.condition


def table_of(reference: Reference) -> TableName:
    """The table that a foreign key points at."""
    schema, _, name = reference.table.rpartition(".")
    return TableName(name, schema or None)
