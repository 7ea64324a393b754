"""``table`` and its columns, as the function that builds a table sees them."""

from __future__ import annotations

from collections.abc import Mapping

from verifier.api import (
    Call,
    Column,
    ColumnType,
    Const,
    Constraint,
    Default,
    Draft,
    Engine,
    Instance,
    LibraryObject,
    Native,
    Record,
    Reference,
    Schema,
    Sequence,
    Span,
    TypeKind,
    Value,
    reason_of,
    sql_type,
    text_of,
    texts_of,
)

KINDS: Mapping[str, TypeKind] = {
    "increments": "integer",
    "bigIncrements": "bigint",
    "smallIncrements": "smallint",
    "integer": "integer",
    "int": "integer",
    "bigint": "bigint",
    "bigInteger": "bigint",
    "tinyint": "smallint",
    "smallint": "smallint",
    "mediumint": "integer",
    "text": "text",
    "string": "string",
    "float": "float",
    "double": "float",
    "decimal": "numeric",
    "boolean": "boolean",
    "bool": "boolean",
    "date": "date",
    "datetime": "datetime",
    "dateTime": "datetime",
    "time": "time",
    "timestamp": "datetime",
    "binary": "binary",
    "enu": "enum",
    "enum": "enum",
    "json": "json",
    "jsonb": "json",
    "uuid": "uuid",
    "geometry": "other",
    "geography": "other",
    "point": "other",
    "specificType": "other",
}


class TableBuilder(LibraryObject):
    """``table``: collects columns and keys until the function ends."""

    def __init__(self, schema: Schema, draft: Draft, *, making: bool) -> None:
        super().__init__(None, "knex.TableBuilder")
        self.schema = schema
        self.draft = draft
        self.making = making
        self.columns: list[ColumnBuilder] = []
        self.keys: list[KeyBuilder] = []

    def read(self, engine: Engine, name: str) -> Value | None:
        return Native(name, lambda call: self.run(call, name))

    def run(self, call: Call, method: str) -> Value:
        """One call on the table."""
        if method in KINDS:
            return self.column(call, method)
        if method == "timestamps":
            self.timestamps(call)
            return self
        if method in ("primary", "unique", "index", "foreign"):
            key = KeyBuilder(call, method)
            self.keys.append(key)
            return key
        self.change(call, method)
        return self

    def column(self, call: Call, method: str) -> Value:
        """``table.string("name", 50)``."""
        name = call.text(0, default="id" if "ncrements" in method else None)
        if name is None:
            self.draft.open.append(reason_of(call.argument(0)))
            return ColumnBuilder("", ColumnType("unknown"), call.span)
        made = ColumnBuilder(name, type_of(call, method), call.span)
        made.certain = call.engine.conditional == 0
        if "ncrements" in method:
            key = call.option(1, "primaryKey")
            made.default, made.autoincrement, made.nullable = "generated", True, False
            made.primary = not (isinstance(key, Const) and key.value is False)
        self.columns.append(made)
        return made

    def timestamps(self, call: Call) -> None:
        """``table.timestamps(useTimestamps, defaultToNow, useCamelCase)``."""
        first = call.argument(0)
        options = first.entries if isinstance(first, Record) else {}

        def given(position: int, key: str) -> bool:
            value = options.get(key) or call.argument(position)
            return isinstance(value, Const) and bool(value.value)

        camel = given(2, "useCamelCase")
        for name in ("createdAt", "updatedAt") if camel else ("created_at", "updated_at"):
            made = ColumnBuilder(name, ColumnType("datetime", "timestamp", timezone=True), call.span)
            made.certain = call.engine.conditional == 0
            if given(1, "defaultToNow"):
                made.nullable, made.default, made.default_text = False, "server", "CURRENT_TIMESTAMP"
            self.columns.append(made)

    def change(self, call: Call, method: str) -> None:
        """What changes a table that exists."""
        names = [text for argument in call.arguments for text in texts_of(argument) or ()]
        if method in ("dropColumn", "dropColumns", "dropTimestamps"):
            if method == "dropTimestamps":
                names = ["created_at", "updated_at"]
            elif not names:
                self.draft.open.append(reason_of(call.argument(0)))
            for name in names:
                if call.engine.conditional == 0:
                    self.schema.drop_column(self.draft, name)
                else:
                    self.draft.open.append("a condition that run time decides")
        elif method == "renameColumn":
            if len(names) == 2:
                self.schema.rename_column(self.draft, names[0], names[1])
            else:
                self.draft.open.append("the name of a column")
        elif method in ("setNullable", "dropNullable"):
            for name in names:
                self.schema.change_column(self.draft, name, nullable=method == "setNullable")
        elif method in ("dropUnique", "dropPrimary", "dropForeign", "dropIndex"):
            self.drop(method, names)
        elif method == "inherits":
            self.draft.open.append("the tables that it inherits from")

    def drop(self, method: str, names: list[str]) -> None:
        """Drop a key by its columns."""
        kind = {"dropUnique": "unique", "dropPrimary": "primary", "dropForeign": "foreign", "dropIndex": "index"}[
            method
        ]
        self.draft.constraints = [
            found
            for found in self.draft.constraints
            if found.kind != kind or not (set(found.columns) <= set(names) or found.name in names or kind == "primary")
        ]

    def finish(self) -> None:
        """Apply what was said."""
        for column in self.columns:
            column.apply(self.schema, self.draft)
        for key in self.keys:
            found = key.constraint()
            if found is None:
                self.draft.open.append("the columns of a key")
            else:
                self.schema.add_constraint(self.draft, found)
        for found in list(self.draft.constraints):
            for name in found.columns if found.kind == "primary" else ():
                self.schema.change_column(self.draft, name, nullable=False)


