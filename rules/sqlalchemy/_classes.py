"""Mapped classes: their tables, columns and relationships, with all that mixins and bases bring."""

from __future__ import annotations

import re

from verifier.api import (
    Class,
    Const,
    Defect,
    Engine,
    External,
    Frame,
    Function,
    Instance,
    Origin,
    Partial,
    Scope,
    Sequence,
    Span,
    Value,
    regex,
    syntax,
    text_of,
    version_range,
)

from ._columns import column_in, nothing, read_column, take_annotation, truth_of
from ._defects import annotated, reserved
from ._drafts import (
    ClassDraft,
    ColumnDraft,
    RelationshipDraft,
    Root,
    TableDraft,
    call_of,
    entries,
    renaming,
    word,
)
from ._fields import read_field, take_relationship
from ._hints import CONTAINERS, Hint, frame_of, read_hint
from ._order import (
    Attribute,
    ancestors,
    attributes,
    classes_of,
    is_cascading,
    is_classmethod,
    is_declared,
    member_of,
    own_member,
)
from ._roots import Roots, strange
from ._tables import add_column, class_table, table_arguments, take_constraint
from ._types import is_plain

REFUSING = frozenset({"mapped_column", "relationship"})
MAPPED = frozenset({"Column", *REFUSING})
LEADING = frozenset({"DynamicMapped", "WriteOnlyMapped"})  # a bare annotation that only a relationship can have
LOOSE = frozenset({"PrimaryKeyConstraint", "UniqueConstraint"})
RELATIONSHIPS = frozenset({"relationship", "relation", "dynamic_loader"})
CAMEL = regex(r"((?<=[a-z0-9])[A-Z]|(?!^)[A-Z](?=[a-z]))")
# What a base class of Flask-Login gives.
LOGIN = ("is_authenticated", "is_active", "is_anonymous", "get_id")
SPECIAL = frozenset({"__tablename__", "__table__", "__table_args__", "__mapper_args__", "__abstract__"})


