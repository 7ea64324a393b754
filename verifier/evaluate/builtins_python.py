"""Python's own names and methods, on abstract values."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from verifier.evaluate import paths, rows
from verifier.evaluate.frames import Frame
from verifier.evaluate.library import Call, LibraryObject
from verifier.evaluate.narrowing import is_object_of
from verifier.evaluate.values import (
    NOTHING,
    Class,
    Const,
    Copy,
    Excerpt,
    External,
    Function,
    Instance,
    ModuleValue,
    NamedItems,
    Native,
    Origin,
    OwnName,
    Record,
    Sequence,
    Text,
    Typed,
    Unknown,
    Value,
    choice,
    join_text,
    reason_of,
    texts_of,
)

if TYPE_CHECKING:
    from verifier.evaluate.interpreter import Engine
    from verifier.evaluate.modules import ModuleState

TYPES = frozenset(
    "str int float bool bytes object complex dict list tuple set frozenset type Exception BaseException "
    "ValueError KeyError "
    "TypeError RuntimeError AttributeError NotImplementedError ImportError LookupError PermissionError OSError".split()
)


def name(state: ModuleState, name: str) -> Value | None:
    """What Python binds to a name in every module."""
    if name == "__file__":
        return Const(paths.absolute(state.path))
    if name == "__name__":
        own = state.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        return OwnName(own) if state.main is None else Const("__main__" if state.main else own)
    if name == "__package__":
        return Const(state.path.rpartition("/")[0].replace("/", "."))
    if name == "__path__":
        return Sequence([Const(paths.absolute(state.path.rpartition("/")[0]))])
    if name in FUNCTIONS:
        return Native(name, FUNCTIONS[name])
    if name in TYPES or name.endswith(("Error", "Exception", "Warning")):
        return External(name)
    if name in ("True", "False", "None"):
        return Const({"True": True, "False": False, "None": None}[name])
    return External(name) if name in OTHERS else None


OTHERS = frozenset(
    "print super open input id hash repr format abs min max sum round divmod pow chr ord hex iter callable".split()
)
OTHERS |= frozenset("property staticmethod classmethod globals locals memoryview bytearray slice __import__".split())


def _str(call: Call) -> Value:
    value = call.argument(0)
    return join_text((value,), call.origin) if isinstance(value, Const | Text) else Typed(reason_of(value), "str")


def _int(call: Call) -> Value:
    value = call.argument(0)
    if isinstance(value, Const) and isinstance(value.value, str | int | float):
        try:
            return Const(int(value.value))
        except ValueError:
            return Unknown("a text that is no number")
    return Typed(reason_of(value), "int")


def _float(call: Call) -> Value:
    value = call.argument(0)
    if isinstance(value, Const) and isinstance(value.value, str | int | float):
        try:
            return Const(float(value.value))
        except ValueError:
            return Unknown("a text that is no number")
    return Typed(reason_of(value), "float")


def _collection(kind: str) -> Callable[[Call], Value]:
    def make(call: Call) -> Value:
        value = call.argument(0)
        found = Sequence((), "tuple" if kind == "tuple" else "set" if kind == "set" else "list")
        if value is not None:
            call.engine.spread(found, value, call.frame)
        return found

    return make


def _dict(call: Call) -> Value:
    from verifier.evaluate.operators import update

    first = call.argument(0)
    copied = first.as_dict(call.engine) if isinstance(first, LibraryObject) else None
    if isinstance(first, Copy):
        copied = Copy(first.of)
    record = copied if isinstance(copied, Record) and not call.open else Record(complete=not call.open)
    if isinstance(first, Record):
        update(record, first)
    elif first is not None:
        record.complete = False
    record.entries.update(call.keywords)
    return record


def _len(call: Call) -> Value:
    items = call.engine.iterate(call.arguments[0], frame=call.frame) if call.arguments else None
    return Const(len(items)) if items is not None else Unknown("a length")


def _range(call: Call) -> Value:
    bounds = [bound.value for bound in call.arguments if isinstance(bound, Const) and isinstance(bound.value, int)]
    if len(bounds) != len(call.arguments) or not 1 <= len(bounds) <= 3 or (len(bounds) == 3 and bounds[2] == 0):
        return Sequence((), complete=False, element=Unknown("a number of a range"))
    numbers = range(*bounds)
    if len(numbers) > 1000:
        return Sequence((), complete=False, element=Unknown("a number of a range"))
    return Sequence(Const(number) for number in numbers)


def _enumerate(call: Call) -> Value:
    iterable = call.arguments[0] if call.arguments else NOTHING
    items = call.engine.iterate(iterable, frame=call.frame)
    if items is None:
        element = rows.each(call.engine, call.engine.element_of(iterable), iterable, call.node)
        pair = Sequence([Unknown("a number"), element], "tuple")
        return Sequence((), complete=False, element=pair)
    start = call.argument(1, "start")
    first = start.value if isinstance(start, Const) and isinstance(start.value, int) else 0
    return Sequence(Sequence([Const(first + place), item], "tuple") for place, item in enumerate(items))


def _zip(call: Call) -> Value:
    lists = [call.engine.iterate(value, frame=call.frame) for value in call.arguments]
    known = [items for items in lists if items is not None]
    if len(known) != len(lists):
        pair = Sequence([call.engine.element_of(value) for value in call.arguments], "tuple")
        return Sequence((), complete=False, element=pair)
    return Sequence(Sequence(list(items), "tuple") for items in zip(*known, strict=False))


def _map(call: Call) -> Value:
    if len(call.arguments) < 2:
        return Unknown("a map of nothing")
    items = call.engine.iterate(call.arguments[1], frame=call.frame)
    if items is None:
        element = call.engine.call(
            call.arguments[0], [call.engine.element_of(call.arguments[1])], call.node, call.frame
        )
        return Sequence((), complete=False, element=element)
    return Sequence(call.engine.call(call.arguments[0], [item], call.node, call.frame) for item in items)


def _filter(call: Call) -> Value:
    if len(call.arguments) < 2:
        return Unknown("a filter of nothing")
    items = call.engine.iterate(call.arguments[1], frame=call.frame)
    if items is None:
        return call.arguments[1]
    kept = Sequence()
    for item in items:
        holds = call.engine.truth(call.engine.call(call.arguments[0], [item], call.node, call.frame), call.frame)
        if holds is not False:
            kept.items.append(item)
    return kept


def _reversed(call: Call) -> Value:
    made = _collection("list")(call)
    if isinstance(made, Sequence):
        made.items.reverse()
    return made


def _sorted(call: Call) -> Value:
    """``sorted(items)``: in order where the items are constants, and nothing else tells the order."""
    made = _collection("list")(call)
    by = call.keywords.get("key")
    if by is not None:
        first = made.items[0] if isinstance(made, Sequence) and made.items else call.engine.element_of(made)
        call.engine.call(by, [first], call.node, call.frame)
    elif isinstance(made, Sequence) and made.complete and not call.keywords:
        texts = texts_of(made)
        if texts is not None and all(isinstance(item, Const) for item in made.items):
            made.items = [Const(text) for text in sorted(texts)]
    return made


def _fromkeys(call: Call) -> Value:
    """``dict.fromkeys(items)``."""
    items = call.engine.iterate(call.arguments[0], frame=call.frame) if call.arguments else None
    value = call.argument(1) or NOTHING
    if items is None or not all(isinstance(item, Const) for item in items):
        return Record(complete=False, element=value)
    return Record({item.value: value for item in items if isinstance(item, Const)})


def _of_text(name: str, call: Call) -> Value:
    """``str.upper(text)``: a method of strings, called on the class."""
    text = call.argument(0)
    found = method(call.engine, text, name, call.frame) if text is not None else None
    if not isinstance(found, Native):
        return Unknown(f"the result of calling `str.{name}`")
    return call.engine.call(found, call.arguments[1:], call.node, call.frame, call.keywords)


def _same(call: Call) -> Value:
    return call.arguments[0] if call.arguments else NOTHING


def _getattr(call: Call) -> Value:
    from verifier.evaluate.access import member

    attribute = call.text(1)
    if not call.arguments or attribute is None:
        return Unknown("an attribute that run time names")
    engine, default = call.engine, call.argument(2)
    if default is None:
        return member(engine, call.arguments[0], attribute, call.node, call.frame)
    watcher, engine.watcher = engine.watcher, None  # that there may be none is reckoned with
    try:
        found = member(engine, call.arguments[0], attribute, call.node, call.frame)
    finally:
        engine.watcher = watcher
    return default if isinstance(found, Unknown) else found


def _setattr(call: Call) -> Value:
    from verifier.evaluate.assigning import set_member

    attribute = call.text(1)
    if len(call.arguments) > 2 and attribute is not None:
        set_member(call.engine, call.arguments[0], attribute, call.arguments[2])
    return NOTHING


def _hasattr(call: Call) -> Value:
    """Known where the attribute was set, or where nothing out of sight can have set it."""
    value, name = call.argument(0), call.text(1)
    if isinstance(value, Function) and name is not None and not name.startswith("__"):
        if name in value.attributes:
            return Const(True)
        if not value.decorators:
            return Const(False)
    held = own_names(value)
    return Const(True) if held is not None and name in held else Unknown("an attribute that may be missing")


def own_names(value: Value | None) -> dict[str, Value] | None:
    """What an object, class or module of the project is known to hold, by name; None for anything else."""
    if isinstance(value, ModuleValue):
        return dict(value.state.scope.names) if value.state is not None else None
    cls = value if isinstance(value, Class) else value.kind if isinstance(value, Instance) else None
    found: dict[str, Value] = {}
    for ancestor in reversed(list(cls.lineage())) if cls is not None else ():
        found.update(ancestor.members if isinstance(ancestor, Class) else {})
    if isinstance(value, Instance):
        found.update(value.attributes)
    return found if isinstance(value, Class | Instance) else None


def _vars(call: Call) -> Value:
    return own_mapping(call.argument(0))


class OwnMapping(Record):
    """The ``__dict__`` of an object: what its ``update`` lays into it becomes the object's attributes."""

    __slots__ = ("holder",)

    def __init__(self, holder: Instance) -> None:
        super().__init__(dict[object, Value](holder.attributes.items()), complete=False)
        self.holder = holder


