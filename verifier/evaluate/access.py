"""Reading attributes, subscripts and annotations."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeGuard

from verifier import syntax
from verifier.evaluate import builtins_javascript, builtins_python, probing
from verifier.evaluate.frames import Frame
from verifier.evaluate.library import LibraryObject
from verifier.evaluate.values import (
    Choice,
    Class,
    Const,
    Copy,
    Environment,
    External,
    Field,
    Function,
    Generator,
    Instance,
    ModuleValue,
    Native,
    Origin,
    Parametrized,
    Record,
    Scope,
    Sequence,
    Term,
    Text,
    Unknown,
    UnknownModule,
    Value,
    choice,
    options,
    reason_of,
)

if TYPE_CHECKING:
    from verifier.evaluate.interpreter import Engine

LONGEST_PATH = 600
ENVIRONMENTS = frozenset({"process.env", "Bun.env"})
FUNCTION_METHODS = frozenset({"apply", "bind", "call"})
PROMISE_METHODS = frozenset({"then", "catch", "finally"})


def member(engine: Engine, value: Value, name: str, node: syntax.Place, frame: Frame) -> Value:
    """``value.name``."""
    if engine.probe is not None:
        header = probing.read_by_member(engine.probe, node, name)
        if header is not None:
            return header
    if isinstance(value, Choice):
        kept = [option for option in value.options if not (isinstance(option, Const) and option.value is None)]
        with engine.each_of(kept):
            return choice([member(engine, option, name, node, frame) for option in kept])
    if engine.rows and engine.watcher is not None:
        row = engine.rows.get(id(value))
        if row is not None:
            engine.watcher.read(frame, node, name, row)
    if engine.offering and isinstance(node, syntax.Member) and isinstance(value, Instance | External):
        path = value.path
        if path is not None and path in engine.offering and getattr(value, "kind", None) is None:
            engine.asked.setdefault((path, name, word(node, name, frame)), not engine.ways and not engine.tries)
    if engine.probe is not None and isinstance(value, Instance | Record) and engine.probe.carries(value):
        held = value.attributes if isinstance(value, Instance) else value.entries
        engine.probe.seek(name, word(node, name, frame), there=not is_nothing(held.get(name)))
    found: Value | None = None
    if isinstance(value, LibraryObject) and value.heeded and engine.watcher is not None:
        engine.watcher.taken(frame, node, value, name, item=False)
    if isinstance(value, Instance):
        if name == "constructor" and value.kind is not None and frame.module.javascript:
            return value.kind
        if engine.watcher is not None and value.kind is not None and isinstance(node, syntax.Member):
            engine.watcher.reached(frame, node, value)
        found = find_member(engine, value, name)
        of_library = value.path is not None and value.kind is None and frame.module.javascript
        if of_library and value.path is not None and name not in value.attributes:
            engine.member_reads.setdefault((word(node, name, frame), value.path, name), value)
        if isinstance(found, LibraryObject) and found.placed and found.origin is None:
            found.origin = word(node, name, frame)
        if (
            engine.remembers
            and value.kind is not None
            and is_declared(found)
            and name not in value.attributes
            and binds(value.kind, name, found)
        ):
            return Field(value, name, found, word(node, name, frame))
        if found is None and value.kind is not None and engine.watcher is not None:
            engine.watcher.missed(frame, node, value, name)
        elif found is None and value.path in engine.offering and engine.watcher is not None:
            engine.watcher.absent(frame, node, value, name)
        if found is None and value.path is not None and not (frame.module.javascript and name in PROMISE_METHODS):
            found = stored(engine, value.path, name) or outside(value.path, name, value, word(node, name, frame))
    elif isinstance(value, Class):
        found = class_member(engine, value, name)
        if isinstance(found, External) and found.receiver is value and found.origin is None:
            found.origin = word(node, name, frame)
        elif engine.remembers and is_declared(found) and binds(value, name, found):
            return Field(value, name, found, word(node, name, frame))
        elif engine.remembers and not frame.module.javascript and found is not None:
            declared = declared_member(engine, value, name, found, word(node, name, frame))
            if declared is not None:
                return declared
        if engine.watcher is not None and isinstance(found, External | None):
            engine.watcher.missed(frame, node, value, name)
    elif isinstance(value, ModuleValue):
        found = engine.table.attribute(value, name)
    elif isinstance(value, External):
        behind = engine.proxies.get(value.path)
        if behind is not None:
            return member(engine, behind, name, node, frame)
        found = stored(engine, value.path, name) or external_member(engine, value, name, node, frame)
    elif isinstance(value, Record):
        found = value.entries.get(name)
        if found is not None and engine.watcher is not None and not frame.module.javascript:
            engine.watcher.absent(frame, node, value, name)  # Python keeps entries and attributes apart
        if isinstance(found, Function) and found.bound is None and found.code.kind == "function":
            found = found.bind(value)
    elif isinstance(value, Function):
        found = value.attributes.get(name) or function_member(engine, value, name)
    elif isinstance(value, Parametrized):
        return member(engine, value.base, name, node, frame)
    elif isinstance(value, Term):
        found = outside(value.path, name, value, word(node, name, frame))
    if found is not None:
        return engine.force(found)
    tried = engine.remembers or engine.probe is not None
    if frame.module.javascript and tried and isinstance(value, Const) and value.value is None:
        return value  # `nothing?.name`
    methods = builtins_javascript if frame.module.javascript else builtins_python
    found = methods.method(engine, value, name, frame)
    if found is not None:
        return found
    if engine.watcher is not None and isinstance(value, ModuleValue | Record | Sequence):
        engine.watcher.absent(frame, node, value, name)
    if isinstance(value, Record | Sequence) and not value.complete:
        return value.element if value.element is not None else Unknown("an entry that is set at run time")
    if isinstance(value, Record) and frame.module.javascript:
        return Const(None)  # `undefined`: all entries are known, and this is none of them
    if isinstance(value, UnknownModule):
        return UnknownModule(value.reason)
    if isinstance(value, Instance) and not value.symbolic:
        return Unknown(f"the attribute `{name}` of `{value.type_name}`")
    return Unknown(value.reason if isinstance(value, Unknown) else f"`{name}` of {reason_of(value)}")


def is_nothing(value: Value | None) -> bool:
    """Whether a value is absent, or nothing."""
    return value is None or (isinstance(value, Const) and value.value is None)


def stored(engine: Engine, path: str, name: str) -> Value | None:
    """An attribute that the project itself set on something of a library."""
    return engine.library_attributes.get(path, {}).get(name)


def outside(path: str, name: str, receiver: Value | None = None, origin: Origin | None = None) -> Value:
    """Something that lies outside the project, by its path."""
    if len(path) + len(name) > LONGEST_PATH:
        return Unknown(f"`{name}` of a long chain of calls")
    return External(f"{path}.{name}", receiver, origin)


def word(node: syntax.Place, name: str, frame: Frame) -> Origin:
    """Where a name is written at the end of an expression."""
    start = node.end - len(name.encode()) if isinstance(node, syntax.Member) else node.start
    return Origin(frame.module.path, start, node.end)


def is_declared(value: Value | None) -> TypeGuard[Instance]:
    """Whether a member of a class is what a library's call declares, a column for one."""
    if isinstance(value, LibraryObject):
        return value.declares and value.kind is None
    return type(value) is Instance and value.kind is None and value.made_by is not None


