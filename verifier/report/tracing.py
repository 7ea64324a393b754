"""The way of a request, as a tree: the handler, what it calls, down to what reaches the database."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from verifier.model import FunctionRef, Route, Span
from verifier.read import ReadError
from verifier.regex import regex
from verifier.report.queries import sql_of
from verifier.report.style import Paint, shown

if TYPE_CHECKING:
    from verifier.link import Facts
    from verifier.link.calls import CallGraph


MOST_DYNAMIC = 20  # routes that a message lists
PARAMETER = regex(r"\{[^{}/]*\}")


class Step(Struct, frozen=True):
    """A function on the way, or something of a library (``function`` is None), with what it calls in turn."""

    label: str
    span: Span
    layer: str | None
    function: FunctionRef | None
    steps: tuple[Step, ...]
    again: bool = False
    sql: tuple[str, ...] = ()


def find_route(facts: Facts, request: str) -> Route:
    """The route that answers a request, written as ``GET /api/articles``; a path alone means GET, then any method.

    Raises:
        ReadError: no route does, as far as their paths are known; the text lists those that run time decides.
    """
    words = request.split()
    method = words[0].upper() if len(words) > 1 else None
    path = words[-1] if words else "/"
    path = path.partition("?")[0]
    from verifier.evaluate.routing import braces
    from verifier.link.matching import covers

    wanted = braces(path)
    exact = [route for route in facts.routes if str(route.pattern).rstrip("/") == path.rstrip("/")]
    exact = exact or [route for route in facts.routes if unnamed(str(route.pattern)) == unnamed(path)]
    taking = [route for route in facts.routes if covers(route.pattern, wanted, case_sensitive=route.case_sensitive)]
    for routes in (exact, taking):
        for candidate in (method, "GET", None) if method is None else (method, "*"):
            for route in routes:
                if candidate is None or route.method in (candidate, "*"):
                    return route
    from verifier.config import nearest

    known = [f"{route.method} {route.path}" for route in facts.routes]
    asked = f"{method or 'GET'} {path}"
    missing = f"No route answers `{request}`{nearest(asked, known)}"
    raise ReadError(f"{missing}{may_answer(facts)}" if facts.dynamic_routes else missing)


def unnamed(path: str) -> str:
    """A path without the names of its parameters, which a contract and a project may call differently."""
    return PARAMETER.sub("{}", path).rstrip("/")


def may_answer(facts: Facts) -> str:
    """The routes of which only run time knows the path, where any of them may answer: each with its reason."""
    rows = [f"  {route.span.path}:{route.span.line}  {route.reason}" for route in facts.dynamic_routes]
    if len(rows) > MOST_DYNAMIC:
        rows[MOST_DYNAMIC:] = [f"  and {len(rows) - MOST_DYNAMIC} more: `buttress facts routes` lists them all"]
    first = "One that is decided at run time may:" if len(rows) == 1 else "One of those decided at run time may:"
    return "\n".join((f" {first}", *map(shown, rows)))


def trace(facts: Facts, route: Route) -> Step:
    """The tree below a route."""
    graph = facts.trace(route)
    known = [pack.data for pack in facts.book.packs if pack.data is not None]
    patterns = [pattern for data in known for pattern in (*data.calls, *data.transactions)]
    wanted = re.compile("|".join(f"(?:{pattern})" for pattern in patterns)) if patterns else None
    if route.function is None or not graph.entries:
        return Step(
            route.handler or "unknown handler", route.span, facts.layers.role(route.span.path), route.function, ()
        )
    return grow(facts, graph, graph.entries[0][1], wanted, set())


def grow(
    facts: Facts, graph: CallGraph, function: FunctionRef, data: re.Pattern[str] | None, seen: set[FunctionRef]
) -> Step:
    """A function with its calls; one that was shown already is not shown again."""
    layer = facts.layers.of(function.path)
    name = layer.name if layer is not None else None
    if function in seen:
        return Step(function.name, function.span, name, function, (), bool(graph.from_(function)))
    seen.add(function)
    steps: list[Step] = []
    for call in graph.from_(function):
        if call.callee is not None:
            if call.callee != function:
                steps.append(grow(facts, graph, call.callee, data, seen))
        elif call.library is not None and data is not None and data.fullmatch(call.library):
            sql = sql_at(facts, graph, call.span)
            steps.append(Step(re.sub(r"(?:\(\))+$", "", call.library), call.span, None, None, (), sql=sql))
    return Step(function.name, function.span, name, function, tuple(unique(steps)))


def sql_at(facts: Facts, graph: CallGraph, span: Span) -> tuple[str, ...]:
    """The SQL that a call sends: each query's fullest form. What it is handed by others is not what these hand it."""
    found = [
        query
        for query in facts.queries.at(span)
        if query.site is not None
        and query.site.sent == span
        and (query.site.asked is None or query.function is None or query.function in graph.runs.functions)
    ]
    return tuple(dict.fromkeys(sql_of(query.statements[0], query.dialect) for query in found if query.lifted))


