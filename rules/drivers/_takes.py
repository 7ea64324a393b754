"""What is read of rows, place by place."""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier.api import Facts, Function, Looked, found_near, nodes_in, syntax

ASKING = rb"\.keys\(|hasOwnProperty|hasOwn\(|Object\.keys|KeyError|IndexError"


def grouped(facts: Facts) -> Iterator[list[Looked]]:
    """All that was seen to be read at each place."""
    places: dict[tuple[object, ...], list[Looked]] = {}
    for graph in (facts.calls, facts.calls_elsewhere):
        for take in graph.taken:
            places.setdefault((take.span, take.key, take.item), []).append(take)
    yield from places.values()


def is_asked_for(facts: Facts, take: Looked) -> bool:
    """Whether the function asks if there is such a key, or goes on without the value."""
    data = facts.project.files[take.span.path].data
    function = function_of(facts, take)
    text = data[function.code.start : function.code.end] if function is not None else data
    key = re.escape(str(take.key).encode())
    asking: dict[object, bool] = facts.__dict__.setdefault("asking_for_keys", {})
    place = (take.span.path, function.code if function is not None else None)
    if place not in asking:
        asking[place] = re.search(ASKING, text) is not None
    asked = re.compile(rb"[\"']" + key + rb"[\"']\s+(?:not\s+)?in\b")
    if asking[place] or found_near(asked, text, str(take.key).encode()):
        return True
    if take.span.path.endswith((".py", ".pyi")):
        return False
    source = facts.project.files[take.span.path]
    line = source.line(take.span.end_line)
    after = line[take.span.end_column - 1 :].lstrip()
    before = source.line(take.span.line)[: take.span.column - 1].rstrip()
    return (after.startswith(("?", "||", "&&", "=", "!==", "!=")) and not after.startswith("=>")) or before.endswith(
        ("!", "typeof", "if (", "&&", "||", "??")
    )


def is_conditional(facts: Facts, take: Looked) -> bool:
    """Whether something decides in the function that reads whether it does."""
    function = function_of(facts, take)
    if function is None:
        return True
    source = facts.project.files[take.span.path]
    at = (take.span.line, take.span.column)
    for node in nodes_in(function.code.body):
        if isinstance(node, syntax.If | syntax.Conditional | syntax.Logical | syntax.While | syntax.Try):
            span = source.span(node.start, node.end)
            if (span.line, span.column) <= at < (span.end_line, span.end_column):
                return True
    return False


def function_of(facts: Facts, take: Looked) -> Function | None:
    """The function that reads."""
    if take.caller is None:
        return None
    return facts.calls.codes.get(take.caller) or facts.calls_elsewhere.codes.get(take.caller)