def binds(cls: Class, name: str, value: Value) -> bool:
    """Whether the body of a class, or of an ancestor, binds a name to a value itself, and not to what gives it."""
    return any(isinstance(one, Class) and one.members.get(name) is value for one in cls.lineage())


def declared_member(engine: Engine, cls: Class, name: str, found: Value, origin: Origin) -> Value | None:
    """An attribute that a library makes of what a class body only annotates, or of what a function there gives.

    None for any other. Classes of a library that gives operators a meaning have such attributes.
    """
    if isinstance(found, Function):
        declares = found.bound is None and any(one.rpartition(".")[2] in engine.declaring for one in found.decorators)
        given = engine.call(found.bind(cls), [], found.code, calling_frame(engine, found)) if declares else None
        return Field(cls, name, given, origin) if is_declared(given) else None
    if isinstance(found, Const):
        if name.startswith("_") or not is_annotated(cls, name):
            return None
    elif not all(type(one) is Unknown or (isinstance(one, Instance) and one.symbolic) for one in options(found)):
        return None
    base = next((base for base in cls.lineage() if isinstance(base, External | Instance) and base.path), None)
    path = base.path if isinstance(base, External | Instance) else None
    if path is None or not path.startswith(engine.expressive) or not engine.expressive:
        return None
    return outside(path, name, cls, origin)


def calling_frame(engine: Engine, function: Function) -> Frame:
    """A frame from which a function of the project is called by a library."""
    return Frame(function.module, Scope(function.scope), engine.running)


