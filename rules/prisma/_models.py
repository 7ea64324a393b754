"""Models of Prisma schemas as entities, with the tables that many-to-many relations imply."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from verifier.api import (
    Column,
    ColumnType,
    Constraint,
    Declaration,
    Default,
    Direction,
    Engine,
    Entity,
    Project,
    Reference,
    Relationship,
    SourceFile,
    Span,
    Table,
    TypeKind,
    is_test,
    replace,
    sql_type,
)

from ._schema import Attribute, Block, Field, blocks, names_in, unquoted

SCALARS: Mapping[str, TypeKind] = {
    "String": "text",
    "Boolean": "boolean",
    "Int": "integer",
    "BigInt": "bigint",
    "Float": "float",
    "Decimal": "numeric",
    "DateTime": "datetime",
    "Json": "json",
    "Bytes": "binary",
}
ACTIONS = {
    "Cascade": "CASCADE",
    "Restrict": "RESTRICT",
    "NoAction": "NO ACTION",
    "SetNull": "SET NULL",
    "SetDefault": "SET DEFAULT",
}
FUNCTIONS = ("uuid(", "cuid(", "nanoid(", "ulid(")  # made by the client


class Written(NamedTuple):
    """A block in its file."""

    block: Block
    source: SourceFile

    def span(self, start: int, end: int) -> Span:
        """A place in the file."""
        text = self.source.text
        if text.isascii():
            return self.source.span(start, end)
        return self.source.span(len(text[:start].encode()), len(text[:end].encode()))


class Schema:
    """All blocks of the files that make one schema."""

    def __init__(self, written: list[Written]) -> None:
        self.models = {found.block.name: found for found in written if found.block.kind in ("model", "view")}
        self.enums = {found.block.name: found.block for found in written if found.block.kind == "enum"}
        sources = [found.block for found in written if found.block.kind == "datasource"]
        self.provider = (unquoted(sources[0].properties.get("provider")) or "") if sources else ""

    def table(self, model: str) -> str:
        """The table of a model."""
        mapped = self.models[model].block.attribute("map")
        return (unquoted(mapped.argument("name")) if mapped is not None else None) or model

    def column(self, model: str, field: str) -> str:
        """The column of a field."""
        found = next((own for own in self.models[model].block.fields if own.name == field), None)
        return column_name(found) if found is not None else field

    def key(self, model: str) -> tuple[str, ...]:
        """The fields of a model's primary key."""
        block = self.models[model].block
        whole = block.attribute("id")
        if whole is not None:
            return names_in(whole.argument("fields"))
        return tuple(field.name for field in block.fields if field.attribute("id") is not None)


def read(engine: Engine, project: Project) -> Iterable[Declaration]:
    """The models of all schemas; files of one folder are one schema."""
    folders: dict[str, list[Written]] = {}
    for path, source in sorted(project.others.items()):
        if path.endswith(".prisma") and not is_test(path):
            folder = path.rpartition("/")[0]
            parent = next((known for known in folders if folder.startswith(f"{known}/") or known == folder), folder)
            folders.setdefault(parent, []).extend(Written(block, source) for block in blocks(source.text))
    for written in folders.values():
        schema = Schema(written)
        if schema.provider == "mongodb":
            continue
        yield from entities(schema)


def entities(schema: Schema) -> Iterator[Entity | Table]:
    """Every model, and the junction tables that their relations imply."""
    made: dict[str, Table] = {}
    for name, found in schema.models.items():
        relationships = tuple(
            relationship(schema, name, field, made) for field in found.block.fields if field.type in schema.models
        )
        yield entity(schema, found, relationships)
    yield from made.values()


