"""An answer is made of what `c.status()` or `c.header()` gives, and these give nothing.

Express chains, `res.status(201).json(...)`; Hono does not. `c.status(201)` sets the status and gives `undefined`:
`c.status(201).json(...)` ends with `TypeError: Cannot read properties of undefined (reading 'json')`, status 500.

Give the status to the answer: `c.json({ song }, 201)`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Origin, Problem, rule, syntax

from ._handlers import handlers, own_nodes

GIVING_NOTHING = frozenset({"status", "header", "set", "setLayout", "setRenderer"})


@rule(Category.FRAMEWORK_IDIOSYNCRASY)
def chained_answer(facts: Facts) -> Iterator[Problem]:
    """Yield each member that is read of what a method of the context gives, where that is nothing."""
    for handler in handlers(facts):
        for node in own_nodes(handler):
            made = node.object if isinstance(node, syntax.Member) else None
            callee = made.callee if isinstance(made, syntax.Call) else None
            if not isinstance(callee, syntax.Member) or callee.name not in GIVING_NOTHING:
                continue
            if not isinstance(callee.object, syntax.Name) or callee.object.id != handler.context:
                continue
            assert isinstance(node, syntax.Member)
            yield Problem(
                facts.program.engine.span(Origin(handler.function.module.path, node.start, node.end)),
                f"`{callee.object.id}.{callee.name}()` gives nothing that has `{node.name}`",
                symptom=f"500: TypeError: Cannot read properties of undefined (reading '{node.name}')",
                remedy=f"Write `{callee.object.id}.json(data, status)`",
                routes=handler.routes or None,
                identity=f"{callee.name} {node.name}",
            )
