"""Columns and constraints as ``CREATE TABLE`` and ``ALTER TABLE`` write them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from verifier.datamodel import UNKNOWN_TYPE, Column, Constraint, Default, Reference
from verifier.ddl.cursor import Cursor
from verifier.ddl.types import is_serial, sql_type
from verifier.ddl.words import Word
from verifier.model import Span

# Gives the place in the project's file of what stands between two places of the text.
Placing: TypeAlias = Callable[[int, int], Span]

# Words that begin a constraint of a column, and so end its type or default.
ENDING = frozenset(
    "CONSTRAINT NOT NULL DEFAULT PRIMARY UNIQUE CHECK REFERENCES COLLATE GENERATED AS AUTOINCREMENT AUTO_INCREMENT "
    "COMMENT ON STORAGE COMPRESSION DEFERRABLE INITIALLY VIRTUAL STORED KEY FIRST AFTER USING CHARSET VISIBLE "
    "INVISIBLE FORMAT CASCADE RESTRICT".split()
)
ACTIONS = ("CASCADE", "RESTRICT", "SET NULL", "SET DEFAULT", "NO ACTION")


def is_constraint(cursor: Cursor) -> bool:
    """Whether a part of ``CREATE TABLE`` is a constraint and no column."""
    first, second = cursor.word.upper, cursor.words[1].upper if len(cursor.words) > 1 else ""
    if first in ("CONSTRAINT", "LIKE"):
        return True
    if first in ("PRIMARY", "FOREIGN"):
        return second == "KEY"
    if first == "UNIQUE":
        return second in ("(", "NULLS", "KEY", "INDEX") or (len(cursor.words) > 2 and cursor.words[2].upper == "(")
    if first == "CHECK":
        return second == "("
    if first == "EXCLUDE":
        return second in ("USING", "(")
    if first in ("KEY", "INDEX", "FULLTEXT", "SPATIAL"):  # MySQL's; elsewhere they are names as any other
        opening = next((place for place, word in enumerate(cursor.words) if word.upper == "("), None)
        return opening is not None and cursor.words[opening + 1].kind not in ("number", "string")
    return False


def read_column(cursor: Cursor, place: Placing) -> tuple[Column, list[Constraint]]:
    """A column and the constraints that stand beside it."""
    first = cursor.word
    name = cursor.name()
    span = place(first.start, cursor.words[-1].end)
    begin = cursor.at
    while not cursor.done and (not ends_type(cursor) or is_word_of_type(cursor, begin)):
        cursor.skip()
    declared = " ".join(cursor.source(begin, cursor.at).split())
    serial = is_serial(declared)
    found = Details(name, span)
    if serial and cursor.schema.database != "sqlite":
        found.default, found.nullable, found.autoincrement = "generated", False, True
    while not cursor.done:
        read_detail(cursor, found)
    column = Column(
        name,
        name,
        sql_type(declared) if declared else UNKNOWN_TYPE,
        span,
        nullable=found.nullable,
        default=found.default,
        default_text=found.default_text,
        autoincrement=found.autoincrement,
        comment=found.comment,
    )
    return column, found.constraints


def ends_type(cursor: Cursor) -> bool:
    """Whether the type of a column ends before the next word."""
    word = cursor.word
    if word.upper == "CHARACTER":
        return cursor.ahead("CHARACTER", "SET")
    return word.upper in ENDING


def is_word_of_type(cursor: Cursor, begin: int) -> bool:
    """Whether SQLite takes MySQL's ``AUTO_INCREMENT`` for one more word of the type, which it may have any of."""
    plain = cursor.at == begin or cursor.words[cursor.at - 1].upper != ")"
    return cursor.schema.database == "sqlite" and plain and cursor.word.upper == "AUTO_INCREMENT"


class Details:
    """What the words behind a column's type say, while they are read."""

    def __init__(self, name: str, span: Span) -> None:
        self.name = name
        self.span = span
        self.nullable = True
        self.default: Default | None = None
        self.default_text = ""
        self.autoincrement = False
        self.comment = ""
        self.label: str | None = None
        self.constraints: list[Constraint] = []


def read_detail(cursor: Cursor, found: Details) -> None:
    """One constraint or property of a column."""
    keyword = cursor.next().upper
    label, found.label = found.label, None
    names = (found.name,)
    if keyword == "CONSTRAINT":
        found.label = cursor.name()
    elif keyword == "NOT":
        if cursor.take("NULL"):
            found.nullable = False
        else:
            cursor.take_any("DEFERRABLE", "VALID", "ENFORCED")
        conflict(cursor)
    elif keyword == "DEFAULT":
        begin = cursor.at
        expression(cursor)
        set_default(found, cursor.source(begin, cursor.at))
    elif keyword == "PRIMARY":
        cursor.expect("KEY")
        order = cursor.take_any("ASC", "DESC")
        conflict(cursor)
        found.constraints.append(Constraint("primary", names, found.span, label, condition=order or ""))
    elif keyword == "KEY":
        found.constraints.append(Constraint("primary", names, found.span, label))
    elif keyword == "UNIQUE":
        if cursor.take("NULLS"):
            cursor.take("NOT")
            cursor.take("DISTINCT")
        cursor.take("KEY")
        conflict(cursor)
        found.constraints.append(Constraint("unique", names, found.span, label, unique=True))
    elif keyword == "CHECK" and cursor.ahead("("):
        found.constraints.append(Constraint("check", names, found.span, label, condition=cursor.parentheses()))
    elif keyword == "REFERENCES":
        found.constraints.append(Constraint("foreign", names, found.span, label, read_reference(cursor, 1)))
    elif keyword in ("GENERATED", "AS"):
        generated(cursor, found, keyword)
    elif keyword in ("AUTOINCREMENT", "AUTO_INCREMENT"):
        found.default, found.autoincrement = "generated", True
    elif keyword == "COMMENT":
        found.comment = cursor.next().text
    elif keyword == "COLLATE":
        cursor.table_name()
    elif keyword == "ON" and cursor.take("UPDATE"):
        expression(cursor)
    elif keyword == "(":
        cursor.at -= 1
        cursor.skip()


