"""Whether middleware may refuse a request, as far as its text tells.

    may_refuse(engine, middleware, 2)

Middleware that goes on to the next one on every way, and raises nothing, refuses none: what it does with the request on
the way (who is it from? how long does it take?) is no guard. Where a use is not understood, the answer is yes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TypeAlias

from verifier import syntax
from verifier.evaluate.passing import Reader, fields, names_in, never
from verifier.evaluate.values import Choice, Const, External, Function, Record, Unknown, Value, options, truth
from verifier.regex import regex

if TYPE_CHECKING:
    from verifier.evaluate.interpreter import Engine

DEEPEST = 4
MOST_STEPS = 5_000

# What code that is not seen checks and raises an error for, going by its name.
STRICT = regex(
    r"(?i)verif|authent|authori[sz]|assert|ensure|require|guard|protect|csrf|permission|reject|den[yi]|forbid"
)
# Functions that call one that they are given, and with it go on.
RUNNERS = frozenset({"run", "setTimeout", "setImmediate", "nextTick", "queueMicrotask"})
# The method of a context that raises an error.
THROW = "throw"
# Methods of a response that answer nothing by themselves.
QUIET = frozenset(
    "cookie clearCookie getHeader getHeaders hasHeader header headers removeHeader setCookie then trailer type".split()
)
LOGS = frozenset({"debug", "error", "info", "log", "trace", "warn"})


Ends: TypeAlias = int
"""How the ways through some code end: one bit for each of the following."""
NONE = 0
PAST = 1
"""Goes on behind it."""
ON = 2
"""Has passed the request on."""
LEFT = 4
"""Has returned."""
REFUSED = 8
"""Has answered, or passed on an error."""
RAISED = 16
"""Has raised an error of its own."""
PASSED = 32
"""Has passed on the error that it had caught."""
RISK = 64
"""No end: something was called on the way that may raise."""


class Steps:
    """How many more statements and calls are looked at, in all functions together."""

    def __init__(self) -> None:
        self.left = MOST_STEPS

    def take(self) -> None:
        """Count one.

        Raises:
            RecursionError: there are none left.
        """
        self.left -= 1
        if self.left < 0:
            raise RecursionError


def may_refuse(engine: Engine, function: Function, place: int | None, answer: int | None = None) -> bool:
    """Whether middleware may refuse a request.

    Args:
        place: which of its parameters passes the request on when it is called. None where the request goes on when the
            function returns, unless it has used the response, which is the parameter at ``answer``.
    """
    names = engine.naming.get(function.code)
    if names is None:
        found = (*function.code.body, *(parameter.default for parameter in function.code.parameters))
        names = engine.naming[function.code] = tuple(sorted({name.id for name in names_in(found)}))
    key = function.code, place, answer, closure(function, names)
    known = engine.refusing.get(key)
    if known is None:
        try:
            known = refuses(engine, function, place, answer, 0, Steps()), function
        except RecursionError:
            known = True, function
        engine.refusing[key] = known
    return known[0]


def closure(function: Function, names: tuple[str, ...]) -> object:
    """What the variables around a function hold that may decide what it does; values that are alike are the same."""
    held: list[object] = [id(function.bound)]
    for name in names:
        scope = function.scope.find(name)
        if scope is not None and scope is not function.module.scope:
            held.append((name, alike(scope.names[name])))
    return tuple(held)


def alike(value: Value, depth: int = 0) -> object:
    """The same for two values that middleware cannot tell apart."""
    if isinstance(value, Const):
        return type(value.value), value.value
    if isinstance(value, Unknown):
        return None
    if isinstance(value, External):
        return value.path
    if isinstance(value, Choice) and depth < DEEPEST:
        return tuple(alike(option, depth + 1) for option in value.options)
    if isinstance(value, Record) and depth < DEEPEST:
        return value.complete, tuple((key, alike(entry, depth + 1)) for key, entry in value.entries.items())
    if isinstance(value, Function):
        return value.code, id(value.scope), id(value.bound)
    return id(value)


def refuses(
    engine: Engine, function: Function, place: int | None, answer: int | None, depth: int, steps: Steps
) -> bool:
    """The same, for a function that such a function calls."""
    parameters = function.code.parameters
    for wanted in (place, answer):
        if any(found.kind == "rest" for found in parameters[: (wanted or 0) + 1]):
            return True
    following = parameters[place].name if place is not None and place < len(parameters) else ""
    if place is not None and not following:
        return True
    response = parameters[answer].name if answer is not None and answer < len(parameters) else ""
    ends = Ways(engine, function, following, response, depth, steps).of(function.code.body, frozenset())
    missing = PAST | LEFT if following else NONE
    return bool(ends & (REFUSED | RAISED | missing))


def raises(engine: Engine, function: Function, depth: int, steps: Steps) -> bool:
    """Whether a function may raise an error of its own, which is remembered. One that asks for itself does not."""
    key = function.code, id(function.scope), id(function.bound)
    known = engine.raising.get(key)
    if known is not None:
        return known[0]
    engine.raising[key] = False, function
    try:
        ends = Ways(engine, function, "", "", depth, steps).of(function.code.body, frozenset())
    except RecursionError:
        del engine.raising[key]
        raise
    engine.raising[key] = bool(ends & RAISED), function
    return bool(ends & RAISED)


class Ways:
    """Reads the body of one function.

    Attributes:
        following: the variable that passes the request on.
        response: the variable whose use answers.
        tainted: variables that depend on the request.
        inner: functions that the body gives a name.
        own: all variables of the body.
    """

    def __init__(
        self, engine: Engine, function: Function, following: str, response: str, depth: int, steps: Steps
    ) -> None:
        self.engine = engine
        self.function = function
        self.following = following
        self.response = response
        self.depth = depth
        self.steps = steps
        self.reader = Reader(engine, function, "", None, never, depth)
        parameters = [name.id for found in function.code.parameters for name in names_in(found.target)]
        self.parameters = frozenset(parameters)
        self.tainted = {name for name in parameters if name != following}
        self.own = set(parameters)
        self.inner: dict[str, syntax.Function] = {}
        self.running: list[syntax.Function] = []
        for node in declared_in(function.code.body):
            if isinstance(node, syntax.Function):
                self.own.add(node.name)
                self.inner[node.name] = node
            else:
                self.own.update(name.id for target in node.targets for name in names_in(target))
                target = node.targets[0]
                if isinstance(node.value, syntax.Function) and isinstance(target, syntax.Name):
                    self.inner[target.id] = node.value

    # Statements

    def of(self, statements: Iterable[syntax.Statement], caught: frozenset[str]) -> Ends:
        """The ends of statements, one after the other; ``caught`` are the variables that hold a caught error."""
        ends = PAST
        for statement in statements:
            if not ends & PAST:
                break
            self.steps.take()
            ends = ends & ~PAST | self.statement(statement, caught)
        return ends

    def statement(self, node: syntax.Statement, caught: frozenset[str]) -> Ends:
        """The ends of one statement."""
        if isinstance(node, syntax.Evaluate):
            return self.expression(node.value, caught, bare=True)
        if isinstance(node, syntax.Assign):
            return self.expression(node, caught)
        if isinstance(node, syntax.Return):
            ends = self.expression(node.value, caught, bare=True)
            return ends & ~PAST | LEFT if ends & PAST else ends
        if isinstance(node, syntax.Raise):
            again = isinstance(node.value, syntax.Name) and node.value.id in caught
            return PASSED if again else RAISED
        if isinstance(node, syntax.If):
            return self.branch(node.test, (node.body, node.orelse), caught)
        if isinstance(node, syntax.Try):
            return self.attempt(node, caught)
        if isinstance(node, syntax.For | syntax.While):
            head = node.iterable if isinstance(node, syntax.For) else node.test
            return self.expression(head, caught) | self.of(node.body, caught) | PAST
        if isinstance(node, syntax.Switch):
            ends = self.expression(node.subject, caught)
            if all(case.values for case in node.cases):
                ends |= PAST
            else:
                ends &= ~PAST
            for case in node.cases:
                ends |= self.of(case.body, caught)
            return ends
        if isinstance(node, syntax.Block):
            return self.of(node.body, caught)
        return PAST

    def branch(
        self, test: syntax.Expression, ways: tuple[tuple[syntax.Statement, ...], ...], caught: frozenset[str]
    ) -> Ends:
        """``if``: both ways, or the one that is taken for certain."""
        ends = self.expression(test, caught)
        if not ends & PAST:
            return ends
        holds = self.decided(test)
        taken = ways if holds is None else (ways[0] if holds else ways[1],)
        ends &= ~PAST
        for way in taken:
            ends |= self.of(way, caught)
        return ends

    def attempt(self, node: syntax.Try, caught: frozenset[str]) -> Ends:
        """``try``: an error that its body may raise goes to the handler, and what that passes on goes further."""
        ends = self.of(node.body, caught)
        for handler in node.handlers[:1]:
            names = {handler.name.id} if isinstance(handler.name, syntax.Name) else set()
            ends = self.handled(ends, self.of(handler.body, caught | names))
        if node.final:
            last = self.of(node.final, caught)
            ends = ends | last & ~PAST if last & PAST else last
        return ends

    @staticmethod
    def handled(ends: Ends, handler: Ends) -> Ends:
        """The ends of code whose errors a handler gets."""
        if not ends & (RAISED | RISK):
            return ends
        if not handler & ~(PASSED | RISK):  # the handler is as good as none
            return ends
        return ends & ~(RAISED | RISK) | handler & ~PASSED

    # Expressions

    def expression(self, node: object, caught: frozenset[str], *, bare: bool = False) -> Ends:
        """The ends of an expression; ``bare`` where nothing takes its value."""
        if isinstance(node, syntax.Name | syntax.Const) or not isinstance(node, syntax.Node | tuple):
            return PAST
        if isinstance(node, syntax.Await):
            ends = self.expression(node.value, caught, bare=bare)
            return ends | RISK if ends & PAST else ends
        if isinstance(node, syntax.Call):
            return self.call(node, caught, bare=bare)
        if isinstance(node, syntax.Conditional):
            value = (syntax.Evaluate(node.then.start, node.then.end, node.then),)
            other = (syntax.Evaluate(node.other.start, node.other.end, node.other),)
            return self.branch(node.test, (value, other), caught)
        if isinstance(node, syntax.Logical):
            ends, holds = self.expression(node.left, caught), self.decided(node.left)
            if holds is not None and node.operator != "??" and holds != (node.operator == "and"):
                return ends
            right = self.expression(node.right, caught, bare=bare)
            return ends | right if holds is None or node.operator == "??" else ends & ~PAST | right
        if isinstance(node, syntax.Assign):
            ends = self.expression(node.value, caught)
            if node.value is not None and self.depends(node.value):
                self.tainted.update(name.id for target in node.targets for name in names_in(target))
            return ends
        ends = PAST
        for inner in fields(node) if isinstance(node, syntax.Node) else node:
            ends = ends & ~PAST | self.expression(inner, caught)
            if not ends & PAST:
                break
        return ends

    def call(self, node: syntax.Call, caught: frozenset[str], *, bare: bool) -> Ends:
        """The ends of a call."""
        self.steps.take()
        callee, arguments = node.callee, tuple(map(plain, node.arguments))
        if isinstance(callee, syntax.Name) and callee.id == self.following and self.following:
            return self.going_on(arguments, caught)
        if isinstance(callee, syntax.Member) and callee.name in ("then", "catch", "finally"):
            return self.promise(callee, arguments, caught)
        if isinstance(callee, syntax.Function):
            return self.callback(callee, caught)
        if isinstance(callee, syntax.Name) and callee.id in self.inner:
            return self.callback(self.inner[callee.id], caught)
        ends = self.expression(callee, caught)
        if ends & ON and not ends & PAST:  # authenticate("jwt", (error, user) => next())(request, response)
            return ends
        for argument in arguments:
            if isinstance(argument, syntax.Function):
                if self.uses(argument):
                    ends = ends & ~PAST | self.callback(argument, caught, first_is_error=True)
            elif not self.is_following(argument):
                ends = ends & ~PAST | self.expression(argument, caught)
            if not ends & PAST:
                return ends
        return ends & ~PAST | self.outcome(node, arguments, bare=bare)

    def going_on(self, arguments: tuple[syntax.Expression, ...], caught: frozenset[str]) -> Ends:
        """``next()``, or ``next(error)``."""
        if not arguments:
            return ON
        given = arguments[0]
        if isinstance(given, syntax.Name) and given.id in caught:
            return PASSED
        nothing = isinstance(given, syntax.Const) and given.value is None
        return ON if nothing or (isinstance(given, syntax.Name) and given.id == "undefined") else REFUSED

    def promise(self, callee: syntax.Member, arguments: tuple[syntax.Expression, ...], caught: frozenset[str]) -> Ends:
        """``promise.then(f, g)``, ``promise.catch(g)``, ``promise.finally(f)``."""
        ends = self.expression(callee.object, caught) | RISK
        done = arguments[:1] if callee.name != "catch" else ()
        failed = arguments[1:2] if callee.name == "then" else arguments[:1] if callee.name == "catch" else ()
        for function in done:
            if ends & PAST:
                ends = ends & ~PAST | self.given(function, caught)
        for function in failed:
            if self.is_following(function):
                ends = self.handled(ends, PASSED)
            else:
                ends = self.handled(ends, self.given(function, caught, first_is_error=True, passes=True))
        return ends

    def given(
        self, function: syntax.Expression, caught: frozenset[str], *, first_is_error: bool = False, passes: bool = False
    ) -> Ends:
        """What calling an argument does."""
        if self.is_following(function):
            return ON
        if isinstance(function, syntax.Name) and function.id in self.inner:
            function = self.inner[function.id]
        if isinstance(function, syntax.Function):
            return self.callback(function, caught, first_is_error=first_is_error, passes=passes)
        return self.expression(function, caught)

    def callback(
        self, function: syntax.Function, caught: frozenset[str], *, first_is_error: bool = False, passes: bool = False
    ) -> Ends:
        """The ends of the body of an inner function that is called. An error handed to it counts as caught."""
        if function in self.running or len(self.running) > DEEPEST:
            return REFUSED
        first = function.parameters[0].name if function.parameters else ""
        if first_is_error and (passes or ERROR.fullmatch(first)):
            caught = caught | {first}
        for found in function.parameters:
            self.tainted.update(name.id for name in names_in(found.target))
        self.running.append(function)
        ends = self.of(function.body, caught)
        self.running.pop()
        if ends & LEFT:
            ends = ends & ~LEFT | PAST
        if ends & PASSED and not passes:
            ends = ends & ~PASSED | ON
        return ends

    def outcome(self, node: syntax.Call, arguments: tuple[syntax.Expression, ...], *, bare: bool) -> Ends:
        """What the function that is called does itself."""
        callee = node.callee
        name = (
            callee.name if isinstance(callee, syntax.Member) else callee.id if isinstance(callee, syntax.Name) else ""
        )
        handed = next((place for place, found in enumerate(arguments) if self.is_following(found)), None)
        root = root_of(callee)
        if self.response and root == self.response and name not in QUIET and not node.new:
            return REFUSED
        answering = next((place for place, found in enumerate(arguments) if is_name(found, self.response)), None)
        if root in self.parameters and isinstance(callee, syntax.Member) and handed is None and answering is None:
            direct = isinstance(callee.object, syntax.Name)
            if direct and name == THROW:
                return RAISED
            strict = name == "assert" or (bare and STRICT.search(name) is not None)
            return RAISED | PAST if direct and strict else PAST
        functions = self.functions(callee) if self.depth < DEEPEST and not node.new else None
        if functions is None:
            if handed is not None:
                return ON if name in RUNNERS else REFUSED
            if answering is not None and name not in LOGS:
                return REFUSED
            if STRICT.search(name) is not None and not node.new and self.depends(arguments):
                return RAISED | PAST
            return PAST | RISK if self.depends(arguments) and not (bare and name in LOGS) else PAST
        below = self.depth + 1
        if handed is not None or answering is not None:
            if any(refuses(self.engine, found, handed, answering, below, self.steps) for found in functions):
                return REFUSED
            return ON if handed is not None else PAST
        if self.depends(arguments) and any(raises(self.engine, found, below, self.steps) for found in functions):
            return RAISED | PAST
        return PAST

    # Variables

    def functions(self, callee: syntax.Expression) -> list[Function] | None:
        """The project's functions that are called; None where that is not known."""
        target = self.value_of(callee)
        found = options(target) if target is not None else ()
        functions = [option for option in found if isinstance(option, Function)]
        return functions if functions and len(functions) == len(found) else None

    def value_of(self, node: syntax.Expression) -> Value | None:
        """What a name or member stands for, where it is none of the function's own variables."""
        return None if root_of(node) in self.own else self.reader.value_of(node)

    def decided(self, test: syntax.Expression) -> bool | None:
        """Whether a condition holds that the request does not decide."""
        if isinstance(test, syntax.Unary) and test.operator == "not":
            holds = self.decided(test.operand)
            return None if holds is None else not holds
        if isinstance(test, syntax.Logical) and test.operator != "??":
            sides = (self.decided(test.left), self.decided(test.right))
            ending = test.operator == "or"
            return ending if ending in sides else None if None in sides else not ending
        if isinstance(test, syntax.Binary) and test.operator in ("==", "===", "!=", "!=="):
            left, right = self.value_of(test.left), self.value_of(test.right)
            if not isinstance(left, Const) or not isinstance(right, Const):
                return None
            return (left.value == right.value) == (test.operator[0] == "=")
        if isinstance(test, syntax.Name | syntax.Member):
            value = self.value_of(test)
            return truth(value) if value is not None else None
        return None

    def depends(self, found: object) -> bool:
        """Whether some code reads what depends on the request."""
        return any(name.id in self.tainted for name in names_in(found))

    def uses(self, function: syntax.Function) -> bool:
        """Whether an inner function passes the request on or answers it."""
        wanted = {self.following, self.response} - {""}
        return any(name.id in wanted or name.id in self.inner for name in names_in(function))

    def is_following(self, node: object) -> bool:
        """Whether an expression is the function that passes the request on."""
        return is_name(node, self.following)


