"""Tables, their constraints and indexes, and the ``MetaData`` that they stand in."""

from __future__ import annotations

from collections.abc import Iterable

from verifier.api import (
    Call,
    Class,
    Constraint,
    Engine,
    External,
    Instance,
    Record,
    Sequence,
    Span,
    Value,
    syntax,
    text_of,
)

from ._columns import UNREAD, column_in, flag, foreign_of, given, nothing, read_column, take_target
from ._drafts import (
    ColumnDraft,
    Declared,
    ForeignDraft,
    KeyDraft,
    Meta,
    TableDraft,
    argument_node,
    call_of,
    path_of,
    word,
)

REFLECTED = ("autoload_with", "autoload", "mustexist")
CONDITIONS = ("postgresql_where", "sqlite_where", "mssql_where")


def read_table(engine: Engine, value: Declared, meta: Meta, variable: str | None) -> TableDraft | str:
    """``Table("name", metadata, Column(...), ...)``, or why it cannot be read."""
    call = value.call
    if call is None:
        return UNREAD
    name = call.text(0, "name")
    if name is None:
        return "the name of a table that is decided at run time"
    schema = given(call, "schema")
    draft = TableDraft(name, text_of(schema) if schema is not None else meta.schema, meta, call.span, source=value)
    draft.variable = variable
    draft.extends = any(flag(call.keywords.get(word)) for word in ("extend_existing", "keep_existing"))
    if call.open or (schema is not None and draft.schema is None):
        draft.open.append(UNREAD)
    if any(name in call.keywords for name in REFLECTED):
        draft.open.append("the database, which the table is read from")
    take_items(engine, draft, call.arguments[2:])
    return draft


def take_items(engine: Engine, draft: TableDraft, items: Iterable[Value]) -> None:
    """Take the columns and constraints of a table."""
    later: list[Value] = []
    for item in items:
        column = column_in(item)
        if column is not None:
            read = read_column(engine, column, "", span_of(engine, column, draft.span))
            add_column(draft, read)
            if word(column) == "mapped_column":
                draft.refused.append(read.span)
        elif word(item):
            later.append(item)
        elif not nothing(item) and text_of(item) is None:
            draft.open.append("an item of the table that is decided at run time")
    for item in later:
        take_constraint(engine, draft, item)


def add_column(draft: TableDraft, column: ColumnDraft) -> None:
    """Put a column into a table; one of the same name takes the place of the one before."""
    column.attribute = column.attribute or column.key or column.name
    draft.columns = [other for other in draft.columns if other.name != column.name]
    draft.columns.append(column)
    column.table = draft
    draft.foreign.extend(foreign_of(column))


def span_of(engine: Engine, value: Value, other: Span) -> Span:
    """Where a value is written."""
    return engine.span(value.origin) if value.origin is not None else other


def take_constraint(engine: Engine, draft: TableDraft, item: Value) -> None:
    """Take a constraint or index of a table."""
    kind = word(item)
    call = call_of(item)
    if call is None:
        return
    name = text_of(call.keywords.get("name"))
    span = call.span
    if kind in ("UniqueConstraint", "PrimaryKeyConstraint"):
        columns = names_in(draft, call.arguments)
        if columns is None or call.open:
            draft.open.append("a constraint whose columns are decided at run time")
            return
        if kind == "PrimaryKeyConstraint":
            for column in draft.columns:
                if column.name in columns:
                    column.primary_key = True
            draft.constraints.append(Constraint("primary", columns, span, name))
        else:
            draft.constraints.append(Constraint("unique", columns, span, name, unique=True))
    elif kind == "ForeignKeyConstraint":
        take_foreign(engine, draft, call, name)
    elif kind == "CheckConstraint":
        draft.constraints.append(Constraint("check", (), span, name, condition=clause(call.argument(0, "sqltext"))))
    elif kind == "Index":
        take_index(draft, call)


