"""Objects: how classes come to be, and what a call of one makes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from verifier import syntax
from verifier.evaluate import access, assigning, calling
from verifier.evaluate.frames import Frame
from verifier.evaluate.library import Call, LibraryObject
from verifier.evaluate.values import (
    NOTHING,
    Class,
    Const,
    External,
    Function,
    Instance,
    Native,
    Origin,
    Parametrized,
    Record,
    Scope,
    Unknown,
    Value,
    options,
    same,
)

if TYPE_CHECKING:
    from verifier.evaluate.interpreter import Engine


def construct_function(
    engine: Engine,
    function: Function,
    arguments: list[Value],
    keywords: dict[str, Value],
    node: syntax.Place,
    frame: Frame,
) -> Value:
    """``new f()`` of a plain JavaScript function."""
    made = Instance(origin=Origin(frame.module.path, node.start, node.end))
    prototype = function.attributes.get("prototype")
    if isinstance(prototype, Record):
        for name, value in prototype.entries.items():
            made.attributes[str(name)] = value.bind(made) if isinstance(value, Function) else value
    returned = calling.call_function(engine, function.bind(made), arguments, keywords, node, frame)
    return returned if isinstance(returned, Record | Instance) and returned is not made else made


def instantiate(
    engine: Engine,
    cls: Class,
    arguments: list[Value],
    keywords: dict[str, Value],
    node: syntax.Place,
    frame: Frame,
    *,
    open_: bool = False,
) -> Value:
    """``cls(...)``: a new object, its constructor run."""
    member = enum_member(cls, arguments)
    if member is not None:
        return member
    made = new_object(engine, cls, Origin(frame.module.path, node.start, node.end))
    made.depth = engine.conditional
    if not engine.remembers:
        engine.made.setdefault(cls.code, made)
    made.made_by = Call(engine, frame, node, cls, arguments, keywords, new=True, open_=open_)
    set_fields(engine, cls, made)
    constructor = find_constructor(cls)
    if constructor is not None:
        calling.call(engine, constructor.bind(made), arguments, keywords, node, frame, open_=open_)
        return made
    if isinstance(made, LibraryObject):
        made.created(made.made_by)
    for name, value in zip(declared_fields(cls), arguments, strict=False):
        made.attributes[name] = value
    if not cls.module.javascript:
        if not isinstance(made, LibraryObject) or made.keeps:
            made.attributes.update(keywords)
        if open_ and engine.remembers:
            for name in declared_fields(cls):
                started = access.class_member(engine, cls, name)
                if started is not None and name not in made.attributes:
                    made.attributes[name] = access.either(started, name)
    return made


def enum_member(cls: Class, arguments: list[Value]) -> Value | None:
    """``Stage("production")``: the member of an enumeration that has a value."""
    given = arguments[0] if len(arguments) == 1 and isinstance(arguments[0], Const) else None
    members = access.enum_members(cls) if given is not None else None
    return next((member for member in members or () if same(member, given)), None) if given is not None else None


def new_object(engine: Engine, cls: Class, origin: Origin, *, symbolic: bool = False) -> Instance:
    """An object of a class, in the shape that its library ancestors ask for."""
    outer = next((base for base in cls.lineage() if isinstance(base, External | Instance) and base.path), None)
    for base in cls.lineage():
        derived = isinstance(base, External) or (isinstance(base, LibraryObject) and base.is_class)
        miniature = engine.library.object_for(base.path) if derived and base.path is not None else None  # type: ignore[attr-defined]
        if miniature is not None:
            made = miniature(cls, base.path, symbolic=symbolic, origin=origin)  # type: ignore[attr-defined]
            engine.objects.append(made)
            return made
    return Instance(cls, outer.path if outer is not None else None, symbolic=symbolic, origin=origin)


def find_constructor(cls: Class) -> Function | None:
    """The constructor that creating an object of the class runs."""
    for ancestor in cls.lineage():
        if isinstance(ancestor, Class):
            found = ancestor.members.get("constructor" if ancestor.module.javascript else "__init__")
            if isinstance(found, Function):
                return found
    return None


def declared_fields(cls: Class) -> list[str]:
    """Annotated fields of a class and its ancestors, in the order in which a dataclass takes them."""
    names: list[str] = []
    for ancestor in reversed(list(cls.lineage())):
        if isinstance(ancestor, Class) and not ancestor.module.javascript:
            for statement in ancestor.code.body:
                if isinstance(statement, syntax.Assign) and statement.annotation is not None:
                    target = statement.targets[0]
                    if isinstance(target, syntax.Name) and target.id not in names:
                        names.append(target.id)
    return names


def set_fields(engine: Engine, cls: Class, made: Instance) -> None:
    """Run the field initialisers of JavaScript classes, ancestors first."""
    for ancestor in reversed(list(cls.lineage())):
        if isinstance(ancestor, Class) and ancestor.fields:
            inner = Frame(ancestor.module, Scope(ancestor.scope), None, made, owner=ancestor)
            for field in ancestor.fields:
                for target in field.targets:
                    if isinstance(target, syntax.Name):
                        value = assigning.declare(engine, field, inner) if field.value is None else None
                        made.attributes[target.id] = value or engine.evaluate(field.value, inner)  # type: ignore[arg-type]


def build(engine: Engine, made: Instance) -> None:
    """Run the constructor of an object that is known by its type, on arguments known by theirs."""
    made.built = True
    if made.kind is None:
        return
    watcher, engine.watcher = engine.watcher, None
    try:
        with engine.undecided():
            set_fields(engine, made.kind, made)
            constructor = find_constructor(made.kind)
            if constructor is not None and constructor.code not in engine.stack:
                frame = Frame(constructor.module, Scope(constructor.scope))
                calling.call_function(engine, constructor.bind(made), [], {}, constructor.code, frame, open_=True)
    finally:
        engine.watcher = watcher


def super_member(engine: Engine, name: str, frame: Frame) -> Value:
    """``super().name``: what the ancestors behind the current class give the current object."""
    this = frame.this if frame.this is not None else first_parameter(frame)
    owner = frame.owner
    if owner is None or this is None:
        return Unknown("`super()` outside a class")
    kind = this.kind if isinstance(this, Instance) else this if isinstance(this, Class) else owner
    lineage = list((kind or owner).lineage())
    behind = lineage[lineage.index(owner) + 1 :] if owner in lineage else list(owner.lineage())[1:]
    for ancestor in behind:
        if isinstance(ancestor, Class):
            found = ancestor.members.get(name)
            if isinstance(found, Function):
                return found.bind(this)
            if found is not None:
                return found
        elif isinstance(this, LibraryObject) and (isinstance(ancestor, External) or is_library_class(ancestor)):
            if name in ("__init__", "constructor"):
                return Native(name, lambda made: created_by(this, made))
            answer = this.read(engine, name)
            if answer is not None:
                return answer
        elif isinstance(this, Instance) and isinstance(ancestor, External) and name == "__init__":
            return Native(name, partial(passed_on, this, ancestor))
        elif isinstance(this, Class) and isinstance(ancestor, External):
            miniature = engine.library.object_for(ancestor.path)
            answer = miniature.class_member(engine, this, name) if miniature is not None else None
            if answer is not None:
                return answer
            if frame.module.javascript and name != "constructor":
                return access.outside(ancestor.path, name, this)
    if name == "__new__":
        return Native(name, allocated)
    return Unknown(f"`{name}` of a base class that was not read")


def is_library_class(value: Value) -> bool:
    """Whether a value is a class that a library made, such as what ``Manager.from_queryset(...)`` gives."""
    return isinstance(value, LibraryObject) and value.is_class


def allocated(made: Call) -> Value:
    """``object.__new__(cls)``: an object whose constructor has not been run."""
    cls = made.argument(0)
    return new_object(made.engine, cls, made.origin) if isinstance(cls, Class) else Unknown("an object of a class")


def created_by(this: LibraryObject, made: Call) -> Value:
    """The library's constructor, reached through ``super()``."""
    this.created(made)
    return NOTHING


