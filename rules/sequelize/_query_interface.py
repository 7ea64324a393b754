"""``queryInterface`` in miniature: what a migration asks of it changes tables."""

from __future__ import annotations

from collections.abc import Callable

from verifier.api import (
    NOTHING,
    Call,
    Column,
    Constraint,
    Draft,
    External,
    Function,
    Instance,
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
    apply_text,
    method,
    options,
    replace,
    text_of,
)

from ._inflection import underscore
from ._plain import Options, is_vague, plain, record, text
from ._schema import attribute_type, has_column, key_origin, normalised
from ._values import default_of, reference_of

VAGUE = "a migration that run time decides"
KINDS = {"unique": "unique", "primary key": "primary", "foreign key": "foreign", "check": "check"}
ENDINGS = {"unique": "uk", "primary": "pk", "foreign": "fk", "check": "ck"}


class QueryInterface(LibraryObject):
    """The interface that migrations are given."""

    def __init__(self, schema: Schema) -> None:
        super().__init__(None, "sequelize.QueryInterface")
        self.schema = schema
        self.connection = Raw(self)

    def read(self, engine: object, name: str) -> Value | None:
        """A method that changes tables; the connection behind the interface."""
        if name == "sequelize":
            return self.connection
        change = CHANGES.get(name)
        if change is None:
            return Native(name, harmless) if name.startswith(("bulk", "show", "describe", "select")) else None
        return Native(name, lambda call: applied(self, change, call))


class Raw(LibraryObject):
    """``queryInterface.sequelize``: statements as text."""

    def __init__(self, interface: QueryInterface) -> None:
        super().__init__(None, "sequelize.Sequelize")
        self.interface = interface

    @method("query")
    def query(self, call: Call) -> Value:
        """``sequelize.query("ALTER TABLE ...")``."""
        given = call.argument(0)
        if isinstance(given, Record):
            given = given.entries.get("query")
        statement = text_of(given)
        schema = self.interface.schema
        if statement is None:
            named = (
                "".join(part if isinstance(part, str) else "?" for part in given.parts)
                if isinstance(given, Text)
                else ""
            )
            if not named or changes_tables(named):
                doubt(schema, named, call.span)
        elif call.engine.conditional and changes_tables(statement):
            doubt(schema, statement, call.span)
        else:
            apply_text(schema, statement, lambda start, end: call.span)
        return Sequence([Sequence((), complete=False), Unknown("what the database says")])

    @method("transaction")
    def transaction(self, call: Call) -> Value:
        """``sequelize.transaction(async (transaction) => ...)``: the function is run."""
        made = Instance(None, "sequelize.Transaction", origin=call.origin)
        function = next((found for found in call.arguments if isinstance(found, Function)), None)
        return call.engine.call(function, [made], call.node, call.frame) if function is not None else made

    def read(self, engine: object, name: str) -> Value | None:
        """Its methods; types and dialect of the library behind it."""
        if name in ("query", "transaction"):
            bound = self.query if name == "query" else self.transaction
            return Native(name, bound)
        if name in ("getDialect", "close", "authenticate"):
            return Native(name, harmless)
        if name == "getQueryInterface":
            return Native(name, lambda call: self.interface)
        return External(f"sequelize.{name}") if name[:1].isupper() or name in ("literal", "fn", "col") else None


def changes_tables(statement: str) -> bool:
    """Whether a statement may change what tables look like."""
    return statement.lstrip().upper().startswith(("ALTER TABLE", "CREATE", "DROP TABLE", "DROP INDEX"))


def doubt(schema: Schema, statement: str, span: Span) -> None:
    """Note a statement that is not followed: on the table that it names, else on all."""
    words = [word.strip('"`;(') for word in statement.split()]
    for draft in schema.tables.values():
        if draft.name.name in words:
            draft.open.append("a statement of a migration that was not followed")
            schema.unread.append(Unread(span, "a statement that run time decides"))
            return
    if not statement or not changes_tables(statement):
        schema.unread.append(Unread(span, "a statement that run time decides"))
    else:
        schema.doubt("a statement that run time decides", span)


def harmless(call: Call) -> Value:
    """A call that changes no table."""
    return Unknown("what the database says")


def applied(interface: QueryInterface, change: Callable[[Work], None], call: Call) -> Value:
    """Apply a change to the table that it names."""
    schema = interface.schema
    if any(is_vague(plain(given)) for given in call.arguments[:1]) or not call.arguments:
        schema.doubt(VAGUE, call.span)
        return NOTHING
    work = Work(schema, call)
    if call.engine.conditional and work.draft is not None and call.name != "createTable":
        work.draft.open.append(VAGUE)
        schema.unread.append(Unread(call.span, VAGUE))
        return NOTHING
    change(work)
    return NOTHING


