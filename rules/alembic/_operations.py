"""The operations of a migration, applied to the schema that the migrations before it have left."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from verifier.api import (
    NOTHING,
    Call,
    Const,
    Constraint,
    Database,
    Draft,
    Engine,
    External,
    Instance,
    Kind,
    LibraryFunction,
    LibraryObject,
    Native,
    Record,
    Reference,
    Schema,
    Sequence,
    Span,
    TableName,
    Text,
    Unknown,
    Unread,
    Value,
    apply_written,
    options,
    reason_of,
    regex,
    replace,
    stands_for,
    statement_parts,
    text_of,
    written_sql,
)

from ._columns import action, is_nothing, kind_of_object, read_column, read_constraint, shown, texts
from ._types import column_type

RUNNING = "<migrations that are run>"
CONDITION = "a condition that run time decides"
# What a statement must hold to change tables, or to be anything at all.
CHANGES = regex(r"\b(?:create|alter|drop|rename)\b", re.IGNORECASE)
WHERE = regex(r"_where$")
INTEGERS = ("smallint", "integer", "bigint")


class Running(Instance):
    """The run of some migrations: the schema that they change."""

    __slots__ = ("schema",)

    def __init__(self, database: Database | None) -> None:
        super().__init__(None, RUNNING)
        self.schema = Schema(database)


def running(engine: Engine) -> Schema | None:
    """The schema of the migrations that are run just now."""
    found = engine.library_attributes.get(RUNNING, {}).get("now")
    return found.schema if isinstance(found, Running) else None


class Operation:
    """One operation: its arguments, and the schema that it changes."""

    def __init__(self, call: Call, schema: Schema, table: Value | None, place: int) -> None:
        self.call = call
        self.schema = schema
        self.engine = call.engine
        self.span: Span = call.span
        self.table = table
        self.place = place  # of the first argument behind the table's name
        self.certain = call.engine.conditional == 0

    def argument(self, position: int, name: str | None = None) -> Value | None:
        """An argument by its place behind the table's name."""
        return self.call.argument(self.place + position, name)

    def name(self, value: Value | None, *, of_schema: bool = True) -> TableName | None:
        """A table's name; None, with a doubt noted, where it is not known."""
        text = text_of(value)
        if text is None:
            self.schema.doubt(reason_of(value), self.span)
            return None
        given = self.call.text(None, "schema") if of_schema else None
        return TableName(text, given)

    def draft(self) -> Draft | None:
        """The table that is changed; None where it is not known, or nothing here made it."""
        name = self.name(self.table)
        return self.schema.find(name) if name is not None else None

    def opened(self, draft: Draft, reason: str) -> None:
        """Note that a table may be other than it seems."""
        draft.open.append(reason)
        self.schema.unread.append(Unread(self.span, reason))


Apply = Callable[[Operation], None]


def create_table(operation: Operation) -> None:
    """``op.create_table("users", sa.Column(...), ...)``."""
    name = operation.name(operation.table)
    if name is None:
        return
    keep = isinstance(found := operation.call.argument(None, "if_not_exists"), Const) and bool(found.value)
    fill(operation, name, operation.call.arguments[1:], keep=keep)


def fill(operation: Operation, name: TableName, arguments: list[Value], *, keep: bool = False) -> None:
    """Make a table of columns and constraints."""
    schema, engine, span = operation.schema, operation.engine, operation.span
    keep = keep or not operation.certain
    draft = schema.create(name, span, keep=keep)
    exact: set[str] = set()
    later: list[Constraint] = []
    for argument in arguments:
        constraint = read_constraint(engine, argument, span)
        if isinstance(constraint, Constraint):
            later.append(constraint)
        elif isinstance(constraint, str):
            operation.opened(draft, constraint)
        elif kind_of_object(argument) not in ("Index", "ExcludeConstraint", "MetaData"):
            made = read_column(engine, argument, name.name, span)
            if isinstance(made, str):
                operation.opened(draft, made)
            else:
                schema.add_column(draft, made.column, made.constraints, created=True)
                exact |= {made.column.name} if made.exact else set()
    if operation.call.open:
        operation.opened(draft, "arguments that only run time knows")
    for constraint in later:
        schema.add_constraint(draft, constraint)
    merge_keys(draft)
    for constraint in draft.constraints:
        if constraint.kind == "primary":
            for column in constraint.columns:
                if column not in exact:
                    schema.change_column(draft, column, nullable=False)
            number_rows(schema, draft, constraint)
    if not operation.certain:
        draft.open.append(CONDITION)