def passed_on(this: Instance, base: External, made: Call) -> Value:
    """The constructor of a library's class that no pack describes, reached through ``super()``."""
    made.callee = base
    calling.run_callbacks(made.engine, made)
    this.passed_on = made
    return NOTHING


def first_parameter(frame: Frame) -> Value | None:
    """``self`` of the running method."""
    function = frame.function
    if function is None or not function.code.parameters:
        return None
    return frame.scope.names.get(function.code.parameters[0].name)


def make_class(engine: Engine, code: syntax.Class, frame: Frame) -> Value:
    """Run a class statement."""
    bases = [engine.evaluate(base, frame) for base in code.bases]
    cls = Class(code, frame.scope, frame.module, tuple(unparametrized(base) for base in bases))
    cls.keywords = {keyword.name: engine.evaluate(keyword.value, frame) for keyword in code.keywords if keyword.name}
    inner = Frame(frame.module, Scope(frame.scope), frame.function, cls, frame.depth, cls)
    if frame.module.javascript:
        run_javascript_class(engine, cls, inner)
    else:
        engine.execute(code.body, inner)
        for member in inner.scope.names.values():
            if isinstance(member, Function) and member.scope is inner.scope:
                member.scope = frame.scope  # the names of a class body are not in sight of its methods
        cls.members = inner.scope.names
    engine.classes.append(cls)
    for base in cls.lineage():
        miniature = engine.library.object_for(base.path) if isinstance(base, External) else None
        if miniature is not None:
            miniature.subclassed(engine, cls)
    return calling.decorate(engine, cls, code.decorators, frame)


def unparametrized(base: Value) -> Value:
    """A base class without its type arguments, also where only these differ."""
    found = [option.base if isinstance(option, Parametrized) else option for option in options(base)]
    return found[0] if all(same(other, found[0]) for other in found) else base


def run_javascript_class(engine: Engine, cls: Class, inner: Frame) -> None:
    """Members of a JavaScript class: methods, static fields; other fields wait for an object."""
    for statement in cls.code.body:
        if isinstance(statement, syntax.Function):
            function = engine.function(statement, inner)
            function.bound = None
            value = (
                calling.decorate(engine, function, statement.decorators, inner) if statement.decorators else function
            )
            if statement.accessor != "set":
                cls.members[statement.name] = value
        elif isinstance(statement, syntax.Assign):
            if statement.static:
                for target in statement.targets:
                    if isinstance(target, syntax.Name):
                        value = engine.evaluate(statement.value, inner) if statement.value is not None else NOTHING
                        cls.members[target.id] = value
                        inner.scope.names[target.id] = value
            else:
                cls.fields.append(statement)
        elif isinstance(statement, syntax.Block):
            engine.execute(statement.body, inner)
        elif isinstance(statement, syntax.Class):
            cls.members[statement.name] = make_class(engine, statement, inner)


def is_abstract(cls: Class) -> bool:
    """Whether a class is made to be filled in by others: an interface, a protocol, an abstract base."""
    if cls.code.kind == "interface":
        return True
    abstract = {"abc.ABC", "typing.Protocol", "typing_extensions.Protocol"}
    if any(isinstance(base, External) and base.path in abstract for base in cls.bases):
        return True
    metaclass = cls.keywords.get("metaclass")
    return isinstance(metaclass, External) and metaclass.name == "ABCMeta"
