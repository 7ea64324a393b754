"""Values that an encoder of JSON may refuse: objects of classes, rows, sets, moments, functions that nobody called."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from verifier.evaluate.fetched import Cell, Row, Rows
from verifier.evaluate.values import (
    BARE_BASES,
    Choice,
    Class,
    Const,
    Copy,
    External,
    Field,
    Function,
    Instance,
    Origin,
    Parametrized,
    Record,
    Sequence,
    Value,
)
from verifier.link.signatures import word_of
from verifier.model import Problem, Span
from verifier.regex import regex

if TYPE_CHECKING:
    from verifier.datamodel import ColumnType
    from verifier.link import Facts
    from verifier.link.uses import Use

DEEPEST = 8
# Everything that `json.dumps` refuses.
EVERYTHING = frozenset(
    "object dataclass model entity query set bytes Decimal datetime date time timedelta UUID function class row".split()
)
LIBRARY: Mapping[str, re.Pattern[str]] = {
    "datetime": regex(
        r"datetime\.datetime(?:\(\)|\.(?:now|utcnow|today|fromtimestamp|utcfromtimestamp|strptime|combine|fromisoformat)\(\))?"
        r"|django\.utils\.timezone\.(?:now|localtime)\(\)"
    ),
    "date": regex(r"datetime\.date(?:\(\)|\.(?:today|fromtimestamp|fromisoformat)\(\))?"),
    "time": regex(r"datetime\.time(?:\(\))?"),
    "timedelta": regex(r"datetime\.timedelta(?:\(\))?"),
    "Decimal": regex(r"decimal\.Decimal(?:\(\))?"),
    "UUID": regex(r"uuid\.(?:UUID|uuid[1-8]\(\))"),
    "query": regex(
        r"django\.db\.models\.(?:QuerySet|Manager)|sqlalchemy\.engine\.Result"
        r"|sqlalchemy\.[\w.()]*[sS]ession[\w.()]*\.query\(\)"
        r"(?:\.(?:filter|filter_by|order_by|group_by|join|limit|offset|distinct|options)\(\))*"
    ),
    "entity": regex(r"django\.contrib\.auth\.models\.(?:User|Group)"),
}
# Types of columns whose values are no plain ones, whatever the driver.
COLUMNS = {"datetime": "datetime", "date": "date", "time": "time", "interval": "timedelta", "binary": "bytes"}
DECIMALS = frozenset({"Numeric", "DECIMAL", "NUMERIC", "DecimalField"})
UUIDS = frozenset({"Uuid", "UUIDField"})
MODELS = ("pydantic.", "sqlmodel.", "ninja.")
# What drivers of PostgreSQL give for columns of a type, by how its name begins.
GIVEN = {"numeric": "Decimal", "timestamp": "datetime", "date": "date", "uuid": "UUID", "bytea": "bytes"}
ROWS = {"row": ("a `sqlite3.Row`", "Row"), "record": ("a record of asyncpg", "Record")}


class Refused(NamedTuple):
    """A value that an encoder refuses.

    Attributes:
        kind: one of ``EVERYTHING``.
        what: the value, in words.
        type: its class, as the encoder would name it.
        span: where it is given.
    """

    kind: str
    what: str
    type: str
    span: Span


def refused_in(facts: Facts, use: Use, value: Value | None, kinds: Collection[str]) -> Iterator[Refused]:
    """The values inside one that a call is given which an encoder refuses that knows none of some kinds."""
    if value is not None:
        yield from inside(facts, use.span, value, kinds, 0)


def inside(facts: Facts, span: Span, value: Value, kinds: Collection[str], depth: int) -> Iterator[Refused]:
    """The same for a part of such a value. One that may be several things is refused where each of them is."""
    if depth > DEEPEST:
        return
    if isinstance(value, Rows):
        yield from inside(facts, span, value.row(), kinds, depth + 1)
    elif isinstance(value, Copy) or (isinstance(value, Row) and value.form == "dict"):
        yield from in_columns(facts, span, value, kinds)
    elif isinstance(value, Record):
        for key, entry in value.entries.items():
            yield from inside(facts, nearer(facts, value.places.get(key), span), entry, kinds, depth + 1)
    elif isinstance(value, Sequence) and value.kind != "set":
        for item in (*value.items, *([value.element] if value.element is not None else ())):
            yield from inside(facts, span, item, kinds, depth + 1)
    elif isinstance(value, Choice):
        known = [one for one in value.options if not (isinstance(one, Const) and one.value is None)]
        if all(isinstance(one, Record | Sequence) for one in known):
            for one in known:
                yield from inside(facts, span, one, kinds, depth + 1)
        else:
            found = [next(inside(facts, span, one, kinds, depth + 1), None) for one in known]
            if found and None not in found and found[0] is not None:
                yield found[0]
    else:
        told = told_of(facts, value)
        if told is not None and told[0] in kinds:
            yield Refused(*told, span)


def in_columns(facts: Facts, span: Span, value: Row | Copy, kinds: Collection[str]) -> Iterator[Refused]:
    """The columns of a row that is a dictionary, or was made one, which an encoder refuses."""
    row = value.of if isinstance(value, Copy) else value
    held = value.entries if isinstance(value, Copy) else value.items
    if not isinstance(row, Row) or row.changed or held or (isinstance(value, Copy) and value.element is not None):
        return
    for columns in facts.columns_of(row.sources) or ():
        if columns.query.dialect != "postgres":
            continue
        for name, type_ in columns.types.items():
            kind = given_for(type_)
            if kind is not None and kind in kinds:
                yield Refused(kind, f"a row with `{name}`, a `{kind}`", kind, span)
                return


def given_for(type_: str | None) -> str | None:
    """What Python's drivers of PostgreSQL give for a type, where that is no plain value."""
    word = (type_ or "").partition(" ")[0].partition("(")[0]
    return GIVEN.get(word) if not (type_ or "").endswith("[]") else None


