"""Loops over rows: what is asked of the database once for each of them."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import (
    Call,
    External,
    Facts,
    Instance,
    Memo,
    Origin,
    Paths,
    Query,
    Sequence,
    Span,
    Value,
    nodes_in,
    options,
    syntax,
)

PATTERNS: Memo[Facts, Paths] = Memo()
GIVEN: Memo[Facts, dict[int, list[Query]]] = Memo()  # by the identity of results
FARTHEST = 60


def goes_over_rows(facts: Facts, loop: Origin) -> bool:
    """Whether a loop surely goes over what a query gave, each time that it was seen to run."""
    found = facts.calls.loops.get(loop, ())
    return bool(found) and all(are_rows(facts, value) for value in found)


def leaves(facts: Facts, place: Span, loop: Origin) -> bool:
    """Whether a place in a loop is reached on a way out of it alone: before a ``return``, ``raise`` or ``break``."""
    if place.path != loop.path:
        return False
    around = (one.code for one in facts.calls.codes.values() if one.module.path == loop.path)
    whole = next((code for code in around if code.start <= loop.start and loop.end <= code.end), None)
    for node in nodes_in(whole.body) if whole is not None else ():
        if not isinstance(node, syntax.If | syntax.Handler) or not loop.start < node.start < loop.end:
            continue
        for block in (node.body, node.orelse) if isinstance(node, syntax.If) else (node.body,):
            last = block[-1] if block else None
            out = isinstance(last, syntax.Return | syntax.Raise) or (
                isinstance(last, syntax.Jump) and last.kind == "break"
            )
            if out and last is not None:
                held = facts.program.engine.span(Origin(loop.path, block[0].start, last.end))
                begin, end = (held.line, held.column), (held.end_line, held.end_column)
                if begin <= (place.line, place.column) <= end:
                    return True
    return False


def are_rows(facts: Facts, value: Value) -> bool:
    """Whether a value is what a query gave: objects of mapped classes, or what a library of data returned."""
    return all(are_rows_of(facts, option) for option in options(value))


def are_rows_of(facts: Facts, value: Value) -> bool:
    """The same of a value that is no choice."""
    if isinstance(value, Sequence):
        items = [*value.items, *([value.element] if value.element is not None else ())]
        inner = [option for item in items for option in options(item)]
        return bool(inner) and all(is_row(facts, option) for option in inner)
    return bool(sent_by(facts, value))


def is_row(facts: Facts, value: Value) -> bool:
    """Whether a value is one row."""
    return isinstance(value, Instance) and facts.entity_of(value) is not None


def sent_by(facts: Facts, value: Value) -> list[Call]:
    """The calls that send or build a statement, on the way back from a value to where it came from."""
    return [call for call in calls_behind(value) if path_of(call) is not None and asks(facts, path_of(call) or "")]


def calls_behind(value: Value) -> Iterator[Call]:
    """The calls of libraries that a value is made by: of a chain, the last first."""
    current: Value | None = value
    for _ in range(FARTHEST):
        if isinstance(current, External):
            current = current.receiver
        elif isinstance(current, Instance):
            made = current.made_by
            if made is None:
                return
            yield made
            callee = made.callee
            current = callee.receiver if isinstance(callee, External) else callee
        else:
            return


def path_of(call: Call) -> str | None:
    """The path of what is called."""
    callee = call.callee
    if isinstance(callee, External):
        return callee.path
    return callee.path if isinstance(callee, Instance) else None


def asks(facts: Facts, path: str) -> bool:
    """Whether a call of a library's path builds or sends a statement."""
    pattern = PATTERNS.get(facts)
    if pattern is None:
        packs = [pack for pack in facts.book.packs if pack.data is not None]
        patterns = [p for pack in packs for p in (*pack.statements, *(pack.data.calls if pack.data else ()))]
        pattern = PATTERNS[facts] = Paths(patterns)
    return pattern.fullmatch(path) is not None


def queries_behind(facts: Facts, value: Value) -> list[Query]:
    """The queries whose rows a value is."""
    found: list[Query] = []
    for option in options(value):
        for call in calls_behind(option):
            span = facts.program.engine.span(Origin(call.frame.module.path, call.node.start, call.node.end))
            found += [query for query in facts.queries.at(span) if query not in found]
        found += [query for query in sent_from(facts, option) if query not in found]
    return found


def sent_from(facts: Facts, value: Value) -> list[Query]:
    """The queries that give a value, or that a set of rows which is not sent yet becomes."""
    known = GIVEN.get(facts)
    if known is None:
        known = GIVEN[facts] = {}
        for query in facts.queries.queries:
            if query.site is not None:
                known.setdefault(id(query.site.result), []).append(query)
    return known.get(id(value), [])
