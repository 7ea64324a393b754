"""One table is defined twice on one `MetaData`.

The second definition fails while its module is imported: `Table 'users' is already defined for this MetaData instance`.
It happens where a join table is written as a `Table` and as a class, or where a model was moved and its old module is
still imported.

Keep one definition. Where the second one is meant to add to the first, `extend_existing=True` says so.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._problems import noted


@rule(Category.SERVER_STARTUP_FAILURE)
def duplicate_table(facts: Facts) -> Iterator[Problem]:
    """Yield each second definition of a table that is imported with the first."""
    for problem in noted(facts, "duplicate-table"):
        if all(together(facts, problem.span.path, other.span.path) for other in problem.related):
            yield problem


def together(facts: Facts, one: str, other: str) -> bool:
    """Whether two modules are surely imported by one program: one leads to the other, or a third one to both."""
    if one == other:
        return True
    first, second = leading(facts, one), leading(facts, other)
    return one in second or other in first or not first.isdisjoint(second)


def leading(facts: Facts, path: str) -> set[str]:
    """The modules that import a module when they are imported themselves, near and far."""
    found: set[str] = set()
    waiting = [path]
    while waiting:
        for edge in facts.imports.imported_by(waiting.pop()):
            if edge.kind == "runtime" and edge.source not in found:
                found.add(edge.source)
                waiting.append(edge.source)
    return found