def own_mapping(value: Value | None) -> Value:
    """``vars(value)`` and ``value.__dict__``."""
    if isinstance(value, Class):
        return Record(dict[object, Value](value.members.items()))
    if isinstance(value, ModuleValue):
        return Record(dict[object, Value]((own_names(value) or {}).items()))
    if isinstance(value, Instance):
        return OwnMapping(value)
    return Record(complete=False)


def _dir(call: Call) -> Value:
    held = own_names(call.argument(0))
    if held is None:
        return Sequence((), complete=False, element=Unknown("the names of a value"))
    return Sequence([Const(name) for name in sorted(held)])


def _isinstance(call: Call) -> Value:
    value, kind = call.argument(0), call.argument(1)
    if isinstance(value, Instance) and value.kind is not None:
        known = is_object_of(value.kind, kind)
        return Const(known) if known is not None else Unknown("the type of a value")
    if isinstance(value, Const) and isinstance(kind, External | Native):
        types = {"str": str, "int": int, "float": float, "bool": bool, "dict": dict, "list": list}
        name = kind.path if isinstance(kind, External) else kind.name
        if name in types:
            return Const(isinstance(value.value, types[name]))
    if (
        isinstance(value, Sequence | Record)
        and isinstance(kind, External)
        and kind.path in ("str", "int", "list", "dict", "tuple")
    ):
        own = value.kind if isinstance(value, Sequence) else "dict"
        return Const(kind.path == own)
    return Unknown("the type of a value")


