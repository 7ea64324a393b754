"""How rules speak of functions, which need not have a name."""

from __future__ import annotations

from verifier.api import Facts, FunctionRef


def title(facts: Facts, function: FunctionRef) -> str:
    """A function, as a reader finds it: by its name, or what it answers, stands in, or begins with."""
    parts = function.name.split(".")
    named = ".".join(part for part in parts if part != "<anonymous>")
    if parts[-1] != "<anonymous>":
        return f"`{named}`"
    answered = next((route for route in facts.routes if route.function == function), None)
    if answered is not None:
        return f"The handler of `{answered.method} {answered.path}`"
    return f"A function in `{named}`" if named else f"The function in line {function.span.line}"


def owner(facts: Facts, function: FunctionRef) -> FunctionRef:
    """The handler that a function without a name stands inside; else the function itself."""
    if not function.name.endswith("<anonymous>"):
        return function
    handlers = [route.function for route in facts.routes if route.function is not None]
    return next((outer for outer in handlers if outer.path == function.path and encloses(outer, function)), function)


def encloses(outer: FunctionRef, inner: FunctionRef) -> bool:
    """Whether a function is, or stands inside, another one of its file."""
    first, last = (inner.span.line, inner.span.column), (inner.span.end_line, inner.span.end_column)
    begin, end = (outer.span.line, outer.span.column), (outer.span.end_line, outer.span.end_column)
    return begin <= first and last <= end
