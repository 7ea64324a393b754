"""Columns and constraints of SQLAlchemy, as migrations write them."""

from __future__ import annotations

from typing import NamedTuple

from verifier.api import (
    NOTHING,
    Call,
    Column,
    Const,
    Constraint,
    Default,
    Engine,
    Instance,
    Reference,
    Sequence,
    Span,
    Unknown,
    Value,
    reason_of,
    text_of,
)

from ._types import column_type, is_type

CONSTRAINTS = {
    "PrimaryKeyConstraint": "primary",
    "UniqueConstraint": "unique",
    "ForeignKeyConstraint": "foreign",
    "CheckConstraint": "check",
}


class Made(NamedTuple):
    """A column with the constraints that stand beside it; ``exact`` where ``nullable`` was given."""

    column: Column
    constraints: list[Constraint]
    exact: bool


def kind_of_object(value: Value) -> str:
    """The name of the library's class that an object is of."""
    return (value.path or "").rpartition(".")[2] if isinstance(value, Instance) and value.path else ""


def place_of(engine: Engine, value: Value, default: Span) -> Span:
    """Where a value is written."""
    return engine.span(value.origin) if value.origin is not None else default


def texts(value: Value | None) -> list[str] | None:
    """The texts of a list; None where one of them is not known."""
    if not isinstance(value, Sequence) or not value.complete:
        return None
    found = [text_of(item) for item in value.items]
    return [text for text in found if text is not None] if None not in found else None


def flag(value: Value | None, default: bool) -> bool | None:
    """A truth value; None where it is not known."""
    if value is None:
        return default
    return bool(value.value) if isinstance(value, Const) else None


def read_column(engine: Engine, value: Value, table: str, span: Span) -> Made | str:
    """A column; why it is not known, where it is not."""
    if isinstance(value, Unknown) or not isinstance(value, Instance):
        return reason_of(value)
    call = value.made_by
    if call is None or kind_of_object(value) != "Column":
        return reason_of(value)
    arguments = list(call.arguments)
    name = text_of(arguments[0]) if arguments else call.text(None, "name")
    if name is None:
        name = call.text(None, "name")
    if name is None:
        return "the name of a column"
    place = place_of(engine, value, span)
    if isinstance(arguments[0] if arguments else None, Const):
        arguments = arguments[1:]
    found = Reading(engine, name, table, place)
    given = call.argument(None, "type_")
    type_ = column_type(engine, given) if given is not None else None
    for argument in arguments:
        if type_ is None and is_type(argument):
            type_ = column_type(engine, argument)
        else:
            found.take(argument)
    found.keywords(call)
    return found.made(type_ if type_ is not None else column_type(engine, None), open_=call.open)


class Reading:
    """A column while its arguments are read."""

    def __init__(self, engine: Engine, name: str, table: str, place: Span) -> None:
        self.engine = engine
        self.name = name
        self.table = table
        self.place = place
        self.default: Default | None = None
        self.default_text = ""
        self.constraints: list[Constraint] = []
        self.nullable: bool | None = None
        self.known = True
        self.autoincrement = False
        self.comment = ""

    def take(self, argument: Value) -> None:
        """A positional argument that is no type."""
        kind = kind_of_object(argument)
        call = argument.made_by if isinstance(argument, Instance) else None
        if kind == "ForeignKey" and call is not None:
            target = call.text(0, "column")
            if target is None:
                self.known = False
            else:
                reference = reference_of(target, call)
                self.constraints.append(
                    Constraint("foreign", (self.name,), self.place, call.text(None, "name"), (reference,))
                )
        elif kind in ("Identity", "Computed", "Sequence"):
            self.default, self.autoincrement = "generated", kind != "Computed"
        elif kind in ("FetchedValue", "DefaultClause"):
            self.default = "server"

    def keywords(self, call: Call) -> None:
        """The keyword arguments."""
        primary = flag(call.argument(None, "primary_key"), False)
        unique = flag(call.argument(None, "unique"), False)
        index = flag(call.argument(None, "index"), False)
        if "nullable" in call.keywords:
            self.nullable = flag(call.keywords["nullable"], True)
            self.known = self.known and self.nullable is not None
        self.known = self.known and None not in (primary, unique, index)
        if primary:
            self.constraints.append(Constraint("primary", (self.name,), self.place))
            self.autoincrement = flag(call.argument(None, "autoincrement"), True) is not False
        if index:
            name = f"ix_{self.table}_{self.name}"
            self.constraints.append(Constraint("index", (self.name,), self.place, name, unique=bool(unique)))
        elif unique:
            self.constraints.append(Constraint("unique", (self.name,), self.place, unique=True))
        server = call.argument(None, "server_default")
        if server is not None and server is not NOTHING and not is_nothing(server):
            self.default, self.default_text = "server", shown(server)
            if kind_of_object(server) in ("Identity", "Computed"):
                self.default = "generated"
        self.comment = call.text(None, "comment", "") or ""

    def made(self, type_: object, *, open_: bool) -> Made:
        """The column."""
        primary = any(found.kind == "primary" for found in self.constraints)
        column = Column(
            self.name,
            self.name,
            type_,  # type: ignore[arg-type]
            self.place,
            nullable=self.nullable if self.nullable is not None else not primary,
            default=self.default,
            default_text=self.default_text,
            autoincrement=self.autoincrement,
            known=self.known and not open_,
            comment=self.comment,
        )
        return Made(column, self.constraints, self.nullable is not None)


def is_nothing(value: Value) -> bool:
    """Whether a value is ``None`` or ``False``, which take a default away."""
    return isinstance(value, Const) and (value.value is None or value.value is False)


def shown(value: Value) -> str:
    """A default as a reader would write it."""
    if isinstance(value, Const):
        return str(value.value)
    if isinstance(value, Instance) and value.made_by is not None and kind_of_object(value) in ("text()", "TextClause"):
        return value.made_by.text(0) or ""
    if isinstance(value, Instance) and value.path:
        return value.path.rpartition(".")[2]
    return ""


def reference_of(target: str, call: Call) -> Reference:
    """What ``"table.column"`` points at."""
    table, _, column = target.rpartition(".")
    return Reference(table or target, column if table else None, action(call, "ondelete"), action(call, "onupdate"))


def action(call: Call, name: str) -> str | None:
    """What happens to a row with the one that it refers to, in capitals."""
    written = call.text(None, name)
    return written.upper() if written else None


def read_constraint(engine: Engine, value: Value, span: Span) -> Constraint | str | None:
    """A constraint of a table; None for what is none, a reason where it is not known."""
    kind = kind_of_object(value)
    call = value.made_by if isinstance(value, Instance) else None
    if kind not in CONSTRAINTS or call is None:
        return None
    place = place_of(engine, value, span)
    name = call.text(None, "name")
    if kind == "CheckConstraint":
        condition = call.argument(0, "sqltext")
        return Constraint("check", (), place, name, condition=shown(condition) if condition is not None else "")
    if kind == "ForeignKeyConstraint":
        columns, targets = texts(call.argument(0, "columns")), texts(call.argument(1, "refcolumns"))
        if columns is None or targets is None:
            return "the columns of a foreign key"
        references = tuple(reference_of(target, call) for target in targets)
        return Constraint("foreign", tuple(columns), place, name, references)
    names = [text_of(argument) for argument in call.arguments]
    if None in names or call.open:
        return "the columns of a key"
    columns_ = tuple(text for text in names if text is not None)
    if kind == "PrimaryKeyConstraint":
        return Constraint("primary", columns_, place, name)
    return Constraint("unique", columns_, place, name, unique=True)
