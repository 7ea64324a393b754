"""What is read of a mapping before all of it is known: columns without a type, keys without a target."""

from __future__ import annotations

from msgspec import Struct, field

from verifier.api import (
    Call,
    Class,
    ColumnType,
    Constraint,
    Default,
    External,
    Frame,
    Instance,
    LibraryObject,
    Record,
    Span,
    Value,
    Zone,
    replace,
    stands_for,
    syntax,
)

LIBRARIES = ("sqlalchemy", "flask_sqlalchemy", "sqlmodel", "flask_sqlalchemy_lite")
# Where the library offers its constructs.
PLACES = (
    "sqlalchemy",
    "sqlalchemy.schema",
    "sqlalchemy.sql",
    "sqlalchemy.sql.schema",
    "sqlalchemy.types",
    "sqlalchemy.sql.sqltypes",
    "sqlalchemy.orm",
    "sqlalchemy.orm.relationships",
    "sqlalchemy.orm.properties",
    "sqlalchemy.orm.decl_api",
    "sqlalchemy.ext.associationproxy",
    "flask_sqlalchemy.SQLAlchemy",
    "sqlmodel",
    "sqlmodel.main",
)
CLASSES = ("Column", "Table", "Index", "TypeDecorator", "Relationship", "Field")
FUNCTIONS = ("mapped_column", "relationship", "relation", "dynamic_loader", "column_property", "deferred", "composite",
             "synonym", "association_proxy", "query_expression", "mapper", "map_imperatively")  # fmt: skip


@stands_for(
    *(f"{place}.{name}" for place in PLACES for name in CLASSES),
    *(f"{place}.{name}()" for place in PLACES for name in FUNCTIONS),
    "sqlalchemy.orm.registry().map_imperatively()",
    "sqlalchemy.orm.decl_api.registry().map_imperatively()",
    "sqlalchemy.types.UserDefinedType",
    "sqlalchemy.UserDefinedType",
)
class Declared(LibraryObject):
    """A column, relationship, table or type, with the arguments that the library's own constructor was given."""

    declares = True
    call: Call | None = None

    def created(self, call: Call) -> None:
        self.call = call


class Meta(Struct, eq=False):
    """A ``MetaData``: tables by their names."""

    schema: str | None = None
    tables: dict[str, TableDraft] = field(default_factory=dict)
    shared: bool = False  # it stands for all that run time decides


class KeyDraft(Struct, eq=False):
    """A foreign key's target as it is declared: text, or a column by itself or as an attribute of a class or table."""

    span: Span
    text: str | None = None
    column: Value | None = None
    owner: Value | None = None
    attribute: str = ""
    on_delete: str | None = None
    on_update: str | None = None
    table: TableDraft | None = None  # as resolved
    target: ColumnDraft | None = None


class ColumnDraft(Struct, eq=False):
    """A column. ``type`` is None where it is that of the column that its foreign key names."""

    attribute: str
    name: str
    span: Span
    type: ColumnType | None = None
    nullable: bool | None = None
    default: Default | None = None
    default_text: str = ""
    mutable_default: bool = False
    zone: Zone | None = None
    server_default: bool = False
    primary_key: bool = False
    autoincrement: object = "auto"
    unique: bool = False
    indexed: bool = False
    keys: list[KeyDraft] = field(default_factory=list)
    source: Value | None = None
    known: bool = True
    comment: str = ""
    key: str = ""
    table: TableDraft | None = None
    untyped: str = ""  # the annotation that surely gives it no type


class ForeignDraft(Struct, eq=False):
    """A foreign key constraint of a table, one of a single column too."""

    columns: list[str]
    keys: list[KeyDraft]
    span: Span
    name: str | None = None
    of_column: bool = False


class TableDraft(Struct, eq=False):
    """A table."""

    name: str
    schema: str | None
    meta: Meta
    span: Span
    columns: list[ColumnDraft] = field(default_factory=list)
    constraints: list[Constraint] = field(default_factory=list)
    foreign: list[ForeignDraft] = field(default_factory=list)
    source: Value | None = None
    open: list[str] = field(default_factory=list)
    variable: str | None = None
    mapped: bool = False
    extends: bool = False
    refused: list[Span] = field(default_factory=list)  # `mapped_column()` where only `Column` is taken
    conditional: bool = False  # whether another definition of it may be meant to exclude this one

    @property
    def full_name(self) -> str:
        """The name with its schema in front."""
        return f"{self.schema}.{self.name}" if self.schema else self.name

    def column(self, key: str) -> ColumnDraft | None:
        """The column that code knows by a key."""
        return next((column for column in self.columns if (column.key or column.name) == key), None)


