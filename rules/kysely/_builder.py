"""The connection that Kysely hands to a migration. What a chain of calls has said is applied when it is executed."""

from __future__ import annotations

from verifier.api import (
    NOTHING,
    Call,
    Column,
    ColumnType,
    Const,
    Constraint,
    Default,
    Draft,
    Engine,
    External,
    Function,
    Instance,
    LibraryObject,
    Native,
    Reference,
    Schema,
    Span,
    TableName,
    Text,
    Value,
    apply_written,
    attribute,
    reason_of,
    sql_type,
    statement_parts,
    text_of,
    texts_of,
    written_sql,
)

RUNNING = "<migrations of Kysely that are run>"
IDENTITIES = ("generatedAlwaysAsIdentity", "generatedByDefaultAsIdentity", "identity")
CONDITION = "a condition that run time decides"


class Connection(LibraryObject):
    """``db``."""

    def __init__(self, schema: Schema) -> None:
        super().__init__(None, "kysely.Kysely")
        self.schema = schema

    @attribute("schema")
    def builder(self, name: str) -> Value:
        return SchemaBuilder(self.schema)


class SchemaBuilder(LibraryObject):
    """``db.schema``."""

    def __init__(self, schema: Schema, of: str | None = None) -> None:
        super().__init__(None, "kysely.SchemaModule")
        self.schema = schema
        self.of = of

    def read(self, engine: Engine, name: str) -> Value | None:
        def run(call: Call) -> Value:
            if name == "withSchema":
                return SchemaBuilder(self.schema, call.text(0))
            return Chain(self.schema, name, call, self.of)

        return Native(name, run)


