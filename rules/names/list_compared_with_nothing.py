"""What `filter` gives is held against `undefined` or `null`.

`filter` gives an array, an empty one where nothing matched: it is never `undefined`, and never `null`. A check
`found !== undefined` passes for each request, `found === null` for none: every name is taken, nobody is refused.

Use `find` for the one that matches, or look at the length: `found.length > 0`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Class, Facts, Function, Origin, Problem, Span, is_test, rule, syntax

MAKES = frozenset({"filter", "map"})
HOLDS = frozenset({"==", "!=", "===", "!=="})


@rule(Category.BUSINESS_LOGIC_DEFECT)
def list_compared_with_nothing(facts: Facts) -> Iterator[Problem]:
    """Yield each comparison of an array with nothing."""
    for function, body in facts.seen.bodies.items():
        path = function.module.path
        if not function.module.javascript or is_test(path):
            continue
        for node, context, _ in body.calls:
            callee = node.callee
            if not isinstance(callee, syntax.Member) or callee.name not in MAKES or not node.arguments:
                continue
            if not isinstance(node.arguments[0], syntax.Function):
                continue
            targets = facts.seen.targets.get(Origin(path, node.start, node.end), ())
            if any(isinstance(one, Function | Class) and one.code is not node.arguments[0] for one in targets):
                continue
            binding = context.binding if context.kind == "bound" else None
            uses = [context] if binding is None else binding.reads if binding.count == 1 else []
            for use in uses:
                if use.kind == "compared" and use.name in HOLDS and is_nothing(use.other):
                    yield problem(facts.program.engine.span(Origin(path, *use.place)), callee.name)


def is_nothing(node: syntax.Expression | None) -> bool:
    """Whether an expression is ``undefined`` or ``null``."""
    if isinstance(node, syntax.Name):
        return node.id == "undefined"
    return isinstance(node, syntax.Const) and node.value is None


def problem(span: Span, name: str) -> Problem:
    """A comparison that always comes out the same."""
    return Problem(
        span,
        f"`{name}` gives an array, which is never `undefined` or `null`",
        symptom="the check comes out the same for each request",
        remedy="Use `find`, or look at the length",
        identity=name,
    )
