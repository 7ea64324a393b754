"""Relationships that are loaded when they are read, and where that is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from verifier.api import Entity, Facts, FunctionRef, Query, Relationship, Span, is_test, regex

from ._awaitables import ASYNC_SESSION
from ._sessions import HOLDER

LAZY = frozenset({"", "select", "True"})
RAISING = frozenset({"raise", "raise_on_sql"})
OF_ASYNC = regex(rf"{ASYNC_SESSION}\.\w+")
OF_SESSION = regex(rf"{HOLDER}\.(?:execute|scalar|scalars|query|get|add|commit|flush)")
# What changes a collection that nothing was loaded into yet.
CHANGING = regex(rb"\s*(?:\.(?:append|extend|add|remove|clear|insert|discard|update)\s*\(|=(?!=))")


class LazyRead(NamedTuple):
    """Where a relationship is read that no query loads."""

    span: Span
    entity: Entity
    relationship: Relationship


def lazy_reads(facts: Facts) -> Iterator[LazyRead]:
    """The first place, of each relationship, at which it is read on the way of a route."""
    paths = {call.library for call in facts.calls.calls if call.library is not None}
    if not any(OF_ASYNC.fullmatch(path) for path in paths):
        return
    if any(OF_SESSION.fullmatch(path) and not OF_ASYNC.fullmatch(path) and "asyncio" not in path for path in paths):
        return  # some sessions are plain ones
    yield from reads_of(facts, LAZY)


def raising_reads(facts: Facts) -> Iterator[LazyRead]:
    """The same of relationships that may not be loaded when they are read."""
    yield from reads_of(facts, RAISING)


def reads_of(facts: Facts, kinds: frozenset[str]) -> Iterator[LazyRead]:
    """The first place at which each relationship of some kinds of loading is read, where no query loads it."""
    lazy = {
        (entity.identity, relationship.name): (entity, relationship)
        for entity in facts.models.entities
        if entity.orm == "sqlalchemy"
        for relationship in entity.relationships
        if relationship.lazy in kinds and relationship.known and relationship.resolved and not relationship.implicit
    }
    if not lazy:
        return
    loaded = set(loaded_by_queries(facts))
    done: set[object] = set()
    for place, cls in sorted(facts.calls.members.items()):
        source = facts.project.files[place.path]
        name = source.data[place.start : place.end].rpartition(b".")[2].strip().decode("utf-8", "replace")
        entity = facts.entity_of(cls) if any(name == known for _, known in lazy) else None
        found = lazy.get((entity.identity, name)) if entity is not None else None
        if found is None or found in done or (found[0].identity, name) in loaded:
            continue
        if CHANGING.match(source.data, place.end) or is_mentioned(facts, found[0], name):
            continue
        span = facts.program.engine.span(place._replace(start=place.end - len(name.encode())))
        if not is_read(facts, span, found[1]):
            continue
        done.add(found)
        yield LazyRead(span, *found)


def is_read(facts: Facts, span: Span, relationship: Relationship) -> bool:
    """Whether a place is on the way of a route, outside of what may be loaded already or elsewhere.

    A single object may be in the session: whoever asks for what is theirs was loaded before. Where things are only
    looked at, that is not so.
    """
    around = [function for function in facts.calls.reaching if holds(function, span)]
    if not around:
        return False
    innermost = max(around, key=lambda function: function.span.line)
    if innermost.name.rpartition(".")[2].startswith("__"):
        return False
    names = facts.loose_names(innermost)
    if names is None or names & {"run_sync", "awaitable_attrs", "refresh", "inspect"}:
        return False
    routes = facts.calls.reaching[innermost]
    held = not relationship.many and relationship.lazy != "raise"
    if held and not any(route.method == "GET" for route in routes):
        return False
    return bool(routes)


def holds(function: FunctionRef, span: Span) -> bool:
    """Whether a place is in a function."""
    return function.path == span.path and function.span.line <= span.line <= function.span.end_line


def loaded_by_queries(facts: Facts) -> Iterator[tuple[object, str]]:
    """The relationships that some query brings along, each with its entity."""
    by_name = {entity.name: entity for entity in facts.models.entities if entity.orm == "sqlalchemy"}
    for query in facts.queries.queries:
        for load in loads_of(query):
            entity = query.entity
            for name in load:
                if entity is None:
                    for other in by_name.values():  # of whichever: it is loaded somewhere
                        yield other.identity, name
                    continue
                yield entity.identity, name
                target = next((one.target for one in entity.relationships if one.name == name), None)
                entity = by_name.get(target or "")


def loads_of(query: Query) -> Iterator[tuple[str, ...]]:
    """The paths of what a query brings along."""
    for load in query.loads:
        if load.how != "none":
            yield load.path


def is_mentioned(facts: Facts, entity: Entity, name: str) -> bool:
    """Whether the program loads or sets a relationship in a way that is seen by its text alone."""
    known: dict[object, bool] = facts.__dict__.setdefault("mentioned_relationships", {})
    key = entity.identity, name
    if key not in known:
        word = re.escape(name.encode())
        pattern = re.compile(
            rb"(?:load\w*|contains_eager|refresh|Load|options)\s*\([^;]{0,300}?(?:\b" + re.escape(entity.name.encode())
            + rb"\.|[\"'])" + word + rb"\b|\.(?:awaitable_attrs\.)" + word + rb"\b|\." + word + rb"\s*=(?!=)|\b"
            + re.escape(entity.name.encode()) + rb"\([^;]{0,600}?\b" + word + rb"\s*=(?!=)|set_committed_value"
        )  # fmt: skip
        known[key] = any(
            pattern.search(source.data)
            for path, source in facts.project.files.items()
            if source.language == "python" and not is_test(path)
        )
    return known[key]
