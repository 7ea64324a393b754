"""Where parts of a request go: through variables, objects, arguments and results, until something looks at them.

A part is followed on the syntax tree, from the handler down, along the calls that were seen to be made. What is not
understood counts as a use: only a part that surely is handed on and never looked at is left over. Nothing is run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeAlias

from verifier import syntax
from verifier.evaluate import objects
from verifier.evaluate.passing import fields
from verifier.evaluate.values import Class, External, Function, ModuleValue, Native, Origin, Pending, Value
from verifier.regex import regex

DEEPEST = 24
MOST_RUNS = 400
# What gives a value of the same meaning: it is used where its result is.
CONVERSIONS = frozenset(
    "int str float bool String Number Boolean parseInt parseFloat min max abs list tuple set".split()
)
CONVERTING = frozenset("strip lower upper trim toLowerCase toUpperCase toString casefold".split())
TAKING = frozenset({"pop", "delete", "append", "set", "setdefault"})
# Of the result of a check: whether it is what was checked.
RESULTS = {"data": True, "value": True, "output": True, "error": False, "success": False, "issues": False}
WORD = regex(rb"[A-Za-z_$][\w$]*")


class Part:
    """One parameter of a request's query string, or (without a name) all of them.

    Attributes:
        origin: where it is read.
        used: whether anything looks at it.
        aside: whether it is taken out of what the rest goes on without.
        lost: the last function that it was handed to, and the parameter there.
        parts: of all of them, those that are read by name.
        open: whether all of them go where names cannot be seen.
    """

    __slots__ = ("aside", "depth", "lost", "name", "open", "origin", "parts", "used")

    def __init__(self, name: str, origin: Origin) -> None:
        self.name = name
        self.origin = origin
        self.used = False
        self.open = False
        self.aside = False
        self.depth = 0
        self.lost: tuple[Function, syntax.Parameter] | None = None
        self.parts: dict[str, Part] = {}

    def of(self, name: str, origin: Origin) -> Part:
        """The parameter of a name, read at a place."""
        return self.parts.setdefault(name, Part(name, origin))


# What a value carries: parts, each with the keys that lead to it.
Load: TypeAlias = frozenset[tuple[tuple[str, ...], Part]]
EMPTY: Load = frozenset()


class Names:
    """What the variables of a function carry, and those around it."""

    __slots__ = ("around", "fixed", "loads", "outer")

    def __init__(self, around: Names | None = None) -> None:
        self.around = around
        self.loads: dict[str, Load] = {}
        self.fixed: set[str] = set()  # parameters: what is put into them, the caller sees
        self.outer: set[str] = set()  # names that belong to the module

    def find(self, name: str) -> Names | None:
        """The variables among which a name is."""
        names: Names | None = self
        while names is not None:
            if name in names.loads:
                return names
            names = names.around
        return None

    def every(self) -> Iterator[tuple[str, Load]]:
        """All variables that carry something."""
        names: Names | None = self
        while names is not None:
            yield from ((name, load) for name, load in names.loads.items() if load)
            names = names.around


class Flow:
    """Follows parts of one request.

    ``targets`` are the functions and classes that each call was seen to call; ``reads`` the paths of libraries under
    which all parameters of the query string are found (``flask.request.args``); ``read`` gives a file's bytes.
    """

    def __init__(
        self,
        targets: Mapping[Origin, tuple[Value, ...]],
        reads: Iterable[str],
        everything: Part,
        read: Callable[[str], bytes],
        properties: frozenset[str],
    ) -> None:
        self.targets = targets
        self.reads = tuple(path.split(".") for path in reads)
        self.everything = everything
        self.checked = Part("", everything.origin)  # what some library made of all parameters
        self.read = read
        self.properties = properties
        self.declared: set[Part] = set()  # what no code reads by name, but a function takes as its parameter
        self.known: dict[object, tuple[Load, Load, object]] = {}
        self.closures: dict[syntax.Function, Names] = {}
        self.runs = 0
        self.depth = 0

    def declare(self, name: str, origin: Origin) -> Part:
        """A parameter of the query string that a function takes as its own."""
        part = self.everything.of(name, origin)
        self.declared.add(part)
        return part

    # Functions

    def run(self, function: Function, given: Mapping[str, Load], this: Load = EMPTY) -> tuple[Load, Load]:
        """What a function gives back for what its parameters carry, and what its own object carries in the end."""
        code = function.code
        if not (self.reads or this or code in self.closures or any(given.values())):
            return EMPTY, EMPTY  # nothing of the request comes here
        key = code, frozenset(given.items()), this
        found = self.known.get(key)
        if found is not None:
            return found[0], found[1]
        self.runs += 1
        if self.depth >= DEEPEST or self.runs > MOST_RUNS:
            for load in (*given.values(), this):
                self.use(load)
            return EMPTY, EMPTY
        self.known[key] = EMPTY, EMPTY, function
        self.depth += 1
        body = Body(self, function, Names(self.closures.get(code)))
        try:
            result = body.run(given, this)
        finally:
            self.depth -= 1
        self.known[key] = *result, function
        return result

    def result(self, target: Value, given: Mapping[str, Load]) -> Load:
        """What a function or class that a framework calls gives, for what its parameters carry."""
        if isinstance(target, Function):
            return self.run(target, given)[0]
        constructor = objects.find_constructor(target) if isinstance(target, Class) else None
        if constructor is not None and isinstance(target, Class):
            return self.run(constructor.bind(target), given)[1]
        return frozenset(((name, *path), part) for name, load in given.items() for path, part in load)

    def use(self, load: Load) -> None:
        """Something looks at what a value carries."""
        for _, part in load:
            part.used = True
            if part in (self.everything, self.checked):
                self.everything.open = True

    def taken(self, load: Load, name: str, origin: Origin) -> Load:
        """What an entry of a value carries; a parameter itself that is taken apart is used."""
        found: set[tuple[tuple[str, ...], Part]] = set()
        for path, part in load:
            if path:
                if path[0] == name:
                    found.add((path[1:], part))
            elif part is self.checked and name in RESULTS:
                if RESULTS[name]:
                    found.add(((), self.everything))
            elif part in (self.everything, self.checked):
                found.add(((), self.everything.of(name, origin)))
            else:
                part.used = True
        return frozenset(found)


class Body:
    """Reads the body of one function."""

    def __init__(self, flow: Flow, function: Function, names: Names) -> None:
        self.flow = flow
        self.function = function
        self.names = names
        self.path = function.module.path
        self.javascript = function.module.javascript
        self.returned: Load = EMPTY
        self.constructs = False

    def run(self, given: Mapping[str, Load], this: Load) -> tuple[Load, Load]:
        """Read the body with what the parameters carry."""
        code = self.function.code
        self.constructs = code.name in ("__init__", "constructor")
        own = "this"
        if not self.javascript and self.function.bound is not None and not code.static and code.parameters:
            own = code.parameters[0].name
        if self.javascript and code.kind == "arrow":
            own = ""
        if own:
            self.names.loads[own] = this | given.get(own, EMPTY)
        for parameter in code.parameters:
            if parameter.name != own or not parameter.name:
                load = given.get(parameter.name, EMPTY) if parameter.name else given.get(f"@{parameter.start}", EMPTY)
                self.bind(parameter.target, load, declares=True)
                self.names.fixed.add(parameter.name)
                if parameter.default is not None:
                    self.value(parameter.default)
        while True:  # what is put into an object, a line before may read in the next round
            before = {name: load for name, load in self.names.loads.items() if load}
            self.statements(code.body)
            if before == {name: load for name, load in self.names.loads.items() if load}:
                break
        return self.returned, self.names.loads.get(own, EMPTY) if own else EMPTY

    def origin(self, node: syntax.Place) -> Origin:
        return Origin(self.path, node.start, node.end)

    # Statements

    def statements(self, body: Iterable[syntax.Statement]) -> None:
        """Read statements in order."""
        for statement in body:
            self.statement(statement)

    def statement(self, node: syntax.Statement) -> None:
        """Read a statement."""
        if isinstance(node, syntax.Evaluate):
            self.value(node.value)
        elif isinstance(node, syntax.Assign):
            self.assign(node)
        elif isinstance(node, syntax.Return):
            if node.value is not None:
                self.returned |= self.value(node.value)
        elif isinstance(node, syntax.Block):
            self.statements(node.body)
        elif isinstance(node, syntax.Try):
            self.statements(node.body)
            for handler in node.handlers:
                self.statements(handler.body)
            self.statements(node.orelse)
            self.statements(node.final)
        elif isinstance(node, syntax.If):
            self.flow.use(self.value(node.test))
            self.statements(node.body)
            self.statements(node.orelse)
        elif isinstance(node, syntax.With):
            for item in node.items:
                self.flow.use(self.value(item.value))
                if item.target is not None:
                    self.bind(item.target, EMPTY, declares=True)
            self.statements(node.body)
        elif isinstance(node, syntax.Function):
            self.inner(node)
        elif isinstance(node, syntax.Outer):
            self.names.outer.update(node.names)
        elif isinstance(node, syntax.Class | syntax.Opaque):
            self.use_words(node)
        else:
            self.look_at(node)

    def look_at(self, node: object) -> None:
        """Read a node of which each part is looked at: a loop, a choice of cases, an operation."""
        if isinstance(node, tuple):
            for item in node:
                self.look_at(item)
        elif isinstance(node, syntax.Function):
            self.inner(node)
        elif isinstance(node, syntax.Class | syntax.Opaque):
            self.use_words(node)
        elif isinstance(node, STATEMENTS):
            self.statement(node)
        elif isinstance(node, syntax.For | syntax.While | syntax.Switch | syntax.Case | syntax.Handler):
            for part in fields(node):
                self.look_at(part)
        elif isinstance(node, syntax.Node):
            self.flow.use(self.value(node))  # type: ignore[arg-type]

    def use_words(self, node: syntax.Place) -> None:
        """Source that is not understood uses each variable that it names."""
        words = set(WORD.findall(self.flow.read(self.path), node.start, node.end))
        for name, load in self.names.every():
            if name.encode() in words:
                self.flow.use(load)

    def inner(self, node: syntax.Function) -> None:
        """A function inside this one, which may be called at any time."""
        self.flow.closures[node] = self.names
        made = Function(node, self.function.scope, self.function.module, bound=self.function.bound)
        body = Body(self.flow, made, Names(self.names))
        for parameter in node.parameters:
            body.bind(parameter.target, EMPTY, declares=True)
        before: Load | None = None
        while before != body.returned:
            before = body.returned
            body.statements(node.body)
        self.flow.use(body.returned)

    # Variables

    def assign(self, node: syntax.Assign) -> Load:
        """An assignment; what it gives."""
        if node.value is None:
            return EMPTY
        load = self.value(node.value)
        if node.operator != "=":
            self.flow.use(load)
            for target in node.targets:
                self.flow.use(self.value(target))
            return EMPTY
        for target in node.targets:
            self.bind(target, load, declares=node.declares is not None or not self.javascript)
        return load

    def bind(self, target: syntax.Expression, load: Load, *, declares: bool) -> None:
        """Give a target what a value carries."""
        if isinstance(target, syntax.Name):
            holder = self.names if declares else self.names.find(target.id)
            if target.id in self.names.outer or holder is None:
                self.flow.use(load)
            else:
                holder.loads[target.id] = holder.loads.get(target.id, EMPTY) | load
        elif isinstance(target, syntax.Mapping):
            self.take_apart(target, load, declares)
        elif isinstance(target, syntax.Assign):
            if target.value is not None:
                load |= self.value(target.value)
            self.bind(target.targets[0], load, declares=declares)
        elif isinstance(target, syntax.Spread):
            self.bind(target.value, load, declares=declares)
        elif isinstance(target, syntax.Display):
            self.flow.use(load)
            for item in target.items:
                self.bind(item, EMPTY, declares=declares)
        elif isinstance(target, syntax.Member):
            self.put(target.object, target.name, load)
        elif isinstance(target, syntax.Index) and isinstance(target.index, syntax.Const):
            self.put(target.object, str(target.index.value), load)
        else:
            self.flow.use(load)
            self.look_at(target)

    def put(self, holder: syntax.Expression, key: str, load: Load) -> None:
        """Put something into an object: one that was made here, or that is being constructed, keeps it."""
        if isinstance(holder, syntax.Name) and load:
            names = self.names.find(holder.id)
            own = holder.id == "this" or (
                bool(self.function.code.parameters) and holder.id == self.function.code.parameters[0].name
            )
            kept = self.constructs if own else names is not None and holder.id not in names.fixed
            if names is not None and kept:
                added = frozenset(((key, *path), part) for path, part in load if len(path) < DEEPEST)
                names.loads[holder.id] |= added
                return
        self.flow.use(load)

    def take_apart(self, target: syntax.Mapping, load: Load, declares: bool) -> None:
        """``{ a, b: c, ...rest } = value``."""
        names: set[str] = set()
        rest_goes_on = any(entry.key is None for entry in target.entries)
        for entry in target.entries:
            if entry.key is None:
                rest = frozenset((path, part) for path, part in load if not path or path[0] not in names)
                self.bind(entry.value, rest, declares=declares)
            elif isinstance(entry.key, syntax.Const):
                name = str(entry.key.value)
                names.add(name)
                taken = self.flow.taken(load, name, self.origin(entry))
                for _, part in taken:
                    part.aside = part.aside or rest_goes_on
                self.bind(entry.value, taken, declares=declares)
            else:
                self.flow.use(load)
                self.bind(entry.value, EMPTY, declares=declares)

    # Expressions

    def value(self, node: syntax.Expression | syntax.Spread | syntax.Keyword) -> Load:
        """What an expression carries."""
        if isinstance(node, syntax.Name):
            return self.name(node)
        if isinstance(node, syntax.Const | syntax.Pattern):
            return EMPTY
        if isinstance(node, syntax.Member):
            return self.member(node)
        if isinstance(node, syntax.Index):
            holder = self.value(node.object)
            if isinstance(node.index, syntax.Const):
                return self.flow.taken(holder, str(node.index.value), self.origin(node))
            self.flow.use(holder)
            self.look_at(node.index)
            return EMPTY
        if isinstance(node, syntax.Call):
            return self.call(node)
        if isinstance(node, syntax.Await | syntax.Spread | syntax.Keyword):
            return self.value(node.value)
        if isinstance(node, syntax.Mapping):
            return self.mapping(node)
        if isinstance(node, syntax.Conditional):
            self.flow.use(self.value(node.test))
            return self.value(node.then) | self.value(node.other)
        if isinstance(node, syntax.Logical):
            left, right = self.value(node.left), self.value(node.right)
            if node.operator != "and":
                return left | right
            self.flow.use(left)
            return right
        if isinstance(node, syntax.Assign):
            return self.assign(node)
        if isinstance(node, syntax.Function):
            self.inner(node)
            return EMPTY
        if isinstance(node, syntax.Class | syntax.Opaque):
            self.use_words(node)
            return EMPTY
        for part in fields(node):
            self.look_at(part)
        return EMPTY

    def name(self, node: syntax.Name) -> Load:
        """What a variable carries, or something of a library that leads to the request."""
        names = self.names.find(node.id)
        if names is not None:
            return names.loads[node.id]
        if not self.flow.reads:
            return EMPTY
        scope = self.function.scope.find(node.id)
        found = scope.names[node.id] if scope is not None else None
        for _ in range(8):
            if not isinstance(found, Pending):
                break
            found = found.resolve()
        if not isinstance(found, External | ModuleValue) or isinstance(found, ModuleValue):
            return EMPTY
        own = found.path.split(".")
        return frozenset(
            (tuple(path[len(own) :]), self.flow.everything) for path in self.flow.reads if path[: len(own)] == own
        )

    def member(self, node: syntax.Member) -> Load:
        """``object.name``."""
        holder = self.value(node.object)
        if not holder:
            return EMPTY
        if node.name in self.flow.properties and not any(path and path[0] == node.name for path, _ in holder):
            whole = (self.flow.everything, self.flow.checked)
            self.flow.use(frozenset(found for found in holder if found[1] not in whole))
        return self.flow.taken(holder, node.name, self.origin(node))

    def mapping(self, node: syntax.Mapping) -> Load:
        """An object literal or a dict."""
        found: set[tuple[tuple[str, ...], Part]] = set()
        for entry in node.entries:
            load = self.value(entry.value)
            if entry.key is None:
                found.update(load)
            elif isinstance(entry.key, syntax.Const):
                found.update(((str(entry.key.value), *path), part) for path, part in load if len(path) < DEEPEST)
            else:
                self.flow.use(load)
                self.look_at(entry.key)
        return frozenset(found)

    # Calls

    def call(self, node: syntax.Call) -> Load:
        """A call: of functions of the project, which are read in turn, or of something else, which looks at all."""
        targets = self.flow.targets.get(self.origin(node), ())
        callee = node.callee
        if len(targets) > 1 and isinstance(callee, syntax.Name) and self.names.find(callee.id) is None:
            targets = self.known(callee.id, targets)
        if targets and all(isinstance(target, Function | Class) for target in targets):
            receiver = EMPTY
            if isinstance(callee, syntax.Member):
                receiver = self.value(callee.object)
            elif not isinstance(callee, syntax.Name):
                self.look_at(callee)
            arguments = [(argument, self.value(argument)) for argument in node.arguments]
            found: Load = EMPTY
            for target in targets:
                if isinstance(target, Function):
                    found |= self.function_call(target, arguments, receiver)
                elif isinstance(target, Class):
                    found |= self.construction(target, arguments)
            return found
        return self.outside_call(node, targets)

    def known(self, name: str, targets: tuple[Value, ...]) -> tuple[Value, ...]:
        """The one of several targets that a variable around this very function holds, as that of a wrapper does."""
        scope = self.function.scope.find(name)
        held = scope.names[name] if scope is not None else None
        if isinstance(held, Function):
            return tuple(target for target in targets if isinstance(target, Function) and target.code is held.code)
        return targets

    def outside_call(self, node: syntax.Call, targets: tuple[Value, ...]) -> Load:
        """A call of something that cannot be read. What is made of all parameters still holds them all."""
        callee, flow = node.callee, self.flow
        receiver, name = EMPTY, ""
        if isinstance(callee, syntax.Member):
            receiver, name = self.value(callee.object), callee.name
        elif isinstance(callee, syntax.Name):
            receiver, name = self.value(callee), callee.id
        else:
            self.look_at(callee)
        first = node.arguments[0] if node.arguments else None
        word = first.value if isinstance(first, syntax.Const) and isinstance(first.value, str) else None
        if isinstance(callee, syntax.Member) and word is not None:
            asked = frozenset((path[1:], part) for path, part in receiver if path and path[0] == f"{name}({word})")
            if asked:
                return asked
            if ((name,), flow.everything) in receiver:
                return frozenset({((), flow.everything.of(word, self.origin(node)))})
        arguments = [self.value(argument) for argument in node.arguments]
        whole = any(not path and part in (flow.everything, flow.checked) for path, part in receiver)
        if isinstance(callee, syntax.Member) and receiver and word is not None and (whole or name == "get"):
            for load in arguments:
                flow.use(load)
            taken = flow.taken(receiver, word, self.origin(node))
            if name in TAKING:  # it may be read for nothing but to be taken away
                flow.use(taken)
            return taken
        natives = all(isinstance(target, Native) for target in targets)
        if isinstance(callee, syntax.Name) and name in CONVERSIONS and natives:
            return frozenset(found for load in arguments for found in load)
        if isinstance(callee, syntax.Member) and name in CONVERTING and all(not path for path, _ in receiver):
            return receiver
        result: Load = EMPTY
        for place, load in enumerate((receiver, *arguments)):
            for path, part in load:
                if part in (flow.everything, flow.checked) and not path:
                    result = frozenset({((), flow.checked)})
                elif place or part is not flow.everything:  # its own methods do not look at all of a request
                    flow.use(frozenset({(path, part)}))
        return result

    def function_call(
        self, target: Function, arguments: list[tuple[syntax.Expression | syntax.Spread | syntax.Keyword, Load]],
        receiver: Load,
    ) -> Load:  # fmt: skip
        """A call of a function of the project."""
        code = target.code
        parameters = list(code.parameters)
        if not target.module.javascript and target.bound is not None and not code.static:
            parameters = parameters[1:]
        given = self.given(target, parameters, arguments)
        method = code.kind != "arrow" and (target.bound is not None or target.module.javascript)
        if receiver and not method:
            self.flow.use(receiver)
        returned, _ = self.flow.run(target, given, receiver if method else EMPTY)
        return returned

    def construction(
        self, cls: Class, arguments: list[tuple[syntax.Expression | syntax.Spread | syntax.Keyword, Load]]
    ) -> Load:
        """A new object of a class of the project, with what its attributes carry."""
        constructor = objects.find_constructor(cls)
        if constructor is not None:
            bound = constructor.bind(cls)
            parameters = list(constructor.code.parameters)
            if not constructor.module.javascript:
                parameters = parameters[1:]
            given = self.given(bound, parameters, arguments)
            _, this = self.flow.run(bound, given)
            added = {
                parameter.name: given[parameter.name]
                for parameter in parameters
                if parameter.field and given.get(parameter.name)
            }
            return this | frozenset(((name, *path), part) for name, load in added.items() for path, part in load)
        names = objects.declared_fields(cls)
        looks = any(
            isinstance(member, Function)
            and (member.code.decorators or member.code.name.startswith(("__post", "model_")))
            for ancestor in cls.lineage()
            if isinstance(ancestor, Class)
            for member in ancestor.members.values()
        )
        found: set[tuple[tuple[str, ...], Part]] = set()
        for place, (argument, load) in enumerate(arguments):
            key: str | None = None
            if isinstance(argument, syntax.Keyword):
                key = argument.name
                if key is None:
                    found.update(load)
                    continue
            elif not isinstance(argument, syntax.Spread) and place < len(names):
                key = names[place]
            if key is None or key not in names or looks:
                self.flow.use(load)
            else:
                found.update(((key, *path), part) for path, part in load if len(path) < DEEPEST)
        return frozenset(found)

    def given(
        self,
        target: Function,
        parameters: list[syntax.Parameter],
        arguments: list[tuple[syntax.Expression | syntax.Spread | syntax.Keyword, Load]],
    ) -> dict[str, Load]:
        """What the parameters of a function are given; what goes nowhere that can be named is used."""
        given: dict[str, Load] = {}
        by_name = {parameter.name: parameter for parameter in parameters if parameter.name}
        open_ = False
        place = 0
        for argument, load in arguments:
            parameter: syntax.Parameter | None = None
            if isinstance(argument, syntax.Spread):
                open_ = True
                self.flow.use(load)
                continue
            if isinstance(argument, syntax.Keyword):
                if argument.name is None:
                    for name, one in by_name.items():
                        passed = self.flow.taken(frozenset(f for f in load if f[0]), name, self.origin(argument))
                        self.hand(target, one, passed, given)
                    rest = frozenset(f for f in load if not f[0] or f[0][0] not in by_name)
                    self.flow.use(rest)
                    continue
                parameter = by_name.get(argument.name)
                if parameter is not None and parameter.kind in ("rest", "keywords", "positional"):
                    parameter = None
            elif not open_ and place < len(parameters) and parameters[place].kind in ("plain", "positional"):
                parameter = parameters[place]
                place += 1
            if parameter is None:
                self.flow.use(load)
            else:
                self.hand(target, parameter, load, given)
        return given

    def hand(self, target: Function, parameter: syntax.Parameter, load: Load, given: dict[str, Load]) -> None:
        """Give a parameter what it is passed."""
        if not load:
            return
        key = parameter.name or f"@{parameter.start}"
        given[key] = given.get(key, EMPTY) | load
        for _, part in load:
            if part not in (self.flow.everything, self.flow.checked) and self.flow.depth >= part.depth:
                part.lost, part.depth = (target, parameter), self.flow.depth


STATEMENTS = (
    syntax.Evaluate, syntax.Assign, syntax.Return, syntax.Block, syntax.Try, syntax.If, syntax.With, syntax.Outer,
)  # fmt: skip
