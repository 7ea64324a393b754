"""An import bypasses a closed layer.

A layer that the settings mark as `closed` may not be gone around: what lies above it reaches what lies below only
through it. An import that does so anyway makes the closed layer a suggestion.

Import from the closed layer, and let it use the lower one.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Related, Span, rule


@rule(Category.CONSTRAINT_VIOLATION, constraint="architecture")
def skipped_layer(facts: Facts) -> Iterator[Problem]:
    """Yield each import that passes a closed layer."""
    layers = facts.layers
    if not layers.closed:
        return
    for edge in facts.imports.edges:
        source, target = layers.of(edge.source), layers.of(edge.target)
        if source is None or target is None:
            continue
        high, low = layers.rank(source.name), layers.rank(target.name)
        through = {
            layer.name for layer in map(layers.of, edge.via) if layer is not None
        }  # what it re-exports, it gives
        closed = [name for name in layers.order if name in layers.closed and name not in through]
        passed = [name for name in closed if low < layers.rank(name) < high]
        if passed:
            yield Problem(
                edge.span,
                f"`{source.name}` imports `{target.name}` past the closed layer `{passed[0]}`",
                related=(Related(Span(edge.target, 1), f"`{target.name}` by {target.reason}"),),
                remedy=f"Import from `{passed[0]}`, and let it use `{target.name}`",
                identity=f"{edge.source} -> {edge.target}",
            )
