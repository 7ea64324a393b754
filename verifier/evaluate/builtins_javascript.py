"""JavaScript's own names and methods, and Node's globals, on abstract values."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from verifier.evaluate import arrays_javascript as arrays
from verifier.evaluate import paths
from verifier.evaluate import texts_javascript as texts
from verifier.evaluate.frames import Frame
from verifier.evaluate.library import Call, LibraryFunction, LibraryObject
from verifier.evaluate.maps_javascript import MapObject, proxy
from verifier.evaluate.values import (
    NOTHING,
    Class,
    Const,
    External,
    Function,
    Instance,
    ModuleValue,
    Native,
    Record,
    Sequence,
    Text,
    Typed,
    Unknown,
    Value,
    choice,
    join_text,
    options,
    reason_of,
)

if TYPE_CHECKING:
    from verifier.evaluate.interpreter import Engine
    from verifier.evaluate.modules import ModuleState


def name(state: ModuleState, name: str) -> Value | None:
    """What JavaScript and Node bind to a name in every module."""
    if name == "undefined":
        return NOTHING
    if name == "__dirname":
        return Const(paths.absolute(state.path.rpartition("/")[0]))
    if name == "__filename":
        return Const(paths.absolute(state.path))
    if name == "require":
        return Native("require", lambda call: _require(state, call))
    if name == "import":
        return Record({"meta": import_meta(state)})
    if name in state.globals:
        return state.globals[name]
    return External(name) if name in OTHERS else None


LONGEST_ARRAY = 400
LONGEST_JSON = 200_000
OTHERS = frozenset(
    "console process global globalThis Buffer URL URLSearchParams Promise Error TypeError RangeError Date "
    "RegExp Symbol Reflect Math BigInt Function Intl setTimeout setInterval setImmediate clearTimeout "
    "clearInterval queueMicrotask fetch Request Response Headers crypto TextEncoder TextDecoder NaN Infinity "
    "isNaN parseFloat decodeURIComponent Bun Deno string number boolean any unknown void never object".split()
)


def import_meta(state: ModuleState) -> Value:
    """``import.meta``."""
    path = paths.absolute(state.path)
    return Record(
        {
            "url": Const(f"file://{path}"),
            "filename": Const(path),
            "dirname": Const(path.rpartition("/")[0]),
            "env": External("process.env"),
        },
        complete=False,
    )


def _require(state: ModuleState, call: Call) -> Value:
    module = call.text(0)
    if module is None:
        return Unknown("a module that run time chooses")
    return call.engine.table.require(state, paths.specifier(module, state.path))


def method(engine: Engine, value: Value, name: str, frame: Frame) -> Value | None:
    """A method or attribute of a built-in type; ``then`` and its like on any value."""
    if isinstance(value, Const) and isinstance(value.value, str):
        if name == "length":
            return Const(len(value.value))
        apply = texts.METHODS.get(name)
        if apply is not None:
            return Native(name, lambda call: apply(value, call))
    if isinstance(value, Text) and name in texts.METHODS:
        return Native(name, lambda call: value)
    if isinstance(value, Sequence):
        known = arrays.attribute(value, name)
        if known is not None:
            return known
        change = arrays.METHODS.get(name)
        if change is not None:
            return Native(name, lambda call: change(value, call))
    if isinstance(value, Native) and name == "main" and value.name == "require" and frame.module.main is not None:
        return frame.module.scope.names.get("module") if frame.module.main else Const(None)
    if isinstance(value, Record) and name == "hasOwnProperty":
        return Native(name, lambda call: _has_own(value, call))
    if isinstance(value, Class) and name == "bind":
        return Native(name, lambda call: value)  # `new` asks a bound class for objects of the class itself
    if name in ("then", "catch", "finally"):
        return Native(name, lambda call: _promise(value, call))
    return None


def _promise(value: Value, call: Call) -> Value:
    """``value.then(f)``: promises and their values are not told apart."""
    callback = call.argument(0)
    if callback is None:
        return value
    if call.name == "then":
        return call.engine.call(callback, [value], call.node, call.frame)
    with call.engine.undecided():
        result = call.engine.call(callback, [Unknown("the error caught")], call.node, call.frame)
    return value if call.name == "finally" or isinstance(result, Unknown) else choice([value, result])


def function_method(engine: Engine, function: Function, name: str) -> Value:
    """``bind``, ``call`` and ``apply`` of a function."""
    if name == "bind":
        return Native("bind", lambda call: function.bind(call.arguments[0]) if call.arguments else function)

    def run(call: Call) -> Value:
        this, *rest = call.arguments or [NOTHING]
        if name == "apply":
            rest = list(rest[0].items) if rest and isinstance(rest[0], Sequence) else []
        return call.engine.call(function.bind(this), rest, call.node, call.frame)

    return Native(name, run)


def _has_own(value: Record, call: Call) -> Value:
    key = call.text(0)
    if key is not None and (key in value.entries or value.complete):
        return Const(key in value.entries)
    return Unknown("an entry that may be missing")


# Globals


def as_record(engine: Engine, value: Value | None) -> Record | None:
    """The own entries of an object: what it holds itself, without what its class gives it."""
    if isinstance(value, Record):
        return value
    if isinstance(value, ModuleValue) and value.state is not None:
        return Record({name: engine.force(entry) for name, entry in sorted(engine.table.exports(value.state).items())})
    if isinstance(value, Sequence):
        return Record({str(place): item for place, item in enumerate(value.items)}, complete=value.complete)
    found = Record()
    if isinstance(value, Class):
        for name, member in value.members.items():
            if not isinstance(member, Function) or member.code.static:
                found.entries[name] = member
        return found
    if isinstance(value, Instance) and value.kind is not None:
        found.entries.update(value.attributes)
        found.complete = value.path is None and not value.symbolic
        return found
    return None


def _object_entries(call: Call) -> Value:
    record = as_record(call.engine, call.argument(0))
    if record is None:
        return Sequence((), complete=False, element=Unknown("entries of an object"))
    keys = [Const(key) if isinstance(key, str | int) else Unknown("a key") for key in record.entries]
    values = list(record.entries.values())
    if call.name == "keys":
        return Sequence(keys, complete=record.complete)
    if call.name == "values":
        return Sequence(values, complete=record.complete, element=record.element)
    pairs = [Sequence([key, value]) for key, value in zip(keys, values, strict=True)]
    return Sequence(pairs, complete=record.complete)


def _assign(call: Call) -> Value:
    from verifier.evaluate.assigning import set_member
    from verifier.evaluate.operators import update

    target = call.argument(0)
    for source in call.arguments[1:]:
        if isinstance(target, Record):
            update(target, source)
        elif target is not None and isinstance(source, Record):
            for key, value in source.entries.items():
                set_member(call.engine, target, str(key), value)
    return target if target is not None else NOTHING


def _own_names(call: Call) -> Value:
    """``Object.getOwnPropertyNames``; of a prototype, the names of its class's methods."""
    given = call.argument(0)
    if isinstance(given, Class):
        names = [name for name, member in given.members.items() if isinstance(member, Function)]
        return Sequence(Const(name) for name in dict.fromkeys(("constructor", *names)))
    call.name = "keys"
    return _object_entries(call)


