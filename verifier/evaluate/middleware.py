"""What a guard, hook or middleware function does, as far as its text tells."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from verifier import syntax
from verifier.evaluate.frames import BudgetError
from verifier.evaluate.values import Function, Record, Value

if TYPE_CHECKING:
    from verifier.evaluate.interpreter import Engine

STEPS_FOR_MIDDLEWARE = 20_000


def held_as(function: Function) -> str | None:
    """The name by which a module holds a function that was written without one, inside a call: ``x = wrap(() => ...)``.

    A module's default export is known by its file.
    """
    from verifier.evaluate.routing import innermost

    state = function.module
    held = dict(state.scope.names)
    module = held.pop("module", None)
    whole = module.entries.get("exports") if isinstance(module, Record) else None
    if isinstance(whole, Record):
        held.update({str(key): value for key, value in whole.entries.items()})
    elif whole is not None:
        held["*default*"] = whole
    for name, value in held.items():
        if isinstance(value, Function) and function.code in (value.code, innermost(value).code):
            return file_name(state.path) if name in ("*default*", "default") else name
    return None


def file_name(path: str) -> str:
    """A module, as a reader would name it."""
    found = PurePosixPath(path)
    return found.parent.name if found.stem in ("index", "__init__") and found.parent.name else found.stem


def only_call(function: Function) -> str | None:
    """The name of what a function calls, where it does nothing else: ``(request) => request.verify()``."""
    statements = function.code.body
    if len(statements) == 1 and isinstance(statements[0], syntax.Try):
        statements = statements[0].body
    if len(statements) != 1:
        return None
    value = value_of(statements[0])
    if not isinstance(value, syntax.Call):
        return None
    if isinstance(value.callee, syntax.Member):
        return value.callee.name
    return value.callee.id if isinstance(value.callee, syntax.Name) else None


def only_provides(function: Function, setters: Collection[str] = ("set",)) -> bool:
    """Whether all that a function does is to put values on its arguments and to pass the request on.

    ``request.database = database``, ``context.set("service", service)``, ``next()``, in Python ``next(request)``; calls
    inside the values do not count. Such a function turns no request away.
    """
    names = {parameter.name for parameter in function.code.parameters if parameter.name} | {"this"}
    put = False
    waiting = list(function.code.body)
    while waiting:
        statement = waiting.pop()
        if isinstance(statement, syntax.If):
            waiting.extend((*statement.body, *statement.orelse))
            continue
        value = value_of(statement)
        if value is None:
            continue
        if isinstance(value, syntax.Assign):
            targets = value.targets
            if not all(
                isinstance(target, syntax.Member | syntax.Index) and root_of(target) in names for target in targets
            ):
                return False
            put = True
        elif isinstance(value, syntax.Call):
            callee = value.callee
            passed = () if function.module.javascript else names
            if (
                isinstance(callee, syntax.Name)
                and callee.id in names
                and all(isinstance(argument, syntax.Name) and argument.id in passed for argument in value.arguments)
            ):
                continue
            if not (isinstance(callee, syntax.Member) and callee.name in setters and root_of(callee) in names):
                return False
            put = True
        else:
            return False
    return put


def value_of(statement: syntax.Statement) -> syntax.Expression | None:
    """The expression that a statement evaluates or returns, what it awaits taken out; None where there is none."""
    if isinstance(statement, syntax.Assign):
        return statement
    if not isinstance(statement, syntax.Evaluate | syntax.Return):
        return syntax.Opaque(0, 0, "statement")
    value = statement.value
    while isinstance(value, syntax.Await):
        value = value.value
    return value


def root_of(node: syntax.Expression) -> str | None:
    """The name at the beginning of ``name.a["b"]``."""
    while isinstance(node, syntax.Member | syntax.Index):
        node = node.object
    return node.id if isinstance(node, syntax.Name) else None


def puts_on(engine: Engine, function: Function, count: int) -> bool:
    """Whether a function puts something on one of its first parameters: the request, the response or the context."""
    from verifier.evaluate.routing import innermost

    inner = innermost(function)
    names = [re.escape(parameter.name) for parameter in inner.code.parameters[:count] if parameter.name]
    if not names:
        return False
    data = engine.project.files[inner.module.path].data[inner.code.start : inner.code.end]
    return re.search(rf"\b(?:{'|'.join(names)})\.[\w.]+\s*=[^=>]|Object\.assign\(".encode(), data) is not None


def run_quietly(engine: Engine, function: Function, arguments: list[Value]) -> None:
    """Run middleware for what it leaves behind; its calls are not those of the handler."""
    within, frame, limit, before = engine.within, engine.frame_of_framework, engine.limit, engine.steps
    engine.within, engine.frame_of_framework, engine.limit = None, None, before + STEPS_FOR_MIDDLEWARE
    try:
        with engine.undecided():
            engine.invoke(function, arguments, {})
    except BudgetError:
        pass  # what it had put on the request by then is kept
    finally:
        engine.within, engine.frame_of_framework = within, frame
        engine.limit = limit + engine.steps - before
