"""The function that an array's `map` or `filter` is given returns nothing.

`items.map((item) => { present(item); })` calls `present` and throws its result away: braces make a body, and a body
without `return` gives `undefined`. The array that comes out holds `undefined` for each item, which JSON writes as
`null`; `filter` and `some` keep and find nothing, `reduce` loses what it has gathered.

Write `return`, or leave the braces out: `items.map((item) => present(item))`. For an object, put it into parentheses.

The rule is silent where nobody looks at what comes out, for asynchronous functions, for what is handed to
`Promise.all`, and for methods of these names that are no array's.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Class, External, Facts, Function, Origin, Problem, is_test, nodes_in, rule, syntax

METHODS = frozenset("map flatMap filter some every reduce".split())
EFFECT = {
    "map": "the array holds `undefined` for each item: `null` in JSON",
    "flatMap": "the array holds `undefined` for each item: `null` in JSON",
    "filter": "no item is kept",
    "some": "no item is found",
    "every": "no list passes that has an item",
    "reduce": "what was gathered is lost: `undefined`",
}


@rule(Category.BUSINESS_LOGIC_DEFECT)
def callback_without_return(facts: Facts) -> Iterator[Problem]:
    """Yield each function that an array's method needs an answer of, and that gives none."""
    for function, body in facts.seen.bodies.items():
        path = function.module.path
        if not function.module.javascript or is_test(path):
            continue
        for node, context, _ in body.calls:
            callee = node.callee
            if not isinstance(callee, syntax.Member) or callee.name not in METHODS or not node.arguments:
                continue
            callback = node.arguments[0]
            if not isinstance(callback, syntax.Function) or callback.is_async or gives(callback):
                continue
            if len(node.arguments) > 1 + (callee.name == "reduce"):
                continue
            if not is_used(context) or not may_be_array(facts, path, node):
                continue
            yield Problem(
                facts.program.engine.span(Origin(path, callback.start, callback.end)),
                f"The function that `{callee.name}` is given returns nothing",
                symptom=EFFECT[callee.name],
                remedy="Write `return`, or leave the braces out",
                identity=callee.name,
            )


def may_be_array(facts: Facts, path: str, node: syntax.Call) -> bool:
    """Whether what the method is read of may be an array: neither an object of the project nor one of a library."""
    callee = node.callee
    asking = isinstance(callee, syntax.Member) and callee.name in ("every", "some")
    for target in facts.seen.targets.get(Origin(path, node.start, node.end), ()):
        if isinstance(target, Function | Class) and target.code is not node.arguments[0]:
            return False
        if asking and isinstance(target, External):
            return False
    return True


def gives(callback: syntax.Function) -> bool:
    """Whether a function returns something, or never ends."""
    if not callback.body:
        return False
    nodes = list(nodes_in(callback.body, inside=False))
    if any(isinstance(one, syntax.Return) and one.value is not None for one in nodes):
        return True
    return any(isinstance(one, syntax.Raise | syntax.Yield) for one in nodes)


def is_used(context: object) -> bool:
    """Whether somebody looks at what comes out."""
    kind = getattr(context, "kind", "")
    if kind in ("returned", "put", "answered", "iterated"):
        return True
    if kind == "read":
        return getattr(context, "name", "") not in ("length", "forEach", "")
    if kind == "given":
        call = getattr(context, "call", None)
        callee = call.callee if isinstance(call, syntax.Call) else None
        return not (isinstance(callee, syntax.Member) and getattr(callee.object, "id", "") in ("Promise", "console"))
    if kind == "bound":
        binding = getattr(context, "binding", None)
        return binding is not None and binding.count == 1 and any(map(is_used, binding.reads))
    return False