def unique(steps: list[Step]) -> list[Step]:
    """Steps without repeats."""
    found: dict[tuple[str, Span], Step] = {}
    for step in steps:
        key = (step.label, step.span)
        if key not in found or (found[key].again and not step.again):
            found[key] = step
    return list(found.values())


def trace_text(facts: Facts, route: Route, paint: Paint, *, verbose: bool = False) -> str:
    """The tree as text. Unless ``verbose``, what only puts objects together is left out."""
    guards = f"  guards: {', '.join(route.guards)}" if route.guards else ""
    lines = [
        f"{paint(route.method, 'method')} {paint(shown(route.path), 'bold')}  {paint(shown(str(route.span)), 'path')}"
        f"  {route.framework}{shown(guards)}"
    ]
    tree = trace(facts, route)
    lines.extend(branch(tree if verbose else pruned(tree), paint, "", last=True))
    return "\n".join(lines) + "\n"


def pruned(step: Step) -> Step:
    """The step without calls that neither work in a layer nor lead to one that does."""
    steps = tuple(pruned(child) for child in step.steps if works(child))
    return replace(step, steps=steps)


def works(step: Step) -> bool:
    """Whether a step does more than put objects together: it is in a layer, or reaches one or the database.

    A callback without a name is part of the function around it, unless it reaches something itself.
    """
    if step.function is None:
        return True
    making = step.label.endswith(("__init__", "constructor", "<anonymous>"))
    return (step.layer is not None and not making) or any(works(child) for child in step.steps)


def branch(step: Step, paint: Paint, indent: str, *, last: bool) -> list[str]:
    """A step and what hangs below it."""
    joint = "└─ " if last else "├─ "
    layer = f"  {paint(step.layer, 'rule')}" if step.layer else ""
    label = paint(shown(step.label), "bold") if step.function is not None else paint(shown(step.label), "bad")
    note = "" if step.function is not None else "  database"
    again = "  (as above)" if step.again else ""
    place = paint(shown(f"{step.span.path}:{step.span.line}"), "path")
    lines = [f"{indent}{joint}{label}  {place}{layer}{note}{again}"]
    inner = indent + ("   " if last else "│  ")
    lines.extend(f"{inner}   {paint(shown(sql), 'dim')}" for sql in step.sql)
    for count, child in enumerate(step.steps, 1):
        lines.extend(branch(child, paint, inner, last=count == len(step.steps)))
    return lines


def trace_data(facts: Facts, route: Route) -> dict[str, Any]:
    """The tree as data."""
    return {
        "schema_version": 1,
        "route": {"method": route.method, "path": route.path, "file": route.span.path, "line": route.span.line},
        "trace": step_data(trace(facts, route)),
    }


def step_data(step: Step) -> dict[str, Any]:
    """A step as data."""
    return {
        "name": step.label,
        "path": step.span.path,
        "line": step.span.line,
        "layer": step.layer,
        "kind": "function" if step.function is not None else "database",
        "sql": list(step.sql),
        "calls": [step_data(child) for child in step.steps],
    }