class Work:
    """One call: the table that it is about, and its arguments as plain data."""

    def __init__(self, schema: Schema, call: Call) -> None:
        self.schema = schema
        self.call = call
        self.span = call.span
        self.name = table_name(plain(call.argument(0)))
        self.draft = schema.find(self.name) if self.name is not None else None

    def text(self, place: int) -> str | None:
        """An argument that is a text."""
        return text_of(self.call.argument(place))

    def table(self) -> Draft | None:
        """The table; one that no migration made is taken as it is from here on."""
        if self.draft is None and self.name is not None:
            self.draft = self.schema.create(self.name, self.span)
            self.draft.open.append("columns that no migration adds")
        return self.draft


def table_name(given: object) -> TableName | None:
    """``"users"`` or ``{ tableName: "users", schema: "app" }``."""
    if isinstance(given, Options):
        name = text(given.get("tableName"))
        return TableName(name, text(given.get("schema"))) if name else None
    return TableName(given) if isinstance(given, str) else None


def create_table(work: Work) -> None:
    """``createTable(name, attributes, options)``."""
    if work.name is None:
        return
    draft = work.schema.create(work.name, work.span, keep=bool(work.call.engine.conditional))
    given = work.call.argument(1)
    attributes = record(given)
    if attributes.open:
        draft.open.append(attributes.open)
    for name, attribute in attributes.items():
        add(work, draft, name, normalised(attribute), place(work, given, name), created=True)
    keys = record(work.call.argument(2)).get("uniqueKeys")
    for name, key in keys.items() if isinstance(keys, Options) else ():
        fields = key.get("fields") if isinstance(key, Options) else None
        if isinstance(fields, list) and all(isinstance(field, str) for field in fields):
            unique = Constraint("unique", tuple(map(str, fields)), work.span, name, unique=True)
            work.schema.add_constraint(draft, unique)


def place(work: Work, given: Value | None, name: str) -> Span:
    """Where a column is written."""
    for option in options(given) if given is not None else ():
        origin = option.origin
        if isinstance(option, Record) and origin is not None:
            found = key_origin(work.call.engine.project.files[origin.path].data, name, origin)
            if found is not None:
                return work.call.engine.span(found)
    return work.span


def add(work: Work, draft: Draft, name: str, given: Options, span: Span, *, created: bool = False) -> None:
    """Add a column with its keys."""
    if not has_column(given):
        return
    name = text(given.get("field")) or name
    made, constraints = column(name, given, span)
    if created and made.primary_key and any(found.kind == "primary" for found in draft.constraints):
        old = next(found for found in draft.constraints if found.kind == "primary")
        draft.constraints.remove(old)
        constraints = [found for found in constraints if found.kind != "primary"]
        constraints.append(replace(old, columns=(*old.columns, name)))
    work.schema.add_column(draft, made, constraints, created=created)


def column(name: str, given: Options, span: Span) -> tuple[Column, list[Constraint]]:
    """A column as a migration describes it."""
    default, default_text = default_of(given)
    type_ = attribute_type(given)
    primary = given.get("primaryKey") is True
    vague = given.open or any(is_vague(given.get(key)) for key in ("allowNull", "primaryKey", "unique"))
    found: list[Constraint] = []
    reference: Reference | None = reference_of(given)
    if primary:
        found.append(Constraint("primary", (name,), span, unique=True))
    if given.get("unique"):
        found.append(Constraint("unique", (name,), span, text(given.get("unique")), unique=True))
    if reference is not None:
        found.append(Constraint("foreign", (name,), span, references=(reference,)))
    made = Column(
        name,
        name,
        type_,
        span,
        nullable=given.get("allowNull") is not False and not primary,
        default="server" if default == "value" else default if default != "function" else None,
        default_text=default_text,
        primary_key=primary,
        autoincrement=given.get("autoIncrement") is True,
        known=not vague and type_.kind != "unknown",
    )
    return made, found


def add_column(work: Work) -> None:
    """``addColumn(table, name, attribute)``."""
    draft, name = work.table(), work.text(1)
    if draft is None or name is None:
        vague(work)
        return
    add(work, draft, name, normalised(plain(work.call.argument(2))), work.span)


def vague(work: Work) -> None:
    """Note a call of which an argument is decided at run time."""
    if work.draft is not None:
        work.draft.open.append(VAGUE)
    work.schema.unread.append(Unread(work.span, VAGUE))


def remove_column(work: Work) -> None:
    """``removeColumn(table, name)``."""
    name = work.text(1)
    if name is None:
        vague(work)
    elif work.draft is not None:
        work.schema.drop_column(work.draft, name)


def rename_column(work: Work) -> None:
    """``renameColumn(table, from, to)``."""
    name, to = work.text(1), work.text(2)
    if name is None or to is None:
        vague(work)
    elif work.draft is not None:
        work.schema.rename_column(work.draft, name, to)