def _type(call: Call) -> Value:
    value = call.argument(0)
    if isinstance(value, Instance):
        return value.kind or (External(value.path) if value.path else Unknown("a type"))
    return Unknown("a type")


def _next(call: Call) -> Value:
    items = call.engine.iterate(call.arguments[0], frame=call.frame) if call.arguments else None
    return items[0] if items else Unknown("the next item")


def _quantified(*, every: bool) -> Callable[[Call], Value]:
    """``all(items)``, ``any(items)``."""

    def decide(call: Call) -> Value:
        items = call.engine.iterate(call.arguments[0], frame=call.frame) if call.arguments else None
        truths = [call.engine.truth(item, call.frame) for item in items] if items is not None else [None]
        if (not every) in truths:
            return Const(not every)
        return Unknown("whether some conditions hold") if None in truths else Const(every)

    return decide


FUNCTIONS: dict[str, Callable[[Call], Value]] = {
    "all": _quantified(every=True),
    "any": _quantified(every=False),
    "str": _str,
    "int": _int,
    "float": _float,
    "list": _collection("list"),
    "tuple": _collection("tuple"),
    "set": _collection("set"),
    "frozenset": _collection("set"),
    "dict": _dict,
    "len": _len,
    "range": _range,
    "enumerate": _enumerate,
    "zip": _zip,
    "map": _map,
    "filter": _filter,
    "sorted": _sorted,
    "reversed": _reversed,
    "iter": _same,
    "next": _next,
    "getattr": _getattr,
    "setattr": _setattr,
    "hasattr": _hasattr,
    "vars": _vars,
    "dir": _dir,
    "isinstance": _isinstance,
    "type": _type,
}