class RelationshipDraft(Struct, eq=False):
    """A relationship as it is declared. ``nodes`` are the arguments as written, to be read where ``frame`` stands."""

    name: str
    span: Span
    arguments: dict[str, Value]
    nodes: dict[str, syntax.Expression]
    frame: Frame | None
    hint: object = None
    known: bool = True


class ClassDraft(Struct, eq=False):
    """A mapped class."""

    cls: Class
    root: Root
    span: Span
    table: TableDraft | None = None
    own_table: bool = False
    base: ClassDraft | None = None
    inheritance: str | None = None
    columns: dict[str, ColumnDraft] = field(default_factory=dict)
    own: list[str] = field(default_factory=list)
    relationships: dict[str, RelationshipDraft] = field(default_factory=dict)
    attributes: dict[str, None] = field(default_factory=dict)
    hides: set[str] = field(default_factory=set)  # what is bound to something else than an inherited column
    open: list[str] = field(default_factory=list)
    mapper: dict[str, Value] = field(default_factory=dict)
    accepts_any: bool = False
    fields: dict[str, ColumnDraft] = field(default_factory=dict)  # columns that only the table knows by these keys

    @property
    def name(self) -> str:
        """The class's name."""
        return self.cls.name

    @property
    def tables(self) -> list[TableDraft]:
        """The tables that its rows are stored in, the most basic one first."""
        if self.inheritance == "concrete" or self.base is None:
            return [self.table] if self.table is not None else []
        inherited = self.base.tables
        return [*inherited, self.table] if self.table is not None and self.table not in inherited else inherited


class Root(Struct, eq=False):
    """A declarative base or registry: the classes that know one another by name."""

    kind: str
    meta: Meta
    names: dict[str, list[ClassDraft]] = field(default_factory=dict)
    types: list[tuple[object, Value]] = field(default_factory=list)
    more_types: bool = False  # there may be types that were not read
    model: Value | None = None


def call_of(value: Value | None) -> Call | None:
    """The call that made an object of the library, with the arguments that reached the library."""
    if isinstance(value, Declared) and value.call is not None:
        return value.call
    return value.made_by if isinstance(value, Instance) else None


def path_of(value: Value | None) -> str:
    """The path of something of a library, without the parentheses of the call that gave it."""
    if isinstance(value, Instance | External) and value.path is not None:
        return value.path.removesuffix("()")
    return ""


def is_ours(path: str) -> bool:
    """Whether a path lies in SQLAlchemy or in what wraps it."""
    return path.partition(".")[0] in LIBRARIES


def word(value: Value | None) -> str:
    """The name by which the library offers what a value is (``Column``, ``relationship``); empty for anything else."""
    path = path_of(value)
    return path.rpartition(".")[2] if is_ours(path) else ""


def argument_node(call: Call | None, name: str | None, position: int | None = None) -> syntax.Expression | None:
    """An argument as it is written in the call."""
    if call is None or not isinstance(call.node, syntax.Call):
        return None
    positional: list[syntax.Expression] = []
    for argument in call.node.arguments:
        if isinstance(argument, syntax.Keyword):
            if argument.name == name and name is not None:
                return argument.value
        elif isinstance(argument, syntax.Spread):
            return None
        else:
            positional.append(argument)
    if position is None:
        return None
    return positional[position] if position < len(positional) else None


def entries(value: Value | None) -> dict[str, Value]:
    """The entries of a mapping whose keys are text."""
    if not isinstance(value, Record):
        return {}
    return {key: entry for key, entry in value.entries.items() if isinstance(key, str)}


def renaming(column: ColumnDraft, attribute: str) -> ColumnDraft:
    """The same column under the name that a class gives it."""
    return replace(column, attribute=attribute)
