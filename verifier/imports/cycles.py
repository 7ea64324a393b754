"""Circles in the import graph."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

from verifier.model import ImportEdge

# A tangle of files holds more circles than anybody reads.
MOST = 100


def cycles(edges: tuple[ImportEdge, ...]) -> tuple[tuple[ImportEdge, ...], ...]:
    """Short circles that share no import, until none is left or there are many."""
    first: dict[tuple[str, str], ImportEdge] = {}
    targets: dict[str, set[str]] = {}
    for edge in edges:
        if edge.source != edge.target:
            first.setdefault((edge.source, edge.target), edge)
            targets.setdefault(edge.source, set()).add(edge.target)
    try:
        TopologicalSorter(targets).prepare()
    except CycleError:
        found = [tuple(first[pair] for pair in pairs(loop)) for loop in loops(targets)]
        return tuple(sorted(found, key=lambda circle: [edge.source for edge in circle]))
    return ()


def pairs(loop: list[str]) -> list[tuple[str, str]]:
    """The steps of a circle."""
    return list(zip(loop, loop[1:] + loop[:1], strict=True))


def loops(targets: dict[str, set[str]]) -> list[list[str]]:
    """The circles of a graph that has some; takes their steps out of it."""
    from networkx import DiGraph, strongly_connected_components

    graph: DiGraph[str] = DiGraph((source, target) for source, ends in targets.items() for target in ends)
    found: list[list[str]] = []
    waiting = [set(component) for component in strongly_connected_components(graph) if len(component) > 1]
    waiting.sort(key=min, reverse=True)
    while waiting and len(found) < MOST:
        component = waiting.pop()
        loop = shortest(sorted(component), component, targets)
        found.append(loop)
        for source, target in pairs(loop):
            targets[source].discard(target)
            graph.remove_edge(source, target)
        rest = strongly_connected_components(graph.subgraph(component))
        waiting += sorted((set(each) for each in rest if len(each) > 1), key=min, reverse=True)
    return found


def shortest(starts: list[str], component: set[str], targets: dict[str, set[str]]) -> list[str]:
    """A shortest circle among some files, starting at the file whose name sorts first."""
    best: list[str] = []
    for start in starts:
        loop = circle(start, component, targets, len(best) or len(component) + 1)
        if loop and (not best or len(loop) < len(best)):
            best = loop
        if len(best) == 2:
            break
    turn = best.index(min(best))
    return best[turn:] + best[:turn]


def circle(start: str, component: set[str], targets: dict[str, set[str]], limit: int) -> list[str]:
    """A shortest way from a file back to it, if it is shorter than the limit."""
    came_from: dict[str, str] = {}
    frontier = [start]
    for _ in range(limit - 1):
        following = []
        for path in frontier:
            for target in sorted(targets.get(path, set()) & component):
                if target == start:
                    loop = [path]
                    while loop[-1] != start:
                        loop.append(came_from[loop[-1]])
                    return loop[::-1]
                if target not in came_from:
                    came_from[target] = path
                    following.append(target)
        frontier = following
    return []
