"""Runs statements and expressions on abstract values.

Order is the program's own, so that what a program registers first comes first. A branch that cannot be decided is
run on both arms and the names are joined; a loop over a known list is unrolled, any other runs once. Everything is
counted against a budget: the evaluator always ends, and says where it stopped.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from verifier import syntax
from verifier.connections import Binding
from verifier.evaluate import access, assigning, calling, objects, rows
from verifier.evaluate.expressions import EXPRESSIONS
from verifier.evaluate.fetched import Fetched
from verifier.evaluate.frames import BudgetError, Flow, Frame, Trial, Watcher
from verifier.evaluate.library import Call, Library, LibraryObject
from verifier.evaluate.modules import ModuleTable
from verifier.evaluate.probing import Probe
from verifier.evaluate.shapes import shape_of
from verifier.evaluate.statements import STATEMENTS
from verifier.evaluate.surroundings import Surroundings
from verifier.evaluate.values import (
    MOST_UNROLLED,
    Choice,
    Class,
    Const,
    Copy,
    Function,
    Generator,
    Instance,
    Origin,
    Pending,
    Record,
    Scope,
    Sequence,
    Unknown,
    Value,
    Way,
    choice,
    truth,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Tree

    from verifier.imports import Modules
    from verifier.model import FileFacts, Project, Span

MOST_STEPS = 2_500_000
DEEPEST_CALL = 48
STEPS_PER_TRIAL = 30_000


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

    # Expressions

    def evaluate(self, node: syntax.Expression, frame: Frame) -> Value:
        """The value of an expression, its effects applied."""
        self.tick()
        return EXPRESSIONS[type(node)](self, node, frame)

    def spread(self, into: Sequence, value: Value, frame: Frame) -> None:
        """Append the items of a value to a list."""
        items = self.iterate(value, frame=frame)
        if items is None:
            into.complete = False
            into.element = into.element or rows.each(self, self.element_of(value), value, id(value))
        else:
            into.items.extend(items)

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