class Chain(LibraryObject):
    """``createTable("users").addColumn(...)``: notes each call until ``execute``."""

    def __init__(self, schema: Schema, verb: str, call: Call, of: str | None) -> None:
        super().__init__(None, f"kysely.{verb}()")
        self.schema = schema
        self.verb = verb
        self.first = call
        self.of = of
        self.calls: list[tuple[str, Call]] = []

    def read(self, engine: Engine, name: str) -> Value | None:
        return Native(name, lambda call: self.run(call, name))

    def run(self, call: Call, name: str) -> Value:
        """One link of the chain."""
        if name == "$call":
            function = call.argument(0)
            found = call.engine.call(function, [self], call.node, call.frame) if function is not None else None
            if not isinstance(found, Chain):
                self.calls.append(("$unknown", call))
            return self
        if name == "execute":
            self.execute(call)
            return NOTHING
        self.calls.append((name, call))
        return self

    def execute(self, call: Call) -> None:
        """Apply what was said."""
        name = self.first.text(0)
        if name is None:
            if self.verb in ("createTable", "alterTable", "dropTable"):
                self.schema.doubt(reason_of(self.first.argument(0)), self.first.span)
            return
        schema, _, bare = name.rpartition(".")
        table = TableName(bare, schema or self.of)
        certain = call.engine.conditional == 0
        said = {method for method, _ in self.calls}
        if self.verb == "createTable":
            draft = self.schema.create(table, self.first.span, keep="ifNotExists" in said or not certain)
            draft.temporary = "temporary" in said
            for method, link in self.calls:
                self.apply(draft, method, link)
            key_columns(self.schema, draft)
            if not certain:
                draft.open.append(CONDITION)
        elif self.verb == "alterTable":
            found = self.schema.find(table)
            for method, link in self.calls if found is not None else ():
                assert found is not None
                self.apply(found, method, link)
        elif self.verb in ("dropTable", "dropView"):
            found = self.schema.find(table)
            if certain:
                self.schema.drop(table)
            elif found is not None:
                found.open.append(CONDITION)
        elif self.verb == "createIndex":
            self.index(bare)
        elif self.verb == "dropIndex":
            self.schema.drop_index(bare)
        elif self.verb == "createType":
            values = next((link for method, link in self.calls if method == "asEnum"), None)
            known = tuple(texts_of(values.argument(0)) or ()) if values is not None else ()
            self.schema.types[self.schema.type_key(bare)] = ColumnType("enum", bare, values=known)
        elif self.verb == "createView":
            draft = self.schema.create(table, self.first.span)
            draft.view = True
            draft.open.append("the query that it shows")

    def apply(self, draft: Draft, method: str, call: Call) -> None:
        """One thing that is said of a table."""
        schema = self.schema
        name = call.text(0)
        if method in ("addColumn", "modifyColumn"):
            self.column(draft, method, call)
        elif method == "dropColumn" and name is not None:
            schema.drop_column(draft, name)
        elif method == "renameColumn" and name is not None:
            to = call.text(1)
            if to is None:
                draft.open.append(reason_of(call.argument(1)))
            else:
                schema.rename_column(draft, name, to)
        elif method == "renameTo" and name is not None:
            schema.rename(draft.name, TableName(name, draft.name.schema))
        elif method == "alterColumn" and name is not None:
            self.alter(draft, name, call)
        elif method == "dropConstraint" and name is not None:
            schema.drop_constraint(draft, name)
        elif method.startswith("add") and method.endswith("Constraint"):
            found = table_constraint(method, call)
            if found is None:
                draft.open.append("the columns of a key")
            else:
                schema.add_constraint(draft, found)
        elif method in ("as", "$unknown", "addColumn", "dropColumn", "alterColumn", "renameColumn"):
            draft.open.append("what only run time knows")

    def column(self, draft: Draft, method: str, call: Call) -> None:
        """``addColumn("name", "varchar(50)", (col) => col.notNull())``."""
        name = call.text(0)
        if name is None:
            draft.open.append(reason_of(call.argument(0)))
            return
        builder = ColumnBuilder(name, type_of(call.argument(1)), call.span)
        describe = call.argument(2)
        if isinstance(describe, Function):
            call.engine.call(describe, [builder], call.node, call.frame)
        column, constraints = builder.made(known=call.engine.conditional == 0)
        if method == "modifyColumn":
            self.schema.change_column(draft, name, type=column.type, nullable=column.nullable, default=column.default)
        else:
            self.schema.add_column(draft, column, constraints, keep=True)

    def alter(self, draft: Draft, name: str, call: Call) -> None:
        """``alterColumn("name", (col) => col.setNotNull())``."""
        builder = ColumnBuilder(name, ColumnType("unknown"), call.span)
        describe = call.argument(1)
        if isinstance(describe, Function):
            call.engine.call(describe, [builder], call.node, call.frame)
        self.schema.change_column(draft, name, **builder.changes)

    def index(self, name: str) -> None:
        """``createIndex("name").unique().on("users").columns([...])``."""
        links: dict[str, list[Call]] = {}
        for method, link in self.calls:
            links.setdefault(method, []).append(link)
        table = text_of(links["on"][0].argument(0)) if "on" in links else None
        draft = self.schema.find(TableName(table)) if table is not None else None
        names = [
            found.partition(" ")[0]
            for method in ("column", "columns")
            for link in links.get(method, ())
            for found in texts_of(link.argument(0)) or ("(expression)",)
        ]
        names += ["(expression)" for _ in links.get("expression", ())]
        if draft is not None and names:
            condition = "where" if "where" in links else ""
            found = Constraint(
                "index", tuple(names), self.first.span, name, condition=condition, unique="unique" in links
            )
            self.schema.add_constraint(draft, found)


def key_columns(schema: Schema, draft: Draft) -> None:
    """Columns of a primary key take no NULL."""
    for found in list(draft.constraints):
        for name in found.columns if found.kind == "primary" else ():
            schema.change_column(draft, name, nullable=False)


def table_constraint(method: str, call: Call) -> Constraint | None:
    """A constraint of a table; None where its columns are not known."""
    name, columns = call.text(0), tuple(texts_of(call.argument(1)) or ())
    if method == "addCheckConstraint":
        return Constraint("check", (), call.span, name, condition=shown(call.argument(1)))
    if not columns:
        return None
    if method == "addPrimaryKeyConstraint":
        return Constraint("primary", columns, call.span, name)
    if method == "addUniqueConstraint":
        return Constraint("unique", columns, call.span, name, unique=True)
    table, remote = call.text(2), texts_of(call.argument(3))
    if method != "addForeignKeyConstraint" or table is None or not remote:
        return None
    builder = ColumnBuilder("", ColumnType("unknown"), call.span)
    describe = call.argument(4)
    if isinstance(describe, Function):
        call.engine.call(describe, [builder], call.node, call.frame)
    references = tuple(Reference(table, column, builder.on_delete, builder.on_update) for column in remote)
    return Constraint("foreign", columns, call.span, name, references)