def change_column(work: Work) -> None:
    """``changeColumn(table, name, attribute)``: what the attribute does not say of keys stays."""
    draft, name = work.draft, work.text(1)
    if name is None:
        vague(work)
        return
    if draft is None or work.schema.column(draft, name) is None:
        return
    given = normalised(plain(work.call.argument(2)))
    made, constraints = column(name, given, work.span)
    changes: dict[str, object] = {"nullable": made.nullable, "known": made.known}
    if given.get("type") is not None:
        changes["type"] = made.type
    changes["default"], changes["default_text"] = made.default, made.default_text
    work.schema.change_column(draft, name, **changes)
    for constraint in constraints:
        known = [found for found in draft.constraints if (found.kind, found.columns) == (constraint.kind, (name,))]
        if not known:
            work.schema.add_constraint(draft, constraint)


def rename_table(work: Work) -> None:
    """``renameTable(from, to)``."""
    to = table_name(plain(work.call.argument(1)))
    if work.name is None or to is None:
        vague(work)
    else:
        work.schema.rename(work.name, to)


def drop_table(work: Work) -> None:
    """``dropTable(name)``."""
    if work.name is not None:
        work.schema.drop(work.name)


def drop_all(work: Work) -> None:
    """``dropAllTables()``."""
    work.schema.tables.clear()


def fields_in(given: object) -> list[str] | None:
    """The columns of an index; expressions in parentheses."""
    if not isinstance(given, list):
        return None
    names: list[str] = []
    for field in given:
        if isinstance(field, Options):
            field = field.get("name") or field.get("attribute")
        names.append(field if isinstance(field, str) else "(expression)")
    return names


def add_index(work: Work) -> None:
    """``addIndex(table, fields, options)`` or ``addIndex(table, { fields, ... })``."""
    second = plain(work.call.argument(1))
    given = second if isinstance(second, Options) else record(work.call.argument(2))
    fields = fields_in(given.get("fields") if second is given else second)
    draft = work.table()
    if fields is None or draft is None:
        vague(work)
        return
    name = text(given.get("name")) or text(given.get("indexName"))
    name = name or underscore("_".join((draft.name.name, *fields)))
    kind = text(given.get("type")) or text(given.get("indicesType")) or ""
    unique = given.get("unique") is True or kind.lower() == "unique"
    condition = "where" if given.get("where") is not None else ""
    made = Constraint(
        "unique" if unique and not condition else "index", tuple(fields), work.span, name, (), condition, unique
    )
    if not work.schema.index(name):
        work.schema.add_constraint(draft, made)


def remove_index(work: Work) -> None:
    """``removeIndex(table, name)`` or ``removeIndex(table, fields)``."""
    wanted = plain(work.call.argument(1))
    fields = fields_in(wanted)
    name = underscore("_".join((work.name.name if work.name else "", *fields))) if fields else wanted
    if not isinstance(name, str):
        vague(work)
    elif work.draft is not None:
        work.schema.drop_constraint(work.draft, name)


def add_constraint(work: Work) -> None:
    """``addConstraint(table, { type, fields, name, references })``, or with the fields first."""
    second = plain(work.call.argument(1))
    given = second if isinstance(second, Options) else record(work.call.argument(2))
    fields = fields_in(given.get("fields") if second is given else second)
    kind = KINDS.get((text(given.get("type")) or "").lower())
    draft = work.table()
    if fields is None or kind is None or draft is None:
        vague(work)
        return
    wanted = given.get("references")
    references: tuple[Reference, ...] = ()
    if isinstance(wanted, Options):
        table = table_name(wanted.get("table"))
        keys = wanted.get("fields") if isinstance(wanted.get("fields"), list) else [wanted.get("field")]
        if table is not None and isinstance(keys, list):
            actions = text(given.get("onDelete")), text(given.get("onUpdate"))
            references = tuple(Reference(str(table), text(key), *actions) for key in keys)
    if kind == "foreign" and not references:
        vague(work)
        return
    other = references[0].table if references else ""
    usual = "_".join(part for part in (draft.name.name, *fields, other, ENDINGS[kind]) if part)
    made = Constraint(
        kind,  # type: ignore[arg-type]
        tuple(fields),
        work.span,
        text(given.get("name")) or usual,
        references,
        unique=kind in ("unique", "primary"),
    )
    work.schema.add_constraint(draft, made)


def remove_constraint(work: Work) -> None:
    """``removeConstraint(table, name)``."""
    name = work.text(1)
    if name is None:
        vague(work)
    elif work.draft is not None:
        work.schema.drop_constraint(work.draft, name)


CHANGES: dict[str, Callable[[Work], None]] = {
    "createTable": create_table,
    "addColumn": add_column,
    "removeColumn": remove_column,
    "renameColumn": rename_column,
    "changeColumn": change_column,
    "renameTable": rename_table,
    "dropTable": drop_table,
    "dropAllTables": drop_all,
    "addIndex": add_index,
    "removeIndex": remove_index,
    "addConstraint": add_constraint,
    "removeConstraint": remove_constraint,
}
