"""Assignment: names, attributes, subscripts, and values taken apart."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import msgspec

from verifier import syntax
from verifier.evaluate import access, operators, probing
from verifier.evaluate.fetched import ITERATOR
from verifier.evaluate.frames import Frame
from verifier.evaluate.library import Call, LibraryObject
from verifier.evaluate.values import (
    Choice,
    Class,
    Const,
    Deferred,
    External,
    Fallback,
    Function,
    Instance,
    ModuleValue,
    Origin,
    Record,
    Sequence,
    Unknown,
    Value,
    choice,
    is_vague,
    options,
    refined,
)

if TYPE_CHECKING:
    from verifier.evaluate.interpreter import Engine

UNNAMED = frozenset({"*default*", "default", "exports"})


def assign(engine: Engine, node: syntax.Assign, frame: Frame) -> Value:
    """Run an assignment; its value."""
    if node.value is None:
        return declare(engine, node, frame)
    if can_wait(node, frame):
        return wait(engine, node, frame)
    if engine.table.for_types and isinstance(node.targets[0], syntax.Name) and frame.scope is frame.module.scope:
        later = Deferred(partial(engine.table.apart, partial(assign, engine, node, frame)))
        frame.scope.names[node.targets[0].id] = later
        return later
    value = engine.evaluate(node.value, frame)
    if node.operator != "=":
        old = engine.evaluate(node.targets[0], frame)
        value = operators.augmented(engine, node.operator, old, value, node, frame)
    elif node.annotation is not None and is_vague(value):
        value = typed(engine, node.annotation, value, frame)
    for target in node.targets:
        if frame.module.javascript and isinstance(target, syntax.Name | syntax.Member):
            hold(value, target.id if isinstance(target, syntax.Name) else target.name)
        if engine.conditional and is_turned(engine, node, target, frame):
            continue
        bind(engine, target, value, frame, declares=node.declares)
    return value


def is_turned(engine: Engine, node: syntax.Assign, target: syntax.Expression, frame: Frame) -> bool:
    """Whether an entry is made of itself in an object that may have further ones: ``if (q.on) q.on = q.on === "1"``.

    Whoever filled the object decided whether it is there.
    """
    key = key_in(engine, target, frame)
    if (
        key is None
        or not isinstance(target, syntax.Member | syntax.Index)
        or not isinstance(target.object, syntax.Name)
    ):
        return False
    scope = frame.scope.find(target.object.id)
    holders = options(scope.names[target.object.id]) if scope is not None else ()
    if not holders or not all(
        isinstance(one, Record) and not one.complete and key not in one.entries for one in holders
    ):
        return False
    return any(
        isinstance(inner, syntax.Member | syntax.Index)
        and isinstance(inner.object, syntax.Name)
        and inner.object.id == target.object.id
        and key_in(engine, inner, frame) == key
        for inner in syntax.nodes_in(node.value)
    )


def key_in(engine: Engine, node: syntax.Expression, frame: Frame) -> object:
    """The key by which an entry is read or written, where it is written out."""
    if isinstance(node, syntax.Member):
        return node.name if frame.module.javascript else None
    if isinstance(node, syntax.Index) and isinstance(node.index, syntax.Const):
        return node.index.value
    return None


def can_wait(node: syntax.Assign, frame: Frame) -> bool:
    """Whether an assignment makes a constant that wires nothing: most of those, nothing that is followed asks for."""
    return (
        node.declares == "const"
        and frame.module.idle
        and frame.scope is frame.module.scope
        and isinstance(node.targets[0], syntax.Name)
        and not isinstance(node.value, syntax.Function | syntax.Const)
        and not requires(node.value)
    )


def requires(node: syntax.Expression | None) -> bool:
    """Whether an expression starts with ``require()``, which runs another module."""
    while isinstance(node, syntax.Call | syntax.Member):
        node = node.callee if isinstance(node, syntax.Call) else node.object
    return isinstance(node, syntax.Name) and node.id == "require"


def wait(engine: Engine, node: syntax.Assign, frame: Frame) -> Value:
    """Bind a constant whose value is made when somebody asks for it."""
    (target,) = node.targets
    assert isinstance(target, syntax.Name)
    later = msgspec.structs.replace(node, declares="let")
    found = Deferred(partial(engine.table.apart, partial(assign, engine, later, frame)))
    frame.scope.names[target.id] = found
    return found


def hold(value: Value, name: str) -> None:
    """Remember under which name a function or an object was put first; ``module.exports`` and the like are none."""
    if isinstance(value, Function | Instance) and value.held is None and name not in UNNAMED:
        value.held = name


def declare(engine: Engine, node: syntax.Assign, frame: Frame) -> Value:
    """A declaration without a value: ``x: int``, ``let x``."""
    unset: Value = Unknown("a variable that is set elsewhere")
    if node.annotation is not None:
        unset = typed(engine, node.annotation, unset, frame)
    for target in node.targets:
        if isinstance(target, syntax.Name) and target.id.startswith("__") and target.id.endswith("__"):
            continue  # whoever makes classes sets it: a base class alone says that there will be one
        if isinstance(target, syntax.Name) and (node.declares or frame.scope.find(target.id) is None):
            bind(engine, target, unset, frame, declares=node.declares)
    return unset


def typed(engine: Engine, annotation: syntax.Expression, value: Value, frame: Frame) -> Value:
    """A value with what its annotation tells of it."""
    return refined(value, engine.assumed(access.annotation(engine, annotation, frame)))


def bind(engine: Engine, target: syntax.Expression, value: Value, frame: Frame, *, declares: str | None = None) -> None:
    """Give a target its value."""
    engine.tick()
    if isinstance(target, syntax.Name):
        bind_name(engine, target.id, value, frame, declares=declares)
    elif isinstance(target, syntax.Member):
        owner = engine.evaluate(target.object, frame)
        if engine.watcher is not None:
            engine.watcher.assigned(frame, target, owner, target.name, value)
        set_member(engine, owner, target.name, value)
        set_place(owner, target.name, access.word(target, target.name, frame))
    elif isinstance(target, syntax.Index):
        holder, key = engine.evaluate(target.object, frame), engine.evaluate(target.index, frame)
        described = engine.library.function_for(f"{holder.path}[]=") if isinstance(holder, External) else None
        if described is not None:
            described(Call(engine, frame, target, holder, [key, value]))
        if frame.module.javascript and isinstance(key, Const) and isinstance(key.value, str):  # the same as a member
            set_member(engine, holder, key.value, value)
        else:
            set_index(engine, holder, key, value)
        if isinstance(key, Const):
            set_place(holder, key.value, Origin(frame.module.path, target.index.start, target.index.end))
    elif isinstance(target, syntax.Display):
        bind_items(engine, target, value, frame, declares)
    elif isinstance(target, syntax.Mapping):
        bind_entries(engine, target, value, frame, declares)
    elif isinstance(target, syntax.Assign):  # a default inside a pattern
        default = engine.evaluate(target.value, frame) if target.value is not None else Unknown("a missing value")
        missing = isinstance(value, Const) and value.value is None
        if isinstance(value, Unknown) and type(default) is Const and isinstance(default.value, str):
            default = Fallback(default.value, default.origin)
        chosen = default if missing else choice([value, default]) if isinstance(value, Unknown) else value
        bind(engine, target.targets[0], chosen, frame, declares=declares)
    elif isinstance(target, syntax.Spread):
        bind(engine, target.value, value, frame, declares=declares)


def bind_name(engine: Engine, name: str, value: Value, frame: Frame, *, declares: str | None = None) -> None:
    """Bind a name where the language puts it."""
    scope = frame.scope
    if not frame.module.javascript:
        home = scope.function_scope() if declares is None else scope
        if home.outer is not None and name in home.outer:
            home = home.outer[name]
    elif declares == "var":
        home = scope.function_scope()
    elif declares is not None:
        home = scope
    else:
        home = scope.find(name) or frame.module.scope
    home.names[name] = value


def bind_items(engine: Engine, target: syntax.Display, value: Value, frame: Frame, declares: str | None) -> None:
    """``a, b, *rest = value``."""
    if engine.watcher is not None and isinstance(value, LibraryObject) and value.heeded and frame.module.javascript:
        engine.watcher.taken(frame, target, value, ITERATOR, item=True)
    items = engine.iterate(value, frame=frame) if not isinstance(value, Choice) else shared_items(engine, value, frame)
    rest = next((place for place, item in enumerate(target.items) if isinstance(item, syntax.Spread)), None)
    count = len(target.items)
    for place, item in enumerate(target.items):
        if isinstance(item, syntax.Const):  # a hole
            continue
        if rest is not None and place == rest:
            taken = items[place : len(items) - (count - place - 1)] if items is not None else []
            part: Value = Sequence(taken, complete=items is not None, element=engine.element_of(value))
        elif items is not None and (rest is None or place < rest):
            part = items[place] if place < len(items) else Const(None)
        elif items is not None:
            behind = count - place
            part = items[-behind] if behind <= len(items) else Const(None)
        else:
            part = engine.element_of(value)
        bind(engine, item, part, frame, declares=declares)


def shared_items(engine: Engine, value: Choice, frame: Frame) -> list[Value] | None:
    """The items of one of several lists of one length, place by place; None where that is not what they are."""
    lists = [(option, engine.iterate(option, frame=frame)) for option in value.options]
    lengths = {len(items) for _, items in lists if items is not None}
    if len(lengths) != 1:
        return None
    return [
        choice(items[place] if items is not None else engine.element_of(option) for option, items in lists)
        for place in range(lengths.pop())
    ]


def bind_entries(engine: Engine, target: syntax.Mapping, value: Value, frame: Frame, declares: str | None) -> None:
    """``const { a, b: c = 1, ...rest } = value``."""
    taken: set[object] = set()
    for entry in target.entries:
        if entry.key is None:
            rest = Record(complete=False)
            if isinstance(value, Record):
                rest = Record({k: v for k, v in value.entries.items() if k not in taken}, complete=value.complete)
            bind(engine, entry.value, rest, frame, declares=declares)
            continue
        key = engine.evaluate(entry.key, frame)
        if isinstance(key, Const) and isinstance(key.value, str):
            taken.add(key.value)
            part = access.member(engine, value, key.value, entry, frame)
        else:
            part = engine.element_of(value)
        bind(engine, entry.value, part, frame, declares=declares)


def set_member(engine: Engine, holder: Value, name: str, value: Value) -> None:
    """``holder.name = value``. Under a condition the old value stays possible."""
    if engine.probe is not None:
        probing.note_status(engine.probe, name, value, sure=not engine.conditional)
        if any(map(engine.probe.carries, options(holder))):
            engine.probe.keep(name)
    for option in options(holder):
        store: dict[str, Value] | None = None
        if isinstance(option, Instance | Function):
            store = option.attributes
        elif isinstance(option, Class):
            store = option.members
        elif isinstance(option, ModuleValue) and option.state is not None:
            store = option.state.scope.names
        elif isinstance(option, Record):
            entries = option.entries
            old = entries.get(name)
            entries[name] = value if old is None or not engine.conditional else choice([value, old])
        elif isinstance(option, External) and option.path in engine.proxies:
            set_member(engine, engine.proxies[option.path], name, value)
        elif isinstance(option, External):
            engine.library_attributes.setdefault(option.path, {})[name] = value
        if isinstance(value, Function) and not engine.remembers:
            method = value.code.kind == "function" and isinstance(option, Instance)
            engine.handed.setdefault(value.code, value.bind(option) if method else value)
        if store is not None:
            before = store.get(name)
            depth = option.depth if isinstance(option, Instance) and not engine.remembers else 0
            store[name] = value if before is None or engine.conditional <= depth else choice([value, before])


def set_place(holder: Value, key: object, origin: Origin) -> None:
    """Remember where the key of an entry was written."""
    for option in options(holder):
        if isinstance(option, Record):
            option.places[key] = origin


def set_index(engine: Engine, holder: Value, key: Value, value: Value) -> None:
    """``holder[key] = value``."""
    for option in options(holder):
        if isinstance(option, Record):
            if isinstance(key, Const):
                option.entries[key.value] = value
            else:
                option.complete = False
                option.element = choice([option.element, value] if option.element is not None else [value])
        elif isinstance(option, Sequence) and isinstance(key, Const) and isinstance(key.value, int):
            if -len(option.items) <= key.value < len(option.items):
                option.items[key.value] = value
        elif isinstance(option, Instance):
            option.items[access.key_of(key)] = value
            if engine.probe is not None and engine.probe.carries(option):
                engine.probe.keep(key)
        elif isinstance(option, Function) and isinstance(key, Const) and isinstance(key.value, str):
            option.attributes[key.value] = value