def type_of(value: Value | None) -> ColumnType:
    """A type: a text, or SQL."""
    written = text_of(value) or shown(value)
    return sql_type(written) if written else ColumnType("unknown")


class ColumnBuilder(LibraryObject):
    """A column while it is described."""

    def __init__(self, name: str, type_: ColumnType, span: Span) -> None:
        super().__init__(None, "kysely.ColumnDefinitionBuilder")
        self.name = name
        self.type = type_
        self.place = span
        serial = type_.declared.lower() in ("serial", "bigserial", "smallserial")
        self.nullable = not serial
        self.primary = False
        self.unique = False
        self.default: Default | None = "generated" if serial else None
        self.default_text = ""
        self.autoincrement = serial
        self.target: str | None = None
        self.on_delete: str | None = None
        self.on_update: str | None = None
        self.changes: dict[str, object] = {}

    def read(self, engine: Engine, name: str) -> Value | None:
        return Native(name, lambda call: self.run(call, name))

    def run(self, call: Call, method: str) -> Value:
        """One link of the chain."""
        if method == "notNull":
            self.nullable = False
        elif method == "primaryKey":
            self.primary = True
        elif method == "unique":
            self.unique = True
        elif method == "autoIncrement" or method in (
            "generatedAlwaysAsIdentity",
            "generatedByDefaultAsIdentity",
            "identity",
        ):
            self.default, self.autoincrement = "generated", True
            self.nullable = self.nullable and method == "autoIncrement"
        elif method == "generatedAlwaysAs":
            self.default, self.default_text = "generated", shown(call.argument(0))
        elif method == "defaultTo":
            self.default, self.default_text = "server", shown(call.argument(0))
        elif method == "references":
            self.target = call.text(0)
        elif method == "onDelete":
            self.on_delete = (call.text(0) or "").upper() or None
        elif method == "onUpdate":
            self.on_update = (call.text(0) or "").upper() or None
        elif method == "setNotNull":
            self.changes["nullable"] = False
        elif method == "dropNotNull":
            self.changes["nullable"] = True
        elif method == "setDefault":
            self.changes.update(default="server", default_text=shown(call.argument(0)))
        elif method == "dropDefault":
            self.changes.update(default=None, default_text="")
        elif method == "setDataType":
            self.changes["type"] = type_of(call.argument(0))
        return self

    def made(self, *, known: bool) -> tuple[Column, list[Constraint]]:
        """The column with its keys."""
        names = (self.name,)
        found: list[Constraint] = []
        if self.primary:
            found.append(Constraint("primary", names, self.place))
        if self.unique:
            found.append(Constraint("unique", names, self.place, unique=True))
        if self.target is not None:
            table, _, column = self.target.rpartition(".")
            reference = Reference(table, column, self.on_delete, self.on_update)
            found.append(Constraint("foreign", names, self.place, None, (reference,)))
        column_ = Column(
            self.name,
            self.name,
            self.type,
            self.place,
            nullable=self.nullable,
            default=self.default,
            default_text=self.default_text,
            autoincrement=self.autoincrement,
            known=known,
        )
        return column_, found


def shown(value: Value | None) -> str:
    """A value or piece of SQL as written."""
    if isinstance(value, Const):
        return str(value.value) if value.value != "" else "''"
    if isinstance(value, Text):
        return "".join(part for part in value.parts if isinstance(part, str))
    if isinstance(value, Instance) and value.made_by is not None:
        return shown(value.made_by.argument(0))
    return ""


def execute(call: Call) -> Value:
    """``sql`...`.execute(db)``."""
    found = call.engine.library_attributes.get(RUNNING, {}).get("now")
    receiver = call.callee.receiver if isinstance(call.callee, External) else None
    made = receiver.made_by if isinstance(receiver, Instance) else None
    first = made.argument(0) if made is not None else None
    if isinstance(found, Connection) and first is not None:
        origin = first.origin or call.origin
        parts = list(statement_parts(first))
        apply_written(call.engine, found.schema, written_sql(parts, origin.path, origin.start, origin.end))
    return NOTHING