def told_of_cell(facts: Facts, cell: Cell) -> tuple[str, str, str] | None:
    """A value of a row that is no plain one, by the type of its column."""
    given = facts.columns_of(cell.row.sources)
    if given is None or any(one.query.dialect != "postgres" for one in given):
        return None
    kind = given_for(facts.type_of_cell(cell))
    return (kind, f"`{cell.key}` of a row, a `{kind}`", kind) if kind is not None else None


def nearer(facts: Facts, origin: Origin | None, span: Span) -> Span:
    """The place of a key, where that is known."""
    return facts.program.engine.span(origin) if origin is not None else span


def told_of(facts: Facts, value: Value) -> tuple[str, str, str] | None:
    """The kind of a value that has no parts, what it is in words, and its class; None where it may be written."""
    if isinstance(value, Field):
        return told_of_column(facts, value)
    if isinstance(value, Cell):
        return told_of_cell(facts, value)
    if isinstance(value, Row):
        return ("row", *ROWS[value.form]) if value.form in ROWS else None
    if isinstance(value, Function):
        if value.code.accessor is not None or decorators_of(value) - {"staticmethod", "classmethod"}:
            return None  # a property, or what a decorator makes of it
        name = value.code.name or "lambda"
        return "function", f"`{name}`, which is not called", "method" if value.bound is not None else "function"
    if isinstance(value, Class):
        return "class", f"the class `{value.name}`", "type"
    if isinstance(value, Sequence) and value.kind == "set":
        return "set", "a set", "set"
    if isinstance(value, Const) and isinstance(value.value, bytes):
        return "bytes", "bytes", "bytes"
    if isinstance(value, Instance) and value.kind is not None:
        return told_of_object(facts, value, value.kind)
    path = value.path if isinstance(value, Instance) else None
    if path is not None:
        for kind, pattern in LIBRARY.items():
            if pattern.fullmatch(path):
                name = path.removesuffix("()").rpartition(".")[2]
                name = "Query" if name.islower() else name
                article = {"query": f"a {name}", "entity": f"an object of `{name}`"}
                named = name if kind in article else kind
                return kind, article.get(kind, f"a `{kind}`"), named
    return None


def told_of_column(facts: Facts, value: Field) -> tuple[str, str, str] | None:
    """The same for an attribute of a mapped object."""
    entity = facts.entity_of(value.holder) if isinstance(value.holder, Instance) else None
    if entity is None:
        return None
    relationship = entity.relationship(value.name)
    if relationship is not None:
        many = f"the objects of `{entity.name}.{value.name}`" if relationship.many else f"`{entity.name}.{value.name}`"
        return "entity", f"{many}, mapped objects" if not relationship.many else many, relationship.target or "object"
    column = entity.mapped(value.name)
    if column is None or any(cls.name == column.type.declared for cls in facts.program.engine.classes):
        return None  # a type of the project gives what it likes
    kind = kind_of(column.type, value)
    return (kind, f"`{entity.name}.{value.name}`, a `{kind}`", kind) if kind is not None else None


