"""Files import each other in a circle.

Files that import each other when they are loaded depend on the order in which that happens: in Python a name may be
missing ("partially initialized module"), in JavaScript `undefined`. Neither can be understood, tested or moved alone.

Move what both need into a third file, or import inside the function that needs it.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Related, Severity, is_test, rule


@rule(Category.CONSTRAINT_VIOLATION, Severity.WARNING, constraint="architecture")
def import_cycle(facts: Facts) -> Iterator[Problem]:
    """Yield each circle of imports that are run on loading."""
    for cycle in facts.imports.cycles():
        if any(is_test(edge.source) for edge in cycle):
            continue
        first, *rest = cycle
        names = " -> ".join([f"`{edge.source}`" for edge in cycle] + [f"`{first.source}`"])
        yield Problem(
            first.span,
            f"These files import each other when they are loaded: {names}",
            related=tuple(Related(edge.span, f"imports `{edge.target}`") for edge in rest[:5]),
            remedy="Move what they share into a file that imports neither",
            identity=" ".join(sorted(edge.source for edge in cycle)),
        )
