"""The data model as text and as data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from verifier.datamodel import Column, Constraint, DataModel, Entity, Reference, Relationship, Table
from verifier.model import Span
from verifier.report.style import Paint, columns, shown

if TYPE_CHECKING:
    from verifier.link import Facts

SCHEMA_VERSION = 1


def models_data(facts: Facts) -> dict[str, Any]:
    """``facts models``. Tables that no class maps stand among the models, too, with an ``orm`` of ``sql`` for DDL."""
    model = facts.models
    return {
        "schema_version": SCHEMA_VERSION,
        "models": [
            *(entity_data(entity) for entity in model.entities),
            *(unmapped_data(table) for table in unmapped(model)),
        ],
        "tables": [table_data(table) for table in model.tables],
        "unread": [
            {"path": found.span.path, "line": found.span.line, "reason": found.reason} for found in model.unread
        ],
    }


def unmapped(model: DataModel) -> list[Table]:
    """Tables that no class maps, each once: what the library declares before what DDL and migrations say."""
    seen = {entity.table for entity in model.entities}
    found: list[Table] = []
    for table in sorted(model.tables, key=lambda table: ("library", "implied", "ddl", "migration").index(table.source)):
        if table.name not in seen:
            seen.add(table.name)
            found.append(table)
    return found


def entity_data(entity: Entity) -> dict[str, Any]:
    """One mapped class."""
    return {
        "name": entity.name,
        "table": entity.table,
        "schema": entity.schema,
        "orm": entity.orm,
        "kind": "class",
        **where(entity.span),
        "columns": [column_data(column) for column in entity.columns],
        "relationships": [relationship_data(found) for found in entity.relationships],
        "constraints": [constraint_data(constraint) for constraint in entity.constraints],
        "inherits": entity.inherits,
        "inheritance": entity.inheritance,
        "open": list(entity.open),
    }


def unmapped_data(table: Table) -> dict[str, Any]:
    """A table without a class, as a model."""
    return {
        "name": table.variable or table.name,
        "table": table.name,
        "schema": table.schema,
        "orm": table.orm or "sql",
        "kind": "table",
        **where(table.span),
        "columns": [column_data(column) for column in table.columns],
        "relationships": [],
        "constraints": [constraint_data(constraint) for constraint in table.constraints],
        "inherits": None,
        "inheritance": None,
        "open": list(table.open),
    }


def table_data(table: Table) -> dict[str, Any]:
    """A table that was declared without a class, or by DDL or migrations."""
    return {
        "name": table.name,
        "schema": table.schema,
        "source": table.source,
        "view": table.view,
        **where(table.span),
        "columns": [column_data(column) for column in table.columns],
        "constraints": [constraint_data(constraint) for constraint in table.constraints],
        "open": list(table.open),
    }


def where(span: Span) -> dict[str, Any]:
    """A place as file and line."""
    return {"path": span.path, "line": span.line}


def column_data(column: Column) -> dict[str, Any]:
    """One column; ``references`` is ``table.column`` of its (first) foreign key."""
    return {
        "name": column.name,
        "attribute": column.attribute,
        "type": str(column.type),
        "declared_type": column.type.declared,
        "nullable": column.nullable,
        "default": column.default,
        "default_value": column.default_text,
        "primary_key": column.primary_key,
        "unique": column.unique,
        "references": reference_text(column.references),
        "implicit": column.implicit,
        **where(column.span),
    }


def reference_text(references: Iterable[Reference]) -> str | None:
    """The first of some references; None without any."""
    for reference in references:
        return f"{reference.table}.{reference.column}" if reference.column is not None else reference.table
    return None


def relationship_data(found: Relationship) -> dict[str, Any]:
    """One relationship."""
    return {
        "name": found.name,
        "target": found.target,
        "many": found.many,
        "direction": found.direction,
        "through": found.through,
        "lazy": found.lazy,
        "reverse": found.reverse,
        "local": list(found.local),
        "remote": list(found.remote),
        "implicit": found.implicit,
        **where(found.span),
    }


def constraint_data(constraint: Constraint) -> dict[str, Any]:
    """One constraint or index."""
    return {
        "kind": constraint.kind,
        "name": constraint.name,
        "columns": list(constraint.columns),
        "unique": constraint.unique or constraint.kind in ("unique", "primary"),
        "references": [reference_text([reference]) for reference in constraint.references],
        "condition": constraint.condition,
        **where(constraint.span),
    }


def models_text(facts: Facts, paint: Paint) -> str:
    """``facts models``: every class and table with its columns and relationships."""
    model = facts.models
    parts = [entity_text(entity, paint) for entity in model.entities]
    parts += [table_text(table, paint) for table in model.tables]
    if model.unread:
        rows = [(shown(str(found.span)), shown(found.reason)) for found in model.unread]
        parts.append("\n".join(["not read:", *(f"  {line}" for line in columns(rows, ("path", "unsure"), paint))]))
    return "\n\n".join(parts or ["no model and no table was found"]) + "\n"


def entity_text(entity: Entity, paint: Paint) -> str:
    """One mapped class."""
    table = f", table {shown(entity.table)}" if entity.table is not None else ", no table of its own"
    inherits = f", inherits {shown(entity.inherits)} ({entity.inheritance})" if entity.inherits is not None else ""
    head = f"{paint(shown(entity.name), 'bold')} ({entity.orm}{table}{inherits})  {place_text(entity.span, paint)}"
    lines = [head, *(f"  {line}" for line in column_lines(entity.columns, paint))]
    rows = [
        (shown(found.name), relationship_text(found), f"reverse {shown(found.reverse)}" if found.reverse else "")
        for found in entity.relationships
    ]
    lines += [f"  {line}" for line in columns(rows, ("bold", "", "dim"), paint)]
    lines += [f"  {line}" for line in constraint_lines(entity.constraints, paint)]
    lines += [f"  {paint(f'more may exist: {shown(reason)}', 'unsure')}" for reason in entity.open]
    return "\n".join(lines)


def table_text(table: Table, paint: Paint) -> str:
    """One table."""
    kind = {"library": table.orm or "library", "implied": "implied by a relationship"}.get(table.source, table.source)
    view = "view " if table.view else ""
    lines = [f"{view}{paint(shown(table.name), 'bold')} ({kind})  {place_text(table.span, paint)}"]
    lines += [f"  {line}" for line in column_lines(table.columns, paint)]
    lines += [f"  {line}" for line in constraint_lines(table.constraints, paint)]
    lines += [f"  {paint(f'more may exist: {shown(reason)}', 'unsure')}" for reason in table.open]
    return "\n".join(lines)


def place_text(span: Span, paint: Paint) -> str:
    """File and line."""
    return paint(shown(f"{span.path}:{span.line}"), "path")


def column_lines(found: Iterable[Column], paint: Paint) -> list[str]:
    """Columns, one a line."""
    rows = [
        (
            shown(column.name if column.attribute == column.name else f"{column.attribute} -> {column.name}"),
            shown(str(column.type)),
            shown(" ".join(words_of(column))),
        )
        for column in found
    ]
    return columns(rows, ("", "dim", "dim"), paint)


def words_of(column: Column) -> list[str]:
    """What else there is to say of a column."""
    words = ["primary key"] if column.primary_key else []
    if not column.nullable and not column.primary_key:
        words.append("not null")
    if column.unique:
        words.append("unique")
    if column.default is not None:
        words.append(f"default {column.default_text or column.default}")
    reference = reference_text(column.references)
    return [*words, f"references {reference}"] if reference is not None else words


def relationship_text(found: Relationship) -> str:
    """What a relationship leads to."""
    direction = found.direction or ("to many" if found.many else "to one")
    through = f" through {shown(found.through)}" if found.through else ""
    return f"{direction} {shown(found.target)}{through}{f', {found.lazy}' if found.lazy else ''}"


def constraint_lines(found: Iterable[Constraint], paint: Paint) -> list[str]:
    """What spans several columns, one a line."""
    rows = [
        (
            f"{'unique ' if constraint.unique and constraint.kind == 'index' else ''}{constraint.kind}",
            shown(f"({', '.join(constraint.columns)})"),
            shown(
                " ".join(
                    [
                        *(f"references {reference_text([reference])}" for reference in constraint.references[:1]),
                        constraint.condition,
                    ]
                ).strip()
            ),
        )
        for constraint in found
    ]
    return columns(rows, ("dim", "", "dim"), paint)