ERROR = regex(r"_?(?:e|err|error|exception|failure|reason)", re.IGNORECASE)


def is_name(node: object, name: str) -> bool:
    """Whether an expression is a variable."""
    return bool(name) and isinstance(node, syntax.Name) and node.id == name


def plain(argument: syntax.Expression | syntax.Spread | syntax.Keyword) -> syntax.Expression:
    """An argument without its dots or name."""
    return argument.value if isinstance(argument, syntax.Spread | syntax.Keyword) else argument


def root_of(node: object) -> str | None:
    """The name at the beginning of ``name.a(b).c``."""
    while isinstance(node, syntax.Member | syntax.Index | syntax.Call | syntax.Await):
        if isinstance(node, syntax.Call):
            node = node.callee
        else:
            node = node.value if isinstance(node, syntax.Await) else node.object
    return node.id if isinstance(node, syntax.Name) else None


def declared_in(found: object) -> Iterator[syntax.Assign | syntax.Function]:
    """What some code declares: its variables and functions, not those inside these functions."""
    if isinstance(found, tuple):
        for inner in found:
            yield from declared_in(inner)
    elif isinstance(found, syntax.Function):
        if found.name:
            yield found
    elif isinstance(found, syntax.Assign):
        if found.declares is not None:
            yield found
    elif isinstance(found, syntax.If | syntax.For | syntax.While | syntax.Try | syntax.Switch | syntax.Block):
        for inner in fields(found):
            yield from declared_in(inner)
    elif isinstance(found, syntax.Handler | syntax.Case):
        yield from declared_in(found.body)