def is_annotated(cls: Class, name: str) -> bool:
    """Whether a class body, or that of an ancestor, annotates a name as one that its objects have."""
    for ancestor in cls.lineage():
        if not isinstance(ancestor, Class):
            continue
        for statement in ancestor.code.body:
            if not isinstance(statement, syntax.Assign) or statement.annotation is None:
                continue
            target, kind = statement.targets[0], statement.annotation
            if isinstance(target, syntax.Name) and target.id == name:
                inner = kind.object if isinstance(kind, syntax.Index) else kind
                word = inner.name if isinstance(inner, syntax.Member) else getattr(inner, "id", "")
                return word != "ClassVar"
    return False


def external_member(engine: Engine, value: External, name: str, node: syntax.Place, frame: Frame) -> Value:
    """An attribute of a library's module or class; ``default`` is the module itself."""
    if name == "default":
        return value
    if value.path in ENVIRONMENTS:
        around = engine.surroundings
        if around is not None:
            return around.read(name, Origin(frame.module.path, node.start, node.end)) or Const(None)
        return Environment(name)
    return outside(value.path, name, value.receiver, word(node, name, frame))


def find_member(engine: Engine, instance: Instance, name: str) -> Value | None:
    """An attribute of an object: its own, its class's, or its library's. None where there is none."""
    found = instance.attributes.get(name)
    if found is not None:
        return engine.force(found)
    if instance.kind is not None:
        for ancestor in instance.kind.lineage():
            if isinstance(ancestor, Class) and name in ancestor.members:
                declared = engine.force(ancestor.members[name])
                given = instance.given_for(engine, name, declared) if isinstance(instance, LibraryObject) else None
                if given is not None:
                    return given
                if isinstance(declared, LibraryObject):
                    return declared.read_from(engine, instance, name)
                if type(declared) is Instance and declared.kind is not None and has_metaclass(instance.kind):
                    return Unknown(f"the attribute `{name}`, of which a metaclass decides")
                found = bound_member(engine, declared, instance, instance.kind)
                return either(found, name) if instance.symbolic and engine.remembers else found
    if isinstance(instance, LibraryObject):
        found = instance.read(engine, name)
        if found is not None:
            return found
    if not instance.built:
        from verifier.evaluate import objects

        objects.build(engine, instance)
        return instance.attributes.get(name)
    return None


def has_metaclass(cls: Class) -> bool:
    """Whether a class of the project's own makes a class, and may take apart what the class body binds."""
    found = (ancestor.keywords.get("metaclass") for ancestor in cls.lineage() if isinstance(ancestor, Class))
    return any(isinstance(metaclass, Class) for metaclass in found)


def either(value: Value, name: str) -> Value:
    """What a class gives its objects as a start, or what one that a request brought has instead."""
    return choice([value, Unknown(f"the attribute `{name}`")]) if isinstance(value, Const) else value


def bound_member(engine: Engine, value: Value, instance: Instance, kind: Class) -> Value:
    """A member of a class, as read from an object."""
    if not isinstance(value, Function) or value.bound is not None or value.code.static:
        return value
    if is_class_method(value):
        return value.bind(kind)
    method = value.bind(instance)
    if value.code.accessor == "get":
        return engine.call_accessor(method)
    return method


def is_class_method(function: Function) -> bool:
    """Whether a Python method takes its class."""
    return any(isinstance(found, syntax.Name) and found.id == "classmethod" for found in function.code.decorators)


def class_member(engine: Engine, value: Class, name: str) -> Value | None:
    """An attribute of a class."""
    for ancestor in value.lineage():
        if isinstance(ancestor, Class):
            found = ancestor.members.get(name)
            if found is not None:
                found = engine.force(found)
                if isinstance(found, LibraryObject):
                    return found.read_from(engine, value, name)
                if (
                    isinstance(found, Function)
                    and found.bound is None
                    and (is_class_method(found) or found.code.static)
                ):
                    method = found.bind(value)
                    read = found.code.static and found.code.accessor == "get"
                    return engine.call_accessor(method) if read else method
                return found
        elif isinstance(ancestor, External):
            cls = engine.library.object_for(ancestor.path)
            found = cls.class_member(engine, value, name) if cls is not None else None
            if found is not None:
                return found
        elif isinstance(ancestor, Instance) and name in ancestor.attributes:  # a base that a library's function made
            return engine.force(ancestor.attributes[name])
    if name == "__name__" or (name == "name" and value.module.javascript):
        return Const(value.code.name)
    if name == "prototype" and value.module.javascript:
        return value  # methods are read from a class and from its prototype alike
    first = next((base for base in value.lineage() if isinstance(base, External | Instance) and base.path), None)
    return outside(first.path or "", name, value) if isinstance(first, External | Instance) else None


