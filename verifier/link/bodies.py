"""What functions do with the values of their expressions, and with the variables that hold them.

A function is read once, with all functions that stand in it: each call with what is done with its result, each variable
with what is done where it is read. Nothing is run for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from verifier import syntax
from verifier.evaluate.passing import fields
from verifier.evaluate.values import Class, Function, Origin, Value

if TYPE_CHECKING:
    from verifier.link import Facts
    from verifier.model import FunctionRef

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
EACH = "[]"  # the slot of all items of a list


class Context(NamedTuple):
    """What is done with the value of an expression.

    Attributes:
        place: the word that does it, or the expression itself.
        name: of the attribute that is read, of the parameter that is given; the operator that compares or joins.
        called: whether the attribute that is read is called.
        call: the call that the value is given to; ``position`` the argument's place in it.
        slot: where in a literal it is put; the key by which it is read.
        other: what a comparison holds it against, or what an operator joins it with.
        outer: what is done with what contains the value, or with what is read of it.
        binding: the variable that holds it.
        held: the variables that it is taken apart into, by the slot.
        among: whether the expression may give another value instead: an arm of a conditional, the right of ``||``.
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
    among: bool = False


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


class Entered(NamedTuple):
    """The block of a ``with``: what is entered, the variable that it binds, where the block ends, and the function."""

    value: syntax.Expression
    binding: Binding | None
    end: int
    code: syntax.Function


class Body:
    """One function that stands in no other, read to its end, with all that stand in it.

    Attributes:
        calls: each call with what is done with its result, and the function that makes it.
        awaits: the same of each call that is awaited where it is written: what is done with the awaited result.
        returns: what each function gives, with the function.
        blocks: what is entered by ``with``.
    """

    def __init__(self, javascript: bool) -> None:
        self.javascript = javascript
        self.names = Names(None)
        self.code: syntax.Function | None = None
        self.calls: list[tuple[syntax.Call, Context, syntax.Function]] = []
        self.awaits: list[tuple[syntax.Call, Context, syntax.Function]] = []
        self.returns: dict[syntax.Function, list[syntax.Expression]] = {}
        self.blocks: list[Entered] = []

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
                binding = self.names.find(item.target.id) if isinstance(item.target, syntax.Name) else None
                if self.code is not None:
                    self.blocks.append(Entered(item.value, binding, node.end, self.code))
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
            self.expression(node.right, among(context))
        elif isinstance(node, syntax.Conditional):
            self.expression(node.test, Context("tested", of(node.test)))
            self.expression(node.then, among(context))
            self.expression(node.other, among(context))
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
                self.expression(side, Context("joined", of(side), node.operator, other=other))

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


def taken_contexts(context: Context) -> Iterator[Context]:
    """What is done with what a call gives, awaited or not: that of the one variable that holds it, where one does.

    A variable that may hold another value instead is left out: code may know which.
    """
    if context.kind == "awaited" and context.outer is not None:
        context = context.outer
    if context.kind != "bound" or context.binding is None:
        yield context
    elif context.binding.count == 1 and not context.among:
        yield from context.binding.reads


def among(context: Context) -> Context:
    """What is done with one of the values that an expression may give."""
    outer = among(context.outer) if context.kind == "awaited" and context.outer is not None else context.outer
    return context._replace(among=True, outer=outer)


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


class Seen(NamedTuple):
    """All functions that were run, below routes and beside them.

    Attributes:
        targets: what each call was seen to call.
        codes: the functions.
        bodies: the reading of each function that stands in no other.
        members: attributes that are read of objects of the project's classes: the class, by where it is written.
    """

    targets: Mapping[Origin, tuple[Value, ...]]
    codes: Mapping[FunctionRef, Function]
    bodies: Mapping[Function, Body]
    members: Mapping[Origin, Class]


def link_seen(facts: Facts) -> Seen:
    """Read all functions that were run."""
    targets: dict[Origin, tuple[Value, ...]] = {}
    codes: dict[FunctionRef, Function] = {}
    members: dict[Origin, Class] = {}
    for graph in (facts.calls_elsewhere, facts.calls):
        for place, found in graph.targets.items():
            targets[place] = (*targets.get(place, ()), *found)
        codes.update(graph.codes)
        members.update(graph.members)
    bodies: dict[Function, Body] = {}
    for function in outermost(codes.values()):
        made = bodies[function] = Body(function.module.javascript)
        made.function(function.code)
    return Seen(targets, codes, bodies, members)


def outermost(functions: Iterable[Function]) -> Iterator[Function]:
    """The functions that stand in no other one, in order."""
    by_path: dict[str, dict[syntax.Function, Function]] = {}
    for function in functions:
        by_path.setdefault(function.module.path, {})[function.code] = function
    for path in sorted(by_path):
        end = -1
        for code in sorted(by_path[path], key=lambda code: (code.start, -code.end)):
            if code.end > end:
                end = code.end
                yield by_path[path][code]
