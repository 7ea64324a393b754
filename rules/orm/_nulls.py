"""Columns that hold NULL in rows that requests make: left out of the row, or of the request that it is made of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from verifier.api import (
    Class,
    Column,
    Const,
    Entity,
    Facts,
    Function,
    Instance,
    Origin,
    OwnCall,
    Route,
    Span,
    Value,
    is_test,
    own_calls,
    syntax,
)

DUMPS = frozenset({"model_dump", "dict"})
KEY = "rows_with_nulls"


class Creation(NamedTuple):
    """A call that makes a row with NULL in a column: ``optional`` where only for a request that leaves a field out."""

    place: Origin
    span: Span
    optional: bool


Creations = Mapping[tuple[tuple[str, int], str], list[Creation]]


def creations(facts: Facts) -> Creations:
    """The calls below routes that make rows with NULL, by the class and the attribute."""
    known: Creations | None = facts.__dict__.get(KEY)
    if known is None:
        found: dict[tuple[tuple[str, int], str], list[Creation]] = {}
        for call in own_calls(facts):
            (target, *others) = call.targets
            if others or not isinstance(target, Class) or is_test(call.path):
                continue
            entity = facts.entity_of(target)
            if (
                entity is None
                or not is_plain(entity, target)
                or not facts.routes_at(facts.program.engine.span(call.place))
            ):
                continue
            for column, optional in nulls_of(facts, call, entity, target):
                made = Creation(call.place, facts.program.engine.span(call.place), optional)
                found.setdefault((entity.identity, column.attribute), []).append(made)
        known = facts.__dict__[KEY] = found
    return known


def is_plain(entity: Entity, cls: Class) -> bool:
    """Whether SQLAlchemy's own constructor makes objects of a class, of which all is known."""
    if entity.orm != "sqlalchemy" or entity.open or entity.takes is not None or entity.inherits is not None:
        return False
    own = [one for one in cls.lineage() if isinstance(one, Class)]
    return not any({"__init__", "__new__", "__post_init__"} & one.members.keys() for one in own)


def may_hold_null(facts: Facts, entity: Entity, column: Column) -> bool:
    """Whether nothing but the program gives a column its value."""
    if not column.known or not column.nullable or column.default is not None or column.primary_key or column.implicit:
        return False
    tables = [table for table in facts.models.tables if table.name == entity.table]
    declared = [one for table in tables if (one := table.column(column.name)) is not None]
    return all(one.nullable and one.default is None for one in declared)


def nulls_of(facts: Facts, call: OwnCall, entity: Entity, cls: Class) -> Iterator[tuple[Column, bool]]:
    """The columns that a call surely, or for some requests, leaves without a value."""
    named: dict[str, syntax.Expression] = {}
    spread: list[Class] = []
    for argument in call.node.arguments:
        if not isinstance(argument, syntax.Keyword):
            return
        if argument.name is not None:
            named[argument.name] = argument.value
            continue
        source = dumped_model(facts, call.path, argument.value)
        if source is None:
            return
        spread.append(source)
    filled = {name for one in entity.relationships if one.name in named for name in one.local}
    listening = is_listened_to(facts)
    for column in entity.columns:
        name = column.attribute
        if not may_hold_null(facts, entity, column) or column.name in filled or is_set(facts, call, cls, name):
            continue
        if name in named:
            optional = is_optional(facts, call.path, named[name])
            if optional is not None:
                yield column, optional
            continue
        given = [default_of(facts, source, name) for source in spread]
        if any(one == "nothing" for one in given):
            yield column, True
        elif all(one == "absent" for one in given) and not column.references and not listening:
            yield column, False


def is_optional(facts: Facts, path: str, value: syntax.Expression) -> bool | None:
    """Whether a value is None for some requests (True), or for all (False); None where it may always be another."""
    if isinstance(value, syntax.Const) and value.value is None:
        return False
    if isinstance(value, syntax.Member):
        holder = facts.calls.members.get(Origin(path, value.start, value.end))
        if holder is not None and default_of(facts, holder, value.name) == "nothing":
            return True
    return None