def merge_keys(draft: Draft) -> None:
    """Columns that are each said to be the primary key are one key together."""
    keys = [found for found in draft.constraints if found.kind == "primary"]
    if len(keys) > 1:
        columns = tuple(dict.fromkeys(name for found in keys for name in found.columns))
        draft.constraints = [found for found in draft.constraints if found.kind != "primary"]
        draft.constraints.append(replace(keys[0], columns=columns))


def number_rows(schema: Schema, draft: Draft, key: Constraint) -> None:
    """SQLAlchemy lets the database number a key of one whole number that refers to nothing."""
    column = schema.column(draft, key.columns[0]) if len(key.columns) == 1 else None
    if column is None or column.default is not None or column.type.kind not in INTEGERS:
        return
    refers = any(found.kind == "foreign" and found.columns == key.columns for found in draft.constraints)
    if not refers:
        schema.change_column(draft, column.name, default="generated", autoincrement=True)


def add_column(operation: Operation) -> None:
    """``op.add_column("users", sa.Column(...))``."""
    draft = operation.draft()
    argument = operation.argument(0, "column")
    if draft is None or argument is None:
        return
    made = read_column(operation.engine, argument, draft.name.name, operation.span)
    if isinstance(made, str):
        operation.opened(draft, made)
        return
    column = made.column if operation.certain else replace(made.column, known=False)
    operation.schema.add_column(draft, column, made.constraints, keep=True)


def drop_column(operation: Operation) -> None:
    """``op.drop_column("users", "name")``."""
    draft = operation.draft()
    if draft is None:
        return
    value = operation.argument(0, "column_name")
    name = text_of(value)
    if name is None:
        operation.opened(draft, reason_of(value))
    elif operation.certain:
        operation.schema.drop_column(draft, name)
    else:
        operation.schema.change_column(draft, name, known=False)
        draft.open.append(CONDITION)


def alter_column(operation: Operation) -> None:
    """``op.alter_column("users", "name", nullable=False, ...)``."""
    draft = operation.draft()
    if draft is None:
        return
    call, schema = operation.call, operation.schema
    value = operation.argument(0, "column_name")
    name = text_of(value)
    if name is None:
        operation.opened(draft, reason_of(value))
        return
    changes: dict[str, Any] = {} if operation.certain else {"known": False}
    nullable = call.argument(None, "nullable")
    if isinstance(nullable, Const) and nullable.value is not None:
        changes["nullable"] = bool(nullable.value)
    elif nullable is not None and not isinstance(nullable, Const):
        changes["known"] = False
    type_ = call.argument(None, "type_")
    if type_ is not None and not is_nothing(type_):
        changes["type"] = column_type(call.engine, type_)
    server = call.argument(None, "server_default")
    if server is not None and not (isinstance(server, Const) and server.value is False):
        changes["default"] = None if is_nothing(server) else "server"
        changes["default_text"] = "" if is_nothing(server) else shown(server)
    schema.change_column(draft, name, **changes)
    to = call.argument(None, "new_column_name") or call.argument(None, "name")
    new = text_of(to)
    if new is not None:
        schema.rename_column(draft, name, new)
    elif to is not None and not is_nothing(to):
        operation.opened(draft, reason_of(to))


def rename_table(operation: Operation) -> None:
    """``op.rename_table("users", "accounts")``."""
    old, new = operation.name(operation.table), operation.name(operation.argument(0, "new_table_name"))
    if old is not None and new is not None:
        operation.schema.rename(old, new)


def drop_table(operation: Operation) -> None:
    """``op.drop_table("users")``."""
    name = operation.name(operation.table)
    draft = operation.schema.find(name) if name is not None else None
    if name is not None and operation.certain:
        operation.schema.drop(name)
    elif draft is not None:
        draft.open.append(CONDITION)


def create_index(operation: Operation) -> None:
    """``op.create_index("name", "users", ["email"], unique=True)``."""
    draft = operation.draft()
    columns = operation.argument(0, "columns")
    if draft is None or not isinstance(columns, Sequence):
        return
    names = tuple(text_of(item) or f"({shown(item) or 'expression'})" for item in columns.items)
    unique = operation.call.argument(None, "unique")
    where = next((value for key, value in operation.call.keywords.items() if WHERE.search(key)), None)
    operation.schema.add_constraint(
        draft,
        Constraint(
            "index",
            names,
            operation.span,
            operation.call.text(0, "index_name"),
            condition=(shown(where) or "where") if where is not None and not is_nothing(where) else "",
            unique=isinstance(unique, Const) and bool(unique.value),
        ),
    )


def drop_index(operation: Operation) -> None:
    """``op.drop_index("name", table_name="users")``."""
    name = operation.call.text(0, "index_name")
    if name is not None and operation.certain:
        operation.schema.drop_index(name)


