"""Methods of JavaScript's arrays and sets, on abstract values."""

from __future__ import annotations

from collections.abc import Callable
from functools import cmp_to_key

from verifier.evaluate import rows
from verifier.evaluate.library import Call
from verifier.evaluate.operators import contains
from verifier.evaluate.values import (
    NOTHING,
    Const,
    Sequence,
    Text,
    Typed,
    Unknown,
    Value,
    choice,
    join_text,
    options,
)

MOST_SORTED = 200


def attribute(value: Sequence, name: str) -> Value | None:
    """``length`` of an array, ``size`` of a set; a method; None for anything else."""
    if name in ("length", "size"):
        return Const(len(value.items)) if value.complete else Typed("a length", "number")
    return None


class UnknownOrderError(Exception):
    """Two items cannot be compared."""


def _push(value: Sequence, call: Call) -> Value:
    for argument in call.arguments:
        if value.kind != "set" or contains(value, argument) is not True:
            value.items.append(argument)
    value.complete = value.complete and not call.open
    return value if call.name == "add" else Unknown("a length")


def as_set(value: Sequence) -> Sequence:
    """A set of the items of a list; what is surely the same stands in it once."""
    found = Sequence((), "set", complete=value.complete, element=value.element)
    for item in value.items:
        if contains(found, item) is not True:
            found.items.append(item)
    return found


def _unshift(value: Sequence, call: Call) -> Value:
    value.items[:0] = call.arguments
    return Unknown("a length")


def _each(value: Sequence, call: Call) -> list[Value]:
    """The callback's result for each item; for one unknown item where the list is not all known."""
    callback = call.arguments[0] if call.arguments else NOTHING
    if value.complete:
        return [
            call.engine.call(callback, [item, Const(place), value], call.node, call.frame)
            for place, item in enumerate(value.items)
        ]
    with call.engine.undecided(), call.engine.loop(call.frame.module.path, call.node, value):
        element = rows.each(call.engine, call.engine.element_of(value), value, call.node)
        return [call.engine.call(callback, [element, Unknown("an index"), value], call.node, call.frame)]


def _truths(value: Sequence, call: Call) -> list[bool | None]:
    """Whether the callback holds for each item."""
    return [call.engine.truth(result, call.frame) for result in _each(value, call)]


def _for_each(value: Sequence, call: Call) -> Value:
    _each(value, call)
    return NOTHING


def _map(value: Sequence, call: Call) -> Value:
    results = _each(value, call)
    return Sequence(results) if value.complete else Sequence((), complete=False, element=choice(results))


def mapped(value: Sequence, call: Call) -> Value:
    """What ``map`` gives for a list that is no array yet."""
    return _map(value, call)


def _flat_map(value: Sequence, call: Call) -> Value:
    return _flattened(Sequence(_each(value, call), complete=value.complete), call, 1)


def _flat(value: Sequence, call: Call) -> Value:
    depth = call.argument(0)
    return _flattened(value, call, depth.value if isinstance(depth, Const) and isinstance(depth.value, int) else 1)


def _flattened(value: Sequence, call: Call, depth: int) -> Sequence:
    found = Sequence(complete=value.complete, element=_flat_element(value.element, call, depth))
    for item in value.items:
        if isinstance(item, Sequence) and depth > 0:
            call.engine.spread(found, _flattened(item, call, depth - 1), call.frame)
        else:
            found.items.append(item)
    return found


def _flat_element(element: Value | None, call: Call, depth: int) -> Value | None:
    """What an item may be where some items are lists whose own items take their place."""
    found: list[Value] = []
    for option in options(element) if element is not None else ():
        if not isinstance(option, Sequence) or depth <= 0:
            found.append(option)
            continue
        inner = _flattened(option, call, depth - 1)
        found += inner.items
        if not inner.complete:
            found.append(inner.element if inner.element is not None else call.engine.element_of(inner))
    return choice(found) if found else None


