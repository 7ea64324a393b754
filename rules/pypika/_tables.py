"""PyPika's tables in miniature: their attributes are columns."""

from __future__ import annotations

from verifier.api import Call, Class, Const, Engine, LibraryObject, Origin, Value, stands_for


class Field(LibraryObject):
    """``users.id``: a column of a table."""

    placed = True

    def __init__(self, table: Table, name: str, origin: Origin | None = None) -> None:
        super().__init__(None, "pypika.terms.Field", origin=origin)
        self.table = table
        self.name = name
        self.made_by = table.made_by
        self.attributes["field"] = Const(name)  # so that no two are taken for one


@stands_for("pypika.Table", "pypika.queries.Table")
class Table(LibraryObject):
    """``Table("users")``, or an object of a class that derives from it."""

    name: Value | None = None
    schema: Value | None = None
    alias: Value | None = None

    def created(self, call: Call) -> None:
        self.made_by = self.made_by or call
        self.name = call.argument(0, "name")
        self.schema = call.argument(1, "schema")
        self.alias = call.argument(2, "alias")
        for ancestor in self.kind.lineage() if self.kind is not None else ():
            for name in ancestor.members if isinstance(ancestor, Class) else ():
                if not name.startswith("_") and name in call.engine.fields(self.kind or ancestor):  # type: ignore[arg-type]
                    self.attributes.setdefault(name, Field(self, name))

    def read(self, engine: Engine, name: str) -> Value | None:
        if name.startswith("__") or name in METHODS:
            return None
        return Field(self, name)


METHODS = frozenset(
    {"as_", "star", "field", "select", "update", "insert", "get_sql", "get_table_name", "for_", "for_portion"}
)