def enum_members(value: Class) -> list[Value] | None:
    """What a loop over an enumeration sees; None for any other class."""
    if any(isinstance(base, External) and base.path.startswith("enum.") for base in value.lineage()):
        return [found for found in value.members.values() if isinstance(found, Const)]
    return None


def function_member(engine: Engine, function: Function, name: str) -> Value | None:
    """``bind``, ``call`` and ``apply``; the names of a function."""
    if name in ("__name__", "name"):
        return Const(function.code.name)
    if not function.module.javascript or name not in FUNCTION_METHODS:
        return None
    return builtins_javascript.function_method(engine, function, name)


def index(engine: Engine, value: Value, key: Value, node: syntax.Place, frame: Frame) -> Value:
    """``value[key]``."""
    if engine.probe is not None and engine.probe.is_token(key):
        return Unknown("what a token stands for")
    if engine.probe is not None and probing.reads_item(value, key):
        return missing_item(engine, frame) if engine.probe.header is None else engine.probe.value
    if isinstance(value, Choice) or isinstance(key, Choice):
        keys = key.options if isinstance(key, Choice) else (key,)
        values = value.options if isinstance(value, Choice) else (value,)
        with engine.each_of(values):
            return choice([index(engine, one, other, node, frame) for one in values for other in keys])
    if engine.probe is not None and frame.module.javascript and isinstance(value, Const) and value.value is None:
        return value  # `nothing?.[1]`
    if isinstance(value, Native) and value.name in BUILTIN_TYPES:  # `dict[str, int]`
        value = External(value.name)
    if engine.remembers and not frame.module.javascript and is_item(engine, value, key):
        from verifier.evaluate.operators import TERM

        library = (value.path or "").partition(".")[0]  # type: ignore[attr-defined]
        return Term("[]", (value, key), f"{library}.{TERM}", Origin(frame.module.path, node.start, node.end))
    typed = isinstance(value, Class | Parametrized) or (isinstance(value, External) and is_type(value))
    if isinstance(value, External) and typed:
        typed = engine.library.function_for(f"{value.path}[]") is None
    if typed and not frame.module.javascript:
        arguments = key.items if isinstance(key, Sequence) and key.kind == "tuple" else [key]
        return Parametrized(value, list(arguments), value.origin)
    if frame.module.javascript and isinstance(node, syntax.Index) and is_container(node.object, key, frame):
        arguments = key.items if isinstance(key, Sequence) and key.kind == "tuple" else [key]
        return Parametrized(External(node.object.id), list(arguments), value.origin)
    if isinstance(value, Instance):
        found = value.items.get(key_of(key))
        if engine.probe is not None and engine.probe.carries(value):
            place = node.index if isinstance(node, syntax.Index) else node
            engine.probe.seek(key, Origin(frame.module.path, place.start, place.end), there=found is not None)
        if found is None and isinstance(value, LibraryObject):
            if value.heeded and engine.watcher is not None and isinstance(key, Const):
                engine.watcher.taken(frame, node, value, key.value, item=True)
            found = value.indexed(engine, key)
        if found is None and isinstance(key, Const) and isinstance(key.value, str) and frame.module.javascript:
            return member(engine, value, key.value, node, frame)
        if found is None:
            getter = find_member(engine, value, "__getitem__")
            if getter is not None:
                return engine.call(getter, [key], node, frame)
            if engine.watcher is not None and value.kind is not None:
                engine.watcher.absent(frame, node, value, "[]")
        return found if found is not None else Unknown(f"an item of {reason_of(value)}")
    if isinstance(value, External):
        function = engine.library.function_for(f"{value.path}[]")
        if function is not None:
            from verifier.evaluate.library import Call

            return function(Call(engine, frame, node, value, [key]))
        if isinstance(key, Const) and isinstance(key.value, str) and frame.module.javascript:
            return member(engine, value, key.value, node, frame)
        return Parametrized(value, [key], value.origin)
    if isinstance(value, Sequence):
        return sequence_item(engine, value, key)
    if isinstance(key, Const):
        if isinstance(value, Record):
            found = value.entries.get(key.value)
            if found is not None:
                return found
            if isinstance(value, Copy) and value.element is None:
                if engine.watcher is not None:
                    engine.watcher.taken(frame, node, value, key.value, item=True)
                held = value.of.indexed(engine, key) if isinstance(value.of, LibraryObject) else None
                return held if held is not None else Unknown(f"an item of {reason_of(value.of)}")
            if value.complete:
                return Const(None)
            # Entries of other names say nothing of this one.
            return value.element if value.element is not None else Unknown("an entry that run time adds")
        if isinstance(value, Const) and isinstance(value.value, str) and isinstance(key.value, int):
            return Const(value.value[key.value : key.value + 1 or None])
        if isinstance(key.value, str) and frame.module.javascript:
            return member(engine, value, key.value, node, frame)
    if isinstance(value, Record):
        return engine.element_of(value)
    if isinstance(value, Const) and isinstance(value.value, str) and isinstance(key, Instance) and key.path == "slice":
        bounds = slice_of(key)
        return Const(value.value[bounds], value.origin) if bounds is not None else Unknown("a part of a text")
    return Unknown(reason_of(value) if not isinstance(value, Const | Record) else reason_of(key))


