"""What statements give: rows as objects of their class, results that hand them out."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from verifier.api import (
    NOTHING,
    Call,
    Class,
    Engine,
    External,
    Field,
    Instance,
    LibraryObject,
    NamedItems,
    Parametrized,
    Sequence,
    Unknown,
    Value,
    attribute,
    choice,
    method,
    options,
    regex,
)

from ._drafts import path_of
from ._sessions import EXTENSION, HOLDER

RESULT = "sqlalchemy.engine.Result"
PAGE = "flask_sqlalchemy.pagination.Pagination"
DEEPEST = 80
# What leaves the columns of a statement as they are is every other method.
COLUMNS = frozenset({"with_only_columns", "with_entities", "returning"})
MORE = frozenset({"add_columns", "add_column", "add_entity", "column"})
ROOTS = frozenset({"select", "query"})
WRITES = frozenset({"insert", "update", "delete"})
HOLDERS = regex(rf"(?:{HOLDER})$")
EXTENSIONS = regex(EXTENSION)


class Result(LibraryObject):
    """What ``execute`` gives: rows, or the first value of each."""

    heeded: ClassVar[bool] = True
    row: Value = Unknown("a row")
    value: Value = Unknown("a value of a row")
    single = False
    distinct = False
    fetched: list[Call | None] | None = (
        None  # where rows are taken with their repetitions, for all results of one statement
    )

    def taken(self, call: Call | None) -> None:
        """Rows are taken from it."""
        if not self.distinct and self.fetched is not None:
            self.fetched.append(call)

    def one_row(self) -> Value:
        """Any one of what it hands out."""
        return self.value if self.single else self.row

    @method("scalars")
    def scalars(self, call: Call) -> Value:
        return result(call, self.row, self.value, single=True, of=self)

    @method("unique")
    def unique(self, call: Call) -> Value:
        made = result(call, self.row, self.value, single=self.single, of=self)
        made.distinct = True
        return made

    @method("yield_per", "columns", "execution_options", "freeze", "tuples")
    def same(self, call: Call) -> Value:
        return self

    @method("mappings")
    def mappings(self, call: Call) -> Value:
        return result(call, Unknown("a row as a mapping"), self.value, single=False, of=self)

    @method("all", "fetchall", "fetchmany")
    def all(self, call: Call) -> Value:
        self.taken(call)
        return Sequence((), complete=False, element=self.one_row())

    @method("first", "one_or_none", "fetchone")
    def first(self, call: Call) -> Value:
        if call.name != "first":
            self.taken(call)
        return choice([self.one_row(), NOTHING])

    @method("one")
    def one(self, call: Call) -> Value:
        self.taken(call)
        return self.one_row()

    @method("scalar_one")
    def scalar_one(self, call: Call) -> Value:
        self.taken(call)
        return self.value

    @method("scalar", "scalar_one_or_none")
    def scalar(self, call: Call) -> Value:
        if call.name != "scalar":
            self.taken(call)
        return choice([self.value, NOTHING])

    def element(self, engine: Engine) -> Value | None:
        self.taken(None)
        return self.one_row()

    def shape(self) -> object:
        return ("rows", self.single, self.made_by.shape if self.made_by is not None else id(self))


class Page(LibraryObject):
    """What ``paginate`` gives."""

    row: Value = Unknown("a row")

    @attribute("items")
    def items_(self, name: str) -> Value:
        return Sequence((), complete=False, element=self.row)

    def element(self, engine: Engine) -> Value | None:
        return self.row


def result(call: Call, row: Value, value: Value, *, single: bool, of: Result | None = None) -> Result:
    """A new result."""
    made = Result(None, RESULT, origin=call.origin)
    made.row, made.value, made.single, made.made_by = row, value, single, call
    made.distinct, made.fetched = (of.distinct, of.fetched) if of is not None else (False, [])
    return made


def gives(call: Call) -> Value | None:
    """What a call that sends a statement gives; None for all others."""
    callee = call.callee
    if not isinstance(callee, External):
        return None
    name = callee.name
    if is_holder(callee.receiver):
        answer = SENDING.get(name)
        return answer(call) if answer is not None else None
    answer = ENDING.get(name)
    if answer is not None and ".query" in callee.path:
        return answer(call)
    return None


def is_holder(value: Value | None) -> bool:
    """Whether something sends statements."""
    path = value.path if isinstance(value, Instance) and value.kind is None else None
    if isinstance(value, Instance) and value.kind is not None:
        path = value.path
    return path is not None and (HOLDERS.match(path) is not None or EXTENSIONS.fullmatch(path) is not None)


# Rows of statements


def columns_of(value: Value, depth: int = 0) -> list[Value] | None:
    """The columns that a statement gives; None where they are not known."""
    added: list[Value] = []
    for _ in range(DEEPEST):
        if not isinstance(value, Instance) or value.made_by is None:
            return None
        call = value.made_by
        callee = call.callee
        if not isinstance(callee, External) or call.open:
            return None
        name = callee.name
        if name in COLUMNS:
            found = given(call)
            return [*found, *added] if found is not None else None
        if name in MORE:
            found = given(call)
            if found is None:
                return None
            added = [*found, *added]
        receiver = callee.receiver
        if isinstance(receiver, Class):
            return [receiver, *added] if ".query" in callee.path else None
        if name in ROOTS and (receiver is None or is_holder(receiver)):
            found = given(call)
            return [*found, *added] if found is not None else None
        if name in WRITES or receiver is None:
            return None
        value = next(iter(options(receiver)))
    return None


def given(call: Call) -> list[Value] | None:
    """The columns that a call is given, lists taken apart; None where not all are known."""
    found: list[Value] = []
    for argument in call.arguments:
        if isinstance(argument, Sequence):
            if not argument.complete:
                return None
            found.extend(argument.items)
        else:
            found.append(argument)
    return found


def value_of(engine: Engine, column: Value) -> Value:
    """What a row has in a column: an object of a class, or a value."""
    if isinstance(column, Class):
        return engine.symbolic_object(column)
    if isinstance(column, Instance) and path_of(column).endswith(".aliased") and column.made_by is not None:
        of = column.made_by.argument(0, "element")
        return engine.symbolic_object(of) if isinstance(of, Class) else Unknown("a row of an alias")
    name = name_of(column)
    return Unknown(f"the column `{name}` of a row" if name is not None else "a value of a row")


def name_of(column: Value) -> str | None:
    """The name under which a row has a column."""
    if isinstance(column, Class):
        return column.name
    if isinstance(column, Field | External):
        return column.name
    if isinstance(column, Instance) and column.made_by is not None and path_of(column).endswith(".label"):
        return column.made_by.text(0, "name")
    return None


def row_of(call: Call, statement: Value | None) -> tuple[Value, Value]:
    """A row of a statement, and the first value in it."""
    rows: list[Value] = []
    firsts: list[Value] = []
    for option in options(statement) if statement is not None else ():
        columns = columns_of(option)
        if not columns:
            rows.append(Unknown("a row"))
            firsts.append(Unknown("a value of a row"))
            continue
        held = [value_of(call.engine, column) for column in columns]
        names = [name_of(column) or f"column {number}" for number, column in enumerate(columns)]
        rows.append(NamedItems(names, held))
        firsts.append(held[0])
    if not rows:
        return Unknown("a row"), Unknown("a value of a row")
    return (rows[0] if len(rows) > 1 else choice(rows)), choice(firsts)


def statement_of(call: Call) -> Value | None:
    """The statement that a call is handed."""
    return call.argument(0, "statement") or call.argument(0)


def execute(call: Call) -> Value:
    row, value = row_of(call, statement_of(call))
    return result(call, row, value, single=False)


def scalars(call: Call) -> Value:
    row, value = row_of(call, statement_of(call))
    return result(call, row, value, single=True)


def exec_(call: Call) -> Value:
    """SQLModel's ``exec``: rows of one column that its own ``select`` asks for are handed out as their values."""
    statement = statement_of(call)
    row, value = row_of(call, statement)
    asked = next(iter(options(statement))) if statement is not None else None
    columns = columns_of(asked) if asked is not None and path_of(asked).startswith("sqlmodel.") else None
    return result(call, row, value, single=columns is not None and len(columns) == 1)


