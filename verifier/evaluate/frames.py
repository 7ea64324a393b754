"""What a module body or function call needs while it is run, how it may end, and who hears of it."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, NamedTuple

from verifier.evaluate.values import Class, External, Instance

if TYPE_CHECKING:
    from collections.abc import Mapping

    from verifier import syntax
    from verifier.evaluate import rows
    from verifier.evaluate.library import Call
    from verifier.evaluate.modules import ModuleState
    from verifier.evaluate.values import Function, Origin, Record, Scope, Value


class Flow(Enum):
    """How a statement ends."""

    NEXT = auto()
    RETURN = auto()
    BREAK = auto()
    CONTINUE = auto()
    RAISE = auto()


LEAVING = frozenset({Flow.RETURN, Flow.BREAK, Flow.CONTINUE})


class BudgetError(Exception):
    """The evaluation has used up its steps."""


class Frame:
    """A module body or function call that is being run. ``site`` is where the call was written, and in which frame."""

    __slots__ = ("depth", "function", "module", "owner", "returns", "scope", "site", "this", "yields")

    def __init__(
        self,
        module: ModuleState,
        scope: Scope,
        function: Function | None = None,
        this: Value | None = None,
        depth: int = 0,
        owner: Class | None = None,
    ) -> None:
        self.module = module
        self.scope = scope
        self.function = function
        self.this = this
        self.depth = depth
        self.owner = owner
        self.returns: list[Value] = []
        self.yields: list[Value] = []
        self.site: tuple[syntax.Place, Frame] | None = None


class Trial(NamedTuple):
    """What a function gave when it was run on the side, and the errors that it may raise."""

    result: Value
    raised: tuple[Value, ...]


def is_of_kind(error: Value, kind: Value | None) -> bool:
    """Whether an error surely is of a kind that a handler names; None names any."""
    if kind is None or (isinstance(kind, External) and kind.path in ("BaseException", "Exception")):
        return True
    own = error.kind if isinstance(error, Instance) and error.kind is not None else error
    lineage = list(own.lineage()) if isinstance(own, Class) else [own]
    names = {found.path for found in lineage if isinstance(found, External | Instance)}
    return kind in lineage or (isinstance(kind, External) and kind.path in names)


class Watcher:
    """Hears of each call that is run: of a function of the project, or of something of a library."""

    def called(
        self,
        frame: Frame,
        node: syntax.Place,
        callee: Value,
        arguments: list[Value],
        keywords: Mapping[str, Value],
        open_: bool,
    ) -> None:
        """``callee`` is called from the function (or module body) of ``frame``; ``open_``: on more arguments, too."""

    def missed(self, frame: Frame, node: syntax.Place, value: Class | Instance, name: str) -> None:
        """An attribute is read that neither the project's class nor an object of it was seen to have."""

    def absent(self, frame: Frame, node: syntax.Place, value: Value, name: str) -> None:
        """Something is read that a value cannot have: an attribute, or an item (``[]``)."""

    def taken(self, frame: Frame, node: syntax.Place, value: Value, key: object, *, item: bool) -> None:
        """An ``item`` or attribute is read of something that a library gave and that is heeded, or of its copy."""

    def gave(self, made: Call, result: Value) -> None:
        """A call of something of a library gave a value."""

    def looped(self, place: Origin, iterable: Value) -> None:
        """A loop goes over items that run time knows."""

    def read(self, frame: Frame, node: syntax.Place, name: str, row: rows.Row) -> None:
        """An attribute of an item of a loop is read."""

    def returned(self, function: Function, value: Value) -> None:
        """A function returned something; what it says of its type is not heeded."""

    def reached(self, frame: Frame, node: syntax.Member, value: Instance) -> None:
        """An attribute of an object of a class of the project is read."""

    def left(self, frame: Frame, manager: Instance) -> None:
        """The block of a ``with`` over something of a library ends."""

    def assigned(self, frame: Frame, node: syntax.Place, holder: Value, name: str, value: Value) -> None:
        """An attribute is given a value."""

    def built(self, record: Record) -> None:
        """A dict or object literal is evaluated."""

    def entered(self, outer: object, key: object, function: Function) -> None:
        """A call of ``function``, remembered under ``key``, is run inside the call of ``outer``, or was before."""
