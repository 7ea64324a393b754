"""What a function leaves to itself: errors that nobody catches, promises that nobody waits for, answers thrown away."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, NamedTuple

from verifier import syntax
from verifier.evaluate.passing import Reader, fields, names_in, never
from verifier.evaluate.refusing import ERROR, Steps, is_name, raises, root_of
from verifier.evaluate.values import Function, Origin, options
from verifier.syntax import nodes_in

if TYPE_CHECKING:
    from verifier.evaluate.interpreter import Engine

WAITING = frozenset("then catch finally".split())
# Methods that call what they are given before they return.
AT_ONCE = frozenset(
    "every filter find findIndex findLast flatMap forEach map reduce reduceRight replace replaceAll some sort".split()
)
LATER = frozenset("setTimeout setImmediate setInterval nextTick queueMicrotask".split())

# What nobody catches


def uncaught(function: Function) -> tuple[Origin, ...]:
    """What is awaited or raised in an asynchronous function, and whose failure nothing in it catches."""
    if not function.code.is_async:
        return ()
    found: list[Origin] = []
    path = function.module.path

    def look(node: object, *, safe: bool) -> None:
        if isinstance(node, tuple):
            for inner in node:
                look(inner, safe=safe)
        elif isinstance(node, syntax.Function | syntax.Class):
            return
        elif isinstance(node, syntax.Try):
            look(node.body, safe=safe or bool(node.handlers))
            look((*node.orelse, *node.final), safe=safe)
        elif isinstance(node, syntax.Await):
            if not safe and not is_caught(node.value):
                found.append(Origin(path, node.start, node.end))
            look(node.value, safe=safe)
        elif isinstance(node, syntax.Raise):
            if not safe:
                found.append(Origin(path, node.start, node.end))
        elif isinstance(node, syntax.Node):
            for inner in fields(node):
                look(inner, safe=safe)

    look(function.code.body, safe=False)
    return tuple(found)


def is_caught(value: object) -> bool:
    """Whether a promise has its failure handled: ``promise.catch(f)``, ``promise.then(f, g)``."""
    if not isinstance(value, syntax.Call):
        return True  # a variable, whose promise may be handled elsewhere
    callee = value.callee
    if isinstance(callee, syntax.Member):
        if callee.name == "catch" or (callee.name == "then" and len(value.arguments) > 1):
            return True
        if callee.name == "allSettled":
            return True
        if callee.name in WAITING:
            return is_caught(callee.object)
    return False


def raises_own(engine: Engine, function: Function, place: Origin) -> bool:
    """Whether code at a place raises an error of the project's own, or calls a function of the project that does."""
    node = next((one for one in nodes_in(function.code.body) if (one.start, one.end) == (place.start, place.end)), None)
    if isinstance(node, syntax.Raise):
        return True
    value = node.value if isinstance(node, syntax.Await) else None
    if not isinstance(value, syntax.Call):
        return False
    called = Reader(engine, function, "", None, never, 0).value_of(value.callee)
    return any(
        isinstance(option, Function) and raises(engine, option, 0, Steps())
        for option in (options(called) if called is not None else ())
    )


def is_guarded(function: Function, start: int, end: int) -> bool:
    """Whether a failure at a place in a function is caught there: by a ``try`` around it, or a ``.catch`` behind."""

    def look(node: object, *, safe: bool) -> bool | None:
        if isinstance(node, tuple):
            for inner in node:
                answer = look(inner, safe=safe)
                if answer is not None:
                    return answer
            return None
        if isinstance(node, syntax.Function | syntax.Class):
            return look(node.body, safe=safe)
        if not isinstance(node, syntax.Node):
            return None
        if not (node.start <= start and end <= node.end) and not isinstance(node, syntax.Handler | syntax.Case):
            return None
        if isinstance(node, syntax.Try):
            answer = look(node.body, safe=safe or bool(node.handlers))
            return answer if answer is not None else look((node.handlers, node.orelse, node.final), safe=safe)
        if isinstance(node, syntax.Call) and isinstance(node.callee, syntax.Member):
            handles = node.callee.name == "catch" or (node.callee.name == "then" and len(node.arguments) > 1)
            if handles and node.callee.object.start <= start and end <= node.callee.object.end:
                return True
        if (node.start, node.end) == (start, end):
            return safe
        for inner in fields(node):
            answer = look(inner, safe=safe)
            if answer is not None:
                return answer
        return safe

    return look(function.code.body, safe=False) is True


def parses_blindly(function: Function, variable: str) -> bool:
    """Whether a function gives a text to ``JSON.parse``, and looks at the text for nothing else before."""
    parsed = 0
    for node in nodes_in(function.code.body):
        if not isinstance(node, syntax.Call) or not isinstance(node.callee, syntax.Member):
            continue
        if node.callee.name == "parse" and is_name(node.callee.object, "JSON"):
            parsed += sum(name.id == variable for name in names_in(node.arguments))
    return parsed > 0 and parsed == sum(name.id == variable for name in names_in(function.code.body))