def entity(schema: Schema, found: Written, relationships: tuple[Relationship, ...]) -> Entity:
    """A model."""
    block = found.block
    columns = [column(schema, found, field) for field in block.fields if field.type not in schema.models]
    foreign = list(foreign_keys(schema, found))
    constraints = [*table_constraints(schema, found), *(key for key in foreign if len(key.columns) > 1)]
    key = {schema.column(block.name, field) for field in schema.key(block.name)}
    unique = {found.columns[0] for found in constraints if found.unique and len(found.columns) == 1}
    by_column = {key.columns[0]: key.references for key in foreign if len(key.columns) == 1}
    mapped = block.attribute("schema")
    return Entity(
        block.name,
        "prisma",
        schema.table(block.name),
        found.span(block.start, block.end),
        schema=unquoted(mapped.argument("map")) if mapped is not None else None,
        columns=tuple(
            replace(
                own,
                primary_key=own.name in key,
                nullable=own.nullable and own.name not in key,
                references=by_column.get(own.name, ()),
                unique=own.unique or own.name in unique,
            )
            for own in columns
        ),
        relationships=relationships,
        constraints=tuple(constraints),
        managed=block.kind == "model" and block.attribute("ignore") is None,
    )


def column_name(field: Field) -> str:
    """The column of a field."""
    mapped = field.attribute("map")
    return (unquoted(mapped.argument("name")) if mapped is not None else None) or field.name


def column(schema: Schema, found: Written, field: Field) -> Column:
    """A field that is stored."""
    default, text, counted = default_of(field)
    return Column(
        column_name(field),
        field.name,
        type_of(schema, field),
        found.span(field.start, field.end),
        nullable=field.optional,
        default=default,
        default_text=text,
        autoincrement=counted,
        unique=field.attribute("unique") is not None,
    )


def default_of(field: Field) -> tuple[Default | None, str, bool]:
    """What gives the value of a field, as written, and whether it counts rows."""
    given = field.attribute("default")
    if given is None:
        return ("function", "@updatedAt", False) if field.attribute("updatedAt") is not None else (None, "", False)
    text = given.argument("value") or ""
    if text.startswith(("autoincrement(", "sequence(")):
        return "generated", text, True
    if text.startswith(FUNCTIONS):
        return "function", text, False
    return "server", text, False


def type_of(schema: Schema, field: Field) -> ColumnType:
    """The type of a field, by its native type where one is named."""
    native = next((found for found in field.attributes if found.name.startswith("db.")), None)
    if field.type in schema.enums:
        known = ColumnType("enum", field.type, values=schema.enums[field.type].values)
    elif field.type.startswith("Unsupported"):
        known = ColumnType("other", unquoted(field.type.partition("(")[2].rstrip(") ")) or field.type)
    else:
        known = ColumnType(SCALARS.get(field.type, "unknown"), field.type)
        if field.type == "String" and schema.provider in ("mysql", "sqlserver"):
            known = ColumnType("string", field.type, length=191 if schema.provider == "mysql" else 1000)
        if field.type == "DateTime":
            known = replace(known, timezone=False)
        if native is not None:
            known = native_type(native, known)
    return ColumnType("array", f"{field.type}[]", items=known) if field.many else known


def native_type(native: Attribute, known: ColumnType) -> ColumnType:
    """A type of the database: ``@db.VarChar(255)``."""
    name = native.name.removeprefix("db.")
    spelled = {"VarChar": "varchar", "Char": "char", "DoublePrecision": "double precision"}.get(name, name)
    written = f"{spelled}({', '.join(native.values)})" if native.values else spelled
    found = sql_type(written)
    return replace(found, declared=f"{known.declared} @{native.name}") if found.kind != "other" else known


def foreign_keys(schema: Schema, found: Written) -> Iterator[Constraint]:
    """The keys that relations hold."""
    model = found.block.name
    for field in found.block.fields:
        relation = field.attribute("relation")
        own = names_in(relation.argument("fields", None)) if relation is not None else ()
        if not own or relation is None or field.type not in schema.models:
            continue
        remote = names_in(relation.argument("references", None))
        optional = field.optional
        on_delete = ACTIONS.get(relation.argument("onDelete", None) or "", "SET NULL" if optional else "RESTRICT")
        on_update = ACTIONS.get(relation.argument("onUpdate", None) or "", "CASCADE")
        references = tuple(
            Reference(schema.table(field.type), schema.column(field.type, name), on_delete, on_update, field.type)
            for name in remote
        )
        columns = tuple(schema.column(model, name) for name in own)
        yield Constraint(
            "foreign", columns, found.span(field.start, field.end), unquoted(relation.argument("map", None)), references
        )


