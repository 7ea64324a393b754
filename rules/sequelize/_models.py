"""Models of Sequelize in miniature: what their methods give are rows, and rows have methods of their own.

Calls stay calls of the library by their path (``sequelize.Model.findOne``), whatever class or object they are made on,
so that they can be seen as data access; only their results are told here.
"""

from __future__ import annotations

from verifier.api import (
    NOTHING,
    Call,
    Class,
    Const,
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
    options,
    specifier_of,
    stands_for,
    syntax,
)

from ._notes import ASSOCIATIONS, identity, note_association, note_change, note_definition, notes

PACKAGES = ("sequelize", "sequelize-typescript", "@sequelize/core")
HOOKS = (
    "beforeValidate afterValidate beforeCreate afterCreate beforeSave afterSave beforeUpdate afterUpdate beforeUpsert "
    "beforeBulkCreate"
).split()
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
        self.defined = Record(Defined(self))
        self.added: list[Value] = []

    def created(self, call: Call) -> None:
        """Rows lead to the connection of their model."""
        for package in PACKAGES:
            known = call.engine.library_attributes.setdefault(f"{package}.Model", {})
            known["sequelize"] = self if "sequelize" not in known else choice([known["sequelize"], self])

    @method("define")
    def define(self, call: Call) -> Value:
        """``sequelize.define("User", { ... })``."""
        made = DefinedModel(None, f"{package_of(self.path or '')}.Model", origin=call.origin)
        made.depth = call.engine.conditional
        name = call.text(0)
        made.named, made.connection = name, self
        if name is not None:
            self.defined.entries[name] = made
        note_definition(call, made, call.argument(0) or NOTHING, self)
        return made

    @method("model")
    def model(self, call: Call) -> Value:
        """``sequelize.model("User")``."""
        found = self.defined.entries.get(call.text(0))
        return found if found is not None else DefinedModel(None, f"{package_of(self.path or '')}.Model")

    @method("addModels")
    def add_models(self, call: Call) -> Value:
        """``sequelize.addModels([User, Post])`` of sequelize-typescript."""
        self.added.extend(call.arguments[:1])
        return NOTHING

    @attribute("models")
    def models(self, name: str) -> Value:
        return self.defined

    @attribute("Sequelize")
    def library(self, name: str) -> Value:
        return External(f"{package_of(self.path or '')}.Sequelize")

    @method("import")
    def import_file(self, call: Call) -> Value:
        """``sequelize.import("./user")``: the file's function is called with the connection and the types."""
        path = call.text(0)
        here = call.frame.module
        found = call.engine.table.require(here, specifier_of(path, here.path)) if path is not None else None
        types = External(f"{package_of(self.path or '')}.DataTypes")
        return call.engine.call(found, [self, types], call.node, call.frame) if found is not None else NOTHING


class Defined(dict[object, Value]):
    """The models of a connection, by name. One that is not defined yet is known by its name."""

    def __init__(self, connection: Connection) -> None:
        super().__init__()
        self.connection = connection

    def get(self, key: object, default: Value | None = None) -> Value | None:  # type: ignore[override]
        found = super().get(key)
        if found is not None or not isinstance(key, str):
            return found if found is not None else default
        return LateModel(self.connection, key)


class DefinedModel(LibraryObject):
    """What ``define`` gives: a class of its own, of which the prototype may be given methods."""

    named: str | None = None
    connection: Connection | None = None
    scopes: tuple[Value, ...] | None = None  # None where its queries have the default one

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

    @attribute("name")
    def name_of(self, name: str) -> Value:
        return Const(self.named) if self.named is not None else Unknown("the name of a model")

    def called(self, call: Call) -> Value:
        made = Row(self)
        made.made_by = call
        return made


class LateModel(DefinedModel):
    """A model that was asked for by its name before it was defined."""

    def __init__(self, connection: Connection, name: str) -> None:
        super().__init__(None, f"{package_of(connection.path or '')}.Model")
        self.connection, self.named = connection, name


class ScopedClass(Class):
    """A class with scopes: the class itself in all but what its queries add."""

    __slots__ = ("plain", "scopes")

    def __init__(self, plain: Class, scopes: tuple[Value, ...]) -> None:
        super().__init__(plain.code, plain.scope, plain.module, plain.bases)
        self.members, self.fields, self.keywords = plain.members, plain.fields, plain.keywords
        self.plain = plain
        self.scopes = scopes


class Made(LibraryObject):
    """What an association gives: ``include`` takes it in place of an alias."""


MIXINS = {
    "HasOne": ("GetAssociation", "SetAssociation", "CreateAssociation"),
    "BelongsTo": ("GetAssociation", "SetAssociation", "CreateAssociation"),
    **dict.fromkeys(
        ("HasMany", "BelongsToMany"),
        tuple(f"{verb}Association" for verb in ("Add", "Create", "Remove", "Has"))
        + tuple(f"{verb}Associations" for verb in ("Get", "Set", "Add", "Remove", "Has", "Count")),
    ),
}


