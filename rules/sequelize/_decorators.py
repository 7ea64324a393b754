"""Models that decorators declare: sequelize-typescript, and those of Sequelize 7."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from verifier.api import (
    Call,
    Class,
    Defect,
    Engine,
    External,
    Frame,
    Function,
    Instance,
    Origin,
    Record,
    Scope,
    Sequence,
    Unread,
    Value,
    is_test,
    options,
    syntax,
    text_of,
)

from ._models import Connection
from ._notes import ASSOCIATIONS
from ._plain import Options, copied, merged, plain, record
from ._schema import Model, Registry, initialise

BASES = ("sequelize-typescript.Model", "@sequelize/core.Model")
PACKAGES = ("sequelize-typescript", "@sequelize/core")
KINDS = {kind[:1].upper() + kind[1:]: kind for kind in ASSOCIATIONS}
INFERRED = {
    "string": "STRING",
    "number": "INTEGER",
    "boolean": "BOOLEAN",
    "bigint": "BIGINT",
    "Date": "DATE",
    "Buffer": "BLOB",
}
TIMES = {"CreatedAt": "createdAt", "UpdatedAt": "updatedAt", "DeletedAt": "deletedAt"}
SWITCHES = {"PrimaryKey": "primaryKey", "AutoIncrement": "autoIncrement"}
GIVEN = {"Default": "defaultValue", "Comment": "comment", "Unique": "unique", "ColumnName": "field"}


class Wanted(NamedTuple):
    """An association that a decorator declares."""

    kind: str
    source: Class
    target: Value | None
    options: Options
    origin: Origin


class Declared:
    """What the decorators of a class and its ancestors say."""

    def __init__(self) -> None:
        self.attributes: dict[str, Options] = {}
        self.places: dict[str, Origin] = {}
        self.options = Options()
        self.associations: list[tuple[str, str, Call | None, Origin]] = []
        self.keys: list[tuple[Value | None, str]] = []
        self.indexes: list[object] = []
        self.table = False
        self.abstract = False
        self.early: dict[str, Options] = {}
        self.hooks: list[tuple[str, Function]] = []
        self.scopes: list[tuple[str, Value]] = []


class Found(NamedTuple):
    """All that was declared: associations wait until every model is known."""

    associations: list[Wanted]
    unread: list[Unread]
    defects: list[Defect]


def declared_models(engine: Engine, registry: Registry) -> Found:
    """Enter the decorated models; what associates them."""
    found = Found([], [], [])
    declared: dict[syntax.Class, tuple[Class, Declared]] = {}
    for cls in list(engine.classes):
        if cls.code in declared or not cls.module.javascript or is_test(cls.module.path):
            continue
        if derives(cls, *BASES):
            said = read_class(engine, cls)
            seventh = not said.abstract and said.attributes and not derives(cls, BASES[0])
            if said.table or seventh:
                declared[cls.code] = (cls, said)
    home = registry.home(connection(engine))
    for cls, said in in_order(engine, declared):
        given = Options()
        if said.indexes:
            given["indexes"] = said.indexes
        given = merged(given, said.options)
        name = given.get("modelName")
        place = engine.span(Origin(cls.module.path, cls.code.start, cls.code.end))
        model = Model(cls, name if isinstance(name, str) and name else cls.name, given, place)
        model.spans = {key: engine.span(origin) for key, origin in said.places.items()}
        model.changes = [(hook, (function,)) for hook, function in said.hooks]
        model.declared_scopes = said.scopes
        initialise(registry, model, said.attributes, home)
    by_code = {code: said for code, (_, said) in declared.items()}
    for cls, said in in_order(engine, declared):
        for kind, name, call, origin in said.associations:
            made = wanted(engine, by_code, cls, said, (kind, name, call, origin))
            found.associations.append(made)
            found.defects.extend(without_key(engine, by_code, made))
    return found


def without_key(engine: Engine, declared: dict[syntax.Class, Declared], made: Wanted) -> Iterator[Defect]:
    """An association of sequelize-typescript for which no ``@ForeignKey`` is found."""
    target, through = made.target, made.options.get("through")
    through = through.get("model") if isinstance(through, Options) else through
    if not isinstance(target, Class) or not derives(made.source, BASES[0]) or made.options.open:
        return
    sides: list[tuple[str, object, Value]] = [("foreignKey", target, made.source)]
    if made.kind == "belongsTo":
        sides = [("foreignKey", made.source, target)]
    elif made.kind == "belongsToMany":
        sides = [("foreignKey", through, made.source), ("otherKey", through, target)]
    for option, holder, related in sides:
        key = made.options.get(option)
        said = said_of(declared, holder) if isinstance(holder, Class) else None
        if said is None or not isinstance(holder, Class) or not isinstance(related, Class):
            continue
        if not isinstance(key, Options) or key.open or key.get("name") is not None or not is_whole(holder):
            continue
        if any(not isinstance(pointed, Class) for pointed, _ in said.keys):
            continue
        place = engine.span(Origin(holder.module.path, holder.code.start, holder.code.end))
        yield Defect(
            "sequelize/foreign-key-not-declared",
            engine.span(made.origin),
            f"`{holder.name}` has no `@ForeignKey(() => {related.name})`, and this association names no key",
            symptom=f'Error: Foreign key for "{related.name}" is missing on "{holder.name}".',
            remedy=f"Write `@ForeignKey(() => {related.name})` above a column of `{holder.name}`",
            related=((place, f"`{holder.name}` is declared here"),),
        )


def is_whole(cls: Class) -> bool:
    """Whether every base of a class was found."""
    return all(isinstance(b, Class) or (isinstance(b, External) and b.path in BASES) for b in cls.lineage())


def added(engine: Engine) -> set[syntax.Class] | None:
    """The classes that connections of sequelize-typescript are given; None where not all of them are known."""
    lists, connections = given_models(engine)
    found: set[syntax.Class] = set()
    for given in lists:
        if not isinstance(given, Sequence) or not given.complete:
            return None
        if not all(isinstance(item, Class) for item in given.items):
            return None
        found.update(item.code for item in given.items if isinstance(item, Class))
    return found if lists and len(connections) == 1 else None


def derives(cls: Class, *paths: str) -> bool:
    """Whether a class derives from one of some classes of libraries."""
    return any(isinstance(base, External) and base.path in paths for base in cls.lineage())


def connection(engine: Engine) -> Connection | None:
    """The connection that the models are added to: where there are several, the first that is given models."""
    made = [found for found in engine.objects if isinstance(found, Connection) and not found.symbolic]
    giving = [found for found in made if found.made_by is not None and any(map(gives_models, found.made_by.arguments))]
    return next(iter(giving or made), None)


def in_order(engine: Engine, declared: dict[syntax.Class, tuple[Class, Declared]]) -> list[tuple[Class, Declared]]:
    """The classes in the order in which they are handed to the connection; the others follow."""
    given, _ = given_models(engine)
    places: dict[syntax.Class, int] = {}
    for value in given:
        for item in value.items if isinstance(value, Sequence) else ():
            if isinstance(item, Class):
                places.setdefault(item.code, len(places))
    return sorted(declared.values(), key=lambda pair: places.get(pair[0].code, len(places)))


def given_models(engine: Engine) -> tuple[list[Value], list[Connection]]:
    """What connections are given as models, and the connections."""
    connections = [found for found in engine.objects if isinstance(found, Connection)]
    given = [value for found in connections for value in found.added]
    for call in (found.made_by for found in connections):
        told = [argument for argument in call.arguments if isinstance(argument, Record)] if call is not None else []
        given.extend(options_.entries["models"] for options_ in told if "models" in options_.entries)
    return given, connections


def gives_models(given: Value) -> bool:
    """Whether the options of a connection name models."""
    return isinstance(given, Record) and "models" in given.entries


def read_class(engine: Engine, cls: Class) -> Declared:
    """The decorators of a class and its ancestors, in the order in which they run."""
    said = Declared()
    for ancestor in reversed(list(cls.lineage())):
        if not isinstance(ancestor, Class):
            continue
        frame = Frame(ancestor.module, Scope(ancestor.scope), owner=ancestor)
        for statement in ancestor.code.body:
            name = member_name(statement)
            if name is None or not isinstance(statement, syntax.Assign | syntax.Function):
                continue
            origin = Origin(ancestor.module.path, statement.start, statement.end)
            for node in reversed(statement.decorators):
                for decorator, call in named(engine, node, frame):
                    take(engine, said, decorator, call, name, statement, frame, origin)
        for node in reversed(ancestor.code.decorators):
            for decorator, call in named(engine, node, frame):
                said.abstract = said.abstract or (decorator == "Abstract" and ancestor is cls)
                first = call.argument(0) if call is not None else None
                if decorator in ("DefaultScope", "Scopes") and first is not None:
                    said.scopes.append((decorator, first))
                if decorator == "Table":
                    said.table = said.table or ancestor is cls
                    given = record(call.argument(0)) if call is not None else Options()
                    if ancestor is not cls:
                        given.pop("modelName", None)
                    said.options = merged(said.options, given)
    return said


def member_name(statement: syntax.Statement) -> str | None:
    """The name of a field, accessor or method."""
    if isinstance(statement, syntax.Assign):
        target = statement.targets[0]
        return target.id if isinstance(target, syntax.Name) else None
    return statement.name if isinstance(statement, syntax.Function) else None


def named(engine: Engine, node: syntax.Expression, frame: Frame) -> Iterator[tuple[str, Call | None]]:
    """The decorators of the library that a decorator is, with what they are called with."""
    for value in options(engine.evaluate(node, frame)):
        path = value.path if isinstance(value, External | Instance) else None
        if path is None or not path.startswith(PACKAGES):
            continue
        yield path.rpartition(".")[2].removesuffix("()"), value.made_by if isinstance(value, Instance) else None


def take(
    engine: Engine,
    said: Declared,
    decorator: str,
    call: Call | None,
    name: str,
    statement: syntax.Assign | syntax.Function,
    frame: Frame,
    origin: Origin,
) -> None:
    """One decorator of a member."""
    first = call.argument(0) if call is not None else None
    if decorator in ("Column", "Attribute"):
        made = column(engine, first, statement, frame)
        if decorator == "Attribute":  # Sequelize 7 takes the decorators of an attribute in any order
            made.update(said.early.get(name, {}))
        said.attributes[name] = made
        said.places[name] = origin
    elif decorator in KINDS:
        said.associations.append((KINDS[decorator], name, call, origin))
    elif decorator == "ForeignKey":
        said.keys.append((target_of(engine, first, frame), name))
    elif decorator in TIMES:
        said.options[TIMES[decorator]] = name
        said.options["timestamps"] = True
        if decorator == "DeletedAt":
            said.options["paranoid"] = True
    elif decorator == "Index" or decorator.startswith("Index"):
        said.indexes.append(Options({"fields": [name], **index_options(first)}))
    elif isinstance(statement, syntax.Function) and statement.static:
        method = frame.owner.members.get(name) if frame.owner is not None else None
        if isinstance(method, Function):
            said.hooks.append((decorator[:1].lower() + decorator[1:], method))
    else:
        adorn(said.attributes.get(name) or said.early.setdefault(name, Options()), decorator, call, first)


def adorn(attribute: Options, decorator: str, call: Call | None, first: Value | None) -> None:
    """A decorator that adds to a column."""
    if decorator in SWITCHES:
        attribute[SWITCHES[decorator]] = True
    elif decorator == "AllowNull":
        attribute["allowNull"] = plain(first) if call is not None and first is not None else True
    elif decorator == "NotNull":
        attribute["allowNull"] = False
    elif decorator in GIVEN:
        attribute[GIVEN[decorator]] = plain(first) if call is not None and first is not None else True


def index_options(given: Value | None) -> dict[str, object]:
    """The options of ``@Index``; a text is its name."""
    found = plain(given)
    if isinstance(found, str):
        return {"name": found}
    return dict(found) if isinstance(found, Options) else {}


def column(engine: Engine, given: Value | None, statement: syntax.Assign | syntax.Function, frame: Frame) -> Options:
    """``@Column``: a type, options, or the type of the field."""
    found = plain(given)
    made = copied(found) if isinstance(found, Options) else Options({"type": found} if found is not None else {})
    assert isinstance(made, Options)
    if made.get("type") is None:
        annotation = statement.annotation if isinstance(statement, syntax.Assign) else statement.returns
        made["type"] = inferred(engine, annotation, frame)
    return made


def inferred(engine: Engine, annotation: syntax.Expression | None, frame: Frame) -> object:
    """The type that TypeScript's annotation stands for."""
    if isinstance(annotation, syntax.Binary) and annotation.operator == "|":
        sides = [side for side in (annotation.left, annotation.right) if not is_nothing(side)]
        found = [inferred(engine, side, frame) for side in sides]
        paths = {value.path for value in found if isinstance(value, External)}
        return found[0] if len(paths) == 1 and all(isinstance(value, External) for value in found) else None
    if isinstance(annotation, syntax.Const):
        kinds = {str: "STRING", bool: "BOOLEAN", int: "INTEGER", float: "INTEGER"}
        name = kinds.get(type(annotation.value))
        return External(f"sequelize.DataTypes.{name}") if name is not None else None
    if isinstance(annotation, syntax.Name) and annotation.id in INFERRED:
        return External(f"sequelize.DataTypes.{INFERRED[annotation.id]}")
    if annotation is None or isinstance(annotation, syntax.Opaque):
        return None
    type_ = engine.evaluate(annotation, frame)
    if isinstance(type_, Class) and type_.code.kind == "enum":
        texts = [text_of(member) for member in type_.members.values()]
        return External(f"sequelize.DataTypes.{'STRING' if None not in texts else 'INTEGER'}")
    return None


