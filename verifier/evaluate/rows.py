"""The items of loops that run time knows: each loop has one value that stands for all of its items.

What is known of them is shared with other objects of their class; who reads what of them is told apart.
"""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, NamedTuple

from verifier.evaluate.values import External, Instance, Sequence, Unknown, Value, choice, options

if TYPE_CHECKING:
    from verifier.evaluate.interpreter import Engine

MOST = 4_000


class Row(NamedTuple):
    """What stands for the items of a loop, and what the loop goes over."""

    value: Value
    iterable: Value


def each(engine: Engine, element: Value, iterable: Value, loop: object) -> Value:
    """What stands for each item of a loop; itself where nobody watches."""
    if engine.watcher is None or not engine.remembers or len(engine.rows) > MOST:
        return element
    return choice(stand_in(engine, option, iterable, loop) for option in options(element))


def stand_in(engine: Engine, element: Value, iterable: Value, loop: object) -> Value:
    """A value of its own for an item: an object, or what a library gives that is not known."""
    if id(element) in engine.rows:
        return element
    known = engine.stand_ins.get((loop, id(element)))
    if known is not None:
        return known[1]
    made: Value
    if isinstance(element, Instance) and element.symbolic and element.kind is not None:
        made = copy(element)
        engine.stand_ins[loop, id(element)] = element, made
    elif type(element) is Unknown and any(isinstance(option, Instance | External) for option in options(iterable)):
        made = Unknown(element.reason, element.origin)
    else:
        return element
    engine.rows[id(made)] = Row(made, iterable)
    return made


def behind(engine: Engine, iterable: Value) -> Value:
    """What the items of a list come from, where it was made of all that something else gave (``list(rows)``)."""
    if isinstance(iterable, Sequence) and not iterable.items and not iterable.complete and iterable.element is not None:
        parts = iterable.element.items if isinstance(iterable.element, Sequence) else [iterable.element]
        for part in parts:
            row = engine.rows.get(id(part))
            if row is not None:
                return row.iterable
    return iterable


def typed(engine: Engine, value: Value, declared: Value) -> Value:
    """An item of a loop by the type that a parameter declares for it."""
    row = engine.rows.get(id(value))
    if row is None or not isinstance(declared, Instance) or not declared.symbolic or declared.kind is None:
        return declared
    made = copy(declared)
    engine.rows[id(made)] = Row(made, row.iterable)
    return made