def constraint_of(kind: Kind) -> Apply:
    """``op.create_unique_constraint``, ``op.create_primary_key``."""

    def apply(operation: Operation) -> None:
        draft = operation.draft()
        columns = texts(operation.argument(0, "columns"))
        if draft is None or columns is None:
            return
        name = operation.call.text(0, "constraint_name")
        operation.schema.add_constraint(
            draft,
            Constraint(kind, tuple(columns), operation.span, name, unique=kind == "unique"),
        )
        for column in columns if kind == "primary" else ():
            operation.schema.change_column(draft, column, nullable=False)

    return apply


def create_foreign_key(operation: Operation) -> None:
    """``op.create_foreign_key("name", "source", "referent", ["a"], ["b"])``."""
    call = operation.call
    draft = operation.draft()
    target = text_of(operation.argument(0, "referent_table"))
    local, remote = texts(operation.argument(1, "local_cols")), texts(operation.argument(2, "remote_cols"))
    if draft is None or target is None or local is None or remote is None:
        return
    schema = call.text(None, "referent_schema")
    table = f"{schema}.{target}" if schema else target
    references = tuple(
        Reference(table, column, action(call, "ondelete"), action(call, "onupdate")) for column in remote
    )
    operation.schema.add_constraint(
        draft, Constraint("foreign", tuple(local), operation.span, call.text(0, "constraint_name"), references)
    )


def create_check(operation: Operation) -> None:
    """``op.create_check_constraint("name", "users", condition)``."""
    draft = operation.draft()
    condition = operation.argument(0, "condition")
    if draft is not None:
        name = operation.call.text(0, "constraint_name")
        written_ = shown(condition) if condition is not None else ""
        operation.schema.add_constraint(draft, Constraint("check", (), operation.span, name, condition=written_))


TYPES: Mapping[str, Kind] = {"unique": "unique", "foreignkey": "foreign", "primary": "primary", "check": "check"}


def drop_constraint(operation: Operation) -> None:
    """``op.drop_constraint("name", "users", type_="unique")``.

    A name that nothing gave is one of a naming convention.
    """
    draft = operation.draft()
    if draft is None or not operation.certain:
        return
    name = operation.call.text(0, "constraint_name")
    if name is not None and operation.schema.drop_constraint(draft, name):
        return
    kind = TYPES.get(operation.call.text(None, "type_") or text_of(operation.argument(0)) or "")
    operation.schema.drop_nameless(draft, name, kind)


def execute(call: Call) -> Value:
    """``op.execute("ALTER TABLE ...")``, and the same on the connection."""
    schema = running(call.engine)
    statement = call.argument(0)
    if schema is None or statement is None:
        return result(call)
    for option in options(statement):
        found = statement_of(option)
        if found is None:
            continue
        text = "".join(part for part in found if isinstance(part, str))
        if not CHANGES.search(text) and text.strip():
            continue
        origin = option.origin or call.origin
        if not text.strip() or call.engine.conditional:
            if not text.strip() or re.search(r"\btable\b", text, re.IGNORECASE):
                reason = next((reason_of(part) for part in found if isinstance(part, Value)), CONDITION)
                under_condition(call, schema, text, reason)
            if not text.strip():
                continue
        apply_written(call.engine, schema, written_sql(found, origin.path, origin.start, origin.end))
    return result(call)


def under_condition(call: Call, schema: Schema, text: str, reason: str) -> None:
    """A statement that may be run or not: the tables that it names are other than they seem."""
    words = set(re.findall(r"\w+", text.lower()))
    named = [draft for draft in schema.tables.values() if draft.name.name.lower() in words]
    if named:
        for draft in named:
            draft.open.append(reason)
    elif not text.strip():
        schema.doubt(reason, call.span)


def statement_of(value: Value) -> list[str | Value] | None:
    """A statement as text; None for one that SQLAlchemy builds, which changes rows."""
    if isinstance(value, Const | Text | Unknown):
        return list(statement_parts(value))
    if isinstance(value, Instance) and value.made_by is not None and kind_of_object(value) in ("text()", "DDL"):
        inner = value.made_by.argument(0)
        return list(statement_parts(inner)) if inner is not None else None
    return None


def result(call: Call) -> Value:
    """What executing a statement gives."""
    return Instance(None, "sqlalchemy.engine.CursorResult", origin=call.origin)