def is_nothing(node: syntax.Expression) -> bool:
    """Whether a type is ``null`` or ``undefined``."""
    return (isinstance(node, syntax.Const) and node.value is None) or (
        isinstance(node, syntax.Name) and node.id in ("null", "undefined")
    )


def target_of(engine: Engine, getter: Value | None, frame: Frame) -> Value | None:
    """The class that ``() => User`` gives."""
    if isinstance(getter, Function):
        return engine.call(getter, [], getter.code, frame)
    return getter


def wanted(
    engine: Engine,
    declared: dict[syntax.Class, Declared],
    cls: Class,
    said: Declared,
    association: tuple[str, str, Call | None, Origin],
) -> Wanted:
    """An association with its keys: those that are not named are found by ``@ForeignKey``."""
    kind, name, call, origin = association
    frame = Frame(cls.module, Scope(cls.scope))
    arguments = list(call.arguments) if call is not None else []
    target = target_of(engine, arguments[0] if arguments else None, frame)
    second = arguments[1] if len(arguments) > 1 else None
    found = plain(second)
    given = Options()
    if kind == "belongsToMany":
        given = copied(found) if isinstance(found, Options) else Options({"through": found})  # type: ignore[assignment]
        for place, key in ((2, "foreignKey"), (3, "otherKey")):
            if len(arguments) > place:
                given[key] = plain(arguments[place])
        through = resolve_through(engine, given, frame)
        junction = said_of(declared, through)
        given["foreignKey"] = key_of(given.get("foreignKey"), junction, cls)
        given["otherKey"] = key_of(given.get("otherKey"), junction, target)
    else:
        given = copied(found) if isinstance(found, Options) else Options({"foreignKey": found})  # type: ignore[assignment]
        holder, related = (said, target) if kind == "belongsTo" else (said_of(declared, target), cls)
        given["foreignKey"] = key_of(given.get("foreignKey"), holder, related)
    if given.get("as") is None:
        given["as"] = name
    return Wanted(kind, cls, target, given, origin)