def conflict(cursor: Cursor) -> None:
    """SQLite's ``ON CONFLICT``."""
    if cursor.take("ON", "CONFLICT"):
        cursor.next()


def expression(cursor: Cursor) -> None:
    """Go past the expression of a default: to the next word that begins a constraint."""
    sign = cursor.word.text in ("-", "+")
    cursor.skip()
    if sign:
        cursor.skip()
    while not cursor.done and cursor.word.upper not in ENDING:
        cursor.skip()


def set_default(found: Details, written: str) -> None:
    """Take the expression of a default."""
    plain = written.strip().strip("()").split("::")[0].strip()
    if plain.upper() == "NULL":
        return
    found.default_text = " ".join(written.split())
    found.default = "generated" if plain.lower().startswith(("nextval(", "unique_rowid(")) else "server"
    found.autoincrement = found.default == "generated"


def generated(cursor: Cursor, found: Details, keyword: str) -> None:
    """``GENERATED ALWAYS AS IDENTITY``, ``GENERATED ALWAYS AS (...) STORED``, ``AS (...)``."""
    if keyword == "GENERATED":
        if cursor.take("BY"):
            cursor.expect("DEFAULT")
            cursor.take("ON", "NULL")
        else:
            cursor.take("ALWAYS")
        cursor.expect("AS")
    found.default = "generated"
    if cursor.take("IDENTITY"):
        found.nullable, found.autoincrement = False, True
        if cursor.ahead("("):
            cursor.skip()
    elif cursor.ahead("("):
        found.default_text = " ".join(cursor.parentheses().split())
        cursor.take_any("STORED", "VIRTUAL", "PERSISTENT")


def read_reference(cursor: Cursor, count: int) -> tuple[Reference, ...]:
    """What stands behind ``REFERENCES``, for each of so many columns."""
    table = str(cursor.table_name())
    columns: list[str | None] = list(cursor.names()) if cursor.ahead("(") else [None] * count
    on_delete, on_update = None, None
    while True:
        if cursor.take("ON", "DELETE"):
            on_delete = action(cursor)
        elif cursor.take("ON", "UPDATE"):
            on_update = action(cursor)
        elif cursor.take("MATCH"):
            cursor.next()
        else:
            break
    return tuple(Reference(table, column, on_delete, on_update) for column in columns)


def action(cursor: Cursor) -> str:
    """``CASCADE``, ``SET NULL`` and the like."""
    found = cursor.next().upper
    if found in ("SET", "NO"):
        found = f"{found} {cursor.next().upper}"
    if cursor.ahead("("):  # SET NULL (column, ...)
        cursor.skip()
    return found


def read_constraint(cursor: Cursor, place: Placing) -> Constraint | None:
    """A constraint of a table; None for one that says nothing of columns (an exclusion)."""
    span = place(cursor.words[0].start, cursor.words[-1].end)
    label = None
    if cursor.take("CONSTRAINT"):
        upper = cursor.word.upper
        anonymous = upper in ("CHECK", "PRIMARY", "UNIQUE", "FOREIGN") and not cursor.ahead(upper, upper)
        label = None if anonymous else cursor.name()
    keyword = cursor.next().upper
    if keyword == "PRIMARY":
        cursor.expect("KEY")
        key_name(cursor)
        return Constraint("primary", tuple(cursor.names()), span, label)
    if keyword == "UNIQUE":
        if cursor.take("NULLS"):
            cursor.take("NOT")
            cursor.take("DISTINCT")
        cursor.take_any("KEY", "INDEX")
        return unique(cursor, span, label)
    if keyword == "FOREIGN":
        cursor.expect("KEY")
        own = key_name(cursor)
        columns = tuple(cursor.names())
        cursor.expect("REFERENCES")
        return Constraint("foreign", columns, span, label or own, read_reference(cursor, len(columns)))
    if keyword == "CHECK":
        return Constraint("check", (), span, label, condition=cursor.parentheses())
    if keyword in ("KEY", "INDEX", "FULLTEXT", "SPATIAL"):
        cursor.take_any("KEY", "INDEX")
        own = key_name(cursor)
        return Constraint("index", tuple(index_columns(cursor)), span, own)
    return None


def unique(cursor: Cursor, span: Span, label: str | None) -> Constraint:
    """The rest of ``UNIQUE (a, b)``."""
    own = key_name(cursor)
    return Constraint("unique", tuple(cursor.names()), span, label or own, unique=True)


def key_name(cursor: Cursor) -> str | None:
    """MySQL's name of a key, in front of its columns."""
    return cursor.name() if not cursor.ahead("(") else None


def index_columns(cursor: Cursor) -> list[str]:
    """The columns of an index; an expression is written as ``(expression)``."""
    cursor.expect("(")
    found: list[str] = []
    for part in cursor.parts(")"):
        first: Word = part.word
        plain = first.kind in ("word", "quoted", "string") and not (len(part.words) > 1 and part.words[1].upper == "(")
        rest = [word.upper for word in part.words[1:]]
        if plain and not any(upper in ("::", "||", "->", "-", "+", "*") for upper in rest):
            found.append(part.name())
        else:
            found.append(
                f"({part.source(0, len(part.words))})" if first.upper != "(" else part.source(0, len(part.words))
            )
    return found
