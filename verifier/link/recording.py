"""What the evaluator is heard to run: calls, what they were given, and what is read of what they gave."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from verifier import syntax
from verifier.evaluate import objects
from verifier.evaluate.frames import Frame, Watcher
from verifier.evaluate.interpreter import Engine
from verifier.evaluate.library import Call as CallOfLibrary
from verifier.evaluate.library import Keywords
from verifier.evaluate.rows import Row
from verifier.evaluate.shapes import shape_of
from verifier.evaluate.values import (
    Class,
    Copy,
    External,
    Function,
    Instance,
    Origin,
    Scope,
    Unknown,
    Value,
    Way,
)
from verifier.link.sites import Sites
from verifier.link.uses import Absence, Looked, Miss, RowRead, Unpacked, Use, missed_on
from verifier.model import FunctionRef, Route, Span
from verifier.regex import NO_PATHS, Paths

if TYPE_CHECKING:
    pass

MOST_ITERABLES = 8  # that are kept of what one loop goes over
MOST_RESULTS = 8  # that are kept of what one function returns


class Call(Struct, frozen=True):
    """A call inside the project.

    ``callee`` is the function that is called, or None for something of a library, whose path ``library`` gives
    (``sqlalchemy.orm.Session.execute``). ``creates`` is set where a class is called, ``handed`` where the function came
    as an argument: whoever handed it over decided on it.
    """

    caller: FunctionRef | None
    callee: FunctionRef | None
    library: str | None
    span: Span
    creates: bool = False
    handed: bool = False


class Runs(Struct, frozen=True):
    """The calls that were run, each function once for each object and arguments; ``inner`` are those inside each."""

    starts: tuple[tuple[Route, int], ...]
    functions: tuple[FunctionRef, ...]
    inner: Mapping[int, tuple[int, ...]]

    def below(self, starts: Iterable[int]) -> tuple[FunctionRef, ...]:
        """What some calls run through, themselves included, nearest first."""
        seen = dict.fromkeys(starts)
        waiting = deque(seen)
        while waiting:
            for run in self.inner.get(waiting.popleft(), ()):
                if run not in seen:
                    seen[run] = None
                    waiting.append(run)
        return tuple(dict.fromkeys(self.functions[run] for run in seen))


class Recorder(Watcher):
    """Writes down the calls that the evaluator makes."""

    def __init__(self, engine: Engine, wanted: Paths = NO_PATHS, statements: Paths = NO_PATHS) -> None:
        self.engine = engine
        self.sites = Sites(engine, statements, self.reference)
        self.wanted = wanted
        self.uses: dict[tuple[object, ...], Use] = {}
        self.misses: dict[tuple[object, ...], Miss] = {}
        self.absences: dict[tuple[object, ...], Absence] = {}
        self.calls: dict[tuple[object, ...], Call] = {}
        self.numbers: dict[object, int] = {}
        self.functions: list[FunctionRef] = []
        self.inner: dict[int, dict[int, None]] = {}
        self.before: dict[FunctionRef, None] = {}
        self.references: dict[syntax.Function, FunctionRef] = {}
        self.matching: dict[str, bool] = {}
        self.entered_on: set[object] = set()  # functions that were run, with what each was bound to
        self.targets: dict[Origin, dict[object, Value]] = {}
        self.leaving: dict[FunctionRef, set[str]] = {}
        self.codes: dict[FunctionRef, Function] = {}
        self.loops: dict[Origin, dict[object, Value]] = {}
        self.ways: dict[Origin, tuple[Way, ...]] = {}
        self.reads: dict[tuple[object, ...], RowRead] = {}
        self.results: dict[syntax.Function, tuple[Function, list[Value]]] = {}
        self.members: dict[Origin, Class] = {}
        self.takes: dict[tuple[object, ...], Looked] = {}
        self.unpacked: dict[tuple[object, ...], Unpacked] = {}

    def entered(self, outer: object, key: object, function: Function) -> None:
        self.entered_on.add((function.code, shape_of(function.bound) if function.bound is not None else None))
        number = self.numbers.get(key)
        if number is None:
            number = self.numbers[key] = len(self.functions)
            self.functions.append(self.reference(function))
        if outer in self.numbers:
            self.inner.setdefault(self.numbers[outer], {})[number] = None

    def called(
        self,
        frame: Frame,
        node: syntax.Place,
        callee: Value,
        arguments: list[Value],
        keywords: Mapping[str, Value],
        open_: bool,
    ) -> None:
        target: FunctionRef | None = None
        library: str | None = None
        creates = False
        if isinstance(node, syntax.Call):
            called = (
                callee.code if isinstance(callee, Function | Class) else getattr(callee, "path", None) or type(callee)
            )
            self.targets.setdefault(Origin(frame.module.path, node.start, node.end), {})[called] = callee
        if isinstance(callee, Function):
            if frame.function is None and node is callee.code:
                self.before[self.reference(callee)] = None  # the framework itself runs it
                return
            target = self.reference(callee)
        elif isinstance(callee, Class):
            constructor = objects.find_constructor(callee)
            target = self.reference(constructor) if constructor is not None else None
            creates = True
            if target is None:
                library = f"{callee.module.path}:{callee.name}"
            if isinstance(keywords, Keywords) and len(keywords.whole) == 1:
                self.unpack(frame, node, callee, arguments, keywords)
        elif isinstance(callee, External):
            library = callee.path
        elif isinstance(callee, Instance) and callee.path is not None:
            library = f"{callee.path}()"
        if target is None and library is None:
            if isinstance(callee, Unknown) and arguments:
                made = CallOfLibrary(self.engine, frame, node, callee, arguments, dict(keywords), open_=open_)
                self.sites.unknown(made, self.caller(frame))
            return
        caller = self.reference(frame.function) if frame.function is not None else None
        place = frame.module.path, node.start, node.end
        key = (caller, target, library, place)
        known = self.calls.get(key)
        if known is None:
            span = self.engine.span(Origin(*place))
            known = self.calls[key] = Call(caller, target, library, span, creates, is_handed(frame, node))
        if creates or self.is_wanted(library):
            given = tuple(arguments), tuple(keywords.values())
            shape = tuple(map(shape_of, given[0])), tuple(keywords), tuple(map(shape_of, given[1]))
            if (place, library, shape) not in self.uses:
                path, certain = None if creates else library, not self.engine.conditional
                always = not self.engine.ways and not self.engine.tries
                places = keyword_places(frame.module.path, node, keywords)
                use = Use(known.span, caller, callee, path, given[0], dict(keywords), open_, certain, places, always)
                self.uses[place, library, shape] = use

    def gave(self, made: CallOfLibrary, result: Value) -> None:
        self.sites.gave(made, result, self.caller(made.frame))

    def caller(self, frame: Frame) -> FunctionRef | None:
        """The function that a frame runs."""
        return self.reference(frame.function) if frame.function is not None else None

    def looped(self, place: Origin, iterable: Value) -> None:
        known = self.loops.setdefault(place, {})
        self.ways.setdefault(place, self.engine.ways)
        if len(known) < MOST_ITERABLES:
            known.setdefault(shape_of(iterable), iterable)

    def read(self, frame: Frame, node: syntax.Place, name: str, row: Row) -> None:
        key = frame.module.path, node.start, node.end, name, shape_of(row.iterable)
        if key not in self.reads and self.engine.loops:
            start = node.end - len(name.encode()) if isinstance(node, syntax.Member) else node.start
            span = self.engine.span(Origin(frame.module.path, start, node.end))
            caller = self.reference(frame.function) if frame.function is not None else None
            self.reads[key] = RowRead(span, caller, name, row.value, row.iterable, self.engine.loops)

    def returned(self, function: Function, value: Value) -> None:
        _, known = self.results.setdefault(function.code, (function, []))
        if len(known) < MOST_RESULTS:
            known.append(value)

    def reached(self, frame: Frame, node: syntax.Member, value: Instance) -> None:
        if value.kind is not None and not frame.module.javascript:
            self.members.setdefault(Origin(frame.module.path, node.start, node.end), value.kind)

    def taken(self, frame: Frame, node: syntax.Place, value: Value, key: object, *, item: bool) -> None:
        engine = self.engine
        holder = value.of if isinstance(value, Copy) else value
        known = frame.module.path, node.start, node.end, key, item, shape_of(holder)
        if known not in self.takes:
            span = engine.span(Origin(frame.module.path, node.start, node.end))
            caller = self.caller(frame)
            alone, kin, caught = not engine.among, engine.kin > 0, engine.tries > 0
            self.takes[known] = Looked(span, caller, value, key, item, alone, kin, caught)

    def unpack(self, frame: Frame, node: syntax.Place, kind: Class, arguments: list[Value], keywords: Keywords) -> None:
        """A class is given a row as arguments by name."""
        engine = self.engine
        row = keywords.whole[0]
        held = row.entries if isinstance(row, Copy) else {}
        key = frame.module.path, node.start, kind.code, shape_of(row.of if isinstance(row, Copy) else row)
        if key not in self.unpacked:
            span = engine.span(Origin(frame.module.path, node.start, node.end))
            named = frozenset(name for name in keywords if name not in held)
            alone, caught = not engine.among, engine.tries > 0
            made = Unpacked(span, self.caller(frame), kind, row, named, len(arguments), alone, caught)
            self.unpacked[key] = made

    def left(self, frame: Frame, manager: Instance) -> None:
        if frame.function is not None and manager.path is not None:
            self.leaving.setdefault(self.reference(frame.function), set()).add(manager.path)

    def is_wanted(self, library: str | None) -> bool:
        """Whether some pack asks for what calls of a library's path were given."""
        if library is None:
            return False
        found = self.matching.get(library)
        if found is None:
            found = self.matching[library] = self.wanted.fullmatch(library) is not None
        return found

    def missed(self, frame: Frame, node: syntax.Place, value: Class | Instance, name: str) -> None:
        kind = missed_on(value)
        if kind is None:
            return
        caller = self.reference(frame.function) if frame.function is not None else None
        start = node.end - len(name.encode()) if isinstance(node, syntax.Member) else node.start
        key = frame.module.path, start, node.end, kind.code, name
        if key not in self.misses:
            span = self.engine.span(Origin(frame.module.path, start, node.end))
            sure = isinstance(value, Instance) and not value.symbolic
            alone = not self.engine.among
            self.misses[key] = Miss(span, caller, kind, name, isinstance(value, Class), sure, alone)

    def absent(self, frame: Frame, node: syntax.Place, value: Value, name: str) -> None:
        kind = value.kind.code if isinstance(value, Instance) and value.kind is not None else type(value)
        key = frame.module.path, node.start, node.end, name, kind
        if key not in self.absences:
            caller = self.reference(frame.function) if frame.function is not None else None
            start = node.end - len(name.encode()) if isinstance(node, syntax.Member) else node.start
            span = self.engine.span(Origin(frame.module.path, start, node.end))
            certain = not self.engine.conditional
            self.absences[key] = Absence(span, caller, value, name, not self.engine.among, certain)

    def runs(self, starts: Iterable[tuple[Route, int]]) -> Runs:
        """What was entered, by number."""
        inner = {outer: tuple(runs) for outer, runs in self.inner.items()}
        return Runs(tuple(starts), tuple(self.functions), inner)

    def reference(self, function: Function) -> FunctionRef:
        """A function value as a noun."""
        found = self.references.get(function.code)
        if found is None:
            assert function.origin is not None
            span = self.engine.span(function.origin)
            found = FunctionRef(function.module.path, function.name, span, function.code.is_async)
            self.references[function.code] = found
            self.codes[found] = function
        return found


