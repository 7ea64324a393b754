"""Rows that a statement gave, as code goes on with them: which call sent the statement, and what form they have."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal, TypeAlias

from verifier.evaluate.library import LibraryObject
from verifier.evaluate.values import Const, Copy, Instance, Sequence, Unknown, Value, reason_of

if TYPE_CHECKING:
    from verifier.evaluate.interpreter import Engine
    from verifier.evaluate.library import Call

Form: TypeAlias = Literal["tuple", "dict", "row", "record", "named", "both", "object", ""]
"""``row`` is that of sqlite3, ``record`` that of asyncpg, ``both`` a list that takes names, ``object`` JavaScript's."""

ITERATOR = "@@iterator"  # is read of what JavaScript takes apart as a list
CHANGING = frozenset({"update", "setdefault", "pop", "popitem", "clear"})
OF_OBJECTS = frozenset({"hasOwnProperty", "toString", "toJSON", "valueOf", "constructor", "then", "catch", "finally"})


class Cell(Unknown):
    """A value of a row: ``key`` is what it was asked for by, a name or a place."""

    __slots__ = ("key", "row")

    def __init__(self, row: Row, key: object) -> None:
        super().__init__(f"an item of {reason_of(row)}")
        self.row = row
        self.key = key


class Fetched(LibraryObject):
    """What was fetched; ``sources`` are the calls that may have sent the statement."""

    sources: tuple[Call, ...] = ()
    form: Form = ""

    @classmethod
    def of(cls, made: Call, path: str, sources: tuple[Call, ...], form: Form) -> Fetched:
        """What a call of a driver gave."""
        found = cls(None, path, origin=made.origin)
        found.made_by = made
        found.sources = sources
        found.form = form
        return found

    def like(self, cls: type[Fetched]) -> Fetched:
        """Another part of the same."""
        found = cls(None, self.path, origin=self.origin)
        found.made_by, found.sources, found.form = self.made_by, self.sources, self.form
        return found

    def shape(self) -> object:
        return type(self).__name__, self.form, *(source.content for source in self.sources), bool(self.items)


class Row(Fetched):
    """One row. ``changed``: it is a dictionary, and something was put into it that is not known."""

    heeded: ClassVar[bool] = True
    changed = False

    def indexed(self, engine: Engine, key: Value) -> Value | None:
        if not isinstance(key, Const):
            return None
        return Cell(self, key.value)

    def read(self, engine: Engine, name: str) -> Value | None:
        if self.form == "object":
            return Cell(self, name) if name not in OF_OBJECTS else None
        if name in CHANGING:
            self.changed = True
        return None

    def as_dict(self, engine: Engine) -> Value | None:
        if self.form in ("tuple", "named") or self.changed:
            return None
        return Copy(self)


class Rows(Fetched):
    """A list of rows."""

    heeded: ClassVar[bool] = True

    def row(self) -> Row:
        """What stands for each of them."""
        found = self.__dict__.get("each")
        if found is None:
            found = self.__dict__["each"] = self.like(Row)
        assert isinstance(found, Row)
        return found

    def element(self, engine: Engine) -> Value | None:
        return self.row()

    def indexed(self, engine: Engine, key: Value) -> Value | None:
        if isinstance(key, Instance) and key.path == "slice":
            return self
        if isinstance(key, Const) and isinstance(key.value, str):
            return None
        return self.row()

    def read(self, engine: Engine, name: str) -> Value | None:
        if self.form != "object" or self.made_by is None:
            return None
        from verifier.evaluate import builtins_javascript

        rows = Sequence((), complete=False, element=self.row(), origin=self.origin)
        found = builtins_javascript.method(engine, rows, name, self.made_by.frame)
        return found if found is not None else Unknown(f"`{name}` of rows")


class Cursor(Rows):
    """What sends a statement and gives its rows one by one."""

    def indexed(self, engine: Engine, key: Value) -> Value | None:
        return None


class Listed(Rows):
    """The rows in what mysql2 gives: of a statement that gives none it is an object instead."""


class Paired(Fetched):
    """What mysql2 gives for a statement: a list of the rows, and of what describes their columns."""

    heeded: ClassVar[bool] = True

    def parts(self) -> list[Value]:
        """The two."""
        return [self.like(Listed), Unknown("what describes the columns of rows")]

    def indexed(self, engine: Engine, key: Value) -> Value | None:
        if isinstance(key, Const) and key.value in (0, 1) and not isinstance(key.value, bool):
            return self.parts()[int(key.value)]
        return None

    def iterated(self, engine: Engine) -> list[Value] | None:
        return self.parts()


class Answered(Fetched):
    """What pg gives for a statement: an object that has the rows."""

    heeded: ClassVar[bool] = True

    def read(self, engine: Engine, name: str) -> Value | None:
        return self.like(Rows) if name == "rows" else None


def fetched_in(value: Value) -> Fetched | None:
    """The row that a value is, or of which it is the dictionary."""
    found = value.of if isinstance(value, Copy) else value
    return found if isinstance(found, Fetched) else None
