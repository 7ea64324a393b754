"""Pieces of SQL: columns, values, what ``fn``, ``col``, ``cast`` and ``literal`` make."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Literal

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from verifier.api import Class, Instance, Origin, Record, Sequence, Value, pieces, text_of, texts

from ._given import Reading, argument, is_nothing, method_of, why
from ._schema import Model
from ._unknown import note_source_column

hole, name, placed = pieces.hole, pieces.name, pieces.placed

LEFT, RIGHT = "left_side", "right_side"


def column(alias: str | None, field: str, origin: Origin | None = None) -> exp.Column:
    """A column of a source; without one, of any."""
    made = exp.Column(this=name(field, origin), table=name(alias) if alias else None)
    return placed(made, origin)


def table(model: Model, alias: str | None = None, origin: Origin | None = None) -> exp.Table:
    """A model's table."""
    written = model.table or model.name
    schema = name(model.schema) if model.schema else None
    made = exp.Table(this=name(written), db=schema)
    if alias is not None:
        made.set("alias", exp.TableAlias(this=name(alias)))
    made.meta["entity"] = (model.span.path, model.span.line)
    return placed(made, origin)


def identifiers(text: str, origin: Origin | None = None) -> exp.Expression:
    """``quoteIdentifiers``: all but the last part of a dotted name is the source's."""
    if text.startswith("*"):
        return exp.Star()
    head, _, tail = text.rpartition(".")
    if tail == "*":
        return exp.Column(this=exp.Star(), table=name(head.replace(".", "->")))
    return column(head.replace(".", "->") or None, tail, origin)


def escaped(reading: Reading, value: Value, title: str = "") -> exp.Expression:
    """``escape``: a value, or the SQL that it stands for."""
    value = reading.structured(value)
    if method_of(value) is not None:
        return sql_of(reading, value)
    if isinstance(value, Sequence):
        return exp.Tuple(expressions=[escaped(reading, item, title) for item in value.items])
    return reading.bindings.bound(value, title)


def sql_of(reading: Reading, value: Value) -> exp.Expression:
    """What ``fn``, ``col``, ``cast`` or ``literal`` makes; other values are escaped."""
    kind = method_of(value)
    if kind is None or not isinstance(value, Instance):
        return escaped(reading, value)
    first = argument(value, 0)
    first = reading.pick(first) if first is not None else None
    place = value.origin
    if kind == "literal":
        return written(reading, first, place)
    if kind == "col":
        text = text_of(first)
        if text is not None and not text.startswith("*"):
            note_source_column(reading, text, first.origin if first is not None else None)
        return identifiers(text, first.origin if first else place) if text is not None else unknown(reading, first)
    if kind == "fn":
        return function(reading, value, text_of(first))
    if kind == "cast":
        return cast(reading, first, argument(value, 1))
    if kind == "where":
        from ._conditions import Context, compared

        return compared(reading, value, Context(None, None)) or exp.true()
    if kind == "json" and text_of(first) is not None:
        head, *path = (text_of(first) or "").split(".")
        return json_path(reading, column(None, head, first.origin if first else None), path)
    return unknown(reading, value)


def unknown(reading: Reading, value: Value | None) -> exp.Expression:
    """A part that is not known."""
    reading.reasons[why(value)] = None
    return hole(why(value), value.origin if value is not None else None)


def function(reading: Reading, value: Instance, called: str | None) -> exp.Expression:
    """``fn("COUNT", col("id"))``."""
    if called is None or value.made_by is None:
        return unknown(reading, argument(value, 0))
    given = [inner(reading, part) for part in value.made_by.arguments[1:]]
    if called.upper() == "DISTINCT":
        return exp.Distinct(expressions=given)
    return call(called, given, reading.dialect, value.origin)


def call(called: str, given: list[exp.Expression], dialect: str, origin: Origin | None = None) -> exp.Expression:
    """A call of a function of the database."""
    try:
        made: Any = exp.func(called, *given, dialect=dialect or None, copy=False)
    except (SqlglotError, ValueError, TypeError, KeyError, IndexError, AttributeError):
        made = exp.Anonymous(this=called, expressions=given)
    placed(made, origin)
    return made  # type: ignore[no-any-return]