def type_of(call: Call, method: str) -> ColumnType:
    """The type of a column."""
    kind = KINDS[method]
    second, third = call.argument(1), call.argument(2)

    def number(value: Value | None, default: int | None) -> int | None:
        return value.value if isinstance(value, Const) and isinstance(value.value, int) else default

    if method == "specificType":
        return sql_type(text_of(second) or "")
    if kind == "string":
        return ColumnType(kind, method, length=number(second, 255))
    if kind == "numeric":
        return ColumnType(kind, method, precision=number(second, 8), scale=number(third, 2))
    if kind == "enum":
        return ColumnType(kind, method, values=tuple(texts_of(second) or ()))
    if kind == "datetime":
        zone = call.option(1, "useTz")
        return ColumnType(kind, method, timezone=not (isinstance(zone, Const) and zone.value is False))
    if kind == "time":
        return ColumnType(kind, method, timezone=False)
    return ColumnType(kind, method)


class ColumnBuilder(LibraryObject):
    """A column while it is described: ``.notNullable().unique()``."""

    def __init__(self, name: str, type_: ColumnType, span: Span) -> None:
        super().__init__(None, "knex.ColumnBuilder")
        self.name = name
        self.type = type_
        self.place = span
        self.nullable = True
        self.primary = False
        self.unique = False
        self.index = False
        self.default: Default | None = None
        self.default_text = ""
        self.autoincrement = False
        self.altering = False
        self.certain = True
        self.comment = ""
        self.target: Target = Target()

    def read(self, engine: Engine, name: str) -> Value | None:
        return Native(name, lambda call: self.run(call, name))

    def run(self, call: Call, method: str) -> Value:
        """One link of the chain."""
        if method in ("notNullable", "notNull"):
            self.nullable = False
        elif method == "nullable":
            given = call.argument(0)
            self.nullable = not (isinstance(given, Const) and given.value is False)
        elif method == "primary":
            self.primary = True
        elif method == "unique":
            self.unique = True
        elif method == "index":
            self.index = True
        elif method in ("defaultTo", "default"):
            value = call.argument(0)
            nothing = isinstance(value, Const) and value.value is None
            self.default, self.default_text = (None, "") if nothing else ("server", shown(value))
        elif method == "alter":
            self.altering = True
        elif method == "comment":
            self.comment = call.text(0, default="") or ""
        else:
            self.target.take(call, method)
        return self

    def apply(self, schema: Schema, draft: Draft) -> None:
        """Add the column to its table, or change it."""
        if self.altering:
            schema.change_column(
                draft,
                self.name,
                type=self.type,
                nullable=self.nullable,
                default=self.default,
                default_text=self.default_text,
            )
            return
        column = Column(
            self.name,
            self.name,
            self.type,
            self.place,
            nullable=self.nullable,
            default=self.default,
            default_text=self.default_text,
            autoincrement=self.autoincrement,
            known=self.certain and self.target.known,
            comment=self.comment,
        )
        names = (self.name,)
        found: list[Constraint] = []
        if self.primary:
            found.append(Constraint("primary", names, self.place))
        if self.unique:
            found.append(Constraint("unique", names, self.place, unique=True))
        if self.index:
            found.append(Constraint("index", names, self.place))
        reference = self.target.reference()
        if reference is not None:
            found.append(Constraint("foreign", names, self.place, None, (reference,)))
        schema.add_column(draft, column, found, keep=True)