# Operations that are told the table first, with the place of the table's name and of what follows.
BY_TABLE: dict[str, tuple[Apply, int, str]] = {
    "create_table": (create_table, 0, "table_name"),
    "add_column": (add_column, 0, "table_name"),
    "drop_column": (drop_column, 0, "table_name"),
    "alter_column": (alter_column, 0, "table_name"),
    "rename_table": (rename_table, 0, "old_table_name"),
    "drop_table": (drop_table, 0, "table_name"),
    "create_index": (create_index, 1, "table_name"),
    "create_unique_constraint": (constraint_of("unique"), 1, "table_name"),
    "create_primary_key": (constraint_of("primary"), 1, "table_name"),
    "create_foreign_key": (create_foreign_key, 1, "source_table"),
    "create_check_constraint": (create_check, 1, "table_name"),
    "drop_constraint": (drop_constraint, 1, "table_name"),
}


def run(call: Call) -> Value:
    """An operation of ``alembic.op``."""
    name = call.callee.name if isinstance(call.callee, External) else call.name
    schema = running(call.engine)
    call.engine.next_sequence()
    if schema is None:
        return NOTHING
    if name == "drop_index":
        drop_index(Operation(call, schema, None, 1))
        return NOTHING
    apply, place, keyword = BY_TABLE[name]
    apply(Operation(call, schema, call.argument(place, keyword), place + 1))
    return Instance(None, "sqlalchemy.Table", origin=call.origin) if name == "create_table" else NOTHING


@stands_for("alembic.op.batch_alter_table()")
class Batch(LibraryObject):
    """``with op.batch_alter_table("users") as batch:``: its operations are on that table."""

    table: Value | None = None
    schema_name: Value | None = None

    def created(self, call: Call) -> None:
        self.table = call.argument(0, "table_name")
        self.schema_name = call.argument(None, "schema")

    def read(self, engine: Engine, name: str) -> Value | None:
        if name == "f":
            return Native(name, same)
        if name == "execute":
            return Native(name, execute)
        if name not in BY_TABLE and name != "drop_index":
            return None

        def bound(call: Call) -> Value:
            schema = running(call.engine)
            call.engine.next_sequence()
            if schema is None:
                return NOTHING
            if self.schema_name is not None:
                call.keywords.setdefault("schema", self.schema_name)
            if name == "drop_index":
                drop_index(Operation(call, schema, self.table, 1))
                return NOTHING
            apply, place, _ = BY_TABLE[name]
            apply(Operation(call, schema, self.table, place))
            return NOTHING

        return Native(name, bound)


def create_entity(call: Call) -> Value:
    """``op.create_entity(PGView(...))`` of alembic_utils: a view, of which the name is known."""
    schema = running(call.engine)
    call.engine.next_sequence()
    value = call.argument(0, "entity")
    made = value.made_by if isinstance(value, Instance) else None
    if schema is None or kind_of_object(value or NOTHING) in ("PGFunction", "PGTrigger", "PGExtension", "PGPolicy"):
        return NOTHING
    name = made.text(1, "signature") if made is not None else None
    if name is None:
        schema.doubt("an entity that is known at run time only", call.span)
    else:
        draft = schema.create(TableName(name), call.span)
        draft.view = True
        draft.open.append("the query that it shows")
    return NOTHING


def same(call: Call) -> Value:
    """``op.f("name")``: a name that no convention changes."""
    return call.argument(0) or NOTHING


def bind(call: Call) -> Value:
    """``op.get_bind()``: the connection, which knows its database."""
    schema = running(call.engine)
    made = Instance(None, "alembic.op.get_bind()", origin=call.origin)
    if schema is not None and schema.database is not None:
        dialect = Instance(None, "sqlalchemy.engine.Dialect")
        dialect.attributes["name"] = Const(schema.database)
        engine = Instance(None, "sqlalchemy.engine.Engine")
        engine.attributes.update({"dialect": dialect, "name": Const(schema.database)})
        made.attributes.update({"dialect": dialect, "engine": engine})
    return made


def context(call: Call) -> Value:
    """``op.get_context()``."""
    found = bind(call)
    found.path = "alembic.op.get_context()"  # type: ignore[attr-defined]
    return found


FUNCTIONS: dict[str, LibraryFunction] = {
    **{f"alembic.op.{name}": run for name in (*BY_TABLE, "drop_index")},
    "alembic.op.f": same,
    "alembic.op.create_entity": create_entity,
    "alembic.op.execute": execute,
    "alembic.op.get_bind": bind,
    "alembic.op.get_context": context,
    "alembic.op.get_bind().execute": execute,
    "alembic.op.get_bind().exec_driver_sql": execute,
}


def known_columns(schema: Schema, draft: Draft) -> Iterator[Value]:
    """The columns of a table, as an inspector gives them."""
    for column in draft.columns:
        entries: dict[object, Value] = {"name": Const(column.name), "nullable": Const(column.nullable)}
        yield Record(entries, complete=False)
