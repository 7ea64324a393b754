"""Whether a value is text or a number, as far as its value, its declaration and the columns of its name tell."""

from __future__ import annotations

from typing import Literal

from verifier.api import Cell, Const, External, Facts, Function, Record, Text, Typed, Value, bare, options, syntax

from ._written import annotation_of, behind

Kind = Literal["text", "number"]
INTEGERS = frozenset({"smallint", "integer", "bigint"})


def kind_of(facts: Facts, value: Value, written: tuple[Function, syntax.Expression] | None) -> Kind | None:
    """What a value surely is; None where that is not known."""
    kinds = {kind_of_value(facts, option) for option in options(value)}
    if len(kinds) == 1 and None not in kinds:
        return kinds.pop()
    if written is None or kinds - {None, "number"}:
        return None
    return kind_of_expression(facts, *written)


def kind_of_value(facts: Facts, value: Value) -> Kind | None:
    """The kind of one value."""
    if isinstance(value, Cell):
        name = facts.type_of_cell(value) or ""
        return "number" if name in INTEGERS else "text" if name in ("text", "character varying") else None
    if isinstance(value, External) and value.name == "lastrowid":
        return "number"
    if isinstance(value, Text) or (isinstance(value, Const) and isinstance(value.value, str)):
        return "text"
    if isinstance(value, Const) and isinstance(value.value, int | float) and not isinstance(value.value, bool):
        return "number"
    if isinstance(value, Typed):
        return {"str": "text", "string": "text", "int": "number", "number": "number"}.get(value.type)  # type: ignore[return-value]
    return None


def kind_of_expression(facts: Facts, function: Function, node: syntax.Expression) -> Kind | None:
    """The kind that an expression has by what is declared around it."""
    node = behind(function, node)
    if isinstance(node, syntax.Name):
        return {"int": "number", "str": "text", "string": "text"}.get(annotation_of(function, node.id))  # type: ignore[return-value]
    if isinstance(node, syntax.Call):
        name = node.callee.id if isinstance(node.callee, syntax.Name) else ""
        return {"int": "number", "str": "text", "String": "text"}.get(name)  # type: ignore[return-value]
    if isinstance(node, syntax.Template):
        return "text"
    if isinstance(node, syntax.Member) and isinstance(node.object, syntax.Name):
        return kind_of_column(facts, node.name)
    return None


def kind_of_column(facts: Facts, name: str) -> Kind | None:
    """The kind of the values that all columns of a name hold."""
    kinds: set[Kind | None] = set()
    for entity in facts.models.entities:
        for column in entity.columns:
            if bare(column.attribute) == bare(name) or (name == "pk" and column.primary_key):
                kinds.add("number" if column.known and column.type.kind in INTEGERS else None)
    return kinds.pop() if len(kinds) == 1 else None


def entry_of(value: Value | None, name: str) -> tuple[Record, Value] | None:
    """An entry that a mapping surely has, with the mapping."""
    for option in options(value) if value is not None else ():
        if isinstance(option, Record) and name in option.entries:
            return option, option.entries[name]
    return None