def _filter(value: Sequence, call: Call) -> Value:
    if not value.complete:
        _each(value, call)
        return value
    return Sequence(item for item, holds in zip(value.items, _truths(value, call), strict=True) if holds is not False)


def _some(value: Sequence, call: Call) -> Value:
    truths = _truths(value, call)
    wanted = call.name == "some"
    if wanted in truths:
        return Const(wanted)
    return Unknown("an item of a list") if None in truths or not value.complete else Const(not wanted)


def _find(value: Sequence, call: Call) -> Value:
    truths = _truths(value, call)
    if not value.complete:
        return call.engine.element_of(value)
    pairs = list(zip(value.items, truths, strict=True))
    possible: list[Value] = []
    for item, holds in reversed(pairs) if call.name == "findLast" else pairs:
        if holds is not False:
            possible.append(item)
        if holds is True:
            return choice(possible)
    return choice([*possible, NOTHING])


def _find_index(value: Sequence, call: Call) -> Value:
    truths = _truths(value, call)
    if not value.complete or None in truths:
        return Unknown("an index")
    places = [place for place, holds in enumerate(truths) if holds]
    return Const((places[-1] if call.name == "findLastIndex" else places[0]) if places else -1)


def _index_of(value: Sequence, call: Call) -> Value:
    wanted = call.argument(0)
    if not value.complete or not isinstance(wanted, Const) or not all(isinstance(item, Const) for item in value.items):
        return Unknown("an index")
    places = [place for place, item in enumerate(value.items) if isinstance(item, Const) and item.value == wanted.value]
    return Const((places[-1] if call.name == "lastIndexOf" else places[0]) if places else -1)


def _reduce(value: Sequence, call: Call) -> Value:
    if not call.arguments:
        return Unknown("a reduction")
    items = list(value.items) if value.complete else [call.engine.element_of(value)]
    if call.name == "reduceRight":
        items.reverse()
    if len(call.arguments) > 1:
        total = call.arguments[1]
    elif items:
        total = items.pop(0)
    else:
        return Unknown("a reduction of nothing")
    for place, item in enumerate(items):
        total = call.engine.call(call.arguments[0], [total, item, Const(place), value], call.node, call.frame)
    return total


def _concat(value: Sequence, call: Call) -> Value:
    found = Sequence(value.items, complete=value.complete, element=value.element)
    for argument in call.arguments:
        if isinstance(argument, Sequence):
            call.engine.spread(found, argument, call.frame)
        else:
            found.items.append(argument)
            found.complete = found.complete and not isinstance(argument, Unknown)
    return found


def _join(value: Sequence, call: Call) -> Value:
    separator = call.text(0, default=",")
    if not value.complete or separator is None:
        return Text((Unknown("a list that is joined at run time"),), call.origin)
    parts: list[str | Value] = []
    for place, item in enumerate(value.items):
        parts += [item] if place == 0 else [separator, item]
    return join_text(parts, call.origin)


def _numbers(call: Call) -> list[int] | None:
    """The first two arguments, where they are known numbers."""
    found = [bound.value for bound in call.arguments[:2] if isinstance(bound, Const) and isinstance(bound.value, int)]
    return found if len(found) == len(call.arguments[:2]) else None


def _sliced(value: Sequence, call: Call) -> Value:
    bounds = _numbers(call)
    if not value.complete or bounds is None:
        return Sequence((), complete=False, element=call.engine.element_of(value))
    return Sequence(value.items[bounds[0] if bounds else 0 : bounds[1] if len(bounds) > 1 else None])


def _splice(value: Sequence, call: Call) -> Value:
    bounds = _numbers(call)
    if not value.complete or not bounds:
        value.complete = False
        return Sequence((), complete=False, element=call.engine.element_of(value))
    start = max(len(value.items) + bounds[0], 0) if bounds[0] < 0 else bounds[0]
    end = start + max(bounds[1], 0) if len(bounds) > 1 else None
    changed = Sequence(value.items) if call.name == "toSpliced" else value
    removed = changed.items[start:end]
    changed.items[start:end] = call.arguments[2:]
    return changed if call.name == "toSpliced" else Sequence(removed)