def resolve_through(engine: Engine, given: Options, frame: Frame) -> Value | None:
    """The class of the junction, put in the place of the function that gives it."""
    wanted = given.get("through")
    inner = wanted.get("model") if isinstance(wanted, Options) else wanted
    if not isinstance(inner, Function):
        return inner if isinstance(inner, Class) else None
    cls = target_of(engine, inner, frame)
    if isinstance(wanted, Options):
        wanted["model"] = cls
    else:
        given["through"] = cls
    return cls


def said_of(declared: dict[syntax.Class, Declared], value: Value | None) -> Declared | None:
    """What the decorators of a class say."""
    if not isinstance(value, Class):
        return None
    return next(
        (declared[base.code] for base in value.lineage() if isinstance(base, Class) and base.code in declared), None
    )


def key_of(given: object, holder: Declared | None, related: Value | None) -> object:
    """``foreignKey`` as an object with a name."""
    made = copied(given) if isinstance(given, Options) else Options({"name": given} if given is not None else {})
    assert isinstance(made, Options)
    if made.get("name") is None and holder is not None and isinstance(related, Class):
        codes = [base.code for base in related.lineage() if isinstance(base, Class)]
        for target, name in holder.keys:
            if isinstance(target, Class) and target.code in codes:
                made["name"] = name
                break
    return made
