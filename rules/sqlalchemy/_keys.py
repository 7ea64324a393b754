"""Foreign keys: the tables and columns that they name, and the types that columns take from there."""

from __future__ import annotations

from verifier.api import UNKNOWN_TYPE, Class, ColumnType, Instance, Reference

from ._columns import column_in
from ._drafts import ClassDraft, ColumnDraft, KeyDraft, TableDraft


class Keys:
    """Resolves foreign keys, once all tables are known."""

    def __init__(
        self, tables: list[TableDraft], drafts: dict[int, ClassDraft], by_value: dict[int, TableDraft]
    ) -> None:
        self.tables = tables
        self.drafts = drafts
        self.by_value = by_value
        self.sources: dict[int, list[tuple[TableDraft, ColumnDraft]]] = {}
        for table in tables:
            for column in table.columns:
                if column.source is not None:
                    self.sources.setdefault(id(column.source), []).append((table, column))

    def resolve(self) -> None:
        """Give every key its target, every column without a type that of its target."""
        for table in self.tables:
            for foreign in table.foreign:
                for key in foreign.keys:
                    self.find(table, key)
        for table in self.tables:
            for column in table.columns:
                if column.type is None:
                    column.type = self.type_of(table, column, 0)

    def find(self, table: TableDraft, key: KeyDraft) -> None:
        """Find the target of a key."""
        if key.text is not None:
            self.find_text(table, key)
            return
        owner = key.owner
        if isinstance(owner, Class) and id(owner) in self.drafts:
            draft = self.drafts[id(owner)]
            column = draft.columns.get(key.attribute)
            key.table, key.target = draft.table, column
            if column is not None:
                key.table = next((found for found in draft.tables if column.name in names(found)), draft.table)
                key.target = (
                    next((own for own in key.table.columns if own.name == column.name), column) if key.table else column
                )
            return
        if isinstance(owner, Instance) and id(owner) in self.by_value:
            key.table = self.by_value[id(owner)]
            key.target = key.table.column(key.attribute)
            return
        inner = column_in(key.column)
        found = self.sources.get(id(inner), []) if inner is not None else []
        own = [(other, column) for other, column in found if other is table]
        if own or len(found) == 1:
            key.table, key.target = (own or found)[0]

    def find_text(self, table: TableDraft, key: KeyDraft) -> None:
        """``schema.table.column`` or ``table.column``; the schema of the ``MetaData`` stands for one left out."""
        assert key.text is not None
        name, _, column = key.text.rpartition(".")
        for candidate in ((name, column), (key.text, "")):
            found = table.meta.tables.get(candidate[0])
            if found is None and "." not in candidate[0] and table.meta.schema:
                found = table.meta.tables.get(f"{table.meta.schema}.{candidate[0]}")
            if found is not None:
                key.table = found
                key.target = found.column(candidate[1]) if candidate[1] else None
                return

    def type_of(self, table: TableDraft, column: ColumnDraft, depth: int) -> ColumnType:
        """The type of a column; one without takes that of what its foreign key names."""
        if column.type is not None:
            return column.type
        for foreign in table.foreign if depth < 12 else ():
            if column.name in foreign.columns:
                key = foreign.keys[foreign.columns.index(column.name)]
                if key.table is not None and key.target is not None:
                    return self.type_of(key.table, key.target, depth + 1)
        return UNKNOWN_TYPE


def names(table: TableDraft) -> set[str]:
    """The names of a table's columns."""
    return {column.name for column in table.columns}


def reference(key: KeyDraft) -> Reference | None:
    """A key's target as a noun; None where it was not read."""
    if key.table is not None and (key.target is not None or (key.text is not None and key.text == key.table.full_name)):
        column = key.target.name if key.target is not None else None
        return Reference(key.table.full_name, column, key.on_delete, key.on_update)
    if key.text is not None:
        table, _, name = key.text.rpartition(".")
        return Reference(table or name, name if table else None, key.on_delete, key.on_update)
    return None


def automatic(table: TableDraft) -> ColumnDraft | None:
    """The column that the database numbers by itself: an integer key without a default and without a target."""
    keys = [column for column in table.columns if column.primary_key]
    if len(keys) != 1:
        return next((column for column in keys if column.autoincrement is True), None)
    (column,) = keys
    if column.autoincrement is True:
        return column
    if column.autoincrement not in ("auto", "ignore_fk") or column.type is None:
        return None
    if column.type.kind not in ("smallint", "integer", "bigint"):
        return None
    if column.default in ("value", "function") or (column.server_default and column.default != "generated"):
        return None
    referring = any(column.name in foreign.columns for foreign in table.foreign)
    return None if referring and column.autoincrement != "ignore_fk" else column