# What nobody waits for


class Late(NamedTuple):
    """A use of a variable in a callback for which the function does not wait; ``call`` is what is given it."""

    place: Origin
    call: Origin


def answered_late(
    function: Function, variable: str, attributes: Collection[str], methods: Collection[str] = ()
) -> tuple[Late, ...]:
    """Assignments to attributes of a variable, and calls of its methods, that come after the function has ended.

    None where the function does so by itself as well, or hands the variable on.
    """
    found: list[Late] = []
    path = function.module.path
    seen: set[int] = set()
    for statement in statements_in(function.code.body):
        value = statement.value if isinstance(statement, syntax.Evaluate) else None
        if not isinstance(value, syntax.Call):
            continue
        for callback in callbacks(value):
            for node in nodes_in(callback.body):
                if is_answer(node, variable, attributes, methods) and id(node) not in seen:
                    seen.add(id(node))
                    found.append(Late(Origin(path, node.start, node.end), Origin(path, value.start, value.end)))
    if not found:
        return ()
    for node in nodes_in(function.code.body):
        if is_answer(node, variable, attributes, methods) and id(node) not in seen:
            return ()
        if isinstance(node, syntax.Return | syntax.Await) and is_name(node.value, variable):
            return ()
        if isinstance(node, syntax.Call) and any(is_name(argument, variable) for argument in node.arguments):
            return ()
    return tuple(found)


def is_answer(node: object, variable: str, attributes: Collection[str], methods: Collection[str]) -> bool:
    """Whether some code sets one of some attributes of a variable, or calls one of its methods."""
    if isinstance(node, syntax.Assign):
        targets = [target for target in node.targets if isinstance(target, syntax.Member)]
        return any(is_name(target.object, variable) and target.name in attributes for target in targets)
    if isinstance(node, syntax.Call) and isinstance(node.callee, syntax.Member):
        return node.callee.name in methods and root_of(node.callee) == variable
    return False


def callbacks(call: syntax.Call) -> Iterator[syntax.Function]:
    """Functions that a call is given and that surely run after it has returned."""
    callee = call.callee
    while isinstance(callee, syntax.Member) and callee.name in WAITING:
        for argument in call.arguments:
            if isinstance(argument, syntax.Function):
                yield argument
        if not isinstance(callee.object, syntax.Call):
            return
        call, callee = callee.object, callee.object.callee
    name = callee.name if isinstance(callee, syntax.Member) else callee.id if isinstance(callee, syntax.Name) else ""
    for argument in call.arguments:
        if not isinstance(argument, syntax.Function) or name in AT_ONCE:
            continue
        first = argument.parameters[0].name if argument.parameters else ""
        if name in LATER or (ERROR.fullmatch(first) and argument is call.arguments[-1]):
            yield argument


def statements_in(found: object) -> Iterator[syntax.Statement]:
    """The statements of a function, those in branches and loops too; not those of functions inside it."""
    if isinstance(found, tuple):
        for inner in found:
            yield from statements_in(inner)
    elif isinstance(found, syntax.Handler | syntax.Case):
        yield from statements_in(found.body)
    elif isinstance(found, syntax.Evaluate | syntax.Assign | syntax.Return | syntax.Raise):
        yield found
    elif isinstance(found, syntax.If | syntax.For | syntax.While | syntax.Try | syntax.Switch | syntax.Block):
        for inner in fields(found):
            yield from statements_in(inner)


def discarded(function: Function, variable: str, methods: Collection[str]) -> tuple[Origin, ...]:
    """Calls of methods of a variable as statements: what they give is thrown away."""
    path = function.module.path
    found: list[Origin] = []
    for statement in statements_in(function.code.body):
        value = statement.value if isinstance(statement, syntax.Evaluate) else None
        while isinstance(value, syntax.Await):
            value = value.value
        if not isinstance(value, syntax.Call) or not isinstance(value.callee, syntax.Member):
            continue
        if value.callee.name in methods and is_name(value.callee.object, variable):
            found.append(Origin(path, value.start, value.end))
    return tuple(found)


def unawaited(function: Function, variable: str) -> tuple[Origin, ...]:
    """Calls of a variable as statements, in an asynchronous function, that nothing waits for."""
    path = function.module.path
    return tuple(
        Origin(path, statement.value.start, statement.value.end)
        for statement in statements_in(function.code.body)
        if isinstance(statement, syntax.Evaluate)
        and isinstance(statement.value, syntax.Call)
        and is_name(statement.value.callee, variable)
    )