def _at(value: Sequence, call: Call) -> Value:
    place = call.argument(0)
    if not value.complete or not isinstance(place, Const) or not isinstance(place.value, int):
        return call.engine.element_of(value)
    inside = -len(value.items) <= place.value < len(value.items)
    return value.items[place.value] if inside else NOTHING


def _includes(value: Sequence, call: Call) -> Value:
    held = contains(value, call.arguments[0]) if call.arguments else None
    return Const(held) if held is not None else Unknown("an item of a list")


def _entries(value: Sequence, call: Call) -> Value:
    pairs = [Sequence([Const(place), item]) for place, item in enumerate(value.items)]
    return Sequence(pairs, complete=value.complete)


def _keys(value: Sequence, call: Call) -> Value:
    if value.kind == "set":
        return value
    return Sequence([Const(place) for place in range(len(value.items))], complete=value.complete)


def _itself(value: Sequence, call: Call) -> Value:
    return value


def _fill(value: Sequence, call: Call) -> Value:
    if len(call.arguments) == 1:
        value.items = [call.arguments[0] for _ in value.items]
    return value


def _last(value: Sequence, call: Call) -> Value:
    if not value.items:
        return call.engine.element_of(value)
    return value.items.pop(0 if call.name == "shift" else -1)


def _delete(value: Sequence, call: Call) -> Value:
    wanted = call.argument(0)
    if call.name == "clear":
        value.items, value.complete = [], True
    elif isinstance(wanted, Const):
        value.items = [item for item in value.items if not (isinstance(item, Const) and item.value == wanted.value)]
    return Unknown("whether an item was there")


def _reversed(value: Sequence, call: Call) -> Value:
    changed = Sequence(value.items, complete=value.complete, element=value.element) if call.name != "reverse" else value
    changed.items.reverse()
    return changed


def _sorted(value: Sequence, call: Call) -> Value:
    """``sort``: an order that only run time knows leaves the items as they are."""
    changed = Sequence(value.items, complete=value.complete, element=value.element) if call.name != "sort" else value
    if len(changed.items) > MOST_SORTED:
        return changed
    compare = call.argument(0)

    def order(one: Value, other: Value) -> int:
        if compare is None:
            if isinstance(one, Const) and isinstance(other, Const):
                left, right = str(one.value), str(other.value)
                return (left > right) - (left < right)
            raise UnknownOrderError
        result = call.engine.call(compare, [one, other], call.node, call.frame)
        if isinstance(result, Const) and isinstance(result.value, int | float):
            return (result.value > 0) - (result.value < 0)
        raise UnknownOrderError

    try:
        changed.items = sorted(changed.items, key=cmp_to_key(order))
    except UnknownOrderError:
        return changed
    return changed


METHODS: dict[str, Callable[[Sequence, Call], Value]] = {
    "push": _push,
    "add": _push,
    "unshift": _unshift,
    "forEach": _for_each,
    "map": _map,
    "flatMap": _flat_map,
    "flat": _flat,
    "filter": _filter,
    "some": _some,
    "every": _some,
    "find": _find,
    "findLast": _find,
    "findIndex": _find_index,
    "findLastIndex": _find_index,
    "indexOf": _index_of,
    "lastIndexOf": _index_of,
    "reduce": _reduce,
    "reduceRight": _reduce,
    "concat": _concat,
    "join": _join,
    "slice": _sliced,
    "splice": _splice,
    "toSpliced": _splice,
    "at": _at,
    "includes": _includes,
    "has": _includes,
    "entries": _entries,
    "keys": _keys,
    "values": _itself,
    "fill": _fill,
    "sort": _sorted,
    "toSorted": _sorted,
    "reverse": _reversed,
    "toReversed": _reversed,
    "pop": _last,
    "shift": _last,
    "delete": _delete,
    "clear": _delete,
}