def inner(reading: Reading, value: Value) -> exp.Expression:
    """An argument of ``fn``; an object is a condition."""
    value = reading.structured(value)
    if isinstance(value, Record):
        from ._conditions import Context, conditions

        return conditions(reading, value, Context(None, None)) or exp.true()
    return escaped(reading, value)


def cast(reading: Reading, value: Value | None, kind: Value | None) -> exp.Expression:
    """``cast(value, "integer")``."""
    named = text_of(kind)
    if value is None or named is None:
        return unknown(reading, kind)
    inside = inner(reading, value)
    if reading.dialect == "sqlite" and "timestamp" in named.lower():
        named = "datetime"
    return cast_to(inside, named, reading.dialect)


def cast_to(inside: exp.Expression, named: str, dialect: str) -> exp.Expression:
    """``CAST(x AS type)``."""
    try:
        made: Any = sqlglot.parse_one(f"CAST({LEFT} AS {named})", read=dialect or "postgres")
    except SqlglotError:
        return exp.Anonymous(this=named, expressions=[inside])
    return filled(made, inside, None)


def json_path(reading: Reading, source: exp.Expression, path: list[str], *, whole: bool = False) -> exp.Expression:
    """What lies under a path of a JSON column."""
    if reading.dialect == "postgres":
        operator = "#>" if whole else "#>>"
        keys = ",".join(path).replace("'", "''")
        text = f"({LEFT}{operator}'{{{keys}}}')"
    else:
        keys = re.sub(r"\.(\d+)(?=\.|$)", r"[\1]", ".".join(["$", *path])).replace("'", "''")
        text = f"json_extract({LEFT}, '{keys}')"
    return template(text, reading.dialect or "sqlite", source, None)


def template(text: str, dialect: str, left: exp.Expression, right: exp.Expression | None) -> exp.Expression:
    """SQL in which two names stand for what is put in their place."""
    made = parsed(text, dialect)
    if made is None:
        return exp.Anonymous(this="EXPRESSION", expressions=[left, *([right] if right is not None else [])])
    return filled(made.copy(), left, right)


@cache
def parsed(text: str, dialect: str) -> exp.Expression | None:
    """SQL of our own, read once."""
    try:
        made: Any = sqlglot.parse_one(text, read=dialect)
    except SqlglotError:
        return None
    return made  # type: ignore[no-any-return]


def filled(tree: exp.Expression, left: exp.Expression, right: exp.Expression | None) -> exp.Expression:
    """A template with its parts put in."""
    for node in list(tree.find_all(exp.Column)):
        if node.name == LEFT:
            node.replace(left)
        elif node.name == RIGHT and right is not None:
            node.replace(right)
    return tree


def written(reading: Reading, value: Value | None, place: Origin | None = None) -> exp.Expression:
    """SQL that is written as text: ``literal("(SELECT COUNT(*) FROM ...)")``."""
    found = fragment(reading, value, "value")
    if not found:
        return unknown(reading, value)
    return placed(found[0], place) if "at" not in found[0].meta else found[0]


def written_order(reading: Reading, value: Value | None) -> list[exp.Expression]:
    """The same in ``ORDER BY``."""
    found = fragment(reading, value, "order")
    if len(found) == 1 and pieces.is_hole(found[0]):
        reading.opens("order", "SQL that is written as text")
    return [part if isinstance(part, exp.Ordered) else exp.Ordered(this=part) for part in found]


def fragment(reading: Reading, value: Value | None, role: Literal["value", "order"]) -> list[exp.Expression]:
    """The expressions that a text is."""
    if value is None:
        return []
    project = reading.lifting.project
    found = texts.lift_fragment(project, value, reading.dialect, ("named",), role=role, bindings=reading.bindings)
    for part in found:
        for named in part.find_all(exp.Identifier):
            named.meta["written"] = True
    return list(found)


def is_row(value: Value) -> bool:
    """Whether a value is an object of one of the project's models."""
    return isinstance(value, Instance) and (isinstance(value.kind, Class) or hasattr(value, "model"))


def whole_number(reading: Reading, value: Value | None) -> exp.Expression | None:
    """A limit or an offset."""
    return None if is_nothing(value) or value is None else escaped(reading, value)
