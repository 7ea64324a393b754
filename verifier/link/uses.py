"""How code uses its libraries and its own classes: the calls below routes, with the values that they were given.

What a call was given is kept for the calls that a pack asks for (``Pack.data``, ``Pack.watches``) and for those of the
project's classes. Rules look at the values; they never see a syntax tree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from verifier.evaluate.values import Class, External, Instance, Origin, Value
from verifier.regex import Paths

if TYPE_CHECKING:
    from verifier.model import FunctionRef, Span
    from verifier.packs import Pack


class Use(NamedTuple):
    """A call of something of a library, or of a class of the project.

    Attributes:
        caller: the function that makes the call.
        callee: what is called; ``library`` is its path, None for a class of the project.
        open: whether further arguments may follow that only run time knows.
        certain: whether the call is made whenever its function runs.
        places: where the names of keywords are written.
        always: whether it is made on every way through its function and the callers of that which does not end before,
            outside of any ``try``.
    """

    span: Span
    caller: FunctionRef | None
    callee: Value
    library: str | None
    arguments: tuple[Value, ...]
    keywords: Mapping[str, Value]
    open: bool
    certain: bool
    places: Mapping[str, Origin] = {}
    always: bool = False

    def argument(self, position: int | None, name: str | None = None) -> Value | None:
        """The argument at a position or of a name; None where it is not given."""
        if name is not None and name in self.keywords:
            return self.keywords[name]
        return self.arguments[position] if position is not None and position < len(self.arguments) else None

    @property
    def holder(self) -> Value | None:
        """The class or object whose method is called."""
        return self.callee.receiver if isinstance(self.callee, External) else None


class Miss(NamedTuple):
    """An attribute that is read and that neither the class nor an object of it was seen to have.

    ``on_class``: read from the class itself. ``sure``: the object was made by a call of the class that was seen,
    rather than known by a declared type. ``alone``: nothing else was seen that may be meant there.
    """

    span: Span
    caller: FunctionRef | None
    kind: Class
    name: str
    on_class: bool
    sure: bool
    alone: bool = True


class Absence(NamedTuple):
    """Something that is read of a value that has no such thing.

    ``name`` is the attribute, ``[]`` for an item; ``holder`` what it is read of; ``alone`` as that of ``Miss``;
    ``certain`` whether the place is run whenever its function is.
    """

    span: Span
    caller: FunctionRef | None
    holder: Value
    name: str
    alone: bool
    certain: bool


class Looked(NamedTuple):
    """Something that is read of what a library gave.

    Attributes:
        holder: what it is read of: a row, or the dictionary that was made of one.
        key: the name or place.
        item: whether it is ``holder[key]``, and not ``holder.key``.
        alone: as that of ``Miss``; ``kin``: it is read of one of several rows.
        caught: a ``try`` is around it.
    """

    span: Span
    caller: FunctionRef | None
    holder: Value
    key: object
    item: bool
    alone: bool
    kin: bool
    caught: bool


class Unpacked(NamedTuple):
    """A row that a class is given as arguments by name (``Book(**row)``).

    ``named`` and ``positional``: what is given beside it; the rest as that of ``Looked``.
    """

    span: Span
    caller: FunctionRef | None
    kind: Class
    row: Value
    named: frozenset[str]
    positional: int
    alone: bool
    caught: bool


class MemberRead(NamedTuple):
    """A member of an object of a library that is read: ``owner`` is the library's path of what the object is.

    ``assumed``: the object is known by a declared type only.
    """

    span: Span
    owner: str
    name: str
    assumed: bool
    place: Origin


class RowRead(NamedTuple):
    """An attribute that is read of each item of a loop.

    Attributes:
        span: the attribute's name; ``name`` it.
        row: what stands for the items; ``iterable`` what the loop goes over.
        loops: the loops around it, outermost first.
    """

    span: Span
    caller: FunctionRef | None
    name: str
    row: Value
    iterable: Value
    loops: tuple[Origin, ...]


def wanted(packs: Iterable[Pack], every: Iterable[Pack] = ()) -> Paths:
    """The library paths whose calls are kept: those that some packs ask for, and what opens a connection of any."""
    patterns = [pattern for pack in every for pattern in pack.connects]
    patterns += [p for pack in every if pack.data is not None and not pack.packages for p in pack.data.calls]
    patterns += [pattern for pack in packs for pattern in pack.watches]
    for pack in packs:
        if pack.data is not None:
            patterns += [*pack.data.calls, *pack.data.raw, *pack.data.transactions]
    return Paths(patterns)


def missed_on(value: Class | Instance) -> Class | None:
    """The class whose attribute is missing."""
    return value if isinstance(value, Class) else value.kind
