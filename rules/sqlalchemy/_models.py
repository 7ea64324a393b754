"""Reads the data model that a project declares with SQLAlchemy, Flask-SQLAlchemy or SQLModel."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from verifier.api import (
    UNKNOWN_TYPE,
    Class,
    Column,
    Constraint,
    Declaration,
    Engine,
    Entity,
    External,
    Function,
    Instance,
    Project,
    Reference,
    Span,
    Table,
    Unread,
    Value,
    is_test,
    regex,
    syntax,
)

from ._checks import Checks
from ._classes import Classes
from ._columns import column_in
from ._constructors import constructor_of
from ._drafts import ClassDraft, ColumnDraft, Declared, Meta, TableDraft, path_of, renaming, word
from ._keys import Keys, automatic, reference
from ._links import Linker
from ._order import ancestors, for_typing, member_of
from ._roots import Roots
from ._tables import read_table, take_index

MIGRATION = regex(rb"^(?:down_revision|revision)\b.*=", re.MULTILINE)
# What lies there describes tables as they once were.
FOLDER = regex(r"(?:^|/)(?:alembic|migrations)/")
IMPERATIVE = frozenset({"map_imperatively", "mapper"})


def read_models(engine: Engine, project: Project) -> Iterator[Declaration]:
    """Yield the entities and tables of the project."""
    left_out: dict[str, bool] = {}

    def counts(path: str) -> bool:
        if path not in left_out:
            data = project.files[path].data if path in project.files else b""
            migrates = FOLDER.search(path) is not None or len(set(MIGRATION.findall(data))) > 1
            left_out[path] = is_test(path) or migrates
        return not left_out[path]

    roots = Roots(engine)
    tables: dict[int, TableDraft] = {}
    unread: list[Unread] = []
    for value in list(engine.objects):
        if not isinstance(value, Declared) or word(value) != "Table" or value.call is None:
            continue
        if counts(value.call.frame.module.path):
            read_core(engine, roots, value, tables, unread)
    classes = Classes(engine, roots, tables)
    seen: set[object] = set()
    typing: dict[object, list[tuple[int, int]]] = {}
    for cls in list(engine.classes):
        if cls.code in seen or not counts(cls.module.path):
            continue
        seen.add(cls.code)
        if cls.module not in typing:
            typing[cls.module] = typing_only(cls.module.body)
        if not any(start <= cls.code.start < end for start, end in typing[cls.module]):
            classes.read(cls)
    map_imperatively(engine, roots, classes)
    read_indexes(engine, tables, classes)
    drafts = classes.order
    leave_out_copies(tables, drafts)
    every = all_tables(tables, drafts)
    keys = Keys(every, classes.drafts, tables)
    keys.resolve()
    linker = Linker(engine, classes.drafts, keys)
    linker.run(drafts)
    for draft in drafts:
        yield entity(draft, linker)
    for table in every:
        if table.source is not None:
            yield core_table(table)
    yield from unread
    yield from classes.defects
    yield from linker.defects
    yield from Checks(engine, classes, every, linker).run(partly=bool(unread))


def typing_only(statements: Iterable[syntax.Statement]) -> list[tuple[int, int]]:
    """Where a module holds what type checkers alone see: `if TYPE_CHECKING:`."""
    return [
        (statement.body[0].start, statement.body[-1].end)
        for statement in statements
        if isinstance(statement, syntax.If) and statement.body and for_typing(statement)
    ]


def read_core(
    engine: Engine, roots: Roots, value: Declared, tables: dict[int, TableDraft], unread: list[Unread]
) -> None:
    """Read a ``Table(...)``."""
    assert value.call is not None
    metadata = value.call.argument(1, "metadata")
    flask = path_of(value).startswith("flask_sqlalchemy")
    meta = roots.meta(metadata) if metadata is not None else None
    if meta is None and flask:
        callee = value.call.callee
        receiver = getattr(callee, "receiver", None)
        meta = (roots.of_holder(receiver) if isinstance(receiver, Instance) else roots.root("flask", "flask")).meta
    known = meta is not None
    if meta is None:
        meta = roots.metas.setdefault("unknown", Meta(shared=True))
    variable = variable_of(engine, value)
    if flask and (metadata is None or roots.meta(metadata) is None):  # db.Table("name", db.Column(...))
        value.call.arguments.insert(1, metadata_of(value))
    found = read_table(engine, value, meta, variable)
    if isinstance(found, str):
        unread.append(Unread(value.call.span, found))
        return
    found.conditional = value.depth > 0 or value.call.frame.function is not None
    if not known:
        found.open.append("a `MetaData` that is decided at run time")
    tables[id(value)] = found


def metadata_of(value: Declared) -> Value:
    """What stands for the ``MetaData`` that Flask-SQLAlchemy adds by itself."""
    return Instance(None, "sqlalchemy.MetaData", origin=value.origin)


def variable_of(engine: Engine, value: Declared) -> str | None:
    """The variable of its module that holds a table."""
    assert value.call is not None
    for name, found in value.call.frame.module.scope.names.items():
        if found is value:
            return name
    return None


def map_imperatively(engine: Engine, roots: Roots, classes: Classes) -> None:
    """Read what ``registry.map_imperatively(Class, table)`` maps."""
    for value in list(engine.objects):
        if not isinstance(value, Declared) or value.call is None or word(value) not in IMPERATIVE:
            continue
        call = value.call
        cls, table = call.argument(0, "class_"), call.argument(1, "local_table")
        receiver = getattr(call.callee, "receiver", None)
        if not isinstance(cls, Class) or is_test(cls.module.path):
            continue
        root = roots.of_holder(receiver) if isinstance(receiver, Instance) else roots.root("mapper", "declarative")
        classes.map_imperatively(cls, table, root, call.keywords.get("properties"), call.span)


def read_indexes(engine: Engine, tables: dict[int, TableDraft], classes: Classes) -> None:
    """Read indexes that stand outside of the table that they are on."""
    taken: set[Span] = set()
    owners: dict[int, TableDraft] = {}
    for table in all_tables(tables, classes.order):
        taken.update(constraint.span for constraint in table.constraints if constraint.kind == "index")
        for column in table.columns:
            if column.source is not None:
                owners[id(column.source)] = table
    for value in list(engine.objects):
        if not isinstance(value, Declared) or value.call is None or word(value) != "Index":
            continue
        if value.call.span in taken:
            continue
        for argument in value.call.arguments[1:]:
            inner = column_in(argument)
            owner = owners.get(id(inner)) if inner is not None else owner_of_item(argument, tables, classes)
            if owner is not None:
                take_index(owner, value.call)
                break


def owner_of_item(value: Value, tables: dict[int, TableDraft], classes: Classes) -> TableDraft | None:
    """The table of ``table.c.name`` or ``Class.__table__.c.name``."""
    if not isinstance(value, External) or value.receiver is None:
        return None
    owner = classes.drafts.get(id(value.receiver))
    return owner.table if owner is not None else tables.get(id(value.receiver))


def leave_out_copies(tables: dict[int, TableDraft], drafts: list[ClassDraft]) -> None:
    """Drop what a function makes of a table that the program declares elsewhere: migrations describe what was."""
    firm = {draft.table.full_name for draft in drafts if draft.table is not None and draft.table.source is None}
    firm |= {table.full_name for table in tables.values() if not table.conditional}
    mapped = {id(draft.table) for draft in drafts}
    for key, table in list(tables.items()):
        if table.conditional and table.full_name in firm and id(table) not in mapped:
            del tables[key]


def all_tables(tables: dict[int, TableDraft], drafts: list[ClassDraft]) -> list[TableDraft]:
    """Every table once, and under its name in its ``MetaData``."""
    found: dict[int, TableDraft] = {}
    for table in [*tables.values(), *(draft.table for draft in drafts if draft.table is not None)]:
        found.setdefault(id(table), table)
        table.meta.tables.setdefault(table.full_name, table)
    return list(found.values())


def column_noun(column: ColumnDraft, table: TableDraft | None) -> Column:
    """A column as the data model has it."""
    generated = table is not None and automatic(table) is not None and automatic(table).name == column.name  # type: ignore[union-attr]
    default = column.default
    if default is None and generated:
        default = "generated"
    elif default is None and column.server_default:
        default = "server"
    references: list[Reference] = []
    for foreign in table.foreign if table is not None else ():
        for name, key in zip(foreign.columns, foreign.keys, strict=False):
            found = reference(key) if name == column.name else None
            if found is not None:
                references.append(found)
    nullable = column.nullable if column.nullable is not None else not column.primary_key
    return Column(
        column.name,
        column.attribute,
        column.type if column.type is not None else UNKNOWN_TYPE,
        column.span,
        nullable=nullable,
        default=default,
        default_text=column.default_text,
        mutable_default=column.mutable_default,
        zone=column.zone,
        primary_key=column.primary_key,
        autoincrement=generated,
        unique=column.unique,
        indexed=column.indexed,
        references=tuple(references),
        known=column.known,
        comment=column.comment,
    )


def entity(draft: ClassDraft, linker: Linker) -> Entity:
    """A mapped class as the data model has it."""
    columns: list[Column] = []
    for attribute, column in draft.columns.items():
        table = column.table or draft.table
        behind = (
            next((one for one in table.columns if one.name == column.name), column) if table is not None else column
        )
        merged = behind if behind.attribute == attribute else renaming(behind, attribute)
        columns.append(column_noun(merged, table))
    links = linker.all_of(draft)
    named = {*draft.columns, *links}
    reasons = [*draft.open, *(reason for table in draft.tables for reason in table.open)]
    inherited = draft.base is not None and draft.inheritance == "joined"
    return Entity(
        draft.name,
        "sqlalchemy",
        draft.table.name if draft.table is not None else None,
        draft.span,
        schema=draft.table.schema if draft.table is not None else None,
        columns=tuple(columns),
        own=tuple(draft.own) if inherited else None,
        relationships=tuple(linker.noun(link) for link in links.values()),
        constraints=constraints_of(draft.table),
        attributes=tuple(name for name in draft.attributes if name not in named),
        accepts=accepted(draft, named),
        takes=constructor_of(linker.engine, draft.cls) if member_of(draft.cls, "__init__") is None else None,
        inherits=draft.base.name if draft.base is not None else None,
        inheritance=draft.inheritance,  # type: ignore[arg-type]
        open=tuple(dict.fromkeys(reasons)),
        label=module_label(draft.cls),
    )


def accepted(draft: ClassDraft, named: set[str]) -> tuple[str, ...] | None:
    """The keywords that the constructor takes beyond columns and relationships; None for any.

    The library's constructor takes any attribute of the class; one of the project takes what it likes.
    """
    if draft.accepts_any or draft.root.kind == "sqlmodel" or member_of(draft.cls, "__init__") is not None:
        return None
    for base in ancestors(draft.cls):
        path = path_of(base)
        if path.endswith("MappedAsDataclass"):
            return ()
        if path.startswith("pydantic."):
            return None
    functions = {name for name in draft.attributes if isinstance(member_of(draft.cls, name), Function)}
    return tuple(name for name in draft.attributes if name not in named and (name not in functions or name[:1] != "_"))


def module_label(cls: Class) -> str:
    """The class with its module, by which strings may name it."""
    module = cls.module.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    return f"{module}.{cls.name}"


def constraints_of(table: TableDraft | None) -> tuple[Constraint, ...]:
    """The constraints of a table, foreign keys of several columns among them."""
    if table is None:
        return ()
    found = list(table.constraints)
    for foreign in table.foreign:
        if not foreign.of_column:
            references = tuple(one for key in foreign.keys if (one := reference(key)) is not None)
            found.append(Constraint("foreign", tuple(foreign.columns), foreign.span, foreign.name, references))
    return tuple(found)


def core_table(table: TableDraft) -> Table:
    """A ``Table(...)`` as the data model has it."""
    return Table(
        table.name,
        "library",
        table.span,
        schema=table.schema,
        columns=tuple(column_noun(column, table) for column in table.columns),
        constraints=constraints_of(table),
        variable=table.variable,
        orm="sqlalchemy",
        open=tuple(table.open),
    )
