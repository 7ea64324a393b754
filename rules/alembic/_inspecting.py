"""What a migration asks of the database that it runs on: the schema that the migrations before it have left."""

from __future__ import annotations

from verifier.api import Call, Const, LibraryFunction, Schema, Sequence, TableName, Unknown, Value, text_of

from ._operations import known_columns, running


def schema_of(call: Call) -> Schema | None:
    """The schema, where all of it is known."""
    found = running(call.engine)
    return found if found is not None and not found.doubts else None


def has_table(call: Call) -> Value:
    """``inspector.has_table("users")``."""
    schema, name = schema_of(call), text_of(call.argument(0, "table_name"))
    if schema is None or name is None:
        return Unknown("whether a table exists")
    return Const(schema.find(TableName(name)) is not None)


def table_names(call: Call) -> Value:
    """``inspector.get_table_names()``."""
    schema = schema_of(call)
    if schema is None:
        return Unknown("the names of tables")
    return Sequence([Const(draft.name.name) for draft in schema.tables.values() if not draft.view])


def columns(call: Call) -> Value:
    """``inspector.get_columns("users")``."""
    schema, name = schema_of(call), text_of(call.argument(0, "table_name"))
    draft = schema.find(TableName(name)) if schema is not None and name is not None else None
    if schema is None or draft is None or draft.open or not all(column.known for column in draft.columns):
        return Unknown("the columns of a table")
    return Sequence(list(known_columns(schema, draft)))


INSPECTORS = (
    "sqlalchemy.inspect()",
    "sqlalchemy.inspection.inspect()",
    "sqlalchemy.engine.reflection.Inspector.from_engine()",
    "sqlalchemy.engine.reflection.Inspector",
    "sqlalchemy.engine.Inspector.from_engine()",
    "sqlalchemy.Inspector",
)
INSPECTING: dict[str, LibraryFunction] = {
    f"{inspector}.{name}": answer
    for inspector in INSPECTORS
    for name, answer in (("has_table", has_table), ("get_table_names", table_names), ("get_columns", columns))
}
