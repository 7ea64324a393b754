"""What the lifter asks of the data model: entities by class, tables by object, keys that join two sides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

from verifier.api import (
    Call,
    Class,
    Column,
    Const,
    Entity,
    External,
    Field,
    Frame,
    Function,
    Instance,
    Lifting,
    Record,
    Reference,
    Relationship,
    Scope,
    Span,
    Table,
    Value,
    options,
    version_range,
)

from ._drafts import Declared, argument_node, call_of, word
from ._order import member_of

Holder = Entity | Table
EXPRESSIONS = frozenset({"column_property", "query_expression"})


class Key(NamedTuple):
    """A foreign key: columns by name, and the columns of a table that they point at."""

    columns: tuple[str, ...]
    table: str
    targets: tuple[str, ...]


class Known:
    """An entity with its class, its ancestors and the class that tells rows of one table apart."""

    def __init__(self, entity: Entity, cls: Class) -> None:
        self.entity = entity
        self.cls = cls
        self.base: Known | None = None

    def __deepcopy__(self, memo: object) -> Known:
        return self

    @property
    def full_name(self) -> str:
        """The table with its schema in front."""
        return f"{self.entity.schema}.{self.entity.table}" if self.entity.schema else self.entity.table or ""

    @cached_property
    def mapped(self) -> dict[str, Column]:
        """Its columns by their attributes."""
        return {column.attribute: column for column in reversed(self.entity.columns)}

    def lineage(self) -> Iterator[Known]:
        """The entity and those that it inherits from."""
        found: Known | None = self
        while found is not None:
            yield found
            found = found.base

    @cached_property
    def tables(self) -> list[Known]:
        """The entities whose tables hold its rows, the most basic one last."""
        found: list[Known] = []
        for one in self.lineage():
            if one.entity.table is not None and not any(one.full_name == other.full_name for other in found):
                found.append(one)
            if one.entity.inheritance == "concrete":
                break
        return found


class Schema:
    """The data model by the values that code handles."""

    def __init__(self, lifting: Lifting) -> None:
        self.lifting = lifting
        self.engine = lifting.engine
        self.tables: dict[tuple[str, int, int], Table] = {}
        self.by_name: dict[str, list[Holder]] = {}
        self.columns: dict[tuple[str, int, int], list[tuple[Holder, Column]]] = {}
        for table in lifting.models.tables:
            if table.source == "library":
                self.tables[place(table.span)] = table
            self.take(table)
        for entity in lifting.models.entities:
            if entity.orm == "sqlalchemy":
                self.take(entity)
        self.classes: dict[tuple[str, int], Class] = {}
        self.known: dict[int, Known | None] = {}
        versions = version_range(lifting.project, "sqlalchemy")
        self.modern = versions is not None and versions.surely(">=2")
        self.named: dict[str, list[Known]] | None = None
        self.members: dict[int, list[tuple[Known, str]]] | None = None
        self.owners: dict[int, Known] | None = None
        self.discriminators: dict[tuple[str, int], tuple[Known, str, tuple[Value, ...]] | None] = {}

    def take(self, holder: Holder) -> None:
        """Enter a table or entity by its name, and its columns by their places."""
        name = holder.table if isinstance(holder, Entity) else holder.name
        if name is not None:
            self.by_name.setdefault(f"{holder.schema}.{name}" if holder.schema else name, []).append(holder)
        for column in holder.columns:
            self.columns.setdefault(place(column.span), []).append((holder, column))

    def entity(self, cls: Class) -> Known | None:
        """The mapped class that a class is."""
        if id(cls) in self.known:
            return self.known[id(cls)]
        entity = self.lifting.entity_of(cls)
        found = Known(entity, cls) if entity is not None and entity.orm == "sqlalchemy" else None
        self.known[id(cls)] = found
        if found is not None:
            for base in list(cls.lineage())[1:]:
                parent = self.entity(base) if isinstance(base, Class) else None
                if parent is not None and found.entity.inherits == parent.entity.name:
                    found.base = parent
                    break
        return found

    def entities(self, name: str) -> list[Known]:
        """The entities of a name."""
        if self.named is None:
            self.named = {}
            seen: set[object] = set()
            for cls in self.engine.classes:
                found = self.entity(cls) if cls.code not in seen else None
                seen.add(cls.code)
                if found is not None:
                    self.named.setdefault(found.entity.name, []).append(found)
        return self.named.get(name, [])

    def target(self, owner: Known, found: Relationship) -> Known | None:
        """The entity that a relationship leads to, where it is the only one of its name or the nearest."""
        named = self.entities(found.target)
        if len(named) > 1:
            near = [one for one in named if one.entity.span.path == owner.entity.span.path]
            named = near or named
        return named[0] if len(named) == 1 else None

    def table(self, value: Value) -> Table | None:
        """The table that a ``Table(...)`` is."""
        if not isinstance(value, Declared) or value.call is None:
            return None
        return self.tables.get(place(value.call.span))

    def column_at(self, value: Value) -> tuple[Holder, Column] | None:
        """The column that a ``Column(...)`` is, where one table has it."""
        if value.origin is None:
            return None
        found = self.columns.get(place(self.engine.span(value.origin)), [])
        return found[0] if len(found) == 1 else None

    def owner(self, value: Value) -> Known | None:
        """The entity whose ``__table__`` a ``Table(...)`` is."""
        if self.owners is None:
            self.owners = {}
            self.entities("")
            for known in (one for named in (self.named or {}).values() for one in named):
                table = known.cls.members.get("__table__")
                if isinstance(table, Declared):
                    self.owners.setdefault(id(table), known)
        return self.owners.get(id(value))

    def member(self, value: Value) -> tuple[Known, str] | None:
        """The entity whose class binds a column, and the attribute; None where several do."""
        if self.members is None:
            self.members = {}
            self.entities("")
            for known in (one for named in (self.named or {}).values() for one in named):
                for base in known.cls.lineage():
                    for name, member in base.members.items() if isinstance(base, Class) else ():
                        if isinstance(member, Declared) and name in known.mapped:
                            self.members.setdefault(id(member), []).append((known, name))
        found = self.members.get(id(value), [])
        return found[0] if len(found) == 1 else None

    def declaration(self, cls: Class, name: str) -> Call | None:
        """The call that declares an attribute."""
        found = member_of(cls, name)
        return call_of(found) if isinstance(found, Instance) else None

    def closed(self, known: Known) -> bool:
        """Whether a class answers for no attributes beyond those that were read."""
        members = [found.members for found in known.cls.lineage() if isinstance(found, Class)]
        return not any(name in found for name in ("__getattr__", "__getattribute__") for found in members)

    def proxied(self, known: Known, name: str) -> tuple[str, str] | None:
        """The relationship and the attribute behind it that an ``association_proxy`` leads to."""
        call = self.declaration(known.cls, name)
        if call is None or not isinstance(call.callee, External) or call.callee.name != "association_proxy":
            return None
        through, target = call.text(0, "target_collection"), call.text(1, "attr")
        return (through, target) if through is not None and target is not None else None

    def is_computed(self, known: Known, name: str) -> bool:
        """Whether an attribute is a ``column_property``, which is selected with its entity."""
        call = self.declaration(known.cls, name)
        return call is not None and isinstance(call.callee, External) and call.callee.name == "column_property"

    def attribute(self, known: Known, name: str) -> Value | None:
        """The expression behind an attribute that is no column: that of ``column_property``."""
        call = self.declaration(known.cls, name)
        if call is None or not isinstance(call.callee, External) or call.callee.name not in EXPRESSIONS:
            return None
        node = argument_node(call, None, 0)
        if node is None or not call.arguments:
            return None
        remembers, self.engine.remembers = self.engine.remembers, True
        try:
            frame = Frame(known.cls.module, Scope(call.frame.scope), owner=known.cls)
            for found, member in known.cls.members.items():
                if found in known.mapped and isinstance(member, Instance):
                    frame.scope.names[found] = Field(known.cls, found, member)
            return self.engine.evaluate(node, frame)
        finally:
            self.engine.remembers = remembers

    def single(self, known: Known) -> tuple[Known, str, tuple[Value, ...]] | None:
        """Of a class that shares its table with its base: that, the discriminator's attribute, and its identities."""
        if known.entity.inheritance != "single":
            return None
        identity = known.entity.identity
        if identity not in self.discriminators:
            self.discriminators[identity] = self.read_single(known)
        return self.discriminators[identity]

    def read_single(self, known: Known) -> tuple[Known, str, tuple[Value, ...]] | None:
        """The same, read from ``__mapper_args__``."""
        root, attribute = known, None
        for one in known.lineage():
            found = self.mapper(one).get("polymorphic_on")
            if found is not None:
                root, attribute = one, self.attribute_of(one, found)
                break
        if attribute is None:
            return None
        self.entities("")
        identities: list[Value] = []
        for other in (one for named in (self.named or {}).values() for one in named):
            if known in other.lineage() and other.entity.inheritance == "single":
                identity = self.mapper(other).get("polymorphic_identity")
                if identity is None:
                    continue
                identities.extend(options(identity))
        return (root, attribute, tuple(identities)) if identities else None

    def mapper(self, known: Known) -> dict[str, Value]:
        """The entries of ``__mapper_args__``."""
        value = known.cls.members.get("__mapper_args__")
        if value is None:
            found = member_of(known.cls, "__mapper_args__")
            value = found if isinstance(found, Function) else None
        if isinstance(value, Function):
            value = self.engine.call(
                value if value.bound is not None else Function(value.code, value.scope, value.module),
                [known.cls] if value.bound is None else [],
                value.code,
                frame_for(value),
            )
        entries = value.entries if isinstance(value, Record) else {}
        return {key: entry for key, entry in entries.items() if isinstance(key, str)}

    def attribute_of(self, known: Known, value: Value) -> str | None:
        """The attribute that ``polymorphic_on`` names."""
        if isinstance(value, Const) and isinstance(value.value, str):
            column = known.mapped.get(value.value) or known.entity.column(value.value)
            return column.attribute if column is not None else None
        if isinstance(value, External):
            return value.name if value.name in known.mapped else None
        for cls in (one.cls for one in known.lineage()):
            for name, member in cls.members.items():
                if member is value or (isinstance(member, Instance) and member.made_by is call_of(value)):
                    return name if name in known.mapped else None
        found = self.column_at(value)
        return found[1].attribute if found is not None else None

    # Keys

    def keys(self, holder: Holder, own: Iterable[str] | None = None) -> list[Key]:
        """The foreign keys of a table or entity; those of some attributes alone, where these are given."""
        found: list[Key] = []
        covered: set[tuple[str, str]] = set()
        wanted = set(own) if own is not None else None
        for constraint in holder.constraints:
            if constraint.kind != "foreign" or not constraint.references:
                continue
            targets = tuple(reference.column or "" for reference in constraint.references)
            table = constraint.references[0].table
            covered.update((name, table) for name in constraint.columns)
            found.append(Key(constraint.columns, table, targets))
        for column in holder.columns:
            if wanted is not None and column.attribute not in wanted:
                continue
            for reference in column.references:
                target = self.referred(reference)
                if target is not None and (column.name, reference.table) not in covered:
                    found.append(Key((column.name,), reference.table, (target,)))
        return list(dict.fromkeys(found))

    def referred(self, reference: Reference) -> str | None:
        """The column that a foreign key points at."""
        if reference.column is not None:
            return reference.column
        for holder in self.by_name.get(reference.table, []):
            keys = [column.name for column in holder.columns if column.primary_key]
            if len(keys) == 1:
                return keys[0]
        return None


def place(span: Span) -> tuple[str, int, int]:
    """A place as a key."""
    return span.path, span.line, span.column


def frame_for(function: Function) -> Frame:
    """A frame in which a function of the project is called from outside."""
    return Frame(function.module, Scope(function.scope))


def is_table(value: Value | None) -> bool:
    """Whether a value is a ``Table(...)``."""
    return isinstance(value, Declared) and word(value) == "Table"
