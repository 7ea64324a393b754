"""The connection that Knex hands to a migration: its schema builder changes the tables as it is told."""

from __future__ import annotations

from verifier.api import (
    NOTHING,
    Call,
    Const,
    Engine,
    Function,
    Instance,
    LibraryObject,
    Native,
    Schema,
    Sequence,
    TableName,
    Unknown,
    Unread,
    Value,
    apply_written,
    attribute,
    reason_of,
    statement_parts,
    text_of,
    written_sql,
)

from ._table import TableBuilder


class Connection(LibraryObject):
    """``knex``."""

    def __init__(self, schema: Schema) -> None:
        super().__init__(None, "knex.Knex")
        self.schema = schema

    @attribute("schema")
    def builder(self, name: str) -> Value:
        return Builder(self.schema)

    @attribute("fn")
    def functions(self, name: str) -> Value:
        return Functions()

    def read(self, engine: Engine, name: str) -> Value | None:
        if name == "raw":
            return Native(name, lambda call: raw(call, self.schema))
        if name == "transaction":
            return Native(name, self.transaction)
        return super().read(engine, name)

    def transaction(self, call: Call) -> Value:
        """``knex.transaction(async (trx) => ...)``."""
        function = call.argument(0)
        return call.engine.call(function, [self], call.node, call.frame) if isinstance(function, Function) else self

    def called(self, call: Call) -> Value:
        return Instance(None, "knex.QueryBuilder", origin=call.origin)


class Functions(LibraryObject):
    """``knex.fn``."""

    def __init__(self) -> None:
        super().__init__(None, "knex.FunctionHelper")

    def read(self, engine: Engine, name: str) -> Value | None:
        def give(call: Call) -> Value:
            made = Instance(None, f"knex.{name}()", origin=call.origin)
            made.attributes["sql"] = Const(f"{name}()")
            return made

        return Native(name, give)


def raw(call: Call, schema: Schema) -> Value:
    """``knex.raw("...")``: a statement that is sent; as a default it is an expression, and changes nothing."""
    first = call.argument(0)
    made = Instance(None, "knex.Raw", origin=call.origin)
    if first is None:
        return made
    parts = list(statement_parts(first))
    if not any(isinstance(part, str) for part in parts):
        schema.unread.append(Unread(call.span, "a statement that run time decides"))
    made.attributes["sql"] = Const("".join(part for part in parts if isinstance(part, str)))
    origin = first.origin or call.origin
    apply_written(call.engine, schema, written_sql(parts, origin.path, origin.start, origin.end))
    return made


class Builder(LibraryObject):
    """``knex.schema``."""

    def __init__(self, schema: Schema, of: str | None = None) -> None:
        super().__init__(None, "knex.SchemaBuilder")
        self.schema = schema
        self.of = of

    def read(self, engine: Engine, name: str) -> Value | None:
        return Native(name, lambda call: self.run(call, name))

    def run(self, call: Call, method: str) -> Value:
        """One call on the builder; it gives the builder again, but for questions."""
        if method == "withSchema":
            return Builder(self.schema, call.text(0))
        if method == "raw":
            raw(call, self.schema)
            return self
        if method == "then":
            function = call.argument(0)
            return (
                call.engine.call(function, [NOTHING], call.node, call.frame) if isinstance(function, Function) else self
            )
        if method in ("createSchema", "createSchemaIfNotExists", "catch", "finally", "dropSchema"):
            return self
        name = text_of(call.argument(0))
        if name is None:
            self.schema.doubt(reason_of(call.argument(0)), call.span)
            return self
        table = TableName(name, self.of)
        if method in ("hasTable", "hasColumn"):
            return self.ask(call, method, table)
        self.change(call, method, table)
        return self

    def ask(self, call: Call, method: str, table: TableName) -> Value:
        """``hasTable``, ``hasColumn``."""
        draft = self.schema.find(table)
        if self.schema.doubts or (draft is not None and draft.open):
            return Answer(Unknown("what the database holds"))
        if method == "hasTable":
            return Answer(Const(draft is not None))
        column = call.text(1) or ""
        return Answer(Const(draft is not None and self.schema.column(draft, column) is not None))

    def change(self, call: Call, method: str, table: TableName) -> None:
        """Make, change or drop a table."""
        schema, certain = self.schema, call.engine.conditional == 0
        body = next((argument for argument in call.arguments[1:] if isinstance(argument, Function)), None)
        if method in ("createTable", "createTableIfNotExists", "createTableLike"):
            keep = method == "createTableIfNotExists" or not certain
            draft = schema.create(table, call.span, keep=keep)
            if method == "createTableLike":
                draft.open.append("the table that it is made like")
            self.build(call, TableBuilder(schema, draft, making=True), body)
            if not certain:
                draft.open.append("a condition that run time decides")
        elif method in ("alterTable", "table"):
            found = schema.find(table)
            if found is not None:
                self.build(call, TableBuilder(schema, found, making=False), body)
        elif method in ("dropTable", "dropTableIfExists", "dropView", "dropViewIfExists"):
            found = schema.find(table)
            if certain:
                schema.drop(table)
            elif found is not None:
                found.open.append("a condition that run time decides")
        elif method == "renameTable":
            to = call.text(1)
            if to is None:
                schema.doubt(reason_of(call.argument(1)), call.span)
            else:
                schema.rename(table, TableName(to, self.of))
        elif method in ("createView", "createViewOrReplace", "createMaterializedView"):
            draft = schema.create(table, call.span)
            draft.view = True
            draft.open.append("the query that it shows")

    def build(self, call: Call, builder: TableBuilder, body: Function | None) -> None:
        """Run the function that builds a table, and apply what it has said."""
        if body is None:
            builder.draft.open.append("a function that is not known")
            return
        call.engine.call(body.bind(builder) if body.code.kind != "arrow" else body, [builder], call.node, call.frame)
        builder.finish()


class Answer(LibraryObject):
    """A promise of an answer."""

    def __init__(self, value: Value) -> None:
        super().__init__(None, "Promise")
        self.value = value

    def awaited(self, engine: Engine) -> Value:
        return self.value

    def read(self, engine: Engine, name: str) -> Value | None:
        if name != "then":
            return None

        def then(call: Call) -> Value:
            function = call.argument(0)
            if not isinstance(function, Function):
                return self
            return call.engine.call(function, [self.value], call.node, call.frame)

        return Native(name, then)


def names_of(value: Value | None) -> list[str] | None:
    """A name, or a list of names."""
    single = text_of(value)
    if single is not None:
        return [single]
    found = [text_of(item) for item in value.items] if isinstance(value, Sequence) else [None]
    return [name for name in found if name is not None] if None not in found else None