def kind_of(column: ColumnType, value: Field) -> str | None:
    """What the values of a column are, where they are no plain ones."""
    if column.varies:
        return None
    if column.kind == "numeric" and column.declared in DECIMALS:
        text = value.made_by.keywords if value.made_by is not None else {}
        return None if "asdecimal" in text else "Decimal"
    if column.kind == "uuid" and column.declared in UUIDS:
        return "UUID"
    return COLUMNS.get(column.kind)


def told_of_object(facts: Facts, value: Instance, kind: Class) -> tuple[str, str, str] | None:
    """The same for an object of a class of the project; None where its class may be one that is written."""
    what = f"an object of `{kind.name}`"
    marked = decorated(kind)
    if facts.entity_of(value) is not None:
        return ("dataclass" if "dataclass" in marked else "entity"), what, kind.name
    bases = [base for base in ancestors(kind) if not isinstance(base, Class)]
    paths = [base.path or "?" if isinstance(base, External | Instance) else "?" for base in bases]
    if any(path.startswith(MODELS) for path in paths):
        return "model", what, kind.name
    if any(path not in BARE_BASES for path in paths):
        return None
    members = {name for base in kind.lineage() if isinstance(base, Class) for name in base.members}
    if members & {"__html__", "__json__", "__iter__", "__getitem__"}:
        return None
    return ("dataclass" if "dataclass" in marked else "object"), what, kind.name


def decorators_of(function: Function) -> set[str]:
    """The last words of a function's decorators."""
    return {word_of(decorator) for decorator in function.code.decorators}


def ancestors(kind: Class) -> Iterator[Value]:
    """The ancestors of a class, without type arguments."""
    for base in kind.lineage():
        yield base.base if isinstance(base, Parametrized) else base


def decorated(kind: Class) -> set[str]:
    """The last words of the decorators of a class and its ancestors."""
    classes = [base for base in kind.lineage() if isinstance(base, Class)]
    return {word_of(decorator) for base in classes for decorator in base.code.decorators}


REMEDIES: Mapping[str, str] = {
    "row": "Make a dictionary of it: `dict(row)`",
    "function": "Call it: put `()` behind it",
    "class": "Give a value, and not its class",
    "entity": "Give a dict of the fields that clients are to see",
    "object": "Give a dict of the fields that clients are to see",
    "dataclass": "Give `dataclasses.asdict(...)`",
    "model": 'Give what `model_dump(mode="json")` gives',
    "query": "Give what it fetches: a number, or a list of dicts that are made of the rows",
    "set": "Give a list: `sorted(...)`",
    "bytes": "Give text: `.decode()`",
    "Decimal": "Give `str(...)` or `float(...)` of it",
    "UUID": "Give `str(...)` of it",
    "timedelta": "Give `.total_seconds()`",
}


def refusals(
    facts: Facts, use: Use, values: Collection[Value | None], kinds: Collection[str], encoder: str
) -> Iterator[Problem]:
    """The findings on what a call hands to an encoder that refuses some kinds of values."""
    for value in values:
        for refused in refused_in(facts, use, value, kinds):
            yield Problem(
                refused.span,
                f"`{encoder}` is given {refused.what}, which it cannot write as JSON",
                symptom=f"500: TypeError: Object of type {refused.type} is not JSON serializable",
                remedy=REMEDIES.get(refused.kind, "Give `.isoformat()` of it"),
                routes=facts.routes_at(use.span),
                identity=f"{encoder} {refused.what}",
            )


def frameworks_of(facts: Facts, use: Use) -> set[str]:
    """The frameworks of the routes on whose way a call is made."""
    reaching = facts.calls.reaching.get(use.caller, ()) if use.caller is not None else ()
    return {route.framework for route in reaching}


def dumps_of(facts: Facts, framework: str) -> Iterator[Problem]:
    """The same for ``json.dumps`` below a framework's routes, where it has no encoder of its own."""
    uses = [use for use in facts.uses if use.library == "json.dumps" and not use.open]
    if uses and not encodes(facts, r"JSONEncoder\.default\s*="):
        for use in uses:
            if not {"default", "cls"} & set(use.keywords) and framework in frameworks_of(facts, use):
                yield from refusals(facts, use, [use.argument(0, "obj")], EVERYTHING, "json.dumps")


def encodes(facts: Facts, pattern: str) -> bool:
    """Whether some text of the project shows that encoding is arranged in another way."""
    wanted = re.compile(pattern.encode())
    return any(wanted.search(source.data) is not None for source in facts.project.files.values())
