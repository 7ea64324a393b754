"""Runs statements and expressions on abstract values.

Order is the program's own, so that what a program registers first comes first. A branch that cannot be decided is
run on both arms and the names are joined; a loop over a known list is unrolled, any other runs once. Everything is
counted against a budget: the evaluator always ends, and says where it stopped.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import contextmanager
from enum import Enum, auto
from functools import partial
from typing import TYPE_CHECKING, Literal, NamedTuple

from verifier import syntax
from verifier.connections import Binding
from verifier.evaluate import access, assigning, builtins_javascript, calling, objects, operators, rows
from verifier.evaluate.fetched import Fetched
from verifier.evaluate.library import Call, Library, LibraryObject
from verifier.evaluate.modules import ModuleState, ModuleTable
from verifier.evaluate.narrowing import narrow
from verifier.evaluate.probing import Probe, TurnedAway, as_text, behind_handlers, denies, may_be, note_return
from verifier.evaluate.shapes import shape_of
from verifier.evaluate.surroundings import Surroundings
from verifier.evaluate.values import (
    NOTHING,
    Bound,
    Choice,
    Class,
    Const,
    Copy,
    Environment,
    External,
    Fallback,
    Field,
    Function,
    Generator,
    Instance,
    Origin,
    Pending,
    Record,
    Scope,
    Sequence,
    Text,
    Unknown,
    Value,
    Way,
    choice,
    join_text,
    left_by,
    options,
    truth,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Tree

    from verifier.imports import Modules
from verifier.model import FileFacts, Project, Span

MOST_STEPS = 2_500_000
MOST_UNROLLED = 400
MOST_ENDS = 2
DEEPEST_CALL = 48
STEPS_PER_TRIAL = 30_000


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


def is_error(error: Value, kind: Value | None) -> bool:
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


class Engine:
    """Runs one project. ``conditional`` is above zero inside a branch that run time decides."""

    def __init__(
        self,
        project: Project,
        facts: Mapping[str, FileFacts],
        modules: Modules,
        library: Library,
        wiring: Collection[str] = (),
        hints: bytes = b"",
        trees: dict[str, Tree] | None = None,
    ) -> None:
        self.project = project
        self.library = library
        self.table = ModuleTable(self, project, facts, modules, wiring, hints, trees)
        self.steps = 0
        self.limit = MOST_STEPS
        self.patience = sys.maxsize  # the step at which a callback that wires nothing is given up
        self.progress = 0  # the step at which something was wired last
        self.conditional = 0
        self.among = 0  # above zero while something is read of one of several values
        self.kin = 0  # the same, where each of the values is something that a statement gave
        self.ways: tuple[Way, ...] = ()  # the arms of branches that are being run, outermost first
        # Names at the ends of arms that may leave the innermost loop, by scope; None outside of loops.
        self.left: list[tuple[dict[int, dict[str, Value]], Way]] | None = None
        self.sequence = 0
        self.stack: list[syntax.Function] = []
        self.named: set[object] = set()  # of the calls on the stack, their closures and the names that they were given
        self.running: Function | None = None  # the function whose body is being run
        self.receivers: set[tuple[syntax.Function, int]] = set()  # methods that run, with the objects they run on
        self.watcher: Watcher | None = None
        self.troubles: dict[str, None] = {}  # errors of ours, in words
        self.library_attributes: dict[str, dict[str, Value]] = {}
        self.memo: dict[object, tuple[Value, object]] = {}  # with what the key names by identity, to keep it alive
        self.remembers = False
        self.deepest = DEEPEST_CALL  # calls inside calls that are followed
        self.barren: dict[object, tuple[int, Value, object]] = {}  # calls that wired nothing: how often, what they gave
        self.idle: dict[syntax.Function, int] = {}  # how many calls of a function on unknown values wired nothing
        self.raising: dict[object, tuple[bool, Function]] = {}  # functions that may raise an error of their own
        self.refusing: dict[object, tuple[bool, Function]] = {}  # middleware that may refuse a request
        self.naming: dict[syntax.Function, tuple[str, ...]] = {}  # the variables that middleware uses
        self.within: object = None  # the key of the innermost call that is run
        self.symbolic: dict[syntax.Class, Value] = {}
        self.ran: set[syntax.Function] = set()
        self.unfinished: set[syntax.Function] = set()  # those that were given up once
        self.runs: dict[syntax.Function, int] = {}  # how often each was run below the route that is being followed
        self.objects: list[Instance] = []
        self.registered: set[tuple[str, int]] = set()  # calls that registered something: files, and where they begin
        self.made: dict[syntax.Class, Instance] = {}  # the first object that wiring made of each class of the project
        self.member_reads: dict[tuple[Origin, str, str], Instance] = {}  # of objects of libraries: where, path, name
        self.remarks: dict[tuple[str, Origin], str] = {}  # what packs saw to be wrong, by rule and place
        self.bindings: list[Binding] = []  # servers that were made to listen
        self.classes: list[Class] = []  # in the order in which their statements ran
        self.frame_of_framework: Frame | None = None
        self.raised: list[Value] | None = None  # errors raised during a trial
        self.probe: Probe | None = None  # a request with a known header, while one is tried
        self.proxies: dict[str, Value] = {}  # what a library's name stands for while the project is run
        self.expressive: tuple[str, ...] = ()  # how paths begin of what statements are put together of
        self.hollow: frozenset[str] = frozenset()  # paths of classes whose objects are false where nothing was given
        self.declaring: frozenset[str] = frozenset()  # decorators whose functions give what declares an attribute
        self.gives: Callable[[str, Call], Value | None] | None = None  # what a library's call gives, by packs
        self.handed: dict[syntax.Function, Function] = {}  # given to libraries, or kept by objects, while wiring
        self.contents: dict[object, int] = {}  # what calls were given, each kind of it once
        self.loops: tuple[Origin, ...] = ()  # the loops around what runs, outermost first
        self.stand_ins: dict[tuple[object, int], tuple[Value, Value]] = {}  # an item and what stands for it, by loop
        self.rows: dict[int, rows.Row] = {}  # by identity, what stands for each item of a loop below routes
        self.offering: frozenset[str] = frozenset()  # paths of a library's objects and modules, for ``asked``
        # Attributes that are read of these: path, name and place, and whether they are under no condition.
        self.asked: dict[tuple[str, str, Origin], bool] = {}
        self.tries = 0  # how many `try` are around what runs, in its callers too
        self.surroundings: Surroundings | None = None  # the environment it is started in, where that is known

    # Bookkeeping

    def tick(self) -> None:
        """Count a step."""
        self.steps += 1
        if self.steps > self.limit or self.steps > self.patience:
            raise BudgetError

    def next_sequence(self) -> int:
        """A number that tells what happened first."""
        self.sequence += 1
        self.wired()
        return self.sequence

    def wired(self) -> None:
        """Something of a library was made or told: what runs is wiring, and is given more time."""
        self.progress = self.steps
        if self.patience < sys.maxsize:
            self.patience = self.steps + calling.PATIENCE

    @contextmanager
    def impatient(self, steps: int) -> Iterator[Unknown]:
        """Gives up what runs inside when it has wired nothing for so many steps; its value is unknown then."""
        patience = self.patience
        self.patience = min(patience, self.steps + steps)
        try:
            yield Unknown("code that runs too long to be followed")
        except BudgetError:
            if self.steps > self.limit or self.steps > patience:
                raise
        finally:
            self.patience = max(patience, self.progress + calling.PATIENCE)

    def span(self, origin: Origin) -> Span:
        """An origin in lines and columns."""
        source = self.project.files.get(origin.path) or self.project.others[origin.path]
        return source.span(origin.start, origin.end)

    @contextmanager
    def loop(self, path: str, node: syntax.Place, iterable: Value | None = None) -> Iterator[None]:
        """Marks what runs inside as run once for each of some items that run time knows."""
        outer = self.loops
        place = Origin(path, node.start, node.end)
        self.loops = (*outer, place)
        if iterable is not None and self.watcher is not None:
            self.watcher.looped(place, rows.behind(self, iterable))
        try:
            yield
        finally:
            self.loops = outer

    @contextmanager
    def each_of(self, values: Iterable[Value]) -> Iterator[None]:
        """Marks what runs inside as done with one of several values."""
        several = [one for one in values if not (isinstance(one, Const) and one.value is None)]
        among = kin = 0
        if len(several) > 1:
            kin = all(isinstance(one, Fetched | Copy) for one in several)
            among = not kin
        self.among += among
        self.kin += kin
        try:
            yield
        finally:
            self.among -= among
            self.kin -= kin

    @contextmanager
    def undecided(self) -> Iterator[None]:
        """Marks what runs inside as depending on run time."""
        self.conditional += 1
        try:
            yield
        finally:
            self.conditional -= 1

    def memo_key(self, function: Function, arguments: list[Value], keywords: dict[str, Value]) -> object | None:
        """Under what a call's result is remembered; None while each call must be run for its effects."""
        if not self.remembers:
            return None
        shape = bool(self.loops), *(shape_of(value) for value in arguments)
        named = tuple(sorted((name, shape_of(value)) for name, value in keywords.items()))
        return (function.code, id(function.scope), shape_of(function.bound) if function.bound else None, shape, named)

    def symbolic_object(self, cls: Class) -> Value:
        """The object that stands for any object of a class; for an interface, those of the classes that fill it."""
        found = self.symbolic.get(cls.code)
        if found is None:
            self.symbolic[cls.code] = Unknown(f"an object of `{cls.name}`")
            filled = [] if not objects.is_abstract(cls) else self.table.implementers(cls)
            if filled:
                found = choice(self.symbolic_object(other) for other in filled)
            else:
                found = objects.new_object(
                    self, cls, Origin(cls.module.path, cls.code.start, cls.code.end), symbolic=True
                )
            self.symbolic[cls.code] = found
        return found

    def call(
        self,
        callee: Value,
        arguments: list[Value],
        node: syntax.Place,
        frame: Frame,
        keywords: dict[str, Value] | None = None,
    ) -> Value:
        """Call a value."""
        return calling.call(self, callee, arguments, keywords or {}, node, frame)

    def invoke(self, callee: Value, arguments: list[Value], keywords: dict[str, Value]) -> Value:
        """Call a value as the framework would, from outside the project's code; what is not given is known by type."""
        if isinstance(callee, Function | Class):
            frame = self.frame_of_framework or Frame(callee.module, Scope(callee.scope))
            node = frame.function.code if frame.function is not None else callee.code  # a place in the frame's own file
            return calling.call(self, callee, arguments, keywords, node, frame, open_=True)
        return Unknown("what a library gives")

    def trial(
        self, callee: Value, arguments: list[Value], keywords: dict[str, Value], *, certain: bool = False
    ) -> Trial:
        """Run a function on the side, for what it gives and which errors it may raise.

        It has a budget of its own, so it always ends. ``certain`` says that the program surely runs it.
        """
        kept = self.stack, self.receivers, self.conditional, self.watcher, self.raised, self.limit, self.steps
        self.stack, self.receivers, self.conditional = [], set(), 0 if certain else 1
        starting = certain and self.surroundings is not None
        self.watcher, self.raised = self.watcher if starting else None, []
        self.limit = self.limit if starting else self.steps + STEPS_PER_TRIAL
        result: Value = Unknown("code that runs too long to be followed")
        try:
            result = self.invoke(callee, arguments, keywords)
        except (BudgetError, RecursionError):
            pass
        finally:
            raised = tuple(self.raised)
            self.stack, self.receivers, self.conditional, self.watcher, self.raised, self.limit, self.steps = kept
        return Trial(result, raised)

    def member(self, value: Value, name: str) -> Value:
        """``value.name`` as code outside the project would read it."""
        state = next(iter(self.table.states.values()))
        return access.member(self, value, name, syntax.Opaque(0, 0, "member"), Frame(state, Scope()))

    def item(self, value: Value, key: Value) -> Value:
        """``value[key]`` as code outside the project would read it."""
        state = next(iter(self.table.states.values()))
        return access.index(self, value, key, syntax.Opaque(0, 0, "item"), Frame(state, Scope()))

    def parameters(self, function: Function) -> dict[str, tuple[Value | None, Value | None]]:
        """Annotation and default of each parameter, evaluated where the function stands."""
        frame = Frame(function.module, Scope(function.scope), owner=function.owner)
        found: dict[str, tuple[Value | None, Value | None]] = {}
        for parameter in function.code.parameters:
            annotation, default = parameter.annotation, parameter.default
            found[parameter.name] = (
                access.annotation(self, annotation, frame) if annotation is not None else None,
                self.evaluate(default, frame) if default is not None else None,
            )
        return found

    def returned_type(self, function: Function) -> Value | None:
        """The type that a function says that it gives, evaluated where it stands; None where it says nothing."""
        returns = function.code.returns
        frame = Frame(function.module, Scope(function.scope), owner=function.owner)
        return access.annotation(self, returns, frame) if returns is not None else None

    def fields(self, cls: Class) -> dict[str, tuple[Value | None, Value | None]]:
        """Annotation and value of each field that the body of a Python class or of an ancestor declares."""
        found: dict[str, tuple[Value | None, Value | None]] = {}
        for ancestor in reversed(list(cls.lineage())):
            if not isinstance(ancestor, Class) or ancestor.module.javascript:
                continue
            frame = Frame(ancestor.module, Scope(ancestor.scope), owner=ancestor)
            for statement in ancestor.code.body:
                target = statement.targets[0] if isinstance(statement, syntax.Assign) else None
                if isinstance(statement, syntax.Assign) and isinstance(target, syntax.Name):
                    annotation = statement.annotation
                    found[target.id] = (
                        access.annotation(self, annotation, frame) if annotation is not None else None,
                        ancestor.members.get(target.id) if statement.value is not None else None,
                    )
        return found

    def call_accessor(self, method: Function) -> Value:
        """Read a property: call the method behind it."""
        frame = Frame(method.module, Scope(method.scope), self.running)
        return calling.call(self, method, [], {}, method.code, frame)

    # Names

    def lookup(self, name: str, frame: Frame) -> Value:
        """The value of a name where the frame stands."""
        scope = frame.scope.find(name)
        if scope is not None:
            found = scope.names[name]
            if isinstance(found, Pending):
                found = self.force(found)
                scope.names[name] = found
            return found
        builtin = frame.module.builtin(name)
        return builtin if builtin is not None else Unknown(f"the name `{name}`, which nothing here binds")

    def force(self, value: Value) -> Value:
        """The value behind an import."""
        for _ in range(50):
            if not isinstance(value, Pending):
                return value
            value = value.resolve()
        return Unknown("an import that leads back to itself")

    # Statements

    def execute(self, statements: Iterable[syntax.Statement], frame: Frame) -> Flow:
        """Run statements until one of them leaves."""
        statements = tuple(statements)
        if frame.module.javascript:
            self.hoist(statements, frame)
        for statement in statements:
            self.tick()
            flow = STATEMENTS[type(statement)](self, statement, frame)
            if flow is not Flow.NEXT:
                return flow
        return Flow.NEXT

    def hoist(self, statements: tuple[syntax.Statement, ...], frame: Frame) -> None:
        """JavaScript binds function declarations before it runs anything."""
        for statement in statements:
            if isinstance(statement, syntax.Function):
                frame.scope.names[statement.name] = self.function(statement, frame)

    def run_evaluate(self, statement: syntax.Evaluate, frame: Frame) -> Flow:
        self.evaluate(statement.value, frame)
        return Flow.NEXT

    def run_assign(self, statement: syntax.Assign, frame: Frame) -> Flow:
        self.assign(statement, frame)
        return Flow.NEXT

    def run_return(self, statement: syntax.Return, frame: Frame) -> Flow:
        value = self.evaluate(statement.value, frame) if statement.value is not None else NOTHING
        if self.probe is not None:
            note_return(self.probe, value, sure=not self.conditional)
        frame.returns.append(value)
        return Flow.RETURN

    def run_raise(self, statement: syntax.Raise, frame: Frame) -> Flow:
        if statement.value is not None:
            error = self.evaluate(statement.value, frame)
            if self.raised is not None:
                self.raised.append(error)
            if self.probe is not None:
                place = Origin(frame.module.path, statement.start, statement.end)
                self.probe.turn_away(error, sure=not self.conditional, denies=denies(error), place=place)
        return Flow.RAISE

    def run_if(self, statement: syntax.If, frame: Frame) -> Flow:
        test = self.evaluate(statement.test, frame)
        holds = self.truth(test, frame)
        if holds and frame.function is None and statement.body and isinstance(statement.body[-1], syntax.Raise):
            holds = None  # a module that refuses what it finds: what is started gives it something else
        if holds is not None:
            return self.execute_block(statement.body if holds else statement.orelse, frame)
        for_types = isinstance(test, External) and test.name == "TYPE_CHECKING"

        def taken() -> Flow:
            narrow(self, statement.test, frame, holds=True)
            return (self.execute_types if for_types else self.execute_block)(statement.body, frame)

        def left_out() -> Flow:
            narrow(self, statement.test, frame, holds=False)
            return self.execute_block(statement.orelse, frame)

        return self.fork(frame, [taken, left_out], statement.test)

    def execute_types(self, statements: tuple[syntax.Statement, ...], frame: Frame) -> Flow:
        """Run what only type checkers run: names are bound, but no module runs for its imports."""
        before, self.table.for_types = self.table.for_types, True
        try:
            return self.execute_block(statements, frame)
        finally:
            self.table.for_types = before

    def run_switch(self, statement: syntax.Switch, frame: Frame) -> Flow:
        subject = self.evaluate(statement.subject, frame)
        branches: list[Callable[[], Flow]] = []
        default = False
        for place, case in enumerate(statement.cases):
            values = [self.evaluate(value, frame) for value in case.values]
            if isinstance(subject, Const) and values and all(isinstance(value, Const) for value in values):
                if any(isinstance(value, Const) and value.value == subject.value for value in values):
                    branches = [self.branch(statement, place, frame)]
                    default = True
                    break
                continue
            default = default or (not case.values and case.pattern is None and case.guard is None)
            branches.append(self.branch(statement, place, frame))
        if not default:
            branches.append(lambda: Flow.NEXT)
        before, self.left = self.left, None if statement.falls else self.left  # its `break` leaves no loop
        try:
            flow = branches[0]() if len(branches) == 1 else self.fork(frame, branches, statement.subject)
        finally:
            self.left = before
        return Flow.NEXT if flow is Flow.BREAK and statement.falls else flow

    def branch(self, statement: syntax.Switch, place: int, frame: Frame) -> Callable[[], Flow]:
        """A case, and those that it falls through to."""
        bodies = [case.body for case in statement.cases[place:]] if statement.falls else [statement.cases[place].body]

        def run() -> Flow:
            for body in bodies:
                flow = self.execute_block(body, frame)
                if flow is not Flow.NEXT:
                    return Flow.NEXT if flow is Flow.BREAK and statement.falls else flow
            return Flow.NEXT

        return run

    def execute_block(self, statements: tuple[syntax.Statement, ...], frame: Frame) -> Flow:
        """A branch or loop body; in JavaScript it has a scope of its own."""
        if not frame.module.javascript:
            return self.execute(statements, frame)
        outer = frame.scope
        frame.scope = Scope(outer, block=True)
        try:
            return self.execute(statements, frame)
        finally:
            frame.scope = outer

    @contextmanager
    def way(self, test: syntax.Place, arm: int, frame: Frame) -> Iterator[None]:
        """Marks what runs inside as one arm of a branch that run time decides."""
        before = self.ways
        self.ways = (*before, Way(Origin(frame.module.path, test.start, test.end), arm))
        self.conditional += 1
        try:
            yield
        finally:
            self.conditional -= 1
            self.ways = before

    def fork(self, frame: Frame, branches: list[Callable[[], Flow]], test: syntax.Place) -> Flow:
        """Run each branch from the same state and join the names that they leave behind.

        ``test`` is what decides between them: a condition, or the statement itself.
        """
        scopes: list[Scope] = []
        scope: Scope | None = frame.scope
        while scope is not None:
            scopes.append(scope)
            if not scope.block:
                break
            scope = scope.parent
        before = [dict(scope.names) for scope in scopes]
        ends: list[tuple[Flow, list[dict[str, Value]]]] = []
        for arm, branch in enumerate(branches):
            for scope, names in zip(scopes, before, strict=True):
                scope.names = dict(names)
            with self.way(test, arm, frame):
                flow = branch()
            ends.append((flow, [scope.names for scope in scopes]))
        live = [(names, arm) for arm, (flow, names) in enumerate(ends) if flow is Flow.NEXT]
        joined = live or [(names, arm) for arm, (_, names) in enumerate(ends)]
        at = Origin(frame.module.path, test.start, test.end)
        for place, scope in enumerate(scopes):
            scope.names = self.join([(names[place], Way(at, arm)) for names, arm in joined])
        flows = {flow for flow, _ in ends}
        if live:
            if self.left is not None and Flow.BREAK in flows:
                self.note_ends(
                    scopes, [(own, Way(at, arm)) for arm, (flow, own) in enumerate(ends) if flow is Flow.BREAK]
                )
            if flows & LEAVING:  # what follows in this call, or in this round of a loop, may not be reached
                self.conditional += 1
            return Flow.NEXT
        if len(flows) == 1:
            return flows.pop()
        return Flow.CONTINUE if Flow.CONTINUE in flows or Flow.BREAK in flows else Flow.RETURN

    @staticmethod
    def join(branches: list[tuple[dict[str, Value], Way]]) -> dict[str, Value]:
        """The names after a branch: those that differ become choices."""
        if len(branches) == 1:
            return branches[0][0]
        joined: dict[str, Value] = {}
        for names, _ in branches:
            for name in names:
                if name not in joined:
                    values = [(other[name], way) for other, way in branches if name in other]
                    first = values[0][0]
                    joined[name] = first if all(value is first for value, _ in values) else left_by(values)
        return joined

    def note_ends(self, scopes: list[Scope], ends: list[tuple[list[dict[str, Value]], Way]]) -> None:
        """Keep the names with which arms leave a loop; of one that is unrolled, those of its last rounds."""
        assert self.left is not None
        for names, way in ends:
            earlier = [kept for kept in self.left if kept[1] == way]
            if len(earlier) >= MOST_ENDS:
                self.left.remove(earlier[0])
            self.left.append(({id(scope): found for scope, found in zip(scopes, names, strict=True)}, way))

    @contextmanager
    def leaving(self, statement: syntax.Place, frame: Frame) -> Iterator[None]:
        """Marks what runs inside as a loop: names that an arm has set when it leaves the loop are there behind it."""
        before, self.left = self.left, []
        try:
            yield
        finally:
            left, self.left = self.left, before
        scope: Scope | None = frame.scope if left else None
        while scope is not None:
            others = [(names[id(scope)], way) for names, way in left if id(scope) in names]
            if others:
                own = Way(Origin(frame.module.path, statement.start, statement.end), 0)
                scope.names = self.join([(scope.names, own), *others])
            scope = scope.parent if scope.block else None

    def run_for(self, statement: syntax.For, frame: Frame) -> Flow:
        iterable = self.evaluate(statement.iterable, frame)
        items = self.iterate(iterable, keys=statement.keys, frame=frame)
        flow = Flow.NEXT
        arms: list[Callable[[], Flow]]
        with self.leaving(statement, frame):
            if items is not None and len(items) <= MOST_UNROLLED:
                for item in items:
                    flow = self.run_iteration(statement, item, frame)
                    if flow is Flow.BREAK or flow is Flow.RETURN:
                        break
            else:
                element = self.element_of(iterable, keys=statement.keys)
                element = rows.each(self, element, iterable, statement)
                arms = [lambda: self.run_iteration(statement, element, frame), lambda: Flow.NEXT]
                with self.undecided(), self.loop(frame.module.path, statement, iterable):
                    self.fork(frame, arms, statement)
            if flow is Flow.RETURN:
                return flow
            if flow is Flow.BREAK or not statement.orelse:
                return Flow.NEXT
            if any(isinstance(one, syntax.Jump) and one.kind == "break" for one in syntax.nodes_in(statement.body)):
                arms = [lambda: self.execute_block(statement.orelse, frame), lambda: Flow.NEXT]
                return self.fork(frame, arms, statement)
            return self.execute_block(statement.orelse, frame)

    def run_iteration(self, statement: syntax.For, item: Value, frame: Frame) -> Flow:
        outer, conditional = frame.scope, self.conditional
        if frame.module.javascript:
            frame.scope = Scope(outer, block=True)
        try:
            target = statement.target
            if isinstance(target, syntax.Assign):  # `for (const x of ...)`
                assigning.bind(self, target.targets[0], item, frame, declares=target.declares or "const")
            else:
                assigning.bind(self, target, item, frame, declares="let" if frame.module.javascript else None)
            return self.execute(statement.body, frame)
        finally:
            frame.scope = outer
            self.conditional = conditional

    def run_while(self, statement: syntax.While, frame: Frame) -> Flow:
        outer = frame.scope
        if frame.module.javascript:
            frame.scope = Scope(outer, block=True)
        try:
            self.execute(statement.setup, frame)
            if statement.test is not None and self.truth(self.evaluate(statement.test, frame), frame) is False:
                return Flow.NEXT

            def once() -> Flow:
                with self.loop(frame.module.path, statement):
                    flow = self.execute_block(statement.body, frame)
                    self.execute(statement.step, frame)
                return Flow.NEXT if flow in (Flow.BREAK, Flow.CONTINUE) else flow

            with self.leaving(statement, frame):
                return self.fork(frame, [once, lambda: Flow.NEXT], statement)
        finally:
            frame.scope = outer

    def run_try(self, statement: syntax.Try, frame: Frame) -> Flow:
        only_imports = all(isinstance(inner, syntax.Import) for inner in statement.body)
        if self.probe is not None:
            return self.try_probing(statement, frame, self.probe)
        before = len(self.raised or ())
        self.tries += bool(statement.handlers)
        try:
            flow = self.execute_block(statement.body, frame)
        finally:
            self.tries -= bool(statement.handlers)
        if self.raised is not None and statement.handlers:
            caught = [kind for handler in statement.handlers for kind in self.ends(handler, frame)]
            self.raised[before:] = [
                error for error in self.raised[before:] if not any(is_error(error, k) for k in caught)
            ]
        if flow is Flow.NEXT and statement.orelse:
            flow = self.execute_block(statement.orelse, frame)
        if statement.handlers and not (only_imports and self.table.imports_resolve(statement.body, frame)):
            after = flow

            def handle(handler: syntax.Handler) -> Callable[[], Flow]:
                def run() -> Flow:
                    if handler.name is not None:
                        caught = self.evaluate(handler.types, frame) if handler.types is not None else None
                        error = self.assumed(caught) if caught is not None else Unknown("the error caught")
                        assigning.bind(
                            self, handler.name, error, frame, declares="let" if frame.module.javascript else None
                        )
                    return self.execute_block(handler.body, frame)

                return run

            handled = self.fork(frame, [lambda: after, *(handle(handler) for handler in statement.handlers)], statement)
            flow = handled
        if statement.final:
            ended = self.execute_block(statement.final, frame)
            return ended if ended is not Flow.NEXT else flow
        return flow

    def try_probing(self, statement: syntax.Try, frame: Frame, probe: Probe) -> Flow:
        """``try`` around what a request is tried on: an error that is raised for certain goes to its handler."""
        told = len(probe.refusals)
        turned: TurnedAway | None = None
        flow = Flow.RAISE
        try:
            flow = self.execute_block(statement.body, frame)
        except TurnedAway as error:
            turned = error
        kinds = [kind for handler in statement.handlers for kind in self.ends(handler, frame)]
        probe.refusals[told:] = behind_handlers(probe.refusals[told:], kinds)
        if turned is None and flow is Flow.NEXT and statement.orelse:
            flow = self.execute_block(statement.orelse, frame)
        handlers = [
            handler for handler in statement.handlers if turned is None or self.may_catch(handler, turned, frame)
        ]
        try:
            if turned is not None and not handlers:
                raise turned
            first = handlers[0] if handlers else None
            if turned is not None and first is not None and self.surely_catches(first, turned, frame):
                flow = self.handle(first, frame, turned.error)
            elif handlers:
                after = flow
                branches: list[Callable[[], Flow]] = [lambda: after]
                branches += [partial(self.handle, handler, frame, None) for handler in handlers]
                flow = self.fork(frame, branches, statement)
        finally:
            ended = self.execute_block(statement.final, frame) if statement.final else Flow.NEXT
        return ended if ended is not Flow.NEXT else flow

    def may_catch(self, handler: syntax.Handler, turned: TurnedAway, frame: Frame) -> bool:
        """Whether an error may end in a handler."""
        return any(may_be(turned.error, kind) for kind in self.kinds_of(handler, frame))

    def surely_catches(self, handler: syntax.Handler, turned: TurnedAway, frame: Frame) -> bool:
        """Whether an error surely ends in a handler."""
        return any(is_error(turned.error, kind) for kind in self.kinds_of(handler, frame))

    def handle(self, handler: syntax.Handler, frame: Frame, error: Value | None) -> Flow:
        """Run a handler on an error; on any that it names, where that is None."""
        if handler.name is not None:
            caught = self.evaluate(handler.types, frame) if handler.types is not None else None
            given = error or (self.assumed(caught) if caught is not None else Unknown("the error caught"))
            assigning.bind(self, handler.name, given, frame, declares="let" if frame.module.javascript else None)
        return self.execute_block(handler.body, frame)

    def kinds_of(self, handler: syntax.Handler, frame: Frame) -> list[Value | None]:
        """The kinds of error that a handler names; None is any."""
        caught = self.evaluate(handler.types, frame) if handler.types is not None else None
        return list(caught.items) if isinstance(caught, Sequence) else [caught]

    def ends(self, handler: syntax.Handler, frame: Frame) -> list[Value | None]:
        """The kinds of error that end in a handler; None is any. One that is raised again does not end."""
        if any(isinstance(inner, syntax.Raise) and inner.value is None for inner in handler.body):
            return []
        caught = self.evaluate(handler.types, frame) if handler.types is not None else None
        return list(caught.items) if isinstance(caught, Sequence) else [caught]

    def run_with(self, statement: syntax.With, frame: Frame) -> Flow:
        managers: list[tuple[syntax.WithItem, Value]] = []
        for item in statement.items:
            manager = self.evaluate(item.value, frame)
            managers.append((item, manager))
            entered = calling.enter(self, manager, item, frame, is_async=statement.is_async)
            if item.target is not None:
                assigning.bind(self, item.target, entered, frame)
        suppressing = any(isinstance(one, Instance) and one.path == "contextlib.suppress" for _, one in managers)
        self.tries += suppressing
        try:
            flow = self.execute(statement.body, frame) if self.probe is None else self.with_probing(statement, frame)
        finally:
            self.tries -= suppressing
        for item, manager in reversed(managers):
            calling.leave(self, manager, item, frame, is_async=statement.is_async)
        return flow

    def with_probing(self, statement: syntax.With, frame: Frame) -> Flow:
        """The block of a ``with``: ``suppress(...)`` handles errors."""
        assert self.probe is not None
        kinds: list[Value | None] = []
        for item in statement.items:
            call = item.value if isinstance(item.value, syntax.Call) else None
            callee = call.callee if call is not None else None
            name = getattr(callee, "name", None) or getattr(callee, "id", None)
            given = call.arguments if call is not None and name == "suppress" else ()
            kinds += [self.evaluate(one, frame) for one in given if not isinstance(one, syntax.Keyword | syntax.Spread)]
        told = len(self.probe.refusals)
        try:
            return self.execute(statement.body, frame)
        except TurnedAway as turned:
            if not any(may_be(turned.error, kind) for kind in kinds):
                raise
            return Flow.NEXT
        finally:
            self.probe.refusals[told:] = behind_handlers(self.probe.refusals[told:], kinds)

    def run_block(self, statement: syntax.Block, frame: Frame) -> Flow:
        return self.execute_block(statement.body, frame)

    def run_jump(self, statement: syntax.Jump, frame: Frame) -> Flow:
        return Flow.BREAK if statement.kind == "break" else Flow.CONTINUE

    def run_delete(self, statement: syntax.Delete, frame: Frame) -> Flow:
        for target in statement.targets:
            for option in options(self.evaluate(target.object, frame)) if isinstance(target, syntax.Index) else ():
                if isinstance(option, Copy):
                    option.element = option.element or Unknown("what a dictionary holds after something was deleted")
        return Flow.NEXT

    def run_outer(self, statement: syntax.Outer, frame: Frame) -> Flow:
        scope = frame.scope
        scope.outer = scope.outer or {}
        for name in statement.names:
            if statement.kind == "global":
                scope.outer[name] = frame.module.scope
                frame.module.scope.names.setdefault(name, Unknown(f"the global `{name}`"))
            else:
                found = scope.parent.find(name) if scope.parent else None
                if found is not None:
                    scope.outer[name] = found
        return Flow.NEXT

    def run_import(self, statement: syntax.Import, frame: Frame) -> Flow:
        self.table.bind_import(statement, frame)
        return Flow.NEXT

    def run_export(self, statement: syntax.Export, frame: Frame) -> Flow:
        self.table.bind_export(statement, frame)
        return Flow.NEXT

    def run_function(self, statement: syntax.Function, frame: Frame) -> Flow:
        if frame.module.javascript:
            if statement.name not in frame.scope.names:  # hoisted already
                frame.scope.names[statement.name] = self.function(statement, frame)
            return Flow.NEXT
        value = calling.decorate(self, self.function(statement, frame), statement.decorators, frame)
        assigning.bind_name(self, statement.name, value, frame)
        return Flow.NEXT

    def run_class(self, statement: syntax.Class, frame: Frame) -> Flow:
        value = objects.make_class(self, statement, frame)
        if statement.name:
            frame.scope.names[statement.name] = value
        return Flow.NEXT

    def run_opaque(self, statement: syntax.Opaque, frame: Frame) -> Flow:
        return Flow.NEXT

    # Expressions

    def evaluate(self, node: syntax.Expression, frame: Frame) -> Value:
        """The value of an expression, its effects applied."""
        self.tick()
        return EXPRESSIONS[type(node)](self, node, frame)

    def eval_const(self, node: syntax.Const, frame: Frame) -> Value:
        return Const(node.value, Origin(frame.module.path, node.start, node.end))

    def eval_opaque(self, node: syntax.Opaque, frame: Frame) -> Value:
        return Unknown(f"an expression of the kind `{node.kind}`", Origin(frame.module.path, node.start, node.end))

    def eval_pattern(self, node: syntax.Pattern, frame: Frame) -> Value:
        value = Instance(path="RegExp", origin=Origin(frame.module.path, node.start, node.end))
        value.attributes = {"source": Const(node.source), "flags": Const(node.flags)}
        return value

    def eval_template(self, node: syntax.Template, frame: Frame) -> Value:
        parts = [self.evaluate(part, frame) for part in node.parts]
        if frame.module.javascript:
            parts = [builtins_javascript.spelled(part) for part in parts]
        origin = Origin(frame.module.path, node.start, node.end)
        variants = [part for part in parts if isinstance(part, Choice)]
        if len(variants) == 1 and all(isinstance(option, Const | Text) for option in variants[0].options):
            chosen = variants[0]
            return choice(
                join_text([option if part is chosen else part for part in parts], origin) for option in chosen.options
            )
        return join_text(parts, origin)

    def eval_name(self, node: syntax.Name, frame: Frame) -> Value:
        if node.id == "this":
            return frame.this if frame.this is not None else Unknown("`this`")
        return self.lookup(node.id, frame)

    def eval_member(self, node: syntax.Member, frame: Frame) -> Value:
        inner = node.object
        if isinstance(inner, syntax.Call) and isinstance(inner.callee, syntax.Name) and inner.callee.id == "super":
            return objects.super_member(self, node.name, frame)
        if isinstance(inner, syntax.Name) and inner.id == "super":
            return objects.super_member(self, node.name, frame)
        return access.member(self, self.evaluate(inner, frame), node.name, node, frame)

    def eval_index(self, node: syntax.Index, frame: Frame) -> Value:
        return access.index(self, self.evaluate(node.object, frame), self.evaluate(node.index, frame), node, frame)

    def eval_slice(self, node: syntax.Slice, frame: Frame) -> Value:
        parts = [
            self.evaluate(part, frame) if part is not None else NOTHING for part in (node.lower, node.upper, node.step)
        ]
        value = Instance(path="slice")
        value.attributes = dict(zip(("start", "stop", "step"), parts, strict=True))
        return value

    def eval_call(self, node: syntax.Call, frame: Frame) -> Value:
        return calling.evaluate_call(self, node, frame)

    def eval_tagged(self, node: syntax.Tagged, frame: Frame) -> Value:
        tag = self.evaluate(node.tag, frame)
        template = node.template
        if not isinstance(template, syntax.Template) or not isinstance(tag, External | Instance):
            return calling.call(self, tag, [self.evaluate(template, frame)], {}, node, frame)
        # A library's tag is given the values beside the text, whether they are known or not.
        path = frame.module.path
        data = self.project.files[path].data
        pieces: list[Value] = []
        for part in template.parts:
            value, origin = self.evaluate(part, frame), Origin(path, part.start, part.end)
            fixed = isinstance(part, syntax.Const) and data[part.start - 1 : part.start] in (b"`", b"}")
            pieces.append(value if fixed else Bound(value, origin))
        parts = tuple(str(piece.value) if isinstance(piece, Const) else piece for piece in pieces)
        text = Text(parts, Origin(path, template.start, template.end), tuple(pieces))
        return calling.call(self, tag, [text], {}, node, frame)

    def eval_display(self, node: syntax.Display, frame: Frame) -> Value:
        origin = Origin(frame.module.path, node.start, node.end)
        found = Sequence((), node.kind, origin=origin)
        for item in node.items:
            if isinstance(item, syntax.Spread):
                self.spread(found, self.evaluate(item.value, frame), frame)
            else:
                found.items.append(self.evaluate(item, frame))
        return found

    def spread(self, into: Sequence, value: Value, frame: Frame) -> None:
        """Append the items of a value to a list."""
        items = self.iterate(value, frame=frame)
        if items is None:
            into.complete = False
            into.element = into.element or rows.each(self, self.element_of(value), value, id(value))
        else:
            into.items.extend(items)

    def eval_mapping(self, node: syntax.Mapping, frame: Frame) -> Value:
        record = Record(origin=Origin(frame.module.path, node.start, node.end))
        for entry in node.entries:
            if entry.key is None:
                operators.update(record, self.evaluate(entry.value, frame))
                continue
            key = self.evaluate(entry.key, frame)
            value = self.method_value(entry, record, frame)
            if isinstance(key, Const):
                record.entries[key.value] = value
                record.places[key.value] = Origin(frame.module.path, entry.key.start, entry.key.end)
                if frame.module.javascript and isinstance(key.value, str):
                    assigning.hold(value, key.value)
            elif self.remembers and isinstance(key, External | Field) and isinstance(key.receiver, Class):
                record.entries[key] = value  # an attribute of a mapped class stands for its column
            else:
                record.complete = False
                record.element = choice([record.element, value] if record.element else [value])
        if self.watcher is not None:
            self.watcher.built(record)
        return record

    def method_value(self, entry: syntax.Entry, record: Record, frame: Frame) -> Value:
        """The value of an entry; a method of an object literal has the object as ``this``."""
        if isinstance(entry.value, syntax.Function) and entry.value.kind == "method":
            method = self.function(entry.value, frame).bind(record)
            if entry.accessor == "get":
                return calling.call(self, method, [], {}, entry, frame)
            return method
        return self.evaluate(entry.value, frame)

    def eval_unary(self, node: syntax.Unary, frame: Frame) -> Value:
        return operators.unary(self, node.operator, self.evaluate(node.operand, frame), node, frame)

    def eval_binary(self, node: syntax.Binary, frame: Frame) -> Value:
        left, right = self.evaluate(node.left, frame), self.evaluate(node.right, frame)
        if self.probe is not None:
            left, right = as_text(left), as_text(right)
            if self.probe.is_open(left, right):
                return Unknown("what a token stands for")
        return operators.binary(self, node.operator, left, right, node, frame)

    def eval_logical(self, node: syntax.Logical, frame: Frame) -> Value:
        left = self.evaluate(node.left, frame)
        if not frame.module.javascript and operators.in_statement(self, left):
            right = self.evaluate(node.right, frame)
            return operators.kept(self, node.operator, left, right, node, frame)
        kept: list[Value] = []
        needed = False
        for option in options(left):
            ends = self.ends_logical(node.operator, option, frame)
            if ends is not False:
                kept.append(option)
            needed = needed or ends is not True
        if not needed:
            return left
        with self.way(node.left, 0 if node.operator == "and" else 1, frame):
            right = self.evaluate(node.right, frame)
        # A variable of the environment stands back behind the default that is written for it.
        kept = [option for option in kept if node.operator == "and" or not isinstance(option, Environment)]
        if kept and node.operator != "and" and type(right) is Const and isinstance(right.value, str):
            right = Fallback(right.value, right.origin)
        return choice([*kept, right])

    def ends_logical(self, operator: str, left: Value, frame: Frame) -> bool | None:
        """Whether the left side of ``and``, ``or`` or ``??`` is the result already; None where run time decides."""
        if operator == "??":
            if isinstance(left, Const):
                return left.value is not None
            return None if isinstance(left, Unknown | External) else True
        holds = self.truth(left, frame)
        if holds is None:
            return None
        return holds != (operator == "and")

    def eval_conditional(self, node: syntax.Conditional, frame: Frame) -> Value:
        holds = self.truth(self.evaluate(node.test, frame), frame)
        if holds is not None:
            return self.evaluate(node.then if holds else node.other, frame)
        arms: list[Value] = []
        for arm, part in enumerate((node.then, node.other)):
            with self.way(node.test, arm, frame):
                arms.append(self.evaluate(part, frame))
        return choice(arms)

    def eval_await(self, node: syntax.Await, frame: Frame) -> Value:
        found = options(self.evaluate(node.value, frame))
        return choice(option.awaited(self) if isinstance(option, LibraryObject) else option for option in found)

    def eval_yield(self, node: syntax.Yield, frame: Frame) -> Value:
        value = self.evaluate(node.value, frame) if node.value is not None else NOTHING
        if node.delegate:
            frame.yields.extend(self.iterate(value, frame=frame) or [self.element_of(value)])
        else:
            frame.yields.append(value)
        return Unknown("a value sent to a generator")

    def eval_comprehension(self, node: syntax.Comprehension, frame: Frame) -> Value:
        outer = frame.scope
        frame.scope = Scope(outer, block=True)
        found: list[tuple[Value | None, Value]] = []
        try:
            complete = self.comprehend(node, 0, frame, found)
        finally:
            frame.scope = outer
        origin = Origin(frame.module.path, node.start, node.end)
        if node.key is not None:
            record = Record(origin=origin, complete=complete)
            for key, value in found:
                if isinstance(key, Const):
                    record.entries[key.value] = value
                    if key.origin is not None:
                        record.places[key.value] = key.origin
                else:
                    record.complete, record.element = False, value
            return record
        kind: Literal["set", "list"] = "set" if node.kind == "set" else "list"
        values = [value for _, value in found]
        if complete:
            return Sequence(values, kind, origin=origin)
        return Sequence((), kind, complete=False, element=choice(values) if values else None, origin=origin)

    def comprehend(
        self, node: syntax.Comprehension, place: int, frame: Frame, found: list[tuple[Value | None, Value]]
    ) -> bool:
        """Run the clauses from ``place`` on; whether all that they give is known."""
        if place == len(node.clauses):
            key = self.evaluate(node.key, frame) if node.key is not None else None
            found.append((key, self.evaluate(node.element, frame)))
            return True
        clause = node.clauses[place]
        iterable = self.evaluate(clause.iterable, frame)
        items = self.iterate(iterable, frame=frame)
        complete = items is not None and len(items) <= MOST_UNROLLED
        outer = self.loops
        if not complete:
            place_of_loop = Origin(frame.module.path, node.start, node.end)
            self.loops = (*outer, place_of_loop)
            if self.watcher is not None:
                self.watcher.looped(place_of_loop, rows.behind(self, iterable))
        for item in (
            items if items is not None and complete else [rows.each(self, self.element_of(iterable), iterable, node)]
        ):
            assigning.bind(self, clause.target, item, frame, declares="let")
            holds = [self.truth(self.evaluate(condition, frame), frame) for condition in clause.conditions]
            if False in holds:
                continue
            for condition in clause.conditions:
                narrow(self, condition, frame, holds=True)
            complete = complete and None not in holds
            complete = self.comprehend(node, place + 1, frame, found) and complete
        self.loops = outer
        return complete

    def eval_assign(self, node: syntax.Assign, frame: Frame) -> Value:
        return self.assign(node, frame)

    def eval_function(self, node: syntax.Function, frame: Frame) -> Value:
        return self.function(node, frame)

    def eval_class(self, node: syntax.Class, frame: Frame) -> Value:
        return objects.make_class(self, node, frame)

    def eval_spread(self, node: syntax.Spread, frame: Frame) -> Value:
        return self.evaluate(node.value, frame)

    # Pieces that several of the above share

    def function(self, code: syntax.Function, frame: Frame) -> Function:
        """A function value that closes over the frame's scope. An arrow keeps the ``this`` around it."""
        return Function(
            code, frame.scope, frame.module, bound=frame.this if code.kind == "arrow" else None, owner=frame.owner
        )

    def assign(self, statement: syntax.Assign, frame: Frame) -> Value:
        """An assignment; its value."""
        return assigning.assign(self, statement, frame)

    def truth(self, value: Value, frame: Frame) -> bool | None:
        """Whether a condition holds, in the frame's language; None where run time decides."""
        if frame.module.javascript and isinstance(value, Sequence | Record):
            return True
        if isinstance(value, Instance) and value.path in self.hollow and value.made_by is not None:
            made = value.made_by
            return False if not (made.arguments or made.keywords or made.open) else None
        return truth(value)

    def iterate(self, value: Value, *, keys: bool = False, frame: Frame | None = None) -> list[Value] | None:
        """The items that a loop sees; None where they are not all known."""
        if isinstance(value, Sequence) and value.complete:
            return [Const(place) for place in range(len(value.items))] if keys else list(value.items)
        if isinstance(value, Generator):
            return list(value.items)
        if isinstance(value, Record) and value.complete and (keys or frame is None or not frame.module.javascript):
            places = value.places
            return [
                Const(key, places.get(key)) if isinstance(key, str | int) else Unknown("a key") for key in value.entries
            ]
        if isinstance(value, Const) and isinstance(value.value, str) and len(value.value) <= MOST_UNROLLED:
            return [Const(character) for character in value.value]
        if isinstance(value, Class):
            return access.enum_members(value)
        if isinstance(value, LibraryObject):
            return value.iterated(self)
        return None

    def element_of(self, value: Value, *, keys: bool = False) -> Value:
        """Any one item of a value that is not wholly known."""
        if isinstance(value, Sequence | Record) and not keys:
            known = list(value.items) if isinstance(value, Sequence) else list(value.entries.values())
            if value.element is not None:
                known.append(value.element)
            if known:
                return choice(known)
        if isinstance(value, Choice):
            return choice(self.element_of(option, keys=keys) for option in value.options)
        element = value.element(self) if isinstance(value, LibraryObject) else None
        if element is not None:
            return element
        if isinstance(value, Unknown):
            return Unknown(f"items of {value.reason}")
        return Unknown("items that are known at run time only")

    def assumed(self, kind: Value) -> Value:
        """An object of which only the type is known."""
        return calling.assumed(self, kind)