def _prototype(call: Call) -> Value:
    """``Object.getPrototypeOf``: a class stands for its prototype."""
    given = call.argument(0)
    kind = given.kind if isinstance(given, Instance) else None
    return kind if kind is not None else Unknown("a prototype")


def _object_has(call: Call) -> Value:
    record, key = as_record(call.engine, call.argument(0)), call.text(1)
    if record is not None and key is not None and (key in record.entries or record.complete):
        return Const(key in record.entries)
    return Unknown("an entry that may be missing")


def _create(call: Call) -> Value:
    """``Object.create(prototype)``: an object that sees what another one has."""
    given = call.argument(0)
    entries = dict(given.entries) if isinstance(given, Record) else {}
    nothing = isinstance(given, Const) and given.value is None
    return Record(entries, complete=nothing)


def _first(call: Call) -> Value:
    return call.arguments[0] if call.arguments else NOTHING


def _from_entries(call: Call) -> Value:
    pairs = call.engine.iterate(call.arguments[0], frame=call.frame) if call.arguments else []
    record = Record(complete=pairs is not None)
    for pair in pairs or ():
        if isinstance(pair, Sequence) and len(pair.items) == 2 and isinstance(pair.items[0], Const):
            record.entries[pair.items[0].value] = pair.items[1]
        else:
            record.complete = False
    return record


def _define_property(call: Call) -> Value:
    from verifier.evaluate.assigning import set_member

    key, descriptor = call.text(1), call.argument(2)
    if key is not None and isinstance(descriptor, Record):
        value = descriptor.entries.get("value")
        getter = descriptor.entries.get("get")
        if value is None and isinstance(getter, Function):
            value = call.engine.call(getter, [], call.node, call.frame)
        if value is not None and call.arguments:
            set_member(call.engine, call.arguments[0], key, value)
    return call.argument(0) or NOTHING


def _array_from(call: Call) -> Value:
    found = Sequence()
    given = call.argument(0)
    length = given.entries.get("length") if isinstance(given, Record) else None
    if isinstance(length, Const) and isinstance(length.value, int) and 0 <= length.value <= LONGEST_ARRAY:
        found.items = [NOTHING] * length.value
    elif given is not None:
        call.engine.spread(found, given, call.frame)
    if len(call.arguments) > 1:
        mapping = Call(call.engine, call.frame, call.node, call.callee, call.arguments[1:], name="map")
        return arrays.mapped(found, mapping)
    return found


def _is_array(call: Call) -> Value:
    value = call.argument(0)
    if isinstance(value, Sequence | Record | Function | Const):
        return Const(isinstance(value, Sequence))
    return Unknown(reason_of(value))


def _all(call: Call) -> Value:
    """Waits for each item, and for any that run time adds."""
    given = call.arguments[0] if call.arguments else Sequence()
    if not isinstance(given, Sequence) or not any(map(_waits, (*given.items, given.element))):
        return given
    items = [_awaited(call, item) for item in given.items]
    element = _awaited(call, given.element) if given.element is not None else None
    return Sequence(items, given.kind, complete=given.complete, element=element, origin=given.origin)


