"""The call graph below the routes: which functions a request runs through, and what of a library they call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import takewhile
from typing import TYPE_CHECKING

from msgspec import Struct

from verifier import syntax
from verifier.evaluate import calling
from verifier.evaluate.interpreter import BudgetError, Engine, Frame, Watcher
from verifier.evaluate.values import Class, External, Function, Instance, Origin, Scope, Value
from verifier.model import FunctionRef, Route, Span

if TYPE_CHECKING:
    from verifier.link.program import Program

STEPS_PER_ROUTE = 60_000


class Call(Struct, frozen=True):
    """A call inside the project.

    ``callee`` is the function that is called, or None for something of a library, whose path ``library`` gives
    (``sqlalchemy.orm.Session.execute``). ``creates`` is set where a class is called.
    """

    caller: FunctionRef | None
    callee: FunctionRef | None
    library: str | None
    span: Span
    creates: bool = False


class CallGraph(Struct, frozen=True, dict=True):
    """Calls by caller, and the routes that reach each function."""

    calls: tuple[Call, ...]
    entries: tuple[tuple[Route, FunctionRef], ...]
    notes: tuple[str, ...] = ()

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
        """The routes that run through each function."""
        found: Mapping[FunctionRef, tuple[Route, ...]] | None = self.__dict__.get("reach")
        if found is None:
            reached: dict[FunctionRef, dict[Route, None]] = {}
            for route, handler in self.entries:
                for function in self.below(handler):
                    reached.setdefault(function, {})[route] = None
            found = {function: tuple(routes) for function, routes in reached.items()}
            self.__dict__["reach"] = found
        return found

    def below(self, function: FunctionRef) -> tuple[FunctionRef, ...]:
        """A function and all that it reaches, nearest first."""
        seen = {function: None}
        waiting = [function]
        while waiting:
            for call in self.from_(waiting.pop(0)):
                if call.callee is not None and call.callee not in seen:
                    seen[call.callee] = None
                    waiting.append(call.callee)
        return tuple(seen)

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

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.calls: dict[tuple[object, ...], Call] = {}

    def called(self, frame: Frame, node: syntax.Place, callee: Value, arguments: list[Value]) -> None:
        target: FunctionRef | None = None
        library: str | None = None
        creates = False
        if isinstance(callee, Function):
            target = self.reference(callee)
        elif isinstance(callee, Class):
            constructor = calling.find_constructor(callee)
            target = self.reference(constructor) if constructor is not None else None
            creates = True
            if target is None:
                library = f"{callee.module.path}:{callee.name}"
        elif isinstance(callee, External):
            library = callee.path
        elif isinstance(callee, Instance) and callee.path is not None:
            library = f"{callee.path}()"
        if target is None and library is None:
            return
        caller = self.reference(frame.function) if frame.function is not None else None
        span = self.engine.span(Origin(frame.module.path, node.start, node.end))
        key = (caller, target, library, span)
        if key not in self.calls:
            self.calls[key] = Call(caller, target, library, span, creates)

    def reference(self, function: Function) -> FunctionRef:
        """A function value as a noun."""
        assert function.origin is not None
        return FunctionRef(
            function.module.path, function.name, self.engine.span(function.origin), function.code.is_async
        )


def walk(program: Program, routes: Iterable[tuple[Route, Value | None]]) -> CallGraph:
    """Run the handlers of routes, each once, on what their framework gives them, and write down the calls.

    Results are remembered by function, object and arguments, so that shared services are run once.
    """
    engine = program.engine
    recorder = Recorder(engine)
    entries: list[tuple[Route, FunctionRef]] = []
    notes: list[str] = []
    engine.watcher, engine.remembers = recorder, True
    engine.memo.clear()
    try:
        for route, handler in routes:
            if not isinstance(handler, Function):
                continue
            entries.append((route, recorder.reference(handler)))
            engine.limit = engine.steps + STEPS_PER_ROUTE
            try:
                run_handler(program, route, handler, recorder)
            except BudgetError:
                notes.append(f"{route.method} {route.path}: its calls were followed for {STEPS_PER_ROUTE:,} steps only")
            except RecursionError:
                notes.append(f"{route.method} {route.path}: its code nests too deeply to be followed to the end")
            finally:
                engine.stack.clear()
                engine.conditional = 0
    finally:
        engine.watcher, engine.remembers = None, False
        engine.memo.clear()
    return CallGraph(tuple(recorder.calls.values()), tuple(entries), tuple(notes))


def run_handler(program: Program, route: Route, handler: Function, recorder: Recorder) -> None:
    """Run one handler as its framework would."""
    engine = program.engine
    given: Mapping[str, Value] = {}
    pack = next((pack for pack in program.packs if pack.framework == route.framework), None)
    frame = Frame(handler.module, Scope(handler.scope), handler)
    if pack is not None and pack.parameters is not None:
        engine.frame_of_framework = frame
        try:
            given = pack.parameters(engine, route, handler)
        finally:
            engine.frame_of_framework = None
    placed = list(takewhile(lambda value: value is not None, (given.get(str(place)) for place in range(len(given)))))
    positional = [value for value in placed if value is not None]
    named = {name: value for name, value in given.items() if not name.isdecimal()}
    calling.call_function(engine, handler, positional, named, handler.code, frame, open_=True)