def method(engine: Engine, value: Value, name: str, frame: Frame) -> Value | None:
    """A method of a built-in type."""
    if isinstance(value, Const) and isinstance(value.value, str) and name in TEXT:
        apply = TEXT[name]
        return Native(name, lambda call: apply(value, call))
    if isinstance(value, Text) and name in (
        "strip",
        "rstrip",
        "lstrip",
        "lower",
        "upper",
        "removesuffix",
        "removeprefix",
        "format",
    ):
        return Native(name, lambda call: value)
    if isinstance(value, Native) and value.name == "str" and name in TEXT:
        return Native(name, lambda call: _of_text(name, call))
    if isinstance(value, Native) and value.name == "dict" and name == "fromkeys":
        return Native(name, _fromkeys)
    if isinstance(value, NamedItems) and name in value.names:
        return dict(zip(value.names, value.items, strict=False)).get(name)
    if isinstance(value, Sequence) and name in LIST:
        change = LIST[name]
        return Native(name, lambda call: change(value, call))
    if isinstance(value, Record) and name in DICT:
        look = DICT[name]
        return Native(name, lambda call: look(value, call))
    if isinstance(value, Const) and name == "value":  # a member of an enumeration
        return value
    if name == "__dict__" and isinstance(value, Class | Instance | ModuleValue):
        return own_mapping(value)
    return None


def _pure(apply: Callable[..., str | int]) -> Callable[[Const, Call], Value]:
    """A method of text that needs constants only."""

    def run(value: Const, call: Call) -> Value:
        arguments = [argument.value for argument in call.arguments if isinstance(argument, Const)]
        if len(arguments) != len(call.arguments) or call.keywords:
            return Unknown(f"the result of `{call.name}`")
        try:
            return Const(apply(value.value, *arguments), value.origin)
        except (TypeError, ValueError):
            return Unknown(f"the result of `{call.name}`")

    return run


