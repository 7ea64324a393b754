"""The names that a function uses and that nothing here explains: those of libraries, and of what was not followed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from verifier import syntax
from verifier.evaluate.passing import fields
from verifier.evaluate.values import Class, Function, Origin, Value

LONGEST = 20  # of a text that may be a name


def loose_names(function: Function, targets: Mapping[Origin, tuple[Value, ...]]) -> frozenset[str]:
    """Names, attributes and keywords in a function, without those by which it calls the project's own functions."""
    path = function.module.path
    explained = {
        id(node.callee)
        for node in nodes_in((*function.code.body, *function.code.decorators))
        if isinstance(node, syntax.Call) and is_own(targets.get(Origin(path, node.start, node.end), ()))
    }
    found: set[str] = set()
    for node in nodes_in((*function.code.body, *function.code.decorators)):
        if id(node) in explained:
            continue
        if isinstance(node, syntax.Name):
            found.add(node.id)
        elif isinstance(node, syntax.Member | syntax.Keyword):
            found.add(node.name or "")
        elif isinstance(node, syntax.Const) and isinstance(node.value, str) and len(node.value) < LONGEST:
            found.add(node.value)
    return frozenset(found)


def is_own(called: tuple[Value, ...]) -> bool:
    """Whether a call leads to functions and classes of the project only."""
    return bool(called) and all(isinstance(target, Function | Class) for target in called)


def nodes_in(found: object) -> Iterator[syntax.Node]:
    """All nodes of some code; functions inside it are a part of it."""
    if isinstance(found, syntax.Function):
        yield from nodes_in((*found.body, *found.decorators))
    elif isinstance(found, syntax.Class):
        yield from nodes_in(found.body)
    elif isinstance(found, syntax.Node):
        yield found
        for inner in fields(found):
            yield from nodes_in(inner)
    elif isinstance(found, tuple):
        for inner in found:
            yield from nodes_in(inner)
