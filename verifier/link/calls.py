"""The call graph below the routes: which functions a request runs through, and what of a library they call."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import takewhile
from typing import TYPE_CHECKING

from msgspec import Struct

from verifier import syntax
from verifier.evaluate import calling
from verifier.evaluate.frames import BudgetError, Frame
from verifier.evaluate.interpreter import DEEPEST_CALL, Engine
from verifier.evaluate.library import Call as CallOfLibrary
from verifier.evaluate.shapes import shape_of
from verifier.evaluate.values import (
    Choice,
    Class,
    Const,
    Function,
    Instance,
    Origin,
    Record,
    Scope,
    Sequence,
    Unknown,
    Value,
    Way,
    choice,
)
from verifier.lift.nouns import Site
from verifier.link.recording import Call, Recorder, Runs
from verifier.link.sites import pattern_of
from verifier.link.uses import Absence, Looked, Miss, RowRead, Unpacked, Use, wanted
from verifier.model import FunctionRef, Route, Span

if TYPE_CHECKING:
    from verifier.link.program import Program
    from verifier.packs import Pack

STEPS_PER_ROUTE = 60_000
# How deep calls inside calls are followed; less deep in the next attempt, where that takes too long.
DEPTHS = (DEEPEST_CALL, 2, 1)


class CallGraph(Struct, frozen=True, dict=True):
    """Calls by caller, and the routes that reach each function.

    Attributes:
        before: middleware that the framework runs before handlers, as far as it was run.
        uses: the calls of libraries and classes that rules ask for, each place once for all that it was given.
        absences: attributes and items that modules, lists and mappings were asked for, and objects for items.
        misses: attributes that objects and classes of the project were asked for and lack.
        sites: calls that build or send statements.
        targets: what each call was seen to call, by where it is written.
        left: what of libraries the blocks of ``with`` statements are over, by the function that they stand in.
        codes: the functions themselves.
        loops: what each loop over items that run time knows was seen to go over; ``ways`` the arms of branches in which
            it is.
        reads: attributes of such items that were read.
        results: what functions were seen to return, whatever they say of its type.
        unpacked: rows that classes were given as arguments by name.
        taken: what was read of what libraries gave and is heeded, rows for one.
        members: attributes that Python code reads of objects of its classes: the class, by where it is written.
    """

    calls: tuple[Call, ...]
    entries: tuple[tuple[Route, FunctionRef], ...]
    runs: Runs
    notes: tuple[str, ...] = ()
    before: frozenset[FunctionRef] = frozenset()
    uses: tuple[Use, ...] = ()
    misses: tuple[Miss, ...] = ()
    absences: tuple[Absence, ...] = ()
    sites: tuple[Site, ...] = ()
    targets: Mapping[Origin, tuple[Value, ...]] = {}
    left: Mapping[FunctionRef, frozenset[str]] = {}
    codes: Mapping[FunctionRef, Function] = {}
    loops: Mapping[Origin, tuple[Value, ...]] = {}
    ways: Mapping[Origin, tuple[Way, ...]] = {}
    reads: tuple[RowRead, ...] = ()
    results: Mapping[FunctionRef, Value] = {}
    members: Mapping[Origin, Class] = {}
    taken: tuple[Looked, ...] = ()
    unpacked: tuple[Unpacked, ...] = ()

    def from_(self, function: FunctionRef) -> tuple[Call, ...]:
        """The calls that a function makes, in order."""
        return self._by_caller.get(function, ())

    @property
    def _by_caller(self) -> Mapping[FunctionRef | None, tuple[Call, ...]]:
        found: Mapping[FunctionRef | None, tuple[Call, ...]] | None = self.__dict__.get("by_caller")
        if found is None:
            grouped: dict[FunctionRef | None, list[Call]] = {}
            for call in self.calls:
                grouped.setdefault(call.caller, []).append(call)
            found = {caller: tuple(calls) for caller, calls in grouped.items()}
            self.__dict__["by_caller"] = found
        return found

    @property
    def reaching(self) -> Mapping[FunctionRef, tuple[Route, ...]]:
        """The routes that run through each function.

        What a shared wrapper is given by one route is not taken for what it is given by another.
        """
        found: Mapping[FunctionRef, tuple[Route, ...]] | None = self.__dict__.get("reach")
        if found is None:
            reached: dict[FunctionRef, dict[Route, None]] = {}
            for route, start in self.runs.starts:
                for function in self.runs.below([start]):
                    reached.setdefault(function, {})[route] = None
            found = {function: tuple(routes) for function, routes in reached.items()}
            self.__dict__["reach"] = found
        return found

    def below(self, function: FunctionRef) -> tuple[FunctionRef, ...]:
        """A function and all that its calls reach, nearest first."""
        return self.runs.below(number for number, found in enumerate(self.runs.functions) if found == function)

    def routes_at(self, span: Span) -> tuple[Route, ...]:
        """The routes that run through a line: those of the innermost function around it."""
        lines: dict[str, dict[int, FunctionRef]] | None = self.__dict__.get("innermost")
        if lines is None:
            lines = self.__dict__["innermost"] = {}
            # The inner ones come later, and of two that begin and end alike the one that was met first.
            ordered = sorted(self.reaching, key=lambda one: (-one.span.line, one.span.end_line))
            ordered.reverse()
            for one in ordered:
                lines.setdefault(one.path, {}).update(dict.fromkeys(range(one.span.line, one.span.end_line + 1), one))
        innermost = lines.get(span.path, {}).get(span.line)
        return self.reaching[innermost] if innermost is not None else ()


def walk(
    program: Program,
    routes: Iterable[tuple[Route, Value | None]],
    unplaced: Iterable[tuple[Route, Value]] = (),
) -> CallGraph:
    """Run the handlers of routes, each once, on what their framework gives them, and write down the calls.

    Those whose path only run time knows (``unplaced``) are run for their calls; no route is said to reach these.
    Results are remembered by function, object and arguments, so that shared services are run once.
    """
    engine = program.engine
    recorder = recorder_of(program)
    entries: list[tuple[Route, FunctionRef]] = []
    starts: list[tuple[Route, int]] = []
    notes: list[str] = []
    engine.watcher, engine.remembers, engine.gives = recorder, True, gives_of(program)
    engine.memo.clear()
    try:
        everything = [*((pair, True) for pair in routes), *((pair, False) for pair in unplaced)]
        for number, ((route, handler), placed) in enumerate(everything):
            if not isinstance(handler, Function):
                continue
            start = ("route", number)
            recorder.entered(None, start, handler)
            engine.within = start
            if placed:
                entries.append((route, recorder.reference(handler)))
                starts.append((route, recorder.numbers[start]))
            engine.limit = engine.steps + STEPS_PER_ROUTE
            engine.runs.clear()
            try:
                run_handler(program, route, handler)
            except BudgetError:
                notes.append(f"{route.method} {route.path}: its calls were followed for {STEPS_PER_ROUTE:,} steps only")
            except RecursionError:
                notes.append(f"{route.method} {route.path}: its code nests too deeply to be followed to the end")
            finally:
                engine.stack.clear()
                engine.conditional = 0
    finally:
        engine.rows.clear()
        engine.stand_ins.clear()
        engine.watcher, engine.remembers, engine.within, engine.gives = None, False, None, None
        engine.memo.clear()
    return CallGraph(
        tuple(recorder.calls.values()),
        tuple(entries),
        recorder.runs(starts),
        tuple(notes),
        frozenset(recorder.before),
        tuple(recorder.uses.values()),
        tuple(recorder.misses.values()),
        tuple(recorder.absences.values()),
        tuple(recorder.sites.found.values()),
        {place: tuple(called.values()) for place, called in recorder.targets.items()},
        {function: frozenset(paths) for function, paths in recorder.leaving.items()},
        recorder.codes,
        {place: tuple(found.values()) for place, found in recorder.loops.items()},
        recorder.ways,
        tuple(recorder.reads.values()),
        {recorder.reference(function): choice(values) for function, values in recorder.results.values()},
        recorder.members,
        tuple(recorder.takes.values()),
        tuple(recorder.unpacked.values()),
    )


def gives_of(program: Program) -> Callable[[str, CallOfLibrary], Value | None] | None:
    """What calls of data libraries give, as the packs know it."""
    packs = [(pattern_of([pack], giving=True), pack.gives) for pack in program.querying if pack.gives is not None]
    if not packs:
        return None
    matching: dict[str, list[Callable[[CallOfLibrary], Value | None]]] = {}

    def gives(path: str, made: CallOfLibrary) -> Value | None:
        known = matching.get(path)
        if known is None:
            known = matching[path] = [
                own for pattern, own in packs if own is not None and pattern is not None and pattern.fullmatch(path)
            ]
        return next((answer for own in known if (answer := own(made)) is not None), None)

    return gives


def recorder_of(program: Program) -> Recorder:
    """What writes down the calls of a program."""
    return Recorder(program.engine, wanted(program.packs, program.every), pattern_of(program.querying))


def walk_functions(
    program: Program,
    functions: Iterable[Function],
    before: CallGraph,
    is_partly_run: Callable[[Function], bool],
    depths: tuple[int, ...] = DEPTHS,
) -> CallGraph:
    """Run functions that no route was seen to reach, each once, on arguments that are known by their types only.

    What ``before`` has run already is left out, unless it ``is_partly_run``.
    """
    engine = program.engine
    recorder = recorder_of(program)
    notes: list[str] = []
    done = {(function.path, function.span) for function in before.runs.functions}
    waiting = deque(functions)
    seen: set[object] = set()
    unfinished: set[object] = set()
    engine.watcher, engine.remembers, engine.gives = recorder, True, gives_of(program)
    engine.memo.clear()
    try:
        while waiting:
            function = waiting.popleft()
            key = function.code, shape_of(function.bound) if function.bound is not None else None
            reference = recorder.reference(function)
            inherited = isinstance(function.bound, Instance | Class) and is_inherited(function)
            known = (reference.path, reference.span) in done and not inherited and not is_partly_run(function)
            entered = key in recorder.entered_on and function.code not in unfinished
            if known or key in seen or entered:
                continue
            seen.add(key)
            frame = Frame(function.module, Scope(function.scope), function)
            for engine.deepest in depths:
                engine.limit = engine.steps + STEPS_PER_ROUTE
                engine.runs.clear()
                try:
                    named = left_open(engine, function, 0, frame)
                    result = calling.call_function(engine, function, [], named, function.code, frame, open_=True)
                    waiting.extend(functions_in(result))
                    break
                except BudgetError:
                    unfinished.update(engine.stack)
                    if engine.deepest == depths[-1]:
                        notes.append(f"{reference}: its calls were followed for {STEPS_PER_ROUTE:,} steps only")
                except RecursionError:
                    notes.append(f"{reference}: its code nests too deeply to be followed to the end")
                    break
                finally:
                    engine.stack.clear()
                    engine.conditional = 0
                    engine.loops = ()
    finally:
        engine.deepest = DEEPEST_CALL
        engine.rows.clear()
        engine.stand_ins.clear()
        engine.watcher, engine.remembers, engine.within, engine.gives = None, False, None, None
        engine.memo.clear()
    return CallGraph(
        tuple(recorder.calls.values()),
        (),
        recorder.runs(()),
        tuple(notes),
        uses=tuple(recorder.uses.values()),
        misses=tuple(recorder.misses.values()),
        sites=tuple(recorder.sites.found.values()),
        targets={place: tuple(called.values()) for place, called in recorder.targets.items()},
        codes=recorder.codes,
        members=recorder.members,
        taken=tuple(recorder.takes.values()),
        unpacked=tuple(recorder.unpacked.values()),
    )


def is_inherited(function: Function) -> bool:
    """Whether a method is bound to a class, or an object of one, other than that which defines it."""
    bound = function.bound
    kind = bound.kind if isinstance(bound, Instance) else bound
    return function.owner is not None and kind is not function.owner


def functions_in(value: Value, depth: int = 0) -> Iterator[Function]:
    """Functions that a function gives: they are run by whoever asked for them."""
    if isinstance(value, Function):
        yield value
    elif depth < 3:
        inner: Iterable[Value] = ()
        if isinstance(value, Record):
            inner = value.entries.values()
        elif isinstance(value, Sequence):
            inner = value.items
        elif isinstance(value, Choice):
            inner = value.options
        for part in inner:
            yield from functions_in(part, depth + 1)


def run_handler(program: Program, route: Route, handler: Function) -> None:
    """Run one handler as its framework would."""
    pack = next((pack for pack in program.packs if pack.framework == route.framework), None)
    frame = Frame(handler.module, Scope(handler.scope), handler)
    _, positional, named = given_to(program, pack, route, handler, frame)
    calling.call_function(program.engine, handler, positional, named, handler.code, frame, open_=True)


def given_to(
    program: Program, pack: Pack | None, route: Route, handler: Function, frame: Frame
) -> tuple[Mapping[str, Value], list[Value], dict[str, Value]]:
    """What its framework gives a handler: all of it, and what of it goes by place and by name."""
    engine = program.engine
    given: Mapping[str, Value] = {}
    if pack is not None and pack.parameters is not None:
        engine.frame_of_framework = frame
        try:
            given = pack.parameters(engine, route, handler)
        finally:
            engine.frame_of_framework = None
    placed = list(takewhile(lambda value: value is not None, (given.get(str(place)) for place in range(len(given)))))
    positional = [value for value in placed if value is not None]
    named = {name: value for name, value in given.items() if not name.isdecimal()}
    return given, positional, {**left_open(engine, handler, len(positional), frame), **named}


def left_open(engine: Engine, handler: Function, passed: int, frame: Frame) -> dict[str, Value]:
    """Parameters whose default is a literal: a request may give them something else, which a decorator passes on."""
    by_place = passed + (handler.bound is not None and not handler.module.javascript and not handler.code.static)
    found: dict[str, Value] = {}
    for place, parameter in enumerate(handler.code.parameters):
        default, name = parameter.default, parameter.name
        if not isinstance(default, syntax.Const) or not name or (place < by_place and parameter.kind != "keyword"):
            continue
        if isinstance(calling.declared_value(engine, parameter, frame), Unknown):
            found[name] = choice([Const(default.value), Unknown(f"the parameter `{name}`")])
    return found
