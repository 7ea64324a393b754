"""What the handlers of routes can be called with: their parameters, behind what decorators of the project pass on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from verifier import syntax
from verifier.evaluate.routing import closed_over
from verifier.evaluate.values import Function, Origin
from verifier.model import Route, Span

if TYPE_CHECKING:
    from verifier.link import Facts

DEEPEST = 10


class Parameter(NamedTuple):
    """A parameter that a caller may give by its name; ``required`` where it has no default."""

    name: str
    span: Span
    required: bool


class Signature(NamedTuple):
    """What a handler takes.

    Attributes:
        span: the function's name.
        parameters: in order, without the object of a method.
        open: whether it takes whatever else is given by name.
        decorators: as written, outermost first: the last word of each.
        wrapped: whether functions of the project stand around it.
        around: the texts of these.
    """

    name: str
    span: Span
    parameters: tuple[Parameter, ...]
    open: bool
    decorators: tuple[str, ...]
    wrapped: bool
    around: tuple[str, ...]

    def hands_on(self, name: str) -> bool:
        """Whether what stands around the function passes on what it is given by a name, as far as its text tells."""
        word = re.compile(rf"\b{re.escape(name)}\b|\bpop\(|\bdel\b")
        return all(text.count("**") > 1 and word.search(text) is None for text in self.around)

    def takes(self, name: str) -> bool:
        """Whether the function may be given something by a name."""
        return self.open or any(parameter.name == name for parameter in self.parameters)


def signature_of(facts: Facts, route: Route) -> Signature | None:
    """The signature of a route's handler; None where it is no function of the project."""
    known = facts.__dict__.get("handlers")
    if known is None:
        known = facts.__dict__["handlers"] = dict(zip(facts.routes, facts.table.handlers, strict=True))
    handler = known.get(route)
    if not isinstance(handler, Function) or handler.module.javascript:
        return None
    around: list[str] = []
    for _ in range(DEEPEST):
        inner = handler.wraps or closed_over(handler)
        if inner is None:
            break
        around.append(handler.module.source.data[handler.code.start : handler.code.end].decode("utf-8", "replace"))
        handler = inner
    return made(facts, handler, tuple(around))


def made(facts: Facts, function: Function, around: tuple[str, ...]) -> Signature:
    """The signature of a function."""
    span = facts.program.engine.span
    path, code = function.module.path, function.code
    first = int(function.owner is not None and not code.static)
    parameters = tuple(
        Parameter(one.name, span(Origin(path, one.target.start, one.target.end)), one.default is None)
        for one in code.parameters[first:]
        if one.name and one.kind in ("plain", "keyword")
    )
    data = function.module.source.data
    written = re.search(rb"\bdef\s+(%s)\b" % re.escape(code.name.encode()), data[code.start : code.end])
    start = code.start + written.start(1) if written is not None else code.start
    name = span(Origin(path, start, start + len(code.name.encode()) if written is not None else code.end))
    return Signature(
        code.name,
        name,
        parameters,
        any(one.kind == "keywords" for one in code.parameters),
        tuple(word_of(one) for one in code.decorators),
        bool(around),
        around,
    )


def word_of(decorator: syntax.Expression) -> str:
    """The last word of what a decorator is called by."""
    while isinstance(decorator, syntax.Call):
        decorator = decorator.callee
    if isinstance(decorator, syntax.Member):
        return decorator.name
    return decorator.id if isinstance(decorator, syntax.Name) else ""


def returns_in(facts: Facts, route: Route) -> list[Span]:
    """The values that the handler of a route returns, as its text says; inner functions return to it."""
    code = facts.calls.codes.get(route.function) if route.function is not None else None
    found: list[Span] = []
    for statement in statements_in(code.code.body) if code is not None else ():
        if isinstance(statement, syntax.Return) and statement.value is not None and code is not None:
            origin = Origin(code.module.path, statement.value.start, statement.value.end)
            found.append(facts.program.engine.span(origin))
    return found


def statements_in(body: Iterable[syntax.Statement]) -> Iterator[syntax.Statement]:
    """Statements and those inside them; functions and classes inside are left aside."""
    for statement in body:
        yield statement
        inner: list[Iterable[syntax.Statement]] = []
        match statement:
            case syntax.If() | syntax.For():
                inner = [statement.body, statement.orelse]
            case syntax.While() | syntax.With() | syntax.Block():
                inner = [statement.body]
            case syntax.Try():
                handlers = [handler.body for handler in statement.handlers]
                inner = [statement.body, *handlers, statement.orelse, statement.final]
            case syntax.Switch():
                inner = [case.body for case in statement.cases]
        for part in inner:
            yield from statements_in(part)