def take_index(draft: TableDraft, call: Call) -> None:
    """``Index("name", column, func.lower(other), unique=True)``."""
    columns = tuple(name_of(draft, value) or "(expression)" for value in call.arguments[1:])
    unique = flag(call.keywords.get("unique")) or False
    condition = next((clause(call.keywords[name]) for name in CONDITIONS if name in call.keywords), "")
    draft.constraints.append(
        Constraint("index", columns, call.span, call.text(0, "name"), condition=condition, unique=unique)
    )


def clause(value: Value | None) -> str:
    """SQL that a constraint is given as text; something else is not told."""
    text = text_of(value)
    if text is not None:
        return text
    call = call_of(value)
    inner = text_of(call.argument(0)) if call is not None and word(value) == "text" else None
    return inner or ("(expression)" if value is not None else "")


def names_in(draft: TableDraft, values: Iterable[Value]) -> tuple[str, ...] | None:
    """The names of some columns of a table; None where one is not known."""
    found = [name_of(draft, value) for value in values]
    return tuple(name for name in found if name is not None) if None not in found else None


def name_of(draft: TableDraft, value: Value) -> str | None:
    """The name of a column that is given as text or as itself."""
    text = text_of(value)
    if text is not None:
        column = draft.column(text)
        return column.name if column is not None else text
    inner = column_in(value)
    if inner is None:
        of_table = isinstance(value, External) and value.path.rpartition(".")[0].endswith((".c", ".columns"))
        column = draft.column(value.name) if isinstance(value, External) and of_table else None
        return column.name if column is not None else None
    for column in draft.columns:
        if column.source is inner or column.source is value:
            return column.name
    call = call_of(inner)
    return text_of(call.argument(0)) if call is not None else None


def take_foreign(engine: Engine, draft: TableDraft, call: Call, name: str | None) -> None:
    """``ForeignKeyConstraint(["a", "b"], ["t.a", "t.b"])``."""
    columns, targets = call.argument(0, "columns"), call.argument(1, "refcolumns")
    if not isinstance(columns, Sequence) or not isinstance(targets, Sequence):
        draft.open.append("a constraint whose columns are decided at run time")
        return
    names = names_in(draft, columns.items)
    if names is None or not columns.complete or not targets.complete or len(names) != len(targets.items):
        draft.open.append("a constraint whose columns are decided at run time")
        return
    node = argument_node(call, "refcolumns", 1)
    nodes = node.items if isinstance(node, syntax.Display) and len(node.items) == len(targets.items) else ()
    keys: list[KeyDraft] = []
    for place, target in enumerate(targets.items):
        key = KeyDraft(call.span)
        key.on_delete = text_of(call.keywords.get("ondelete"))
        key.on_update = text_of(call.keywords.get("onupdate"))
        take_target(engine, key, call, target, nodes[place] if nodes else None)
        keys.append(key)
    draft.foreign.append(ForeignDraft(list(names), keys, call.span, name))


def table_arguments(value: Value | None) -> tuple[list[Value], dict[str, Value], bool]:
    """What ``__table_args__`` holds: items, options, and whether all of it is known."""
    if value is None or nothing(value):
        return [], {}, True
    if isinstance(value, Record):
        return [], {key: entry for key, entry in value.entries.items() if isinstance(key, str)}, value.complete
    if not isinstance(value, Sequence):
        return [], {}, False
    items = list(value.items)
    keywords: dict[str, Value] = {}
    complete = value.complete
    if items and isinstance(items[-1], Record):
        record = items.pop()
        assert isinstance(record, Record)
        keywords = {key: entry for key, entry in record.entries.items() if isinstance(key, str)}
        complete = complete and record.complete
    return items, keywords, complete


def schema_of(value: Value | None) -> str | None:
    """The schema that ``MetaData(schema="x")`` gives its tables."""
    call = call_of(value)
    return call.text(0, "schema") if call is not None else None


def is_metadata(value: Value | None) -> bool:
    """Whether a value is a ``MetaData`` of its own."""
    return isinstance(value, Instance) and path_of(value).endswith("MetaData")


def class_table(value: Value | None) -> Class | None:
    """The class whose ``__table__`` a value is."""
    if isinstance(value, External) and value.name == "__table__" and isinstance(value.receiver, Class):
        return value.receiver
    return None
