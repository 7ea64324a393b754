"""The nouns of the data model: what a project declares of its tables, in whatever library or language.

    packs    Entity, Table, Unread     what each library's declarations say
    link     DataModel                 all of them together

An ``Entity`` is a mapped class, a ``Table`` what is declared without one: SQLAlchemy's ``Table``, DDL, migrations, and
the junction tables that a many-to-many relationship implies. Names are as the database has them unless said otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Literal, TypeAlias

from msgspec import Struct

from verifier.model import Fix, Problem, Related, Span
from verifier.regex import regex

TypeKind: TypeAlias = Literal[
    "smallint", "integer", "bigint", "float", "numeric", "boolean", "string", "text", "binary", "date", "time",
    "datetime", "interval", "json", "array", "uuid", "enum", "network", "other", "unknown",
]  # fmt: skip

SQL_NAMES: Mapping[TypeKind, str] = {
    "smallint": "SMALLINT",
    "integer": "INTEGER",
    "bigint": "BIGINT",
    "float": "FLOAT",
    "numeric": "NUMERIC",
    "boolean": "BOOLEAN",
    "string": "VARCHAR",
    "text": "TEXT",
    "binary": "BLOB",
    "date": "DATE",
    "time": "TIME",
    "datetime": "TIMESTAMP",
    "interval": "INTERVAL",
    "json": "JSON",
    "uuid": "UUID",
    "enum": "ENUM",
    "network": "INET",
}


class ColumnType(Struct, frozen=True):
    """The type of a column, whoever declares it.

    Attributes:
        kind: what is stored, in one vocabulary; ``other`` is a type of a library or database that is not in it,
            ``unknown`` one that was not read.
        declared: the type as the project names it (``String``, ``CharField``, ``DataTypes.STRING``, ``varchar(20)``).
        length: of a string; ``precision`` and ``scale`` those of a number.
        timezone: whether a date and time keeps its zone; None where the type does not say.
        items: type of an array's items.
        values: those of an enumeration, where they are known.
        varies: another type stands in for it on some databases.
    """

    kind: TypeKind
    declared: str = ""
    length: int | None = None
    precision: int | None = None
    scale: int | None = None
    timezone: bool | None = None
    items: ColumnType | None = None
    values: tuple[str, ...] = ()
    varies: bool = False

    def __str__(self) -> str:
        if self.kind == "array":
            return f"{self.items}[]" if self.items is not None else "ARRAY"
        name = SQL_NAMES.get(self.kind, self.declared.upper() or "UNKNOWN")
        if self.kind in ("string", "binary") and self.length is not None:
            return f"{name}({self.length})"
        if self.kind == "numeric" and self.precision is not None:
            return f"{name}({self.precision}{f', {self.scale}' if self.scale is not None else ''})"
        return f"{name} WITH TIME ZONE" if self.kind in ("datetime", "time") and self.timezone else name


UNKNOWN_TYPE = ColumnType("unknown")


class Reference(Struct, frozen=True):
    """What a foreign key points at. ``table`` is a table's name with its schema in front, where it has one.

    ``column`` is None where the declaration leaves it to the key of the target. ``target`` is the entity that the
    declaration names, where it names one instead of a table.
    """

    table: str
    column: str | None = None
    on_delete: str | None = None
    on_update: str | None = None
    target: str | None = None


Default: TypeAlias = Literal["value", "function", "server", "generated"]
Zone: TypeAlias = Literal["aware", "naive"]


class Column(Struct, frozen=True):
    """A column.

    Attributes:
        attribute: the name that code uses; equal to ``name`` where no class maps it.
        nullable: whether the database takes NULL.
        default: what gives a value where none is given: a constant ``value`` or ``function`` of the program, the
            ``server``, or ``generated`` (a sequence, an identity, a computed column). None where nothing does.
        default_text: that value as written, for a reader.
        zone: of a moment that the program gives by default or at each change, whether it keeps its zone, where known.
        mutable_default: the value is one object that all rows share (a list or dict literal).
        unique: by itself; what is unique together with others is a constraint of the table.
        implicit: one that the ORM makes by itself (``id``, ``createdAt``), declared by nobody.
        known: whether each of the above was read; False where an argument was decided at run time.
    """

    name: str
    attribute: str
    type: ColumnType
    span: Span
    nullable: bool = True
    default: Default | None = None
    default_text: str = ""
    mutable_default: bool = False
    zone: Zone | None = None
    primary_key: bool = False
    autoincrement: bool = False
    unique: bool = False
    indexed: bool = False
    references: tuple[Reference, ...] = ()
    implicit: bool = False
    known: bool = True
    comment: str = ""


class Constraint(Struct, frozen=True):
    """A rule that spans a table: ``columns`` by name; ``references`` of a foreign key, of the same columns in order.

    ``condition`` is the SQL of a check, or of what a partial index is limited to. An expression among the columns of
    an index is written as ``(expression)``.
    """

    kind: Literal["primary", "unique", "foreign", "check", "index"]
    columns: tuple[str, ...]
    span: Span
    name: str | None = None
    references: tuple[Reference, ...] = ()
    condition: str = ""
    unique: bool = False


Direction: TypeAlias = Literal["many-to-one", "one-to-many", "one-to-one", "many-to-many"]


class Relationship(Struct, frozen=True):
    """A way from one entity to another.

    Attributes:
        name: the attribute; of Sequelize the association's alias, under which ``include`` finds it.
        target: name of the entity, as resolved; as written where it was not found (``resolved`` is False then).
        many: whether it gives a collection.
        direction: None where neither the declaration nor the keys decide it.
        through: the table that joins the two sides, by name; ``through_entity`` the class that maps it, if one does.
        local: columns of this side (or of the junction table, for many-to-many) that hold the key.
        remote: the columns that they point at.
        lazy: how it is loaded when it is read, in the library's words (``select``, ``raise``, ``joined``, ...).
        reverse: the attribute on the other side (``back_populates``, ``related_name``, ``backref``).
        implicit: made by the declaration of the other side (``backref``, Django's reverse accessors).
        aliased: the declaration gives the name itself, so that queries must use it (Sequelize's ``as``).
    """

    name: str
    target: str
    span: Span
    many: bool = False
    direction: Direction | None = None
    through: str | None = None
    through_entity: str | None = None
    local: tuple[str, ...] = ()
    remote: tuple[str, ...] = ()
    lazy: str = ""
    reverse: str | None = None
    implicit: bool = False
    resolved: bool = True
    known: bool = True
    on_delete: str | None = None
    view_only: bool = False
    aliased: bool = False


class Argument(Struct, frozen=True):
    """An argument of a constructor. ``named``: it is given by name only."""

    name: str
    required: bool = False
    named: bool = False


Inheritance: TypeAlias = Literal["single", "joined", "concrete", "proxy"]


class Entity(Struct, frozen=True):
    """A mapped class.

    Attributes:
        name: the class's name; of Sequelize the model's.
        orm: ``sqlalchemy``, ``django``, ``sequelize``, ``drizzle``, ``prisma``.
        table: name of its table; None of one that has none (it inherits all of it, or is not known).
        columns: those of its table and those that it inherits, in the order of the table.
        own: the attributes of columns that its own table has, where inheritance splits them over tables; None for all.
        attributes: further names that code may use: synonyms, hybrids, proxies, properties, methods, class variables.
        accepts: keywords that its constructor takes beyond columns and relationships; None for any.
        takes: the arguments of a constructor that the library writes, in order; None where it writes none, or takes
            any attribute by name.
        inherits, inheritance: the mapped class it derives from, by name, and how its rows are stored.
        open: why more columns or attributes may exist than were read; empty where all were.
        managed: whether the project creates its table (Django's ``managed``).
        label: a name by which declarations refer to it, beside its own (``app.Model``).
    """

    name: str
    orm: str
    table: str | None
    span: Span
    schema: str | None = None
    columns: tuple[Column, ...] = ()
    own: tuple[str, ...] | None = None
    relationships: tuple[Relationship, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    attributes: tuple[str, ...] = ()
    accepts: tuple[str, ...] | None = ()
    takes: tuple[Argument, ...] | None = None
    inherits: str | None = None
    inheritance: Inheritance | None = None
    open: tuple[str, ...] = ()
    managed: bool = True
    label: str | None = None

    @property
    def identity(self) -> tuple[str, int]:
        """Where its class is written: tells two classes of one name apart."""
        return self.span.path, self.span.line

    def column(self, name: str) -> Column | None:
        """The column of a name in the database."""
        return next((column for column in self.columns if column.name == name), None)

    def mapped(self, attribute: str) -> Column | None:
        """The column behind an attribute."""
        return next((column for column in self.columns if column.attribute == attribute), None)

    def relationship(self, name: str) -> Relationship | None:
        """The relationship of a name."""
        return next((found for found in self.relationships if found.name == name), None)

    @property
    def primary_key(self) -> tuple[Column, ...]:
        """The columns of the primary key."""
        return tuple(column for column in self.columns if column.primary_key)


TableSource: TypeAlias = Literal["library", "implied", "ddl", "migration"]


class Table(Struct, frozen=True):
    """A table that no class was written for, or what DDL and migrations say of one that a class maps.

    ``source``: an object of a library (SQLAlchemy's ``Table``, drizzle's ``pgTable``), ``implied`` by a relationship,
    DDL text that the program runs, or what a project's migrations leave behind when applied in order. ``view``: it is
    read only.
    """

    name: str
    source: TableSource
    span: Span
    schema: str | None = None
    columns: tuple[Column, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    variable: str | None = None
    orm: str = ""
    open: tuple[str, ...] = ()
    view: bool = False

    def column(self, name: str) -> Column | None:
        """The column of a name."""
        return next((column for column in self.columns if column.name == name), None)


# Reasons why a table is open that bring it no columns.
NO_COLUMNS = regex(r"the (?:constraint|index|sequence|trigger) ")


@lru_cache(maxsize=20_000)
def bare(name: str) -> str:
    """A name without what tells spellings apart: ``tag_list``, ``tagList`` and ``tagList[]`` are one."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def may_have_more(reasons: Iterable[str]) -> bool:
    """Whether a table that is open for some reasons may have columns that were not read."""
    return any(NO_COLUMNS.match(reason) is None for reason in reasons)


class Unread(Struct, frozen=True):
    """A declaration that was not read, or not wholly; ``reason`` completes "depends on ..."."""

    span: Span
    reason: str


class Defect(Struct, frozen=True):
    """Something wrong with a declaration that shows only while it is read (the rule of that name reports it).

    A pack's reader sees calls and arguments that are no part of the nouns; its rules see the nouns alone. ``rule`` is
    the rule's id, the rest as in ``Problem``.
    """

    rule: str
    span: Span
    message: str
    symptom: str = ""
    remedy: str = ""
    related: tuple[tuple[Span, str], ...] = ()
    fix: Fix | None = None

    @property
    def problem(self) -> Problem:
        """The same as a rule reports it."""
        return Problem(
            self.span,
            self.message,
            related=tuple(Related(span, message) for span, message in self.related),
            symptom=self.symptom,
            remedy=self.remedy,
            fix=self.fix,
        )


Declaration: TypeAlias = Entity | Table | Unread | Defect


class DataModel(Struct, frozen=True, dict=True):
    """All that the project declares of its data."""

    entities: tuple[Entity, ...] = ()
    tables: tuple[Table, ...] = ()
    unread: tuple[Unread, ...] = ()
    defects: tuple[Defect, ...] = ()

    def entities_of(self, table: str) -> tuple[Entity, ...]:
        """The entities that map a table."""
        return tuple(entity for entity in self.entities if entity.table == table)

    def at(self, path: str, line: int) -> Entity | None:
        """The entity whose class begins on a line."""
        return self._places.get((path, line))

    @property
    def _places(self) -> Mapping[tuple[str, int], Entity]:
        found: Mapping[tuple[str, int], Entity] | None = self.__dict__.get("places")
        if found is None:
            found = self.__dict__["places"] = {entity.identity: entity for entity in self.entities}
        return found

    def defects_of(self, rule: str) -> tuple[Defect, ...]:
        """What readers noted for a rule."""
        return tuple(defect for defect in self.defects if defect.rule == rule)