def _format(value: Const, call: Call) -> Value:
    import re

    template = str(value.value)
    parts: list[str | Value] = []
    last = place = 0
    for hole in re.finditer(r"\{\{|\}\}|\{(\w*)[^{}]*\}", template):
        parts.append(Excerpt(value, last, hole.start()))
        last = hole.end()
        if hole.group() in ("{{", "}}"):
            parts.append(hole.group()[0])
            continue
        key = hole.group(1)
        if not key:
            key, place = str(place), place + 1
        found = call.argument(int(key)) if key.isdigit() else call.keywords.get(key)
        parts.append(found if found is not None else Unknown(f"the format value `{key}`"))
    parts.append(Excerpt(value, last, len(template)))
    return join_text([part for part in parts if not isinstance(part, Excerpt) or part.value], value.origin)


def _join(value: Const, call: Call) -> Value:
    items = call.engine.iterate(call.arguments[0], frame=call.frame) if call.arguments else None
    if items is None:
        return Text((Unknown("a list that is joined at run time"),), call.origin)
    parts: list[str | Value] = []
    for place, item in enumerate(items):
        parts += [item] if place == 0 else [str(value.value), item]
    return join_text(parts, call.origin)


def _split(apply: Callable[[str, str | None, int], list[str]]) -> Callable[[Const, Call], Value]:
    """``split`` or ``rsplit``."""

    def run(value: Const, call: Call) -> Value:
        separator, most = call.text(0, "sep"), call.argument(1, "maxsplit")
        if most is not None and not (isinstance(most, Const) and isinstance(most.value, int)):
            return Unknown(f"the result of `{call.name}`")
        if separator == "":
            return Unknown("a text that is taken apart by nothing")
        most_parts = most.value if isinstance(most, Const) and isinstance(most.value, int) else -1
        return Sequence(Const(part, value.origin) for part in apply(str(value.value), separator, most_parts))

    return run


def _partition(apply: Callable[[str, str], tuple[str, str, str]]) -> Callable[[Const, Call], Value]:
    """``partition`` or ``rpartition``."""

    def run(value: Const, call: Call) -> Value:
        separator = call.text(0)
        if not separator:
            return Unknown(f"the result of `{call.name}`")
        return Sequence(Const(part, value.origin) for part in apply(str(value.value), separator))

    return run


def _test(apply: Callable[[str, str], bool]) -> Callable[[Const, Call], Value]:
    def run(value: Const, call: Call) -> Value:
        other = call.text(0)
        return Const(apply(str(value.value), other)) if other is not None else Unknown(f"the result of `{call.name}`")

    return run


TEXT: dict[str, Callable[[Const, Call], Value]] = {
    "lower": _pure(str.lower),
    "upper": _pure(str.upper),
    "title": _pure(str.title),
    "capitalize": _pure(str.capitalize),
    "isupper": _pure(str.isupper),
    "islower": _pure(str.islower),
    "find": _pure(str.find),
    "rfind": _pure(str.rfind),
    "count": _pure(str.count),
    "strip": _pure(str.strip),
    "lstrip": _pure(str.lstrip),
    "rstrip": _pure(str.rstrip),
    "replace": _pure(str.replace),
    "removeprefix": _pure(str.removeprefix),
    "removesuffix": _pure(str.removesuffix),
    "encode": lambda value, call: value,
    "decode": lambda value, call: value,  # what was encoded is text here still
    # Texts stand for the objects of libraries that wrap one: a secret, a URL.
    "get_secret_value": lambda value, call: value,
    "unicode_string": lambda value, call: value,
    "__str__": lambda value, call: value,
    "format": _format,
    "join": _join,
    "split": _split(str.split),
    "rsplit": _split(str.rsplit),
    "partition": _partition(str.partition),
    "rpartition": _partition(str.rpartition),
    "startswith": _test(str.startswith),
    "endswith": _test(str.endswith),
}


def _append(value: Sequence, call: Call) -> Value:
    value.items.extend(call.arguments[:1])
    return NOTHING


