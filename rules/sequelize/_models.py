"""Models of Sequelize in miniature: what their methods give are rows, and rows have methods of their own.

Calls stay calls of the library by their path (``sequelize.Model.findOne``), whatever class or object they are made on,
so that they can be seen as data access; only their results are told here.
"""

from __future__ import annotations

from verifier.api import (
    NOTHING,
    Call,
    Class,
    External,
    Function,
    Instance,
    LibraryFunction,
    LibraryObject,
    Origin,
    Record,
    Sequence,
    Unknown,
    Value,
    attribute,
    choice,
    method,
    stands_for,
)

PACKAGES = ("sequelize", "sequelize-typescript", "@sequelize/core")
# Types of which the objects are model classes.
CLASSES = ("Model", "ModelStatic", "ModelCtor", "ModelDefined")


@stands_for(
    "sequelize",
    "sequelize.Sequelize",
    "sequelize-typescript",
    "sequelize-typescript.Sequelize",
    "@sequelize/core",
    "@sequelize/core.Sequelize",
)
class Connection(LibraryObject):
    """``new Sequelize(...)``, which keeps the models that were defined on it."""

    def __init__(
        self,
        kind: Class | None = None,
        path: str | None = None,
        *,
        symbolic: bool = False,
        origin: Origin | None = None,
    ) -> None:
        super().__init__(kind, path, symbolic=symbolic, origin=origin)
        self.defined = Record(complete=False)

    @method("define")
    def define(self, call: Call) -> Value:
        """``sequelize.define("User", { ... })``."""
        made = DefinedModel(None, f"{package_of(self.path or '')}.Model", origin=call.origin)
        made.depth = call.engine.conditional
        name = call.text(0)
        if name is not None:
            self.defined.entries[name] = made
        return made

    @method("model")
    def model(self, call: Call) -> Value:
        """``sequelize.model("User")``."""
        found = self.defined.entries.get(call.text(0))
        return found if found is not None else DefinedModel(None, f"{package_of(self.path or '')}.Model")

    @attribute("models")
    def models(self, name: str) -> Value:
        return self.defined


class DefinedModel(LibraryObject):
    """What ``define`` gives: a class of its own, of which the prototype may be given methods."""

    def __init__(
        self,
        kind: Class | None = None,
        path: str | None = None,
        *,
        symbolic: bool = False,
        origin: Origin | None = None,
    ) -> None:
        super().__init__(kind, path, symbolic=symbolic, origin=origin)
        self.added = Record(complete=False)

    @attribute("prototype", "Instance")
    def prototype(self, name: str) -> Value:
        return self.added

    def called(self, call: Call) -> Value:
        return Row(self)


class Row(LibraryObject):
    """A row of a model that ``define`` gave."""

    def __init__(self, model: DefinedModel) -> None:
        super().__init__(None, model.path, symbolic=True)
        self.model = model

    def read(self, engine: object, name: str) -> Value | None:
        found = self.model.added.entries.get(name)
        return found.bind(self) if isinstance(found, Function) and found.bound is None else found


def package_of(path: str) -> str:
    """The package of a path of the library."""
    return next((package for package in reversed(PACKAGES) if path.startswith(package)), PACKAGES[0])


def holder_of(call: Call) -> Value | None:
    """The class or row whose method is called."""
    return call.callee.receiver if isinstance(call.callee, External) else None


def row_of(call: Call) -> Value:
    """A row of the class whose method is called; a method of a row gives the row."""
    holder = holder_of(call)
    if isinstance(holder, Class):
        return call.engine.assumed(holder)
    if isinstance(holder, DefinedModel):
        return Row(holder)
    if isinstance(holder, Instance) and (holder.path or "").rpartition(".")[2] == "Model":
        return holder
    path = call.callee.path if isinstance(call.callee, External) else ""
    return Instance(None, f"{package_of(path)}.Model", symbolic=True)


def one(call: Call) -> Value:
    """``findOne``: a row, or nothing."""
    return choice([row_of(call), NOTHING])


def row(call: Call) -> Value:
    """``create``, ``build``; ``save``, ``reload`` of a row."""
    return row_of(call)


def rows(call: Call) -> Value:
    """``findAll``: any number of rows."""
    return Sequence((), complete=False, element=row_of(call))


def row_and_whether(call: Call) -> Value:
    """``findOrCreate``: a row, and whether it was made."""
    return Sequence([row_of(call), Unknown("whether a row was made")])


def counted(call: Call) -> Value:
    """``findAndCountAll``: ``{ rows, count }``."""
    return Record({"rows": rows(call), "count": Unknown("how many rows there are")})


def updated(call: Call) -> Value:
    """``update`` of a row gives the row; of a class, how many rows were changed."""
    holder = holder_of(call)
    if isinstance(holder, Class | DefinedModel):
        return Sequence((), complete=False)
    return row_of(call)


def same_class(call: Call) -> Value:
    """``scope``, ``unscoped``, ``init``: the class itself."""
    holder = holder_of(call)
    return holder if holder is not None else Unknown("a model that is not known")


def transaction(call: Call) -> Value:
    """``sequelize.transaction(async (transaction) => ...)``: what the function gives; without one, the transaction."""
    made = Instance(None, f"{PACKAGES[0]}.Transaction", origin=call.origin)
    function = next((found for found in call.arguments if isinstance(found, Function)), None)
    if function is None:
        return made
    with call.engine.undecided():
        return call.engine.call(function, [made], call.node, call.frame)


RESULTS: dict[str, LibraryFunction] = {
    **dict.fromkeys(("findOne", "findByPk", "findById", "find"), one),
    **dict.fromkeys(("create", "build", "save", "reload", "increment", "decrement", "restore"), row),
    **dict.fromkeys(("findAll", "bulkCreate", "bulkBuild"), rows),
    **dict.fromkeys(("findOrCreate", "findOrBuild", "findCreateFind", "upsert"), row_and_whether),
    **dict.fromkeys(("scope", "unscoped", "schema", "init", "withScope", "withoutScope"), same_class),
    "findAndCountAll": counted,
    "update": updated,
}
FUNCTIONS: dict[str, LibraryFunction] = {
    f"{package}.{kind}.{name}": give for package in PACKAGES for kind in CLASSES for name, give in RESULTS.items()
} | {f"{package}{kind}.transaction": transaction for package in PACKAGES for kind in ("", ".Sequelize")}
