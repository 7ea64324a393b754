"""Calls that give a coroutine or a promise, and what is done with it: awaited, handed on, or taken for its result.

What a call was seen to call tells whether it gives one (``CallGraph.targets``); how its result is used is read off the
functions themselves: where it is written, and where the one variable is read that holds it. A function that hands a
promise on inside its own result (``return [rows(), count]``) is followed to what its callers do with that part.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from verifier import syntax
from verifier.evaluate.passing import fields
from verifier.evaluate.values import External, Function, Origin, Value

if TYPE_CHECKING:
    from verifier.link import Facts
    from verifier.model import FunctionRef, Span

Kind: TypeAlias = Literal[
    "awaited",  # or put off with ``void``
    "discarded",
    "returned",
    "read",  # an attribute or item of it
    "tested",
    "compared",
    "joined",  # by an operator, or into a text
    "iterated",
    "unpacked",
    "entered",  # a ``with`` block
    "given",  # to a call
    "put",  # into a literal
    "bound",  # to a variable
    "answered",  # a handler gives it to its framework, inside of what it gives
    "kept",  # anything else
]
# What turns the place in a function's result into what was put there; None stands for the result as a whole.
Slot: TypeAlias = str | int | None

# Coroutines and promises of the languages themselves. Those of `asyncio` are what it defines by `async def`.
OF_LANGUAGES = (
    r"asyncio\.(?:sleep|wait|wait_for|to_thread|open_connection|open_unix_connection|start_server|start_unix_server|"
    r"create_subprocess_exec|create_subprocess_shell)",
    r"Promise\.(?:all|allSettled|any|race|resolve|reject)",
)
EACH = "[]"  # the slot of all items of a list
FOLLOWING = frozenset({"then", "catch", "finally"})
# Decorators that leave a coroutine function one.
HARMLESS = frozenset({"staticmethod", "classmethod", "override", "final", "abstractmethod", "wraps"})


class Context(NamedTuple):
    """What is done with the value of an expression.

    Attributes:
        place: the word that does it, or the expression itself.
        name: of the attribute that is read, of the parameter that is given.
        called: whether the attribute that is read is called.
        call: the call that the value is given to; ``position`` the argument's place in it.
        slot: where in a literal it is put; the key by which it is read.
        other: what a comparison holds it against.
        outer: what is done with what contains the value, or with what is read of it.
        binding: the variable that holds it.
        held: the variables that it is taken apart into, by the slot.
    """

    kind: Kind
    place: tuple[int, int]
    name: str = ""
    called: bool = False
    call: syntax.Call | None = None
    position: int | None = None
    slot: Slot = None
    other: syntax.Expression | None = None
    outer: Context | None = None
    binding: Binding | None = None
    held: Mapping[str | int, Binding | None] | None = None


class Usage(NamedTuple):
    """One thing that is done with a promise.

    Attributes:
        span: the word that does it.
        name: the attribute that is read, or the variable that is looked at.
        called: whether that attribute is called.
        targets: what the call was seen to call that the promise is given to; ``parameter`` tells which argument it is.
        constant: whether it is compared with a literal.
        caller: the function in which it is done, where that is another one than that of the call.
    """

    kind: Kind
    span: Span
    name: str = ""
    called: bool = False
    targets: tuple[Value, ...] = ()
    parameter: int | str | None = None
    constant: bool = False
    caller: FunctionRef | None = None


class Promised(NamedTuple):
    """A call that gives a coroutine or a promise, and what is done with it.

    Attributes:
        span: the call; ``name`` the word by which it calls.
        caller: the function that makes the call.
        targets: what was seen to be called.
        library: its path, where that is of a library.
        idle: whether nothing is done before somebody awaits it: it is a coroutine of Python.
        uses: what is done with it, in order. A variable that holds it counts by what is done with the variable.
        followed: whether it is a chain of ``then``; ``caught`` whether a part of that takes errors.
        callback: set where what is called is given an asynchronous function, as ``forEach``, ``map`` and the
            constructor of promises are: the function itself. The span is its ``async``. ``caught`` tells whether it
            takes all errors, ``waits`` whether it awaits something, ``on`` the name whose method is called.
    """

    span: Span
    name: str
    caller: FunctionRef | None
    targets: tuple[Value, ...]
    library: str | None
    idle: bool
    uses: tuple[Usage, ...]
    followed: bool = False
    caught: bool = False
    callback: FunctionRef | None = None
    waits: bool = False
    on: str = ""

    def is_used(self, *kinds: Kind) -> bool:
        """Whether something of some kinds is done with it."""
        return any(use.kind in kinds for use in self.uses)


class Binding:
    """A variable of a function: how often it is bound, and what is done with it where it is read."""

    __slots__ = ("count", "name", "reads")

    def __init__(self, name: str) -> None:
        self.name = name
        self.count = 0
        self.reads: list[Context] = []


class Names:
    """The variables of one function, and of those around it."""

    __slots__ = ("bindings", "parent")

    def __init__(self, parent: Names | None) -> None:
        self.parent = parent
        self.bindings: dict[str, Binding] = {}

    def find(self, name: str) -> Binding | None:
        """The variable that a name stands for; None for one of the module."""
        names: Names | None = self
        while names is not None:
            if name in names.bindings:
                return names.bindings[name]
            names = names.parent
        return None


class Body:
    """One function that stands in no other, read to its end, with all that stand in it.

    Attributes:
        calls: each call with what is done with its result, and the function that makes it.
        awaits: the same of each call that is awaited where it is written: what is done with the awaited result.
        returns: what each function gives, with the function.
    """

    def __init__(self, javascript: bool) -> None:
        self.javascript = javascript
        self.names = Names(None)
        self.code: syntax.Function | None = None
        self.calls: list[tuple[syntax.Call, Context, syntax.Function]] = []
        self.awaits: list[tuple[syntax.Call, Context, syntax.Function]] = []
        self.returns: dict[syntax.Function, list[syntax.Expression]] = {}
        self.parameters: dict[syntax.Function, dict[str, Binding]] = {}

    def function(self, code: syntax.Function) -> None:
        """Read a function."""
        outer_names, outer_code = self.names, self.code
        self.names, self.code = Names(outer_names), code
        self.returns[code] = []
        own = self.names.bindings
        outer = set() if self.javascript else set(outer_in(code.body))
        for name in (*bound_in_parameters(code), *bound_in(code.body, self.javascript)):
            if name not in outer:
                own.setdefault(name, Binding(name)).count += 1
        self.parameters[code] = {
            parameter.name: own[parameter.name] for parameter in code.parameters if parameter.name in own
        }
        for parameter in code.parameters:
            if parameter.default is not None:
                self.expression(parameter.default, keep(parameter.default))
        self.statements(code.body)
        self.names, self.code = outer_names, outer_code

    def statements(self, statements: Iterable[syntax.Statement]) -> None:
        """Read statements."""
        for statement in statements:
            self.statement(statement)

    def statement(self, node: object) -> None:
        """Read one statement."""
        if isinstance(node, syntax.Evaluate):
            self.expression(node.value, Context("discarded", of(node.value)))
        elif isinstance(node, syntax.Assign):
            self.expression(node, keep(node))
        elif isinstance(node, syntax.Return):
            if node.value is not None:
                assert self.code is not None
                self.returns[self.code].append(node.value)
                self.expression(node.value, Context("returned", of(node.value)))
        elif isinstance(node, syntax.If):
            self.expression(node.test, Context("tested", of(node.test)))
            self.statements((*node.body, *node.orelse))
        elif isinstance(node, syntax.While):
            self.statements(node.setup)
            if node.test is not None:
                self.expression(node.test, Context("tested", of(node.test)))
            self.statements((*node.body, *node.step))
        elif isinstance(node, syntax.For):
            self.expression(node.iterable, Context("iterated", of(node.iterable)))
            self.target(node.target, again=False)
            self.statements((*node.body, *node.orelse))
        elif isinstance(node, syntax.Try):
            self.statements(node.body)
            for handler in node.handlers:
                self.statements(handler.body)
            self.statements((*node.orelse, *node.final))
        elif isinstance(node, syntax.With):
            for item in node.items:
                self.expression(item.value, Context("entered", of(item.value)))
                if item.target is not None:
                    self.target(item.target, again=False)
            self.statements(node.body)
        elif isinstance(node, syntax.Switch):
            self.expression(node.subject, Context("compared", of(node.subject)))
            for case in node.cases:
                if case.guard is not None:
                    self.expression(case.guard, Context("tested", of(case.guard)))
                self.statements(case.body)
        elif isinstance(node, syntax.Block):
            self.statements(node.body)
        elif isinstance(node, syntax.Function):
            self.function(node)
        elif isinstance(node, syntax.Class):
            self.statements(node.body)
        elif isinstance(node, syntax.Raise):
            if node.value is not None:
                self.expression(node.value, keep(node.value))
        elif isinstance(node, syntax.Node):
            self.others(node)

    def others(self, node: syntax.Node) -> None:
        """Read what a node holds, of which nothing is known."""
        for inner in fields(node):
            self.anything(inner)

    def anything(self, found: object) -> None:
        if isinstance(found, tuple):
            for inner in found:
                self.anything(inner)
        elif isinstance(found, syntax.Function | syntax.Class):
            self.statement(found)
        elif isinstance(found, syntax.Node):
            self.expression(found, keep(found))

    def target(self, node: syntax.Expression, *, again: bool) -> None:
        """Read what is assigned to: the objects in it are looked at. ``again`` where that declares nothing."""
        if isinstance(node, syntax.Name):
            binding = self.names.find(node.id)
            if binding is not None and (again or node.id not in self.names.bindings):
                binding.count += 1
        elif isinstance(node, syntax.Member):
            self.expression(node.object, Context("read", of(node), node.name))
        elif isinstance(node, syntax.Index):
            self.expression(node.object, Context("read", of(node)))
            self.expression(node.index, keep(node.index))
        elif isinstance(node, syntax.Display):
            for item in node.items:
                self.target(item.value if isinstance(item, syntax.Spread) else item, again=again)
        elif isinstance(node, syntax.Mapping):
            for entry in node.entries:
                self.target(entry.value, again=again)
        elif isinstance(node, syntax.Assign):  # with a default
            for target in node.targets:
                self.target(target, again=again)
            if node.value is not None:
                self.expression(node.value, keep(node.value))

    def expression(self, node: object, context: Context) -> None:
        """Read an expression with whose value something is done."""
        if isinstance(node, syntax.Name):
            binding = self.names.find(node.id)
            if binding is not None:
                binding.reads.append(context)
        elif isinstance(node, syntax.Call):
            self.call(node, context)
        elif isinstance(node, syntax.Await):
            if isinstance(node.value, syntax.Call) and self.code is not None:
                self.awaits.append((node.value, context, self.code))
            self.expression(node.value, Context("awaited", of(node), outer=context))
        elif isinstance(node, syntax.Member):
            place = node.end - len(node.name.encode()), node.end
            self.expression(node.object, Context("read", place, node.name, slot=node.name, outer=context))
        elif isinstance(node, syntax.Index):
            key = node.index.value if isinstance(node.index, syntax.Const) else None
            slot = key if isinstance(key, str | int) else None
            self.expression(node.object, Context("read", of(node), slot=slot, outer=context))
            self.expression(node.index, keep(node.index))
        elif isinstance(node, syntax.Unary):
            self.expression(node.operand, Context(OF_UNARY.get(node.operator, "joined"), of(node)))
        elif isinstance(node, syntax.Binary):
            self.binary(node)
        elif isinstance(node, syntax.Logical):
            kind: Kind = "compared" if node.operator == "??" else "tested"
            self.expression(node.left, Context(kind, of(node.left), other=node.right))
            self.expression(node.right, context)
        elif isinstance(node, syntax.Conditional):
            self.expression(node.test, Context("tested", of(node.test)))
            self.expression(node.then, context)
            self.expression(node.other, context)
        elif isinstance(node, syntax.Template):
            for part in node.parts:
                self.expression(part, Context("joined", of(part)))
        elif isinstance(node, syntax.Display):
            for number, item in enumerate(node.items):
                inner = item.value if isinstance(item, syntax.Spread) else item
                spread = isinstance(item, syntax.Spread)
                found = (
                    Context("iterated", of(inner)) if spread else Context("put", of(inner), slot=number, outer=context)
                )
                self.expression(inner, found)
        elif isinstance(node, syntax.Mapping):
            for entry in node.entries:
                key = entry.key.value if isinstance(entry.key, syntax.Const) else None
                slot = key if isinstance(key, str | int) else None
                if entry.key is not None and not isinstance(entry.key, syntax.Const):
                    self.expression(entry.key, keep(entry.key))
                found = Context(
                    "put" if entry.key is not None else "unpacked", of(entry.value), slot=slot, outer=context
                )
                self.expression(entry.value, found)
        elif isinstance(node, syntax.Comprehension):
            for clause in node.clauses:
                self.expression(clause.iterable, Context("iterated", of(clause.iterable)))
                for condition in clause.conditions:
                    self.expression(condition, Context("tested", of(condition)))
            if node.key is not None:
                self.expression(node.key, keep(node.key))
            self.expression(node.element, Context("put", of(node.element), slot=EACH, outer=context))
        elif isinstance(node, syntax.Assign):
            self.assign(node, context)
        elif isinstance(node, syntax.Function | syntax.Class):
            self.statement(node)
        elif isinstance(node, syntax.Spread | syntax.Keyword):
            self.expression(node.value, keep(node.value))
        elif isinstance(node, syntax.Node):
            self.others(node)

    def binary(self, node: syntax.Binary) -> None:
        """Read an operator with two sides."""
        for side, other in ((node.left, node.right), (node.right, node.left)):
            if node.operator in ("in", "not in", "instanceof"):
                within = node.operator != "instanceof" and side is node.right
                self.expression(side, Context("iterated" if within and not self.javascript else "kept", of(side)))
            elif node.operator in COMPARING:
                self.expression(side, Context("compared", of(side), node.operator, other=other))
            else:
                self.expression(side, Context("joined", of(side)))

    def assign(self, node: syntax.Assign, context: Context) -> None:
        """Read an assignment: the variable stands for the value from now on."""
        for target in node.targets:
            self.target(target, again=self.javascript and node.declares is None)
        if node.value is None:
            return
        if node.operator not in ("=", ":="):
            self.expression(node.value, keep(node.value))
            return
        target = node.targets[0]
        if len(node.targets) == 1 and isinstance(target, syntax.Name):
            binding = self.names.find(target.id)
            found = Context("bound", of(node.value), target.id, binding=binding)
            self.expression(node.value, found if binding is not None else keep(node.value))
        elif isinstance(target, syntax.Display | syntax.Mapping):
            held = {slot: self.names.find(name) for slot, name in unpacked_by(target)}
            self.expression(node.value, Context("unpacked", of(node.value), held=held))
        else:
            self.expression(node.value, keep(node.value))

    def call(self, node: syntax.Call, context: Context) -> None:
        """Read a call."""
        assert self.code is not None
        self.calls.append((node, context, self.code))
        callee = node.callee
        if isinstance(callee, syntax.Member):
            place = callee.end - len(callee.name.encode()), callee.end
            called = Context("read", place, callee.name, called=True, call=node, outer=context)
            self.expression(callee.object, called)
        elif isinstance(callee, syntax.Function):
            self.function(callee)
        else:
            self.expression(callee, keep(callee))
        for position, argument in enumerate(node.arguments):
            if isinstance(argument, syntax.Keyword):
                named = Context("given", of(argument.value), argument.name or "", call=node, outer=context)
                self.expression(argument.value, named if argument.name else Context("unpacked", of(argument.value)))
            elif isinstance(argument, syntax.Spread):
                self.expression(argument.value, Context("iterated", of(argument.value)))
            else:
                given = Context("given", of(argument), call=node, position=position, outer=context)
                self.expression(argument, given)


OF_UNARY: Mapping[str, Kind] = {"not": "tested", "void": "awaited", "typeof": "kept"}
COMPARING = frozenset("== != === !== < > <= >= is".split()) | {"is not"}


def of(node: object) -> tuple[int, int]:
    """Where a node is written."""
    assert isinstance(node, syntax.Node | syntax.Function | syntax.Class)
    return node.start, node.end


def keep(node: object) -> Context:
    """Something is done with a value of which nothing is known."""
    return Context("kept", of(node))


def bound_in_parameters(code: syntax.Function) -> Iterator[str]:
    """The names that the parameters of a function bind."""
    for parameter in code.parameters:
        yield from bound_by(parameter.target)


def unpacked_by(target: syntax.Display | syntax.Mapping) -> Iterator[tuple[str | int, str]]:
    """The names that a pattern binds, each with the slot that it takes."""
    if isinstance(target, syntax.Display):
        for number, item in enumerate(target.items):
            if isinstance(item, syntax.Spread):
                return
            if isinstance(item, syntax.Name):
                yield number, item.id
    else:
        for entry in target.entries:
            if isinstance(entry.key, syntax.Const) and isinstance(entry.value, syntax.Name):
                key = entry.key.value
                if isinstance(key, str | int):
                    yield key, entry.value.id


def bound_by(target: object) -> Iterator[str]:
    """The names that a target binds."""
    if isinstance(target, syntax.Name):
        yield target.id
    elif isinstance(target, syntax.Display):
        for item in target.items:
            yield from bound_by(item.value if isinstance(item, syntax.Spread) else item)
    elif isinstance(target, syntax.Mapping):
        for entry in target.entries:
            yield from bound_by(entry.value)
    elif isinstance(target, syntax.Assign):
        for inner in target.targets:
            yield from bound_by(inner)


def bound_in(found: object, javascript: bool) -> Iterator[str]:
    """The names that code binds in its function; what stands in other functions binds in those."""
    if isinstance(found, syntax.Function | syntax.Class):
        if found.name:
            yield found.name
        return
    if isinstance(found, tuple):
        for inner in found:
            if isinstance(inner, syntax.Node | syntax.Function | syntax.Class | tuple):
                yield from bound_in(inner, javascript)
        return
    if isinstance(found, syntax.Assign):
        if not javascript or found.declares is not None:
            for target in found.targets:
                yield from bound_by(target)
    elif isinstance(found, syntax.For):
        yield from bound_by(found.target)
    elif isinstance(found, syntax.Handler | syntax.WithItem):
        yield from bound_by(found.name if isinstance(found, syntax.Handler) else found.target)
    elif isinstance(found, syntax.Import):
        yield from (name.local for name in found.names)
    if isinstance(found, syntax.Node):
        for inner in fields(found):
            if isinstance(inner, syntax.Node | tuple):
                yield from bound_in(inner, javascript)


def outer_in(found: object) -> Iterator[str]:
    """The names that code declares to be those of functions around it."""
    if isinstance(found, syntax.Outer):
        yield from found.names
    elif isinstance(found, tuple):
        for inner in found:
            yield from outer_in(inner)
    elif isinstance(found, syntax.If | syntax.For | syntax.While | syntax.Try | syntax.With):
        for part in fields(found):
            yield from outer_in(part)


def is_generator(code: syntax.Function) -> bool:
    """Whether a function yields: what an asynchronous one gives is then no coroutine."""
    return any(yields(statement) for statement in code.body)


def yields(found: object) -> bool:
    if isinstance(found, syntax.Yield):
        return True
    if isinstance(found, tuple):
        return any(yields(inner) for inner in found)
    return isinstance(found, syntax.Node) and any(yields(inner) for inner in fields(found))


class Awaited(NamedTuple):
    """A call that is awaited where it is written, and what is done with what that gives."""

    path: str
    context: Context
    code: syntax.Function
    body: Body


def parts(context: Context, slot: Slot) -> Iterator[tuple[Context, str]]:
    """What is done with a part of a value, given what is done with the whole; with the variable that holds it."""
    binding = context.binding
    if context.kind == "bound" and binding is not None:
        if binding.count == 1:
            for read in binding.reads:
                yield from (
                    [(read, binding.name)]
                    if slot is None
                    else [(found, binding.name) for found, _ in parts(read, slot)]
                )
    elif slot is None:
        yield context, ""
    elif context.kind == "read" and context.slot == slot and context.outer is not None and not context.called:
        yield context.outer, str(slot)
    elif context.kind == "unpacked" and context.held is not None:
        held = context.held.get(slot)
        if held is not None and held.count == 1:
            yield from ((read, held.name) for read in held.reads)


# Methods of arrays that call a function for each item.
OF_ARRAYS = frozenset("forEach map flatMap filter some every find findIndex findLast findLastIndex sort".split())


def is_called_back(node: syntax.Call) -> bool:
    """Whether a call gives an asynchronous function to what does not know of promises."""
    first = node.arguments[0] if node.arguments else None
    if not isinstance(first, syntax.Function) or not first.is_async:
        return False
    if node.new:
        return isinstance(node.callee, syntax.Name) and node.callee.id == "Promise"
    return isinstance(node.callee, syntax.Member) and node.callee.name in OF_ARRAYS


def catches(code: syntax.Function) -> bool:
    """Whether all that a function does stands in a ``try`` that catches."""
    done = [statement for statement in code.body if not is_harmless(statement)]
    return bool(done) and all(isinstance(statement, syntax.Try) and statement.handlers for statement in done)


def is_harmless(statement: object) -> bool:
    """Whether a statement only names something: it awaits nothing."""
    return isinstance(statement, syntax.Assign | syntax.Function | syntax.Class) and not awaits(statement)


def awaits(found: object) -> bool:
    """Whether code awaits something, other than in functions inside it."""
    if isinstance(found, syntax.Await):
        return True
    if isinstance(found, tuple):
        return any(awaits(inner) for inner in found)
    return isinstance(found, syntax.Node) and any(awaits(inner) for inner in fields(found))


def written_name(node: syntax.Expression) -> str:
    """The last name of an expression."""
    if isinstance(node, syntax.Name):
        return node.id
    if isinstance(node, syntax.Member):
        return node.name
    if isinstance(node, syntax.Call | syntax.Await):
        return written_name(node.callee if isinstance(node, syntax.Call) else node.value)
    return ""


CALLBACK = re.compile(r"cb|callback|done|next|resolve|fn")


def takes_callback(node: syntax.Call, targets: tuple[Value, ...]) -> bool:
    """Whether a function of a library is told whom to call when it is done, and so gives no promise."""
    last = node.arguments[-1] if node.arguments else None
    called_back = isinstance(last, syntax.Function) or (
        isinstance(last, syntax.Name) and CALLBACK.fullmatch(last.id) is not None
    )
    return called_back and any(isinstance(target, External) for target in targets)


class Reader:
    """Finds the calls that give a promise in functions that were run.

    Args:
        targets: what each call was seen to call; ``codes`` the functions.
        patterns: the paths of what gives one in libraries.
    """

    def __init__(
        self,
        targets: Mapping[Origin, tuple[Value, ...]],
        codes: Mapping[FunctionRef, Function],
        patterns: Iterable[str],
        span: Callable[[Origin], Span],
        handlers: frozenset[FunctionRef] = frozenset(),
    ) -> None:
        self.handlers = handlers
        self.targets = targets
        self.codes = codes
        self.span = span
        self.pattern = re.compile("|".join(f"(?:{pattern})" for pattern in (*OF_LANGUAGES, *patterns)))
        self.giving: dict[syntax.Function, bool] = {}
        self.matching: dict[str, bool] = {}
        self.bodies: dict[syntax.Function, Body] = {}  # by each function that they read
        self.references = {function.code: reference for reference, function in codes.items()}
        self.sites: dict[syntax.Function, list[Awaited]] = {}
        self.passing: dict[syntax.Function, list[syntax.Function]] = {}

    def read(self) -> list[Promised]:
        """All that is found, in order."""
        outermost = self.outermost()
        for function in outermost:
            self.body_of(function)
        for function in outermost:
            self.callers_in(function)
        found: list[Promised] = []
        for function in outermost:
            body = self.bodies[function.code]
            path = function.module.path
            for node, context, code in body.calls:
                targets = self.targets_of(path, node)
                if targets and self.is_promise(targets) and not takes_callback(node, targets):
                    found.append(self.promised(path, node, targets, context, code, body))
                elif body.javascript and targets and is_called_back(node):
                    found.append(self.called_back(path, node, targets, context, code, body))
        return found

    def called_back(
        self,
        path: str,
        node: syntax.Call,
        targets: tuple[Value, ...],
        context: Context,
        code: syntax.Function,
        body: Body,
    ) -> Promised:
        """A call that is given an asynchronous function."""
        callback = node.arguments[0]
        assert isinstance(callback, syntax.Function)
        callee = node.callee
        name = callee.name if isinstance(callee, syntax.Member) else "Promise"
        place = callback.start, callback.start + len("async")
        return Promised(
            self.span(Origin(path, *place)),
            name,
            self.references.get(code),
            targets,
            next((target.path for target in targets if isinstance(target, External)), None),
            False,
            tuple(self.uses(path, context, code, body, flat=False)),
            caught=catches(callback),
            callback=self.references.get(callback) or self.references.get(code),
            waits=any(awaits(statement) for statement in callback.body),
            on=written_name(callee.object) if isinstance(callee, syntax.Member) else "",
        )

    def outermost(self) -> list[Function]:
        """The functions that stand in no other one that was run."""
        by_path: dict[str, dict[syntax.Function, Function]] = {}
        for function in self.codes.values():
            by_path.setdefault(function.module.path, {})[function.code] = function
        found: list[Function] = []
        for path in sorted(by_path):
            end = -1
            for code in sorted(by_path[path], key=lambda code: (code.start, -code.end)):
                if code.end > end:
                    end = code.end
                    found.append(by_path[path][code])
        return found

    def body_of(self, function: Function) -> None:
        """Read a function that stands in no other."""
        made = Body(function.module.javascript)
        made.function(function.code)
        for code in made.returns:
            self.bodies[code] = made

    def callers_in(self, function: Function) -> None:
        """Note where the calls in a function lead whose results are awaited or passed on."""
        body, path = self.bodies[function.code], function.module.path
        for node, context, code in body.awaits:
            for target in self.targets_of(path, node):
                if isinstance(target, Function):
                    self.sites.setdefault(target.code, []).append(Awaited(path, context, code, body))
        for node, context, code in body.calls:
            if context.kind == "returned" and (body.javascript or not code.is_async):
                for target in self.targets_of(path, node):
                    if isinstance(target, Function):
                        self.passing.setdefault(target.code, []).append(code)

    def targets_of(self, path: str, node: syntax.Call) -> tuple[Value, ...]:
        """What a call was seen to call."""
        return self.targets.get(Origin(path, node.start, node.end), ())

    def is_promise(self, targets: tuple[Value, ...]) -> bool:
        """Whether all that a call was seen to call gives a promise."""
        return all(self.gives(target) for target in targets)

    def gives(self, target: Value) -> bool:
        """Whether calling something gives a coroutine or a promise."""
        if isinstance(target, External):
            known = self.matching.get(target.path)
            if known is None:
                known = self.matching[target.path] = self.pattern.fullmatch(target.path) is not None
            return known
        if not isinstance(target, Function) or any(
            name.rpartition(".")[2] not in HARMLESS for name in target.decorators
        ):
            return False
        code = target.code
        if code not in self.giving:
            self.giving[code] = False  # where it calls itself
            if code.is_async:
                self.giving[code] = not is_generator(code)
            else:
                returns = self.returns_of(code)
                path = target.module.path
                self.giving[code] = bool(returns) and all(self.is_given(path, value) for value in returns)
        return self.giving[code]

    def returns_of(self, code: syntax.Function) -> list[syntax.Expression]:
        """What a function that was run gives."""
        body = self.bodies.get(code)
        return body.returns[code] if body is not None else []

    def is_given(self, path: str, node: syntax.Expression) -> bool:
        """Whether an expression surely is a promise."""
        if isinstance(node, syntax.Conditional):
            return self.is_given(path, node.then) and self.is_given(path, node.other)
        if not isinstance(node, syntax.Call):
            return False
        if node.new:
            return isinstance(node.callee, syntax.Name) and node.callee.id == "Promise"
        if isinstance(node.callee, syntax.Member) and node.callee.name in FOLLOWING:
            return self.is_given(path, node.callee.object)
        targets = self.targets_of(path, node)
        return bool(targets) and self.is_promise(targets)

    def promised(
        self,
        path: str,
        node: syntax.Call,
        targets: tuple[Value, ...],
        context: Context,
        code: syntax.Function,
        body: Body,
    ) -> Promised:
        """A call that gives a promise, with what is done with it."""
        followed = caught = False
        while context.kind == "read" and context.name in FOLLOWING and context.called and context.outer is not None:
            followed = True
            if context.call is not None:
                handlers = len(context.call.arguments)
                caught = (
                    caught or (context.name == "catch" and handlers > 0) or (context.name == "then" and handlers > 1)
                )
            context = context.outer
        library = next((target.path for target in targets if isinstance(target, External)), None)
        callee = node.callee
        name = getattr(callee, "name", "") or getattr(callee, "id", "")
        uses = () if followed and context.kind != "discarded" else tuple(self.uses(path, context, code, body))
        return Promised(
            self.span(Origin(path, node.start, node.end)),
            name,
            self.references.get(code),
            targets,
            library,
            not body.javascript,
            uses,
            followed,
            caught,
        )

    def uses(
        self, path: str, context: Context, code: syntax.Function, body: Body, depth: int = 0, *, flat: bool = True
    ) -> Iterator[Usage]:
        """What is done with a promise, through the variable that holds it.

        ``flat`` where a promise of it, as an asynchronous function of JavaScript gives, is the same as itself.
        """
        binding = context.binding
        if context.kind == "bound" and binding is not None and depth == 0:
            if binding.count != 1:
                yield Usage("kept", self.span(Origin(path, *context.place)))
                return
            for read in binding.reads:
                for use in self.uses(path, read, code, body, 1, flat=flat):
                    yield use._replace(name=use.name or binding.name)
            if not binding.reads:
                yield Usage("discarded", self.span(Origin(path, *context.place)), binding.name)
            return
        yield self.usage(path, context)
        if context.kind == "returned" and code.is_async and not (body.javascript and flat):
            yield from self.later(code, None, set())
        within = context.outer
        is_part = context.kind == "put" and context.slot is not None
        if is_part and within is not None and within.kind == "returned" and code.is_async:
            yield from self.later(code, context.slot, set())

    def later(self, code: syntax.Function, slot: Slot, seen: set[syntax.Function]) -> Iterator[Usage]:
        """What the callers of a function that await it do with the result, or with a part of it."""
        if code in seen:
            return
        seen.add(code)
        reference = self.references.get(code)
        if reference in self.handlers:
            yield Usage("answered", reference.span, caller=reference)
        for site in self.sites.get(code, ()):
            if site.context.kind == "returned" and site.code.is_async:
                yield from self.later(site.code, slot, seen)
                continue
            for context, name in parts(site.context, slot):
                if context.kind == "returned" or (context.kind == "bound" and context.binding is None):
                    continue
                for use in self.uses(site.path, context, site.code, site.body, 1):
                    if use.kind != "returned":
                        yield use._replace(name=use.name or name, caller=self.references.get(site.code))
        for caller in self.passing.get(code, ()):
            yield from self.later(caller, slot, seen)

    def usage(self, path: str, context: Context) -> Usage:
        """What is done with a promise, as a noun. What is put into a literal is given to whom the literal is given."""
        whole = context
        while whole.kind == "put" and whole.outer is not None:
            whole = whole.outer
        if whole.kind == "given":
            context = whole._replace(place=context.place)
        constant = isinstance(context.other, syntax.Const) or (
            isinstance(context.other, syntax.Name) and context.other.id in ("undefined", "NaN")
        )
        targets: tuple[Value, ...] = ()
        parameter: int | str | None = None
        if context.kind == "given" and context.call is not None:
            targets = self.targets_of(path, context.call)
            parameter = context.name or context.position
        return Usage(
            context.kind,
            self.span(Origin(path, *context.place)),
            context.name if context.kind in ("read", "compared") else "",
            context.called,
            targets,
            parameter,
            constant,
        )


def link_promised(facts: Facts) -> tuple[Promised, ...]:
    """The calls that give a promise in all functions that were run: below routes, beside them, and at the start."""
    patterns = [pattern for pack in facts.book.packs for pattern in pack.promises]
    handlers = frozenset(function for _, function in facts.calls.entries)
    targets: dict[Origin, tuple[Value, ...]] = {}
    codes: dict[FunctionRef, Function] = {}
    for graph in (facts.calls_elsewhere, facts.calls):
        for place, found in graph.targets.items():
            targets[place] = (*targets.get(place, ()), *found)
        codes.update(graph.codes)
    return tuple(Reader(targets, codes, patterns, facts.program.engine.span, handlers).read())