_E = Engine
STATEMENTS: dict[type, Callable[..., Flow]] = {
    syntax.Evaluate: _E.run_evaluate,
    syntax.Assign: _E.run_assign,
    syntax.Return: _E.run_return,
    syntax.Raise: _E.run_raise,
    syntax.If: _E.run_if,
    syntax.For: _E.run_for,
    syntax.While: _E.run_while,
    syntax.Try: _E.run_try,
    syntax.With: _E.run_with,
    syntax.Switch: _E.run_switch,
    syntax.Block: _E.run_block,
    syntax.Jump: _E.run_jump,
    syntax.Delete: _E.run_delete,
    syntax.Outer: _E.run_outer,
    syntax.Import: _E.run_import,
    syntax.Export: _E.run_export,
    syntax.Function: _E.run_function,
    syntax.Class: _E.run_class,
    syntax.Opaque: _E.run_opaque,
}
EXPRESSIONS: dict[type, Callable[..., Value]] = {
    syntax.Const: _E.eval_const,
    syntax.Opaque: _E.eval_opaque,
    syntax.Pattern: _E.eval_pattern,
    syntax.Template: _E.eval_template,
    syntax.Name: _E.eval_name,
    syntax.Member: _E.eval_member,
    syntax.Index: _E.eval_index,
    syntax.Slice: _E.eval_slice,
    syntax.Call: _E.eval_call,
    syntax.Tagged: _E.eval_tagged,
    syntax.Display: _E.eval_display,
    syntax.Mapping: _E.eval_mapping,
    syntax.Unary: _E.eval_unary,
    syntax.Binary: _E.eval_binary,
    syntax.Logical: _E.eval_logical,
    syntax.Conditional: _E.eval_conditional,
    syntax.Await: _E.eval_await,
    syntax.Yield: _E.eval_yield,
    syntax.Comprehension: _E.eval_comprehension,
    syntax.Assign: _E.eval_assign,
    syntax.Function: _E.eval_function,
    syntax.Class: _E.eval_class,
    syntax.Spread: _E.eval_spread,
}