def _extend(value: Sequence, call: Call) -> Value:
    if call.arguments:
        call.engine.spread(value, call.arguments[0], call.frame)
    return NOTHING


def _insert(value: Sequence, call: Call) -> Value:
    place = call.argument(0)
    if len(call.arguments) > 1:
        at = place.value if isinstance(place, Const) and isinstance(place.value, int) else len(value.items)
        value.items.insert(at, call.arguments[1])
    return NOTHING


def _copy(value: Sequence, call: Call) -> Value:
    return Sequence(value.items, value.kind, complete=value.complete, element=value.element, origin=value.origin)


def _pop(value: Sequence, call: Call) -> Value:
    place = call.argument(0)
    at = place.value if isinstance(place, Const) and isinstance(place.value, int) else -1
    try:
        return value.items.pop(at)
    except IndexError:
        return call.engine.element_of(value)


LIST: dict[str, Callable[[Sequence, Call], Value]] = {
    "append": _append,
    "add": _append,
    "extend": _extend,
    "update": _extend,
    "insert": _insert,
    "copy": _copy,
    "pop": _pop,
}


def _get(value: Record, call: Call) -> Value:
    key = call.argument(0)
    if isinstance(key, Const) and key.value in value.entries:
        return value.entries[key.value]
    default = call.argument(1, "default") or NOTHING
    if not isinstance(key, Const):
        return choice([call.engine.element_of(value), default])
    if value.complete:
        return default
    # Entries of other names say nothing of this one.
    return choice([value.element or Unknown("an entry that run time adds"), default])


def _items(value: Record, call: Call) -> Value:
    pairs = [Sequence([key_value(key, value.places.get(key)), entry], "tuple") for key, entry in value.entries.items()]
    if value.complete:
        return Sequence(pairs)
    return Sequence((), complete=False, element=Sequence([Unknown("a key"), call.engine.element_of(value)], "tuple"))


def _keys(value: Record, call: Call) -> Value:
    return Sequence([key_value(key, value.places.get(key)) for key in value.entries], complete=value.complete)


def _values(value: Record, call: Call) -> Value:
    return Sequence(list(value.entries.values()), complete=value.complete, element=value.element)


def _update(value: Record, call: Call) -> Value:
    from verifier.evaluate.operators import update

    given = Record(complete=not call.open)
    for argument in call.arguments:
        update(given, argument)
    given.entries.update(call.keywords)
    update(value, given)
    if isinstance(value, OwnMapping):
        from verifier.evaluate.assigning import set_member

        for name, entry in given.entries.items():
            if isinstance(name, str):
                set_member(call.engine, value.holder, name, entry)
    return NOTHING


def _setdefault(value: Record, call: Call) -> Value:
    key = call.argument(0)
    default = call.argument(1) or NOTHING
    if isinstance(key, Const):
        return value.entries.setdefault(key.value, default)
    return default


def _copied(value: Record, call: Call) -> Value:
    made = Record(dict(value.entries), complete=value.complete, element=value.element, origin=value.origin)
    made.places.update(value.places)
    return made


def _taken(value: Record, call: Call) -> Value:
    key = call.argument(0)
    if isinstance(key, Const) and key.value in value.entries:
        if call.engine.conditional:
            value.complete = False  # it may still be there
        return value.entries.pop(key.value)
    if isinstance(value, Copy):  # what is left is not known
        value.element = value.element or Unknown("what a dictionary holds after something was taken from it")
    return call.argument(1) or call.engine.element_of(value)


DICT: dict[str, Callable[[Record, Call], Value]] = {
    "get": _get,
    "items": _items,
    "keys": _keys,
    "values": _values,
    "update": _update,
    "setdefault": _setdefault,
    "copy": _copied,
    "pop": _taken,
}


def key_value(key: object, origin: Origin | None = None) -> Value:
    """A mapping's key as a value."""
    return Const(key, origin) if isinstance(key, str | int | float | bool) or key is None else Unknown("a key")