def default_of(facts: Facts, cls: Class, name: str) -> str:
    """What a model of requests has for a field that is not sent: ``nothing``, ``something``, or it is ``absent``."""
    fields = facts.program.engine.fields(cls)
    if name not in fields:
        text = cls.module.source.data[cls.code.start : cls.code.end]
        return "absent" if name not in cls.members and b"extra" not in text and b"alias" not in text else "something"
    _, default = fields[name]
    if (
        isinstance(default, Instance)
        and (default.path or "").endswith(("Field", "Field()"))
        and default.made_by is not None
    ):
        default = default.made_by.argument(0, "default")
    return "nothing" if isinstance(default, Const) and default.value is None else "something"


def dumped_model(facts: Facts, path: str, value: syntax.Expression) -> Class | None:
    """The class of the model whose fields ``model.model_dump()`` hands over."""
    callee = value.callee if isinstance(value, syntax.Call) else None
    if not isinstance(callee, syntax.Member) or callee.name not in DUMPS:
        return None
    return facts.calls.members.get(Origin(path, callee.start, callee.end))


def is_set(facts: Facts, call: OwnCall, cls: Class, name: str) -> bool:
    """Whether something on the way gives the attribute a value behind the call."""
    own = [one for one in cls.lineage() if isinstance(one, Class)]
    texts = [one.module.source.data[one.code.start : one.code.end] for one in own]
    routes = facts.routes_at(facts.program.engine.span(call.place))
    texts += [text for route in routes for text in texts_below(facts, route)]
    return any(sets(text, name) for text in texts)


def sets(text: bytes, name: str) -> bool:
    """Whether a text assigns to an attribute, or to attributes that run time names."""
    return re.search(rb"\.%s\s*=(?!=)|\bsetattr\(|__dict__" % re.escape(name.encode()), text) is not None


def is_listened_to(facts: Facts) -> bool:
    """Whether functions of the project see rows before they are stored."""
    return any(b"before_insert" in file.data or b"before_flush" in file.data for file in facts.project.files.values())


def texts_below(facts: Facts, route: Route) -> list[bytes]:
    """The texts of the functions that a route runs through."""
    known: dict[Route, list[bytes]] = facts.__dict__.setdefault("texts_below", {})
    if route not in known:
        starts = [number for one, number in facts.calls.runs.starts if one == route]
        codes = (facts.calls.codes.get(one) for one in facts.calls.runs.below(starts))
        known[route] = [text_of(code) for code in codes if code is not None]
    return known[route]


def text_of(function: Function) -> bytes:
    """The text of a function."""
    return function.module.source.data[function.code.start : function.code.end]


def is_minded(texts: list[bytes], name: str) -> bool:
    """Whether functions look at an attribute, replace it, or choose rows by it."""
    word = re.escape(name.encode())
    minds = re.compile(
        rb"\.%s\s*(?:=|!=|\bis\b|\bor\b|\bif\b|\band\b|\.is_|\.isnot)|\b(?:if|or|and|not|while|assert)\s+[\w.]*\.%s\b"
        rb"|\bsetattr\(|\b(?:filter_by|coalesce)\([^)]*\b%s\b" % (word, word, word)
    )
    return any(minds.search(text) is not None for text in texts)


def keyword_in(node: syntax.Call, name: str, fields: list[str]) -> syntax.Expression | None:
    """What a call gives under a name, or at the place of a field; None where that is not written."""
    plain = [one for one in node.arguments if not isinstance(one, syntax.Keyword | syntax.Spread)]
    if any(isinstance(one, syntax.Spread) for one in node.arguments):
        return None
    for argument in node.arguments:
        if isinstance(argument, syntax.Keyword) and argument.name == name:
            return argument.value
    place = fields.index(name) if name in fields else -1
    return plain[place] if 0 <= place < len(plain) else None


def column_read(facts: Facts, path: str, value: syntax.Expression | None) -> tuple[Entity, Column] | None:
    """The column that an expression reads of a row; None for anything else."""
    if not isinstance(value, syntax.Member):
        return None
    holder: Value | None = facts.calls.members.get(Origin(path, value.start, value.end))
    entity = facts.entity_of(holder) if holder is not None else None
    column = entity.mapped(value.name) if entity is not None else None
    return (entity, column) if entity is not None and column is not None else None