def keyword_places(path: str, node: syntax.Place, keywords: Mapping[str, Value]) -> dict[str, Origin]:
    """Where the names of a call's keywords are written: in the call, or in the mapping that they came out of."""
    found = dict(keywords.places) if isinstance(keywords, Keywords) else {}
    for argument in node.arguments if isinstance(node, syntax.Call) else ():
        if isinstance(argument, syntax.Keyword) and argument.name is not None:
            found[argument.name] = Origin(path, argument.start, argument.start + len(argument.name.encode()))
    return found


def is_handed(frame: Frame, node: syntax.Place) -> bool:
    """Whether what is called is a parameter of the function that calls it, or of one around that."""
    if frame.function is None or not isinstance(node, syntax.Call):
        return False
    called = node.callee
    while isinstance(called, syntax.Member) and called.name in ("apply", "call"):
        called = called.object
    holder = frame.scope.find(called.id) if isinstance(called, syntax.Name) else None
    if holder is None or holder is frame.module.scope or not isinstance(called, syntax.Name):
        return False
    scope: Scope | None = frame.scope
    own = frame.scope.function_scope()
    while scope is not None and scope is not holder and scope is not own:
        scope = scope.parent
    return scope is not holder or any(parameter.name == called.id for parameter in frame.function.code.parameters)