def missing_item(engine: Engine, frame: Frame) -> Value:
    """What a header that is absent gives: nothing in JavaScript, and an error in Python."""
    assert engine.probe is not None
    if not frame.module.javascript:
        engine.probe.refuse(External("KeyError"), sure=not engine.conditional, denies=False)
    return engine.probe.value


def is_item(engine: Engine, value: Value, key: Value) -> bool:
    """Whether a subscript is an operation that a library gives a meaning: on a column, or a part of a query."""
    if isinstance(value, Term | Field):
        expressive = not isinstance(value, Field) or value.of_class
    elif isinstance(value, External):
        expressive = isinstance(value.receiver, Class | Instance) and not is_type(value)
    else:
        sliced = isinstance(key, Instance) and key.path == "slice"
        expressive = sliced and type(value) is Instance and value.kind is None and value.made_by is not None
    path = getattr(value, "path", None)
    return expressive and bool(engine.expressive) and path is not None and path.startswith(engine.expressive)


def sequence_item(engine: Engine, value: Sequence, key: Value) -> Value:
    """An item or part of a list."""
    if isinstance(key, Const) and isinstance(key.value, int):
        if -len(value.items) <= key.value < len(value.items):
            return value.items[key.value]
        return engine.element_of(value)
    if isinstance(key, Instance) and key.path == "slice":
        bounds = slice_of(key)
        if bounds is not None and value.complete:
            return Sequence(value.items[bounds], value.kind, origin=value.origin)
        return Sequence((), value.kind, complete=False, element=engine.element_of(value))
    return engine.element_of(value)


def slice_of(key: Instance) -> slice | None:
    """A slice of which each bound is known."""
    bounds: list[int | None] = []
    for name in ("start", "stop", "step"):
        bound = key.attributes.get(name)
        if not isinstance(bound, Const) or not isinstance(bound.value, int | None):
            return None
        bounds.append(bound.value)
    return slice(*bounds) if bounds[2] != 0 else None


def is_type(value: External) -> bool:
    """Whether something of a library looks like a type, which a subscript gives type arguments."""
    return value.name[:1].isupper() or value.path in BUILTIN_TYPES


def is_container(node: syntax.Expression, key: Value, frame: Frame) -> TypeGuard[syntax.Name]:
    """Whether a subscript is that of a type, ``Array<Item>``: the language has a value under that name, too."""
    named = isinstance(node, syntax.Name) and node.id in CONTAINERS and frame.scope.find(node.id) is None
    return named and not isinstance(key, Const)


CONTAINERS = frozenset({"Array", "Map", "Set"})
BUILTIN_TYPES = frozenset({"dict", "list", "tuple", "set", "frozenset", "type"})


def key_of(key: Value) -> object:
    """What tells one stored item from another."""
    if isinstance(key, Const):
        return key.value
    if isinstance(key, External):
        return ("external", key.path)
    return id(key)


def annotation(engine: Engine, node: syntax.Expression, frame: Frame) -> Value:
    """The type that an annotation names; a quoted one is read."""
    if isinstance(node, syntax.Const) and isinstance(node.value, str) and not frame.module.javascript:
        from verifier.parse.python_expressions import lower_annotation

        node = lower_annotation(node.value, node.start, node.end)
    watcher, engine.watcher = engine.watcher, None
    try:
        found = engine.evaluate(node, frame)
    finally:
        engine.watcher = watcher
    return found


def is_opaque(value: Value) -> bool:
    """Whether nothing is known of a value beyond that it exists."""
    return isinstance(value, Unknown | Text | Generator | Native)