class Classes:
    """Reads mapped classes in the order in which they are defined."""

    def __init__(self, engine: Engine, roots: Roots, tables: dict[int, TableDraft]) -> None:
        self.engine = engine
        self.roots = roots
        self.tables = tables  # those of `Table(...)`, by the identity of the object
        self.drafts: dict[int, ClassDraft] = {}
        self.order: list[ClassDraft] = []
        self.own: dict[int, list[Attribute]] = {}
        self.defects: list[Defect] = []
        versions = version_range(engine.project, "sqlalchemy")
        self.modern = versions is None or versions.surely(">=2")
        self.reserves = versions is not None and versions.surely("<2.1")

    def attributes(self, cls: Class) -> list[Attribute]:
        """What a class body binds, read once."""
        found = self.own.get(id(cls))
        if found is None:
            found = self.own[id(cls)] = attributes(self.engine, cls)
        return found

    def span(self, cls: Class) -> Span:
        """Where a class is written: its own line, behind decorators."""
        source = self.engine.project.files[cls.module.path]
        start = cls.code.start
        head = re.compile(rb"\bclass[ \t]+" + re.escape(cls.name.encode()) + rb"\b").search(source.data, start)
        return source.span(head.start() if head is not None else start, cls.code.end)

    def read(self, cls: Class) -> None:
        """Read a class, if it is mapped."""
        root = self.roots.find(cls) if id(cls) not in self.drafts else None
        if root is None or not self.roots.is_mapped(cls, root):
            return
        draft = ClassDraft(cls, root, self.span(cls))
        lineage = self.lineage(cls, root)
        draft.base = next((self.drafts[id(base)] for base in lineage[1:] if id(base) in self.drafts), None)
        draft.open.extend(strange(cls))
        self.drafts[id(cls)] = draft
        self.order.append(draft)
        root.names.setdefault(cls.name, []).append(draft)
        draft.mapper = entries(self.special(cls, "__mapper_args__"))
        if truth_of(draft.mapper.get("concrete")):
            draft.inheritance = "concrete"
        self.take_table(draft)
        self.take_attributes(draft, lineage)
        self.finish_table(draft)
        self.take_imperative(draft, draft.mapper.get("properties"))
        self.inherit(draft)

    # Names and tables

    def lineage(self, cls: Class, root: Root | None = None) -> list[Class]:
        """The class and its ancestors; what Flask-SQLAlchemy was given as ``model_class`` is one, too."""
        root = root or self.roots.find(cls)
        model = root.model if root is not None else None
        given = model.items if isinstance(model, Sequence) else [model]
        return [*classes_of(cls), *(base for one in given if isinstance(one, Class) for base in classes_of(one))]

    def special(self, cls: Class, name: str) -> Value | None:
        """``__tablename__`` and the like: the class's own, a mixin's, or what a declared attribute gives."""
        for found in self.lineage(cls):
            value = own_member(found, name)
            if value is None:
                continue
            value = self.engine.force(value)
            if isinstance(value, Function):
                return self.call(value, cls) if is_declared(value) or is_classmethod(value) else None
            if found is cls or id(found) not in self.drafts:
                return value
        return None

    def call(self, function: Function, cls: Class) -> Value:
        """What a declared attribute gives for a class."""
        free = function if function.bound is None else Function(function.code, function.scope, function.module)
        return self.engine.call(free, [cls], function.code, Frame(function.module, Scope(function.scope)))

    def take_table(self, draft: ClassDraft) -> None:
        """Find or make the table of a class."""
        cls = draft.cls
        given = self.special(cls, "__table__")
        if given is not None and not nothing(given):
            other = class_table(given)
            found = self.tables.get(id(given))
            if found is None and other is not None and id(other) in self.drafts:
                found = self.drafts[id(other)].table
            if found is None:
                draft.open.append("a table that is decided at run time")
            draft.table, draft.own_table = found, found is not None
            return
        name, reason = self.table_name(draft)
        if reason is not None:
            draft.open.append(reason)
            return
        if name is None:
            return
        meta = self.roots.meta_of_class(cls) or draft.root.meta
        _items, options, complete = table_arguments(self.special(cls, "__table_args__"))
        schema = options.get("schema")
        table = TableDraft(name, text_of(schema) if schema is not None else meta.schema, meta, draft.span)
        table.mapped = True
        table.conditional = cls.code not in cls.module.body
        table.extends = any(truth_of(options.get(word)) for word in ("extend_existing", "keep_existing"))
        if not complete or (schema is not None and text_of(schema) is None and not nothing(schema)):
            table.open.append("table arguments that are decided at run time")
        if "autoload_with" in options or "autoload" in options:
            table.open.append("the database, which the table is read from")
        draft.table, draft.own_table = table, True
        if not isinstance(cls.members.get("__tablename__"), Const):
            cls.members["__tablename__"] = Const(name)  # what declared attributes read from the class

    def table_name(self, draft: ClassDraft) -> tuple[str | None, str | None]:
        """The name of a class's table, if it has one of its own; else why it is not known."""
        cls = draft.cls
        value = self.special(cls, "__tablename__")
        if draft.root.kind == "flask" and (value is None or self.flask_names(draft)):
            return CAMEL.sub(r"_\1", cls.name).lower().lstrip("_"), None
        if value is None:
            if draft.root.kind == "sqlmodel":
                return cls.name.lower(), None
            if any("__init_subclass__" in found.members for found in classes_of(cls)) and draft.base is None:
                return None, "a table name that `__init_subclass__` sets"
            return None, None
        if nothing(value):
            return None, None
        name = text_of(value)
        return name, None if name is not None else "a table name that is decided at run time"

    def flask_names(self, draft: ClassDraft) -> bool:
        """Whether Flask-SQLAlchemy names the table, though an ancestor has a name: a mapped one keeps it for itself."""
        for found in classes_of(draft.cls):
            value = own_member(found, "__tablename__")
            if value is not None:
                return found is not draft.cls and id(found) in self.drafts and not isinstance(value, Function)
        return True

    # Attributes

    def take_attributes(self, draft: ClassDraft, lineage: list[Class]) -> None:
        """Take what the class, its mixins and its abstract bases declare, near before far."""
        seen: set[str] = set()
        inherited: set[int] = set()
        if draft.base is not None and draft.inheritance != "concrete":
            inherited = {id(found) for found in classes_of(draft.base.cls)}
        for found in lineage:
            mapped = found is not draft.cls and id(found) in self.drafts
            for attribute in self.attributes(found):
                name = attribute.name
                if name in SPECIAL or name in seen:
                    continue
                value = attribute.value
                if (mapped or id(found) in inherited) and not is_cascading(value):
                    draft.attributes.setdefault(name)
                    continue
                seen.add(name)
                self.take(draft, attribute, value)
        if any(
            base for base in ancestors(draft.cls) if isinstance(base, External) and base.path.startswith("flask_login")
        ):
            draft.attributes.update(dict.fromkeys(LOGIN))

    def take(self, draft: ClassDraft, attribute: Attribute, value: Value | None) -> None:
        """Take one attribute."""
        name = attribute.name
        owner = attribute.owner
        node = attribute.annotation
        if isinstance(value, Function) and is_declared(value):
            node = value.code.returns
            value = self.call(value, draft.cls)
        frame = frame_of(owner)
        hint = read_hint(self.engine, node, frame) if node is not None else None
        mapped = hint if hint is not None and hint.short in CONTAINERS and hint.arguments else None
        span = self.engine.span(attribute.origin)
        model = draft.root.kind == "sqlmodel" and not name.startswith("__")
        if model and self.take_model_field(draft, name, value, hint, span, frame):
            return
        kind = word(value)
        column = column_in(value)
        self.check(draft, attribute, kind, hint, span)
        of_table = self.table_column(draft, value) if isinstance(value, External) else None
        if of_table is not None:  # line_id = lines.c.id
            draft.columns[name] = renaming(of_table, name)
            return
        if column is not None:
            self.take_column(draft, name, column, mapped, span, frame)
        elif kind in RELATIONSHIPS or (kind == "" and mapped is not None and value is None and mapped.short in LEADING):
            self.take_relationship(draft, name, value, hint, span)
        elif mapped is not None and value is None and mapped.short in ("Mapped", "_MappedAnnotated"):
            self.take_bare(draft, name, mapped, span, frame)
        elif kind == "composite":
            self.take_composite(draft, name, value, mapped, span, frame)
        else:
            if isinstance(value, Partial | Instance) and kind == "" and mapped is not None:
                draft.open.append(f"the attribute `{name}`, which is made at run time")
            draft.attributes.setdefault(name)
            if value is not None:
                draft.hides.add(name)

    def check(self, draft: ClassDraft, attribute: Attribute, kind: str, hint: Hint | None, span: Span) -> None:
        """Note what the library refuses about the name or the annotation of an attribute."""
        name = attribute.name
        if kind in MAPPED and name == "metadata" and self.reserves and draft.root.kind != "sqlmodel":
            self.defects.append(reserved(draft, name, span))
        if kind not in REFUSING or hint is None or draft.root.kind == "sqlmodel" or not self.modern:
            return
        allowed = any(own_member(found, "__allow_unmapped__") for found in self.lineage(draft.cls, draft.root))
        if attribute.annotation is not None and is_plain(hint) and not allowed:
            self.defects.append(annotated(draft, name, span, kind))

    def take_column(
        self, draft: ClassDraft, name: str, value: Instance, hint: Hint | None, span: Span, frame: Frame
    ) -> None:
        """Take a column, with what its annotation says where it is one of the newer kind."""
        column = read_column(self.engine, value, name, span)
        if hint is not None and word(value) == "mapped_column":
            take_annotation(self.engine, column, draft.root, hint.arguments[0], frame, call_of(value))
        self.put(draft, name, column)

    def take_bare(self, draft: ClassDraft, name: str, hint: Hint, span: Span, frame: Frame) -> None:
        """Take ``name: Mapped[str]``."""
        column = ColumnDraft(name, name, span)
        take_annotation(self.engine, column, draft.root, hint.arguments[0], frame, None)
        self.put(draft, name, column)

    def take_composite(
        self, draft: ClassDraft, name: str, value: Value | None, hint: Hint | None, span: Span, frame: Frame
    ) -> None:
        """Take the columns of ``composite(Point, mapped_column("x"), ...)``; types may be those of the class."""
        draft.attributes.setdefault(name)
        call = call_of(value)
        arguments = list(call.arguments) if call is not None else []
        kind = arguments[0] if arguments and isinstance(arguments[0], Class) else None
        if kind is None and hint is not None and isinstance(hint.arguments[0].value, Class):
            kind = hint.arguments[0].value
        fields = list(self.attributes(kind)) if kind is not None else []
        fields = [found for found in fields if found.annotation is not None]
        given = [argument for argument in arguments if not isinstance(argument, Class)]
        if not given and kind is not None:
            for found in fields:
                column = ColumnDraft(found.name, found.name, span)
                self.annotate(draft, column, found, frame)
                self.put(draft, found.name, column)
            return
        for place, argument in enumerate(given):
            inner = column_in(argument)
            if inner is not None and any(column.source is inner for column in draft.columns.values()):
                continue  # a column that the class has already
            field = fields[place] if place < len(fields) else None
            if inner is None:
                continue
            column = read_column(self.engine, inner, field.name if field is not None else "", span)
            column.attribute = column.name
            if column.type is None and field is not None:
                self.annotate(draft, column, field, frame)
            self.put(draft, column.attribute, column)

    def annotate(self, draft: ClassDraft, column: ColumnDraft, found: Attribute, frame: Frame) -> None:
        """Give a column of a composite what the field of its class says."""
        if found.annotation is not None:
            hint = read_hint(self.engine, found.annotation, frame_of(found.owner))
            take_annotation(self.engine, column, draft.root, hint, frame, None)

    def take_model_field(
        self, draft: ClassDraft, name: str, value: Value | None, hint: Hint | None, span: Span, frame: Frame
    ) -> bool:
        """Take a field or relationship of SQLModel; whether it was one."""
        if word(value) == "Relationship":
            found = take_relationship(value, name, span, hint)
            if found is not None:
                draft.relationships[name] = found
            return True
        if hint is None or hint.short == "ClassVar" or isinstance(value, Function) or name == "model_config":
            return False
        if word(value) in RELATIONSHIPS:
            return False
        column = read_field(self.engine, draft.root, name, value, hint, span, frame)
        if column is not None:
            self.put(draft, name, column)
        return True

    def put(self, draft: ClassDraft, name: str, column: ColumnDraft) -> None:
        """Give a class a column."""
        column.key = column.key or column.name
        draft.columns[name] = column
        draft.own.append(name)

    def take_relationship(
        self, draft: ClassDraft, name: str, value: Value | None, hint: Hint | None, span: Span
    ) -> None:
        """Take ``relationship(...)``."""
        call = call_of(value)
        arguments = dict(call.keywords) if call is not None else {}
        nodes: dict[str, syntax.Expression] = {}
        if call is not None:
            for place, position in enumerate(("argument", "secondary", "primaryjoin", "secondaryjoin")):
                if place < len(call.arguments):
                    arguments.setdefault(position, call.arguments[place])
            if isinstance(call.node, syntax.Call):
                nodes = {
                    found.name: found.value
                    for found in call.node.arguments
                    if isinstance(found, syntax.Keyword) and found.name is not None
                }
            if word(value) == "dynamic_loader":
                arguments.setdefault("lazy", Const("dynamic"))
        known = call is None or not call.open
        frame = call.frame if call is not None else None
        draft.relationships[name] = RelationshipDraft(name, span, arguments, nodes, frame, hint, known)

    # What is done when all is read

    def finish_table(self, draft: ClassDraft) -> None:
        """Put the columns of a class into its table, or into that of the class whose rows it shares."""
        table = draft.table
        if table is None and draft.base is not None and draft.inheritance != "concrete":
            draft.inheritance = "single"
            draft.table = table = draft.base.table
        if table is None:
            return
        if draft.own_table and draft.base is not None and draft.inheritance is None:
            draft.inheritance = "joined"
        own = [draft.columns[name] for name in draft.own]
        if self.is_shared(draft):
            draft.inheritance = "single"
            draft.own_table = False
            draft.table = table = draft.base.table if draft.base is not None else None
            if table is None:
                return
        if table.source is not None:
            self.map_table(draft, table)
            return
        names = {column.name for column in table.columns}
        for column in own:
            if column.name not in names or draft.own_table:
                add_column(table, column)
            column.table = table
        if draft.own_table:
            items, _, _ = table_arguments(self.special(draft.cls, "__table_args__"))
            for item in (*items, *self.loose_constraints(draft.cls)):
                if word(item):
                    take_constraint(self.engine, table, item)
        elif draft.inheritance == "single":
            items = table_arguments(draft.cls.members.get("__table_args__"))[0]
            for item in items:
                take_constraint(self.engine, table, item)

    def loose_constraints(self, cls: Class) -> list[Value]:
        """Constraints that a class body makes of its columns and binds to nothing: they find their table by these."""
        found: list[Value] = []
        frame = Frame(cls.module, Scope(cls.scope), owner=cls)
        frame.scope.names = dict(cls.members)
        for statement in cls.code.body:
            call = statement.value if isinstance(statement, syntax.Evaluate) else None
            if isinstance(call, syntax.Call) and name_of_callee(call) in LOOSE:
                made = self.engine.evaluate(call, frame)
                given = call_of(made)
                if given is not None and given.arguments and all(column_in(one) for one in given.arguments):
                    found.append(made)
        return found

    def is_shared(self, draft: ClassDraft) -> bool:
        """Whether Flask-SQLAlchemy gives a class no table, since it has a mapped base and no key of its own."""
        if draft.root.kind != "flask" or draft.base is None or not draft.own_table or draft.table is None:
            return False
        if draft.table.source is not None or draft.inheritance == "concrete":
            return False
        items, _, _ = table_arguments(self.special(draft.cls, "__table_args__"))
        keys = any(draft.columns[name].primary_key for name in draft.own)
        return not keys and not any(word(item) == "PrimaryKeyConstraint" for item in items)

    def map_table(self, draft: ClassDraft, table: TableDraft) -> None:
        """Map all columns of a table that stands by itself; attributes may rename them."""
        table.mapped = True
        renamed = {column.name: name for name, column in draft.columns.items() if column.source is not None}
        by_source = {id(column.source): column for column in table.columns if column.source is not None}
        for name in list(draft.columns):
            column = draft.columns[name]
            behind = by_source.get(id(column.source)) if column.source is not None else None
            if behind is not None:
                draft.columns[name] = renaming(behind, name)
                renamed[behind.name] = name
        for column in table.columns:
            if column.name not in renamed:
                draft.columns[column.key or column.name] = renaming(column, column.key or column.name)
        draft.own = list(draft.columns)

    def take_imperative(self, draft: ClassDraft, properties: Value | None) -> None:
        """Take ``properties={...}``: relationships, and other names of columns."""
        for name, value in entries(properties).items():
            if word(value) in RELATIONSHIPS:
                self.take_relationship(draft, name, value, None, span_of_value(self.engine, value, draft.span))
                continue
            found = self.table_column(draft, value)
            if found is not None:
                for known in [known for known, column in draft.columns.items() if column.name == found.name]:
                    del draft.columns[known]
                draft.columns[name] = renaming(found, name)
                draft.own = list(draft.columns)
            else:
                draft.attributes.setdefault(name)

    def table_column(self, draft: ClassDraft, value: Value) -> ColumnDraft | None:
        """The column of the class's table that a value is: itself, or ``table.c.name``."""
        if draft.table is None:
            return None
        inner = column_in(value)
        call = call_of(value)
        if inner is None and word(value) == "column_property" and call is not None and call.arguments:
            return self.table_column(draft, call.arguments[0])
        for column in draft.table.columns:
            if inner is not None and column.source is inner:
                return column
        if isinstance(value, External) and value.path.rpartition(".")[0].endswith((".c", ".columns")):
            return draft.table.column(value.name)
        return None

    def map_imperatively(
        self, cls: Class, table: Value | None, root: Root, properties: Value | None, span: Span
    ) -> None:
        """``registry.map_imperatively(Class, table, properties={...})``."""
        if id(cls) in self.drafts:
            return
        draft = ClassDraft(cls, root, self.span(cls))
        draft.base = next((self.drafts[id(base)] for base in classes_of(cls)[1:] if id(base) in self.drafts), None)
        draft.accepts_any = member_of(cls, "__init__") is not None
        self.drafts[id(cls)] = draft
        self.order.append(draft)
        root.names.setdefault(cls.name, []).append(draft)
        for found in classes_of(cls):
            draft.attributes.update(dict.fromkeys(attribute.name for attribute in self.attributes(found)))
        draft.table = self.tables.get(id(table)) if table is not None else None
        if draft.table is not None:
            draft.own_table = True
            self.map_table(draft, draft.table)
        elif table is not None and not nothing(table):
            draft.open.append("a table that is decided at run time")
        if draft.base is not None:
            draft.inheritance = "joined" if draft.own_table else "single"
        self.take_imperative(draft, properties)
        self.inherit(draft)

    def inherit(self, draft: ClassDraft) -> None:
        """Add what the mapped base has."""
        draft.accepts_any = draft.accepts_any or member_of(draft.cls, "__init__") is not None
        if draft.base is None or draft.inheritance == "concrete":
            return
        draft.open.extend(reason for reason in draft.base.open if reason not in draft.open)
        for name, column in draft.base.columns.items():
            if name not in draft.hides:
                draft.columns.setdefault(name, column)
        for name, found in draft.base.relationships.items():
            draft.relationships.setdefault(name, found)
        for name in draft.base.attributes:
            draft.attributes.setdefault(name)


def span_of_value(engine: Engine, value: Value, other: Span) -> Span:
    """Where a value is written."""
    return engine.span(value.origin) if isinstance(value.origin, Origin) else other


def name_of_callee(call: syntax.Call) -> str:
    """The last word of what is called."""
    callee = call.callee
    return callee.name if isinstance(callee, syntax.Member) else callee.id if isinstance(callee, syntax.Name) else ""
