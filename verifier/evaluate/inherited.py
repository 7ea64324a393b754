"""Methods that a class of the project inherits from a library, as far as they call back into the project."""

from __future__ import annotations

from collections.abc import Iterable

from verifier import syntax
from verifier.evaluate.values import Class, Function, Instance, Value
from verifier.parse.python_expressions import lower_annotation


def inherited(
    cls: Class,
    bound: Instance | None,
    name: str,
    parameters: Iterable[str],
    expressions: Iterable[str],
    *,
    returns: bool = False,
) -> Function:
    """A method that evaluates some expressions, one after the other, and gives the last where it ``returns``.

    It stands where the class does. ``parameters`` begin with ``self``, as in source: ``*args`` and ``**kwargs`` too.
    """
    start, end = cls.code.start, cls.code.start
    declared = tuple(parameter(text, start) for text in parameters)
    values = [lower_annotation(text, start, end) for text in expressions]
    body: list[syntax.Statement] = [syntax.Evaluate(start, end, value) for value in values]
    if returns and body:
        body[-1] = syntax.Return(start, end, values[-1])
    code = syntax.Function(
        cls.code.start, cls.code.end, name, f"{cls.code.qualified}.{name}", "method", declared, tuple(body)
    )
    return Function(code, cls.scope, cls.module, bound=bound, owner=cls)


def parameter(text: str, start: int) -> syntax.Parameter:
    """A parameter as it is written."""
    bare = text.lstrip("*")
    kind = "keywords" if text.startswith("**") else "rest" if text.startswith("*") else "plain"
    return syntax.Parameter(start, start, syntax.Name(start, start, bare), kind=kind)  # type: ignore[arg-type]


def attributes_of(function: Function, **more: Value) -> Function:
    """The same function with attributes of its own, some of them further ones."""
    return Function(
        function.code,
        function.scope,
        function.module,
        bound=function.bound,
        owner=function.owner,
        decorators=function.decorators,
        wraps=function.wraps,
        attributes={**function.attributes, **more},
    )
