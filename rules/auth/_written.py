"""What was written behind a value: the expression at a place, and what a variable of a function was given."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Facts, Function, FunctionRef, Origin, Span, nodes_in, syntax


def run_functions(facts: Facts) -> Iterator[tuple[FunctionRef, Function]]:
    """The project's functions that requests were seen to run through, each once."""
    seen: set[object] = set()
    for reference, function in facts.calls.codes.items():
        if function.code not in seen:
            seen.add(function.code)
            yield reference, function


def around(facts: Facts, origin: Origin) -> list[Function]:
    """The functions that were run around a place, innermost first."""
    found = {
        function.code: function
        for function in facts.calls.codes.values()
        if function.module.path == origin.path
        and function.code.start <= origin.start
        and origin.end <= function.code.end
    }
    return sorted(found.values(), key=lambda function: -function.code.start)


def call_at(facts: Facts, function: Function, span: Span) -> syntax.Call | None:
    """The outermost call in a function that is written at a place."""
    for node in nodes_in(function.code.body):
        if isinstance(node, syntax.Call) and span_of(facts, function, node) == span:
            return node
    return None


def span_of(facts: Facts, function: Function, node: syntax.Place) -> Span:
    """Where a node of a function is written."""
    return facts.program.engine.span(Origin(function.module.path, node.start, node.end))


def entry_at(facts: Facts, place: Origin) -> tuple[Function, syntax.Expression] | None:
    """The value behind a key that is written at a place: ``{key: value}``, ``f(key=value)``, ``{ key }``."""
    functions = around(facts, place)
    if not functions:
        return None
    function = functions[0]
    for node in nodes_in(function.code.body):
        if not node.start <= place.start <= node.end:
            continue
        if isinstance(node, syntax.Entry) and node.key is not None and node.key.start <= place.start < node.key.end:
            return function, node.value
        if isinstance(node, syntax.Entry) and node.start == place.start:
            return function, node.value
        if isinstance(node, syntax.Keyword) and node.start == place.start:
            return function, node.value
    return None


def behind(function: Function, node: syntax.Expression) -> syntax.Expression:
    """What the one assignment of a variable gave it, where it is no parameter; else the expression itself."""
    for _ in range(5):
        if not isinstance(node, syntax.Name):
            return node
        name = node.id
        if any(parameter.name == name for parameter in function.code.parameters):
            return node
        given = [
            found.value
            for found in nodes_in(function.code.body)
            if isinstance(found, syntax.Assign)
            and any(isinstance(target, syntax.Name) and target.id == name for target in found.targets)
        ]
        if len(given) != 1 or given[0] is None:
            return node
        node = given[0]
    return node


def annotation_of(function: Function, name: str) -> str:
    """The annotation of a parameter, as a word: ``int``, ``str``."""
    for parameter in function.code.parameters:
        if parameter.name == name and isinstance(parameter.annotation, syntax.Name):
            return parameter.annotation.id
    return ""


def last_name(node: syntax.Expression | None) -> str:
    """The last word of ``a.b.name``, ``a["name"]`` or ``name``."""
    while isinstance(node, syntax.Await):
        node = node.value
    if isinstance(node, syntax.Member):
        return node.name
    if isinstance(node, syntax.Index) and isinstance(node.index, syntax.Const):
        return str(node.index.value)
    return node.id if isinstance(node, syntax.Name) else ""