@stands_for(
    *(f"{package}.{kind}{name}Mixin" for package in PACKAGES for kind, names in MIXINS.items() for name in names)
)
class Mixin(LibraryObject):
    """``declare getPosts: HasManyGetAssociationsMixin<Post>``: a method of rows, which is named by its association."""

    target: Value | None = None

    def typed(self, arguments: list[Value]) -> None:
        self.target = arguments[0] if arguments else None

    def called(self, call: Call) -> Value:
        callee = call.node.callee if isinstance(call.node, syntax.Call) else None
        found: Value | None = None
        if isinstance(callee, syntax.Member) and is_plain(callee.object):
            path = f"{package_of(self.path or '')}.Model.{callee.name}"
            rows_ = options(call.engine.evaluate(callee.object, call.frame))
            given = [External(path, row_) for row_ in rows_ if isinstance(row_, Instance)]
            results = [call.engine.call(one_, call.arguments, call.node, call.frame) for one_ in given]
            found = choice(results) if results else None
        if isinstance(self.target, Class) and "GetAssociation" in (self.path or ""):
            target = call.engine.assumed(self.target)
            if (self.path or "").endswith("AssociationsMixin"):
                return Sequence((), complete=False, element=target)
            return choice([target, NOTHING])
        return found if found is not None else Unknown("what an association gives")


def is_plain(node: syntax.Expression) -> bool:
    """Whether an expression only names something, so that it may be read once more."""
    while isinstance(node, syntax.Member):
        node = node.object
    return isinstance(node, syntax.Name)


class Row(LibraryObject):
    """A row of a model that ``define`` gave."""

    def __init__(self, model: DefinedModel) -> None:
        super().__init__(None, model.path, symbolic=True, origin=model.origin)
        self.model = model

    def read(self, engine: object, name: str) -> Value | None:
        if name == "constructor":
            return self.model
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
        return call.engine.assumed(holder.plain if isinstance(holder, ScopedClass) else holder)
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


def built(call: Call) -> Value:
    """``build``: a row of its own, which is not stored yet."""
    holder = holder_of(call)
    if isinstance(holder, DefinedModel):
        made: Instance = Row(holder)
    elif isinstance(holder, Class):
        kind = holder.plain if isinstance(holder, ScopedClass) else holder
        path = call.callee.path if isinstance(call.callee, External) else ""
        made = Instance(kind, f"{package_of(path)}.Model", symbolic=True, origin=call.origin)
    else:
        return row_of(call)
    made.made_by = call
    return made


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
    """``schema``: the class itself."""
    holder = holder_of(call)
    return holder if holder is not None else Unknown("a model that is not known")


def scoped(call: Call) -> Value:
    """``scope("published")``, ``unscoped()``: the class with options that its queries add."""
    holder = holder_of(call)
    if isinstance(holder, Instance) and not isinstance(holder, DefinedModel):
        holder = holder.kind
    if not isinstance(holder, Class | DefinedModel):
        return Unknown("a model that is not known")
    given = tuple(call.arguments) if call.name in ("scope", "withScope") else ()
    base = holder.plain if isinstance(holder, ScopedClass) else holder
    key = (identity(base), id(base), tuple(map(shape_of, given)))
    known = notes(call.engine).scoped.get(key)
    if known is None:
        known = notes(call.engine).scoped[key] = with_scopes(base, given)
    return known


def shape_of(value: Value) -> object:
    """What tells one scope from another."""
    return (type(value.value), value.value) if isinstance(value, Const) else id(value)


def with_scopes(base: Class | DefinedModel, given: tuple[Value, ...]) -> Value:
    """The class with scopes, which it keeps: what is known by its place in memory stays there."""
    if isinstance(base, Class):
        return ScopedClass(base, given)
    if isinstance(base, LateModel) and base.connection is not None:
        made: DefinedModel = LateModel(base.connection, base.named or "")
    else:
        made = DefinedModel(None, base.path, origin=base.origin)
    made.named, made.connection, made.added, made.scopes = base.named, base.connection, base.added, given
    made.attributes, made.depth = base.attributes, base.depth
    return made


def initialised(call: Call) -> Value:
    """``User.init({ ... }, { sequelize })``."""
    holder = holder_of(call)
    given = call.option(1, "sequelize")
    connection = next((found for found in options(given or NOTHING) if isinstance(found, Connection)), None)
    for model in options(holder) if holder is not None else ():
        note_definition(call, model, None, connection or given)
        name = call.option(1, "modelName")
        if isinstance(model, Class):
            if isinstance(name, Const) and name.value != model.name:
                model.members.setdefault("name", name)  # rows may have a getter of that name
            if connection is not None:
                named = name.value if isinstance(name, Const) else model.name
                connection.defined.entries[named] = model
    return holder if holder is not None else Unknown("a model that is not known")


def associated(call: Call) -> Value:
    """``User.hasMany(Post, { ... })``."""
    made = Made(None, f"{PACKAGES[0]}.Association()", origin=call.origin)
    note_association(call, made)
    return made


def changed(call: Call) -> Value:
    """``removeAttribute``, ``addHook`` and the like, which change the model."""
    note_change(call)
    return holder_of(call) or NOTHING


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
    **dict.fromkeys(("create", "save", "reload", "increment", "decrement", "restore"), row),
    "build": built,
    **dict.fromkeys(("findAll", "bulkCreate", "bulkBuild"), rows),
    **dict.fromkeys(("findOrCreate", "findOrBuild", "findCreateFind", "upsert"), row_and_whether),
    **dict.fromkeys(("scope", "unscoped", "withScope", "withoutScope"), scoped),
    "schema": same_class,
    **dict.fromkeys(ASSOCIATIONS, associated),
    **dict.fromkeys(("removeAttribute", "addHook", "hook", "addScope", *HOOKS), changed),
    "init": initialised,
    "findAndCountAll": counted,
    "update": updated,
}
FUNCTIONS: dict[str, LibraryFunction] = {
    f"{package}.{kind}.{name}": give for package in PACKAGES for kind in CLASSES for name, give in RESULTS.items()
} | {f"{package}{kind}.transaction": transaction for package in PACKAGES for kind in ("", ".Sequelize")}