def scalar(call: Call) -> Value:
    return choice([row_of(call, statement_of(call))[1], NOTHING])


def by_key(call: Call) -> Value | None:
    entity = call.argument(0, "entity")
    if isinstance(entity, Parametrized):
        entity = entity.base
    if not isinstance(entity, Class):
        return None
    found = call.engine.symbolic_object(entity)
    surely = isinstance(call.callee, External) and call.callee.name != "get"
    return found if surely else choice([found, NOTHING])


def merge(call: Call) -> Value | None:
    return call.argument(0, "instance")


SENDING: dict[str, Callable[[Call], Value | None]] = {
    "execute": execute,
    "stream": execute,
    "scalars": scalars,
    "stream_scalars": scalars,
    "exec": exec_,
    "scalar": scalar,
    "get": by_key,
    "get_one": by_key,
    "get_or_404": by_key,
    "merge": merge,
}


# Ends of a query


def query_row(call: Call) -> Value | None:
    """A row of the query on which a method is called: an object, where it asks for one entity."""
    callee = call.callee
    if not isinstance(callee, External) or callee.receiver is None:
        return None
    receiver = callee.receiver
    if isinstance(receiver, Class):
        columns: list[Value] | None = [receiver]
    elif isinstance(receiver, Instance) and receiver.kind is not None:
        columns = [receiver.kind]
    else:
        columns = columns_of(next(iter(options(receiver))))
    if not columns:
        return None
    if len(columns) == 1 and isinstance(columns[0], Class):
        return call.engine.symbolic_object(columns[0])
    names = [name_of(column) or f"column {number}" for number, column in enumerate(columns)]
    return NamedItems(names, [value_of(call.engine, column) for column in columns])


def many(call: Call) -> Value | None:
    row = query_row(call)
    return Sequence((), complete=False, element=row) if row is not None else None


def perhaps(call: Call) -> Value | None:
    row = query_row(call)
    return choice([row, NOTHING]) if row is not None else None


def page(call: Call) -> Value | None:
    row = query_row(call)
    if row is None:
        return None
    made = Page(None, PAGE, origin=call.origin)
    made.row, made.made_by = row, call
    return made


def number(call: Call) -> Value | None:
    return Unknown("a number of rows")


def first_value(call: Call) -> Value | None:
    row = query_row(call)
    if row is None:
        return None
    first = row.items[0] if isinstance(row, NamedItems) and row.items else row
    return choice([first, NOTHING])


ENDING: dict[str, Callable[[Call], Value | None]] = {
    "all": many,
    "first": perhaps,
    "one_or_none": perhaps,
    "one": query_row,
    "first_or_404": query_row,
    "one_or_404": query_row,
    "get_or_404": query_row,
    "get": perhaps,
    "paginate": page,
    "count": number,
    "scalar": first_value,
}
