"""A query is sent for each row of another query.

A loop goes over the rows of a query, and inside it another query is sent, or a relationship is read that was not
loaded with the rows, so that the library sends one. A list of 20 articles asks the database 21 times, and one of 1,000
a thousand and one times: the page becomes slow with the data, and under load the connections run out.

Ask once for all rows: load the relationship with them (`selectinload`, `select_related`, `prefetch_related`,
`include`), join, or ask for all keys at once (`WHERE id IN (...)`) and put the answers beside the rows.

Loops over anything but rows (literals, what a request brought, batches) are left alone, and so are writes, and what is
asked for some of the rows only, or once on the way out of the loop (`raise SoldOut(item.product.name)`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from verifier.api import (
    Category,
    Confidence,
    Entity,
    Facts,
    Memo,
    Origin,
    Problem,
    Query,
    Related,
    RowRead,
    Severity,
    Site,
    Span,
    options,
    regex,
    rule,
)

from ._loops import goes_over_rows, leaves, queries_behind

READING = frozenset({"rows", "first", "one", "value", "count", "exists"})
# What tells how a relationship is loaded when it is first read: by a statement of its own.
RELATION = regex(r"(\w+)\.(\w+)\.all\(\)")
SERIALIZING = regex(r"get_\w+|to_representation")  # methods of serializers, which are handed the object of a view
PAIRS: Memo[Facts, set[tuple[str, str]]] = Memo()  # relations that some query brings along one behind the other
REMEMBERING = regex(r"cache|memo", re.IGNORECASE)
ASKING = regex(rb"user|viewer|auth|logged|current|session|requester|\bme\b", re.IGNORECASE)
# Mappers that ask the database when a relationship is read; those of JavaScript give `undefined`.
ASKING_WHEN_READ = frozenset({"sqlalchemy", "django"})
LAZY = frozenset({"", "select", "True", "true", "dynamic", "write_only"})


@rule(Category.INCORRECT_QUERY_LOGIC, Severity.WARNING, confidence=Confidence.MEDIUM)
def n_plus_one(facts: Facts) -> Iterator[Problem]:
    """Yield each query that is sent, and each relationship that is loaded, once for each row of another query."""
    if not facts.calls.loops:
        return
    seen: set[Span] = set()
    gone_over = {id(one) for values in facts.calls.loops.values() for value in values for one in options(value)}
    below = {id(site.call) for site in facts.calls.sites}
    for query in facts.queries.queries:
        site = query.site
        if site is None or id(site.call) not in below or site.span in seen:
            continue
        if query.action not in READING and not (query.action == "build" and id(site.result) in gone_over):
            continue
        loop = next((place for place in site.loops if goes_over_rows(facts, place)), None)
        if (
            loop is None
            or leaves(facts, site.span, loop)
            or is_kept(query)
            or is_rare(facts, site, loop)
            or is_loaded(facts, query)
            or is_remembered(facts, query)
        ):
            continue
        seen.add(site.span)
        yield problem(facts, site.span, "this query is sent once for each row of the loop", loop)
    told: set[tuple[Origin, str, str]] = set()  # what was loaded once is there when it is read again
    for read in facts.calls.reads:
        loop = next((place for place in read.loops if goes_over_rows(facts, place)), None)
        if loop is None or read.span in seen or leaves(facts, read.span, loop):
            continue
        entity = lazily_read(facts, read)
        if entity is None or (loop, entity.name, read.name) in told:
            continue
        seen.add(read.span)
        told.add((loop, entity.name, read.name))
        message = f"`{entity.name}.{read.name}` is loaded by a query of its own for each row of the loop"
        relationship = entity.relationship(read.name)
        declared = (Related(relationship.span, f"`{read.name}` is declared here"),) if relationship is not None else ()
        yield problem(facts, read.span, message, loop, declared)


def problem(facts: Facts, span: Span, message: str, loop: Origin, more: tuple[Related, ...] = ()) -> Problem:
    """The finding at a place in a loop."""
    return Problem(
        span,
        message,
        related=(Related(facts.program.engine.span(loop), "this loop goes over rows"), *more),
        symptom="as many queries as rows: the answer is slower the more rows there are",
        remedy="Load it with the rows, or ask once for all of them",
    )


def is_kept(query: Query) -> bool:
    """Whether the library may answer from what it has: an object that is asked for by its key."""
    return query.site is not None and query.site.library.rpartition(".")[2] in ("get", "get_one", "in_bulk")


def is_rare(facts: Facts, site: Site, loop: Origin) -> bool:
    """Whether a query is sent for some rows only: under a condition inside the loop that is not about who asks."""
    outer = facts.calls.ways.get(loop, ())
    for way in site.call.ways:
        if way in outer or way.test == loop or way.test.path not in facts.project.files:
            continue
        test = facts.project.files[way.test.path].data[way.test.start : way.test.end]
        if test.startswith(b"try") or ASKING.search(test) is None:
            return True
    return False


def is_loaded(facts: Facts, query: Query) -> bool:
    """Whether a query asks for what a relationship of a row gives, and that was brought along with the rows."""
    span = query.site.span if query.site is not None else query.span
    return any(
        any(load.path[:1] == (read.name,) for behind in queries_behind(facts, read.iterable) for load in behind.loads)
        for read in facts.calls.reads
        if read.span.path == span.path
        and (span.line, span.column) <= (read.span.line, read.span.column)
        and (read.span.end_line, read.span.end_column) <= (span.end_line, span.end_column)
    )


def is_remembered(facts: Facts, query: Query) -> bool:
    """Whether the function that sends a query keeps its results."""
    names = facts.loose_names(query.function) if query.function is not None else None
    return names is not None and any(REMEMBERING.search(name) for name in names)


def lazily_read(facts: Facts, read: RowRead) -> Entity | None:
    """The entity whose relationship is read and was not loaded with the rows."""
    queries = queries_behind(facts, read.iterable)
    if not queries:
        return None
    found: Entity | None = None
    for query in queries:
        entity = query.entity
        if entity is None or entity.open or (query.site is not None and ".asyncio" in query.site.library):
            return None
        relationship = entity.relationship(read.name)
        if relationship is None or not relationship.known or relationship.lazy not in LAZY:
            return None
        if any(load.path[:1] == (read.name,) for load in query.loads):
            return None
        if entity.orm not in ASKING_WHEN_READ:
            return None
        if entity.orm == "django" and (relationship.many or comes_along(facts, query, read.name)):
            return None  # a manager: what is asked of it is a query by itself
        found = entity
    return found


def comes_along(facts: Facts, query: Query, name: str) -> bool:
    """Whether a serializer asks its object for rows which, with theirs, some query of the project brings along."""
    function = facts.calls.codes.get(query.function) if query.function is not None else None
    if function is None or SERIALIZING.fullmatch(function.code.name) is None:
        return False
    given = {parameter.name for parameter in function.code.parameters[1:]}
    start = query.site.span if query.site is not None else query.span
    source = facts.project.files[start.path]
    found = RELATION.match(source.line(start.line)[start.column - 1 :])
    if found is None or found[1] not in given:
        return False  # the object was looked up here
    word = found[2]
    pairs = PAIRS.get(facts)
    if pairs is None:
        paths = {load.path for one in facts.queries.queries for load in one.loads}
        pairs = PAIRS[facts] = {pair for path in paths for pair in pairwise(path)}
    return (word, name) in pairs or is_prefetched_by_text(facts, word, name)


def is_prefetched_by_text(facts: Facts, word: str, name: str) -> bool:
    """The same of queries of a model that only run time knows, as their text says."""
    wanted = re.compile(
        rb"[\"'](?:\w+__)?%(word)b__%(name)b\b"
        rb"|Prefetch\(\s*[\"'](?:\w+__)?%(word)b[\"'].{0,400}?select_related\([^()]*[\"']%(name)b[\"']"
        % {b"word": word.encode(), b"name": name.encode()},
        re.DOTALL,
    )
    return any(
        b"prefetch" in source.data and wanted.search(source.data) is not None
        for source in facts.project.files.values()
        if source.language == "python"
    )