def table_constraints(schema: Schema, found: Written) -> Iterator[Constraint]:
    """``@@id``, ``@@unique`` and ``@@index``."""
    kinds = {"id": "primary", "unique": "unique", "index": "index", "fulltext": "index"}
    for attribute, start, end in found.block.attributes:
        kind = kinds.get(attribute.name)
        if kind is not None:
            columns = tuple(schema.column(found.block.name, name) for name in names_in(attribute.argument("fields")))
            name = unquoted(attribute.argument("map", None))
            span = found.span(start, end)
            yield Constraint(kind, columns, span, name, unique=kind == "unique")  # type: ignore[arg-type]


def relation_name(field: Field) -> str | None:
    """The name of a relation, by which its two sides find each other."""
    relation = field.attribute("relation")
    return unquoted(relation.argument("name")) if relation is not None else None


def opposite(schema: Schema, model: str, field: Field) -> Field | None:
    """The field on the other side of a relation."""
    name = relation_name(field)
    others = [
        other
        for other in schema.models[field.type].block.fields
        if other.type == model
        and relation_name(other) == name
        and not (field.type == model and other.name == field.name)
    ]
    return others[0] if others else None


def relationship(schema: Schema, model: str, field: Field, made: dict[str, Table]) -> Relationship:
    """A field that leads to another model."""
    found = schema.models[model]
    span = found.span(field.start, field.end)
    other = opposite(schema, model, field)
    relation = field.attribute("relation")
    holder = names_in(relation.argument("fields", None)) if relation is not None else ()
    through = None
    direction: Direction | None
    local: tuple[str, ...] = ()
    remote: tuple[str, ...] = ()
    if field.many and other is not None and other.many:
        direction = "many-to-many"
        through = junction(schema, model, field, span, made)
        first = min(model, field.type) == model
        local, remote = (("A",), ("B",)) if first else (("B",), ("A",))
    elif holder and relation is not None:
        direction = "many-to-one" if other is None or other.many else "one-to-one"
        local = tuple(schema.column(model, name) for name in holder)
        remote = tuple(schema.column(field.type, name) for name in names_in(relation.argument("references", None)))
    else:
        direction = "one-to-many" if field.many else "one-to-one"
        back = other.attribute("relation") if other is not None else None
        if back is not None:
            local = tuple(schema.column(model, name) for name in names_in(back.argument("references", None)))
            remote = tuple(schema.column(field.type, name) for name in names_in(back.argument("fields", None)))
    return Relationship(
        field.name,
        field.type,
        span,
        many=field.many,
        direction=direction,
        through=through,
        local=local,
        remote=remote,
        reverse=other.name if other is not None else None,
        resolved=True,
    )


def junction(schema: Schema, model: str, field: Field, span: Span, made: dict[str, Table]) -> str:
    """The table that a relation between two lists implies: ``_ATob``, or ``_Name``."""
    first, second = sorted((model, field.type))
    name = f"_{relation_name(field) or f'{first}To{second}'}"
    if name not in made:
        columns = []
        for side, target in (("A", first), ("B", second)):
            key = schema.key(target)
            known = next((own for own in schema.models[target].block.fields if own.name in key), None)
            at = Reference(
                schema.table(target), schema.column(target, key[0]) if key else None, "CASCADE", "CASCADE", target
            )
            type_ = type_of(schema, known) if known is not None else ColumnType("unknown")
            columns.append(Column(side, side, type_, span, nullable=False, references=(at,)))
        unique = Constraint("unique", ("A", "B"), span, unique=True)
        made[name] = Table(name, "implied", span, columns=tuple(columns), constraints=(unique,), orm="prisma")
    return name
