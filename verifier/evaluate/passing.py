"""Whether a function may call a function that it is given: where ``next`` may be called, and with what.

    may_call(engine, handler, 2, harmless=errors_only)

It is the parameter's place that counts, not its name. Where a use is not understood, the answer is yes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, TypeAlias

from verifier import syntax
from verifier.evaluate import access
from verifier.evaluate.frames import Frame
from verifier.evaluate.values import Const, Function, Instance, Native, Value, options, text_of
from verifier.regex import regex

if TYPE_CHECKING:
    from verifier.evaluate.interpreter import Engine

DEEPEST = 4

# Whether a call of the function does not count, given its arguments and the names that surely hold an error there.
Harmless: TypeAlias = Callable[[tuple[syntax.Expression, ...], frozenset[str]], bool]


def never(arguments: tuple[syntax.Expression, ...], errors: frozenset[str]) -> bool:
    """Each call counts."""
    return False


def errors_only(arguments: tuple[syntax.Expression, ...], errors: frozenset[str]) -> bool:
    """Calls with an error do not count: ``next(error)`` leads to the error handlers.

    ``next()``, ``next(null)`` and the words ``route`` and ``router`` pass the request on.
    """
    if len(arguments) != 1:
        return False
    given = arguments[0]
    if isinstance(given, syntax.Const):
        return bool(given.value) and given.value not in ("route", "router")
    if isinstance(given, syntax.Name):
        return given.id in errors
    if isinstance(given, syntax.Call):
        return given.new or ERROR.search(dotted(given.callee)) is not None
    if isinstance(given, syntax.Logical) and given.operator == "or":
        return errors_only((given.right,), errors)
    return isinstance(given, syntax.Mapping)


ERROR = regex(r"err|exception|boom", re.IGNORECASE)


def dotted(node: syntax.Expression) -> str:
    """``a.b.c`` as text."""
    if isinstance(node, syntax.Member):
        return f"{dotted(node.object)}.{node.name}"
    return node.id if isinstance(node, syntax.Name) else ""


def may_call(engine: Engine, function: Function, place: int, *, harmless: Harmless = never, depth: int = 0) -> bool:
    """Whether a function may call its argument at a place, or hand it to code that may."""
    code = function.code
    parameter: syntax.Parameter | None = None
    for number, found in enumerate(code.parameters):
        if number == place or (found.kind == "rest" and number <= place):
            parameter = found
            break
    if parameter is None:
        return code.kind != "arrow" and any(name.id == "arguments" for name in names_in(code.body))
    if not parameter.name:
        return True
    data = engine.project.files[function.module.path].data[parameter.end : code.end]
    if re.search(rb"\b" + re.escape(parameter.name.encode()) + rb"\b", data) is None:
        return False
    skipped = place - code.parameters.index(parameter) if parameter.kind == "rest" else None
    reader = Reader(engine, function, parameter.name, skipped, harmless, depth)
    return reader.any(code.body, frozenset(made_errors(code.body)))


def always_calls(function: Function, place: int) -> bool:
    """Whether a function surely calls its argument at a place, whichever way it takes through its statements."""
    parameters = function.code.parameters
    name = parameters[place].name if place < len(parameters) and parameters[place].kind == "plain" else ""
    return bool(name) and surely_calls(function.code.body, name)


def calls_first(function: Function, place: int) -> bool:
    """Whether a function calls its argument at a place before it looks at the others, as what handles errors does."""
    names = [parameter.name for parameter in function.code.parameters if parameter.kind == "plain"]
    if place >= len(names) or not names[place]:
        return False
    statements = list(function.code.body)
    while statements:
        first = statements.pop(0)
        if isinstance(first, syntax.Try):
            statements = list(first.body)
        elif isinstance(first, syntax.Assign | syntax.Evaluate | syntax.Return):
            if is_call_of(first.value, names[place]):
                return True
            if isinstance(first, syntax.Return) or any(found.id in names for found in names_in(first)):
                return False
        else:
            return False
    return False


def surely_calls(statements: Iterable[syntax.Statement], name: str) -> bool:
    """Whether each way through some statements calls a variable."""
    for statement in statements:
        if isinstance(statement, syntax.Evaluate | syntax.Return) and is_call_of(statement.value, name):
            return True
        if isinstance(statement, syntax.Return | syntax.Raise):
            return False
        if isinstance(statement, syntax.If):
            ways = [(branch, surely_calls(branch, name)) for branch in (statement.body, statement.orelse)]
            if all(calls for _, calls in ways):
                return True
            if any(leaves(branch) and not calls for branch, calls in ways):
                return False
        elif isinstance(statement, syntax.Try) and surely_calls(statement.body, name):
            return True
    return False


def is_call_of(value: object, name: str) -> bool:
    """Whether an expression calls a variable: ``next()``, ``await next()``, ``next().then(...)``."""
    while isinstance(value, syntax.Await):
        value = value.value
    if not isinstance(value, syntax.Call):
        return False
    if isinstance(value.callee, syntax.Member):
        return is_call_of(value.callee.object, name)
    return isinstance(value.callee, syntax.Name) and value.callee.id == name


def leaves(statements: Iterable[syntax.Statement]) -> bool:
    """Whether one of some statements ends the function."""
    return any(
        isinstance(statement, syntax.Return | syntax.Raise)
        or (isinstance(statement, syntax.If) and (leaves(statement.body) or leaves(statement.orelse)))
        for statement in statements
    )


def fields(node: syntax.Node) -> Iterator[object]:
    """What a node holds."""
    for name in node.__struct_fields__:
        yield getattr(node, name)


def names_in(found: object) -> Iterator[syntax.Name]:
    """All names that are read in some code, inner functions too."""
    if isinstance(found, syntax.Name):
        yield found
    elif isinstance(found, syntax.Function):
        yield from names_in(found.body)
    elif isinstance(found, syntax.Node):
        for inner in fields(found):
            yield from names_in(inner)
    elif isinstance(found, tuple):
        for inner in found:
            yield from names_in(inner)


def made_errors(statements: Iterable[object]) -> Iterator[str]:
    """Variables that are made by ``new``: ``const error = new Error("not found")``."""
    for statement in statements:
        if isinstance(statement, syntax.Assign):
            value, target = statement.value, statement.targets[0]
            if isinstance(target, syntax.Name) and isinstance(value, syntax.Call) and value.new:
                yield target.id
        elif isinstance(statement, syntax.If):
            yield from made_errors((*statement.body, *statement.orelse))
        elif isinstance(statement, syntax.Try):
            yield from made_errors((*statement.body, *statement.final))


def tested(test: syntax.Expression) -> frozenset[str]:
    """Names that surely hold something where a condition is met: ``if (error)``, ``if (error && ...)``."""
    if isinstance(test, syntax.Name):
        return frozenset({test.id})
    if isinstance(test, syntax.Logical) and test.operator == "and":
        return tested(test.left) | tested(test.right)
    return frozenset()


class Reader:
    """Looks for uses of one variable in the body of a function.

    ``item`` is set where the variable is a list of arguments (``...args``): the place in it that is looked for.
    """

    def __init__(
        self, engine: Engine, function: Function, name: str, item: int | None, harmless: Harmless, depth: int
    ) -> None:
        self.engine = engine
        self.function = function
        self.name = name
        self.item = item
        self.harmless = harmless
        self.depth = depth

    def is_it(self, node: object) -> bool:
        """Whether an expression is the function that is looked for; one of some arguments may be."""
        if self.item is None:
            return isinstance(node, syntax.Name) and node.id == self.name
        if (
            not isinstance(node, syntax.Index)
            or not isinstance(node.object, syntax.Name)
            or node.object.id != self.name
        ):
            return False
        return not isinstance(node.index, syntax.Const) or node.index.value == self.item

    def is_other(self, node: object) -> bool:
        """Whether an expression is an argument before or behind the one that is looked for."""
        if self.item is None or not isinstance(node, syntax.Index):
            return False
        return isinstance(node.object, syntax.Name) and node.object.id == self.name and not self.is_it(node)

    def any(self, found: object, errors: frozenset[str]) -> bool:
        """Whether some code uses the variable in a way that counts."""
        if isinstance(found, tuple):
            return any(self.any(inner, errors) for inner in found)
        if isinstance(found, syntax.Function):
            if any(parameter.name == self.name for parameter in found.parameters):
                return False
            return self.any(found.body, errors | frozenset(made_errors(found.body)))
        if isinstance(found, syntax.Name):
            return found.id == self.name
        if self.is_other(found):
            return False
        if isinstance(found, syntax.Call):
            return self.call(found, errors)
        if isinstance(found, syntax.If):
            return (
                self.any(found.test, errors)
                or self.any(found.body, errors | tested(found.test))
                or self.any(found.orelse, errors)
            )
        if isinstance(found, syntax.Conditional):
            return (
                self.any(found.test, errors)
                or self.any(found.then, errors | tested(found.test))
                or self.any(found.other, errors)
            )
        if isinstance(found, syntax.Logical) and found.operator == "and":
            return self.any(found.left, errors) or self.any(found.right, errors | tested(found.left))
        if isinstance(found, syntax.Handler):
            caught = {found.name.id} if isinstance(found.name, syntax.Name) else set()
            return self.any(found.body, errors | caught)
        if isinstance(found, syntax.Class):
            return any(name.id == self.name for name in names_in(found.body))
        if isinstance(found, syntax.Node):
            return any(self.any(inner, errors) for inner in fields(found))
        return False

    def call(self, node: syntax.Call, errors: frozenset[str]) -> bool:
        """Whether a call counts: of the variable, or of something that is given it."""
        callee = node.callee
        arguments = tuple(
            argument.value if isinstance(argument, syntax.Spread | syntax.Keyword) else argument
            for argument in node.arguments
        )
        if self.is_it(callee):
            return not self.harmless(arguments, errors) or any(self.any(argument, errors) for argument in arguments)
        if self.any(callee, errors):
            return True
        for place, argument in enumerate(arguments):
            if self.is_it(argument):
                if self.handed(callee, place):
                    return True
            elif self.item is not None and isinstance(argument, syntax.Name) and argument.id == self.name:
                if not isinstance(node.arguments[place], syntax.Spread) or self.handed(callee, place + self.item):
                    return True
            elif self.any(argument, errors | self.rejected(callee, place, argument)):
                return True
        return False

    def rejected(self, callee: syntax.Expression, place: int, argument: syntax.Expression) -> frozenset[str]:
        """The name of the error in ``promise.catch(error => ...)``."""
        if not self.takes_errors(callee, place) or not isinstance(argument, syntax.Function) or not argument.parameters:
            return frozenset()
        return frozenset({argument.parameters[0].name})

    @staticmethod
    def takes_errors(callee: syntax.Expression, place: int) -> bool:
        """Whether a function at a place is called with an error: ``catch(f)``, ``then(g, f)``."""
        return isinstance(callee, syntax.Member) and (callee.name, place) in (("catch", 0), ("then", 1))

    def handed(self, callee: syntax.Expression, place: int) -> bool:
        """Whether code that is given the variable may call it in a way that counts."""
        if self.takes_errors(callee, place):
            caught = (syntax.Name(0, 0, "error"),)
            return not self.harmless(caught, frozenset({"error"}))
        if self.depth >= DEEPEST:
            return True
        target = self.value_of(callee)
        if target is None:
            return True
        found = options(target)
        return not all(
            isinstance(option, Function)
            and not may_call(self.engine, option, place, harmless=self.harmless, depth=self.depth + 1)
            for option in found
        )

    def value_of(self, node: syntax.Expression) -> Value | None:
        """What a name or member that is called stands for, as far as it needs no running."""
        if isinstance(node, syntax.Name):
            if node.id == "this":
                return self.function.bound
            scope = self.function.scope.find(node.id)
            return self.engine.force(scope.names[node.id]) if scope is not None else None
        if isinstance(node, syntax.Const):
            return Const(node.value)
        if isinstance(node, syntax.Member | syntax.Index):
            holder = self.value_of(node.object)
            name = node.name if isinstance(node, syntax.Member) else text_of(self.value_of(node.index))
            if holder is None or name is None or isinstance(holder, Native):
                return None
            if isinstance(holder, Instance) and not holder.built:
                return None
            return access.member(self.engine, holder, name, node, Frame(self.function.module, self.function.scope))
        return None
