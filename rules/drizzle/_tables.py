"""Drizzle's tables and relations in miniature: they remember how they were made, and give references to columns."""

from __future__ import annotations

from verifier.api import (
    Call,
    Const,
    Engine,
    External,
    Function,
    Instance,
    LibraryObject,
    Native,
    Record,
    Value,
    attribute,
    options,
    stands_for,
    text_of,
)

PACKAGES = ("drizzle-orm", "drizzle-orm/pg-core", "drizzle-orm/sqlite-core", "drizzle-orm/mysql-core")
CORES = {"pg": "drizzle-orm/pg-core", "sqlite": "drizzle-orm/sqlite-core", "mysql": "drizzle-orm/mysql-core"}


class ColumnOf(LibraryObject):
    """``users.id``: a column of a table, by the key of the table's object."""

    placed = True

    def __init__(self, table: DrizzleTable, key: str) -> None:
        super().__init__(None, "drizzle-orm.Column")
        self.table = table
        self.key = key
        self.attributes["column"] = Const(key)  # so that no two are taken for one


@stands_for(
    *(f"{core}.{name}Table()" for name, core in CORES.items()),
    *(f"{core}.{name}Schema().table()" for name, core in CORES.items()),
)
class DrizzleTable(LibraryObject):
    """``pgTable("users", { ... }, (table) => [...])``."""

    name: Value | None = None
    columns: Value | None = None
    extras: Value | None = None
    schema: str | None = None
    core: str = CORES["pg"]

    def created(self, call: Call) -> None:
        self.core = (self.path or "").partition(".")[0]
        receiver = call.callee.receiver if isinstance(call.callee, External) else None
        made = receiver.made_by if isinstance(receiver, Instance) else None
        self.schema = made.text(0) if made is not None else None
        self.take(call, call.argument(0))

    def take(self, call: Call, name: Value | None) -> None:
        """Take the arguments; the name may be one that a function has changed."""
        self.name = name
        given = call.argument(1)
        if isinstance(given, Function):
            given = call.engine.call(given, [External(self.core)], call.node, call.frame)
        self.columns = given
        self.extras = call.argument(2)

    def read(self, engine: Engine, name: str) -> Value | None:
        for option in options(self.columns) if self.columns is not None else ():
            if isinstance(option, Record) and name in option.entries:
                return ColumnOf(self, name)
        return None


@stands_for(*(f"{core}.{name}TableCreator()" for name, core in CORES.items()))
class TableCreator(LibraryObject):
    """``pgTableCreator((name) => `app_${name}`)``: makes tables with names of its own."""

    rename: Value | None = None

    def created(self, call: Call) -> None:
        self.rename = call.argument(0)

    def called(self, call: Call) -> Value:
        core = (self.path or "").partition(".")[0]
        made = DrizzleTable(None, f"{core}.Table", origin=call.origin)
        made.core = core
        made.made_by = call
        name = call.argument(0)
        if isinstance(self.rename, Function) and name is not None:
            name = call.engine.call(self.rename, [name], call.node, call.frame)
        made.take(call, name)
        call.engine.objects.append(made)
        return made


@stands_for(*(f"{core}.{name}()" for core in (CORES["pg"],) for name in ("pgEnum", "pgSchema().enum")))
class DrizzleEnum(LibraryObject):
    """``pgEnum("mood", ["good", "bad"])``: calling it gives a column."""

    def called(self, call: Call) -> Value:
        found = Instance(None, f"{CORES['pg']}.enumeration()", origin=call.origin)
        found.made_by = call
        found.attributes["enum"] = self
        return found

    @attribute("enumValues")
    def values(self, name: str) -> Value:
        return (self.made_by.argument(1) if self.made_by is not None else None) or Const(None)


@stands_for("drizzle-orm.relations()", "drizzle-orm/relations.relations()")
class Relations(LibraryObject):
    """``relations(users, ({ one, many }) => ({ ... }))``."""

    table: Value | None = None
    declared: Value | None = None

    def created(self, call: Call) -> None:
        self.table = call.argument(0)
        self.declared = call.argument(1)

    def evaluated(self, engine: Engine) -> Record | None:
        """The relations by name."""
        call = self.made_by
        if call is None or not isinstance(self.declared, Function):
            return None
        helpers: dict[object, Value] = {"one": Native("one", one), "many": Native("many", many)}
        found = engine.call(self.declared, [Record(helpers)], call.node, call.frame)
        return found if isinstance(found, Record) else None


class Relation(LibraryObject):
    """``one(users, { fields, references })``, ``many(posts)``."""

    many: bool = False


def one(call: Call) -> Value:
    """A relation to one row."""
    made = Relation(None, "drizzle-orm.One", origin=call.origin)
    made.made_by = call
    return made


def many(call: Call) -> Value:
    """A relation to any number of rows."""
    made = one(call)
    assert isinstance(made, Relation)
    made.many = True
    return made


def chain(value: Value) -> list[tuple[str, Call]]:
    """The calls that made a value, the first one first: ``varchar(...).notNull().unique()``."""
    found: list[tuple[str, Call]] = []
    current: Value | None = value
    while isinstance(current, Instance) and current.made_by is not None:
        call = current.made_by
        callee = call.callee
        name = (current.path or "").removesuffix("()").rpartition(".")[2]
        found.append((callee.name if isinstance(callee, External) else name, call))
        current = callee.receiver if isinstance(callee, External) else None
    return found[::-1]


def text_option(call: Call, position: int, key: str) -> str | None:
    """An entry of an options object that is a text."""
    return text_of(call.option(position, key))


OBJECTS = (DrizzleTable, TableCreator, DrizzleEnum, Relations)