def _waits(value: Value | None) -> bool:
    return value is not None and any(isinstance(option, LibraryObject) for option in options(value))


def _awaited(call: Call, value: Value) -> Value:
    if not _waits(value):
        return value
    found = options(value)
    return choice(option.awaited(call.engine) if isinstance(option, LibraryObject) else option for option in found)


def _parse_int(call: Call) -> Value:
    import re

    found = re.match(r"\s*[+-]?\d+", call.text(0) or "")
    return Const(int(found.group())) if found else Typed(reason_of(call.argument(0)), "number")


def _number(call: Call) -> Value:
    value = call.argument(0)
    if isinstance(value, Const) and isinstance(value.value, str | int | float):
        try:
            number = float(value.value or 0)
        except ValueError:
            return Unknown("a text that is no number")
        return Const(int(number) if number.is_integer() else number, value.origin)
    return Typed(reason_of(value), "number")


def _string(call: Call) -> Value:
    value = call.argument(0)
    return join_text((spelled(value),), call.origin) if isinstance(value, Const | Text) else Unknown(reason_of(value))


def spelled(value: Value) -> Value:
    """A value inside a string, as JavaScript writes it."""
    if isinstance(value, Const) and (value.value is None or isinstance(value.value, bool)):
        return Const({None: "undefined", True: "true", False: "false"}[value.value], value.origin)
    return value


def _parse_json(call: Call) -> Value:
    import json

    from verifier.evaluate.modules import as_value

    text = call.text(0)
    if text is None or len(text) > LONGEST_JSON:
        return Unknown("data that is read at run time")
    try:
        return as_value(json.loads(text))
    except (ValueError, RecursionError):
        return Unknown("data that cannot be read")


def _encoded(call: Call) -> Value:
    from urllib.parse import quote

    text = call.text(0)
    return Const(quote(text, safe="!~*'()"), call.origin) if text is not None else Unknown(reason_of(call.argument(0)))


def _copy(call: Call) -> Value:
    """``structuredClone``."""
    given = call.argument(0)
    if isinstance(given, Record):
        return Record(dict(given.entries), complete=given.complete, element=given.element, origin=given.origin)
    if isinstance(given, Sequence):
        return Sequence(given.items, given.kind, complete=given.complete, element=given.element, origin=given.origin)
    return given or NOTHING


def _boolean(call: Call) -> Value:
    value = call.argument(0)
    holds = call.engine.truth(value, call.frame) if value is not None else False
    return Const(holds) if holds is not None else Unknown(reason_of(value))


def _collection(call: Call) -> Value:
    """``new Map()`` and ``new Set()``, and their weak forms."""
    if call.name in ("Map", "WeakMap"):
        given = call.argument(0)
        empty = given is None or (isinstance(given, Const) and given.value is None)
        items = [] if empty else call.engine.iterate(given or NOTHING, frame=call.frame)
        pairs = [item for item in items or () if isinstance(item, Sequence) and len(item.items) == 2]
        complete = items is not None and len(pairs) == len(items)
        return MapObject([(pair.items[0], pair.items[1]) for pair in pairs], complete=complete)
    given = Sequence()
    if call.arguments:
        call.engine.spread(given, call.arguments[0], call.frame)
    return arrays.as_set(given)


def _namespace(**functions: Callable[[Call], Value]) -> Value:
    entries: dict[object, Value] = {}
    for key, function in functions.items():
        entries[key.strip("_")] = Native(key.strip("_"), function)
    return Record(entries, complete=False)


def globals_() -> dict[str, Value]:
    """Objects that every module of a project shares, made anew for each project."""
    return {
        "Object": _namespace(
            keys=_object_entries,
            values=_object_entries,
            entries=_object_entries,
            assign=_assign,
            freeze=_first,
            seal=_first,
            create=_create,
            fromEntries=_from_entries,
            defineProperty=_define_property,
            hasOwn=_object_has,
            getOwnPropertyNames=_own_names,
            getPrototypeOf=_prototype,
            setPrototypeOf=_first,
            preventExtensions=_first,
        ),
        "Array": _namespace(from_=_array_from, isArray=_is_array, of=lambda call: Sequence(call.arguments)),
        "JSON": _namespace(parse=_parse_json),
        "Map": Native("Map", _collection),
        "Set": Native("Set", _collection),
        "WeakMap": Native("WeakMap", _collection),
        "WeakSet": Native("WeakSet", _collection),
        "Proxy": Native("Proxy", proxy),
        "Number": Native("Number", _number),
        "encodeURIComponent": Native("encodeURIComponent", _encoded),
        "structuredClone": Native("structuredClone", _copy),
        "parseInt": Native("parseInt", _parse_int),
        "String": Native("String", _string),
        "Boolean": Native("Boolean", _boolean),
    }


FUNCTIONS: dict[str, LibraryFunction] = {
    "Promise.all": _all,
    "Promise.allSettled": _all,
    "Promise.resolve": _first,
    **texts.FUNCTIONS,
}
