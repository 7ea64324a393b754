"""The call graph below the routes: which functions a request runs through, and what of a library they call."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import takewhile
from typing import TYPE_CHECKING

from msgspec import Struct

from verifier import syntax
from verifier.evaluate import calling, objects
from verifier.evaluate.interpreter import DEEPEST_CALL, BudgetError, Engine, Frame, Watcher
from verifier.evaluate.library import Call as CallOfLibrary
from verifier.evaluate.library import Keywords
from verifier.evaluate.rows import Row
from verifier.evaluate.shapes import shape_of
from verifier.evaluate.values import (
    Choice,
    Class,
    Const,
    External,
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
from verifier.link.sites import Sites, pattern_of
from verifier.link.uses import Absence, Miss, RowRead, Use, missed_on, wanted
from verifier.model import FunctionRef, Route, Span
from verifier.regex import NO_PATHS, Paths

if TYPE_CHECKING:
    from verifier.link.program import Program
    from verifier.packs import Pack

STEPS_PER_ROUTE = 60_000
# How deep calls inside calls are followed; less deep in the next attempt, where that takes too long.
DEPTHS = (DEEPEST_CALL, 2, 1)
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
        around = [
            function
            for function in self.reaching
            if function.path == span.path and function.span.line <= span.line <= function.span.end_line
        ]
        if not around:
            return ()
        innermost = max(around, key=lambda function: (function.span.line, -function.span.end_line))
        return self.reaching[innermost]


class Recorder(Watcher):
    """Writes down the calls that the evaluator makes."""

    def __init__(self, engine: Engine, wanted: Paths = NO_PATHS, statements: Paths = NO_PATHS) -> None:
        self.engine = engine
        self.sites = Sites(engine, statements)
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
    )


def gives_of(program: Program) -> Callable[[str, CallOfLibrary], Value | None] | None:
    """What calls of data libraries give, as the packs know it."""
    packs = [(pattern_of([pack]), pack.gives) for pack in program.querying if pack.gives is not None]
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