class Target:
    """What a foreign key points at, in the words of a chain."""

    def __init__(self) -> None:
        self.columns: list[str] = []
        self.table: str | None = None
        self.on_delete: str | None = None
        self.on_update: str | None = None
        self.known = True

    def take(self, call: Call, method: str) -> None:
        """``references``, ``inTable``, ``onDelete``, ``onUpdate``."""
        if method == "references":
            self.columns = texts_of(call.argument(0)) or []
            self.known = bool(self.columns)
        elif method == "inTable":
            self.table = call.text(0)
            self.known = self.known and self.table is not None
        elif method in ("onDelete", "onUpdate", "onDELETE"):
            written = (call.text(0) or "").upper() or None
            if method == "onUpdate":
                self.on_update = written
            else:
                self.on_delete = written

    def references(self) -> tuple[Reference, ...]:
        """The columns that are pointed at."""
        found = []
        for name in self.columns:
            table, _, column = name.rpartition(".")
            if self.table is not None or table:
                found.append(Reference(self.table or table, column, self.on_delete, self.on_update))
        return tuple(found)

    def reference(self) -> Reference | None:
        """The only one."""
        found = self.references()
        return found[0] if found else None


class KeyBuilder(LibraryObject):
    """``table.primary([...])``, ``table.foreign("a").references("b").inTable("c")``."""

    def __init__(self, call: Call, method: str) -> None:
        super().__init__(None, "knex.KeyBuilder")
        self.sort = method
        self.place = call.span
        self.columns = texts_of(call.argument(0))
        second = call.argument(1)
        self.label = text_of(second) or (
            text_of(second.entries.get("indexName")) if isinstance(second, Record) else None
        )
        self.target = Target()

    def read(self, engine: Engine, name: str) -> Value | None:
        def run(call: Call) -> Value:
            self.target.take(call, name)
            return self

        return Native(name, run)

    def constraint(self) -> Constraint | None:
        """The key; None where its columns are not known."""
        if not self.columns:
            return None
        names = tuple(self.columns)
        references = self.target.references() if self.sort == "foreign" else ()
        if self.sort == "foreign" and not references:
            return None
        return Constraint(
            self.sort,  # type: ignore[arg-type]
            names,
            self.place,
            self.label,
            references,
            unique=self.sort == "unique",
        )


def shown(value: Value | None) -> str:
    """A default as a reader would write it."""
    if isinstance(value, Const):
        return str(value.value) if value.value != "" else "''"
    if isinstance(value, Instance):
        return text_of(value.attributes.get("sql")) or ""
    if isinstance(value, Sequence | Record):
        return "..."
    return ""
