"""JavaScript's ``Map``, on abstract values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.evaluate.library import Call, LibraryObject, attribute, method
from verifier.evaluate.values import (
    NOTHING,
    Const,
    External,
    Function,
    Record,
    Sequence,
    Unknown,
    Value,
    choice,
    same,
)

if TYPE_CHECKING:
    from verifier.evaluate.interpreter import Engine


DEEPEST_TRAP = 12


class ProxyObject(LibraryObject):
    """A ``Proxy`` whose handler says what its attributes are."""

    def __init__(self, target: Value, trap: Function) -> None:
        super().__init__(None, None)
        self.target = target
        self.trap = trap
        self.inside = 0

    def read(self, engine: Engine, name: str) -> Value | None:
        """What the handler gives for a name."""
        if self.inside > DEEPEST_TRAP or name.startswith("@@"):
            return Unknown("what a proxy gives")
        self.inside += 1
        try:
            return engine.invoke(self.trap, [self.target, Const(name), self], {})
        finally:
            self.inside -= 1

    def indexed(self, engine: Engine, key: Value) -> Value | None:
        """The same, for ``proxy[name]``."""
        if isinstance(key, Const) and isinstance(key.value, str):
            return self.read(engine, key.value)
        return Unknown("what a proxy gives")


def proxy(call: Call) -> Value:
    """``new Proxy(target, { get(target, name) { ... } })``; without ``get``, its attributes are the target's."""
    target, handler = call.argument(0), call.argument(1)
    if target is None or not isinstance(handler, Record) or not handler.complete:
        return Unknown("what a proxy gives")
    trap = handler.entries.get("get")
    if isinstance(trap, Function):
        return ProxyObject(target, trap)
    return target if trap is None and "apply" not in handler.entries else Unknown("what a proxy gives")


class MapObject(LibraryObject):
    """A ``Map`` or ``WeakMap``: its pairs in order. Where ``complete`` is false there may be others."""

    def __init__(self, pairs: list[tuple[Value, Value]], *, complete: bool = True) -> None:
        super().__init__(None, None)
        self.pairs = pairs
        self.complete = complete

    def place(self, key: Value) -> int | None:
        """Where a key stands; None where it is not there, or cannot be told."""
        return next((place for place, (other, _) in enumerate(self.pairs) if same(key, other)), None)

    def surely_missing(self, key: Value) -> bool:
        """Whether a key is none of those that are there."""
        plain = isinstance(key, Const | Function | External)
        return self.complete and plain and all(type(other) is type(key) for other, _ in self.pairs)

    @method("get")
    def get(self, call: Call) -> Value:
        key = call.argument(0) or NOTHING
        place = self.place(key)
        if place is not None:
            return self.pairs[place][1]
        if self.surely_missing(key):
            return NOTHING
        return choice([*(value for _, value in self.pairs), Unknown("a value of a map")])

    @method("set")
    def set(self, call: Call) -> Value:
        if len(call.arguments) > 1:
            key, value = call.arguments[:2]
            place = self.place(key)
            if place is None:
                self.pairs.append((key, value))
            else:
                before = self.pairs[place][1]
                self.pairs[place] = (key, choice([value, before]) if call.engine.conditional else value)
        return self

    @method("has")
    def has(self, call: Call) -> Value:
        key = call.argument(0) or NOTHING
        if self.place(key) is not None:
            return Const(True)
        return Const(False) if self.surely_missing(key) else Unknown("a key of a map")

    @method("delete", "clear")
    def delete(self, call: Call) -> Value:
        place = self.place(call.argument(0) or NOTHING)
        if call.name == "clear":
            self.pairs = []
        elif place is not None:
            del self.pairs[place]
        return Unknown("whether a key was there")

    @method("keys")
    def keys(self, call: Call) -> Value:
        return Sequence((key for key, _ in self.pairs), complete=self.complete)

    @method("values")
    def values(self, call: Call) -> Value:
        return Sequence((value for _, value in self.pairs), complete=self.complete)

    @method("entries")
    def entries(self, call: Call) -> Value:
        return Sequence((Sequence(pair) for pair in self.pairs), complete=self.complete)

    @method("forEach")
    def for_each(self, call: Call) -> Value:
        for key, value in list(self.pairs) if call.arguments else ():
            call.engine.call(call.arguments[0], [value, key, self], call.node, call.frame)
        return NOTHING

    @attribute("size")
    def size(self, name: str) -> Value:
        return Const(len(self.pairs)) if self.complete else Unknown("the size of a map")

    def iterated(self, engine: Engine) -> list[Value] | None:
        return [Sequence(pair) for pair in self.pairs] if self.complete else None
