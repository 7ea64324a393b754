"""facts, trace, sql: what was read of a project."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta, Struct

from verifier.model import Span
from verifier.report.style import plain, shown
from verifier.report.text import plural
from verifier.serve.answers import LONGEST, Answer, RefusedError, page
from verifier.serve.asked import Facts as AskedFacts
from verifier.serve.asked import Sql, Trace
from verifier.serve.held import Held, Workshop

if TYPE_CHECKING:
    from verifier.lift.nouns import Query, Statement
    from verifier.link import Facts

SCHEMA_VERSION = 1
LONGEST_SQL = 300  # characters of a statement in a list; `sql` tells the whole
LONGEST_FORM = 3_000
MOST_FORMS = 4
MOST_NEAR = 8
MOST_ENDPOINTS = 10

Row = tuple[str, dict[str, Any]]


class FactsTold(Struct, frozen=True):
    """Facts of one kind. ``left_out`` come after those that are told; ``more`` says how to ask for them."""

    schema_version: int
    kind: str
    rows: Annotated[tuple[dict[str, Any], ...], Meta(description="As `buttress facts KIND --format json` gives them.")]
    found: int
    left_out: int
    more: str


class Traced(Struct, frozen=True):
    """The way of a request; ``trace`` is null where it is too long, and then ``text`` is cut, too."""

    schema_version: int
    route: dict[str, Any]
    trace: Annotated[dict[str, Any] | None, Meta(description="As `buttress trace --format json` gives it.")]
    text: str


class Form(Struct, frozen=True):
    """A form that a query may take. ``holes`` say why only run time knows what stands at ``RUNTIME()``."""

    sql: str
    exact: bool
    holes: tuple[str, ...] = ()


class QueryTold(Struct, frozen=True):
    """A query, with the SQL that it sends, the fullest form first."""

    path: str
    line: int
    function: str
    origin: str
    dialect: str
    action: str
    forms: tuple[Form, ...]
    more_forms: int
    reason: str | None
    endpoints: tuple[str, ...]


class SqlTold(Struct, frozen=True):
    """The queries of a line; ``near`` are other lines of the file with queries, where this one has none."""

    schema_version: int
    path: str
    line: int
    queries: tuple[QueryTold, ...]
    near: tuple[int, ...]


def facts(workshop: Workshop, asked: AskedFacts) -> Answer:
    """Facts of one kind, a row each, as many as fit."""
    known = workshop.open(asked).session.facts
    rows = [row for row in ROWS[asked.kind](known) if matches(row[0], asked.contains)]
    if asked.skip and asked.skip >= len(rows):
        raise RefusedError(f"There are {len(rows)}: skip={asked.skip} passes over all of them.")
    # Data say more than their text, and stand in the answer beside it.
    weights = [max(len(text), len(json.dumps(row)) // 2) for text, row in rows]
    told = page([text for text, _ in rows], asked.skip, asked.most, weights)
    what = f" with `{shown(asked.contains)}` in them" if asked.contains else ""
    head = f"{asked.kind}: {len(rows)}{what}"
    data = FactsTold(
        SCHEMA_VERSION,
        asked.kind,
        tuple(small(rows[place][1]) for place in told.rows),
        len(rows),
        told.left_out,
        told.more,
    )
    text = "\n".join(part for part in (head, told.text, told.more) if part)
    return Answer(f"{text}\n", msgspec.to_builtins(data))


def matches(text: str, contains: str | None) -> bool:
    """Whether a row has a text in it, in any case."""
    return contains is None or contains.casefold() in text.casefold()


def small(row: dict[str, Any]) -> dict[str, Any]:
    """A row whose texts are not longer than an answer bears."""
    return {
        key: f"{value[:LONGEST_FORM]}..." if isinstance(value, str) and len(value) > LONGEST_FORM else value
        for key, value in row.items()
    }


def route_rows(known: Facts) -> Iterator[Row]:
    """Routes, then what may be some."""
    from verifier.report.data import routes_data

    data = routes_data(known)
    for route in data["routes"]:
        place = f"{route['handler_file'] or route['file']}:{route['handler_line'] or route['line']}"
        guards = f"  guards: {', '.join(route['guards'])}" if route["guards"] else ""
        yield shown(f"{route['method']} {route['path']} -> {route['handler']} {place}{guards}"), route
    for route in data["dynamic"]:
        yield shown(f"at run time only: {route['path']}:{route['line']} {route['reason']}"), route
    for route in data["unread"]:
        yield shown(f"not read: {route['path']}:{route['line']} {route['reason']}"), route


def model_rows(known: Facts) -> Iterator[Row]:
    """Mapped classes, tables, and what was not read."""
    from verifier.report.models import entity_data, entity_text, table_data, table_text

    model = known.models
    for entity in model.entities:
        yield entity_text(entity, plain), entity_data(entity)
    for table in model.tables:
        yield table_text(table, plain), table_data(table)
    for unread in model.unread:
        row = {"path": unread.span.path, "line": unread.span.line, "reason": unread.reason}
        yield shown(f"not read: {unread.span} {unread.reason}"), row


def query_rows(known: Facts) -> Iterator[Row]:
    """Queries with the fullest form of their SQL, then places that surely are some."""
    from verifier.report.queries import NOT_FOLLOWED, query_data

    for query in known.queries.queries:
        row = query_data(known, query)
        sql = row["sql"] or ""
        sql = sql if len(sql) <= LONGEST_SQL else f"{sql[:LONGEST_SQL]}..."
        depends = f"  (depends on {row['reason']})" if row["reason"] else ""
        forms = f"  ({len(row['forms']) + 1} forms)" if row["forms"] else ""
        yield shown(f"{row['path']}:{row['line']} {row['function']}: {sql or 'not read'}{forms}{depends}"), row
    for span in known.queries_not_followed:
        yield shown(f"{span.path}:{span.line} {NOT_FOLLOWED}"), {"path": span.path, "line": span.line}


def import_rows(known: Facts) -> Iterator[Row]:
    """Imports inside the project, then those that do not arrive."""
    from verifier.report.data import imports_data

    data = imports_data(known)
    for row in data["imports"]:
        yield shown(f"{row['from']}:{row['line']} {row['kind']} -> {row['to']} {row['name']}"), row
    for row in data["unresolved"]:
        yield shown(f"not resolved: {row['from']}:{row['line']} {row['module']}: {row['reason']}"), row


def layer_rows(known: Facts) -> Iterator[Row]:
    """The layer of each file."""
    from verifier.report.data import layers_data

    data = layers_data(known)
    for row in data["layers"]:
        yield shown(f"{row['path']}: {row['layer']} {row['reason']}"), row
    for path in data["unlayered"]:
        yield shown(f"{path}: no layer"), {"path": path, "layer": None}


def call_rows(known: Facts) -> Iterator[Row]:
    """The calls below the routes."""
    from verifier.report.data import calls_data

    for row in calls_data(known)["calls"]:
        yield shown(f"{row['path']}:{row['line']} {row['caller'] or '<module>'} -> {row['callee']}"), row


def startup_rows(known: Facts) -> Iterator[Row]:
    """How the project starts, and what it connects to."""
    from verifier.report.data import startup_data
    from verifier.report.facts import startup_text

    data = startup_data(known)
    yield startup_text(known, plain).rstrip("\n"), data


ROWS: dict[str, Callable[[Facts], Iterator[Row]]] = {
    "routes": route_rows,
    "models": model_rows,
    "queries": query_rows,
    "imports": import_rows,
    "layers": layer_rows,
    "calls": call_rows,
    "startup": startup_rows,
}


def trace(workshop: Workshop, asked: Trace) -> Answer:
    """The way of a request: route, handler, service, repository, and the SQL that it sends."""
    from verifier.report.tracing import find_route, trace_data, trace_text

    known = workshop.open(asked).session.facts
    route = find_route(known, asked.request)
    lines = trace_text(known, route, plain).rstrip("\n").split("\n")
    told = page(lines, 0, len(lines))
    text = told.text
    if told.left_out:
        text += (
            f"\n{plural(told.left_out, 'more line')} left out: `facts` with kind=calls tells the calls of a function."
        )
    data = trace_data(known, route)
    fits = len(json.dumps(data)) <= 2 * LONGEST
    made = Traced(SCHEMA_VERSION, data["route"], data["trace"] if fits else None, "" if fits else text)
    return Answer(f"{text}\n", msgspec.to_builtins(made))


def sql(workshop: Workshop, asked: Sql) -> Answer:
    """The SQL of the queries at a line."""
    held = workshop.open(asked)
    known = held.session.facts
    path = source_path(workshop, held, asked.file)
    own = [query for query in known.queries.queries if query.span.path == path]
    found = [query for query in own if stands_at(query, asked.line)]
    if found:
        told = tuple(query_told(known, query) for query in found)
        parts = [query_text(one) for one in told]
        near: list[int] = []
    else:
        told = ()
        lines = {query.span.line for query in own}
        near = sorted(sorted(lines, key=lambda line: (abs(line - asked.line), line))[:MOST_NEAR])
        parts = [nothing_text(known, path, asked.line, near, len(lines))]
    made = SqlTold(SCHEMA_VERSION, path, asked.line, told, tuple(near))
    rows = page(parts, 0, len(parts))
    more = f"\n{plural(rows.left_out, 'more query', 'more queries')} at this line left out." if rows.left_out else ""
    data = msgspec.structs.replace(made, queries=told[: rows.rows.stop] if told else ())
    return Answer(f"{rows.text}{more}\n", msgspec.to_builtins(data))


def source_path(workshop: Workshop, held: Held, name: str) -> str:
    """The path of a source file, as the project names it; the client may also write it from the root.

    Raises:
        RefusedError: there is no such file.
    """
    project = held.session.facts.project
    path = workshop.below(name).relative_to(workshop.root).as_posix()
    if path in project.files:
        return path
    if held.options.path is not None:
        folder = held.options.path.relative_to(workshop.root).as_posix()
        inner = path.removeprefix(f"{folder}/")
        if inner in project.files:
            return inner
    from verifier.config import nearest

    raise RefusedError(f"The project has no source file `{shown(name[:200])}`{nearest(path, project.files)}")


def stands_at(query: Query, line: int) -> bool:
    """Whether a query, or the call that sends it, stands at a line."""
    spans = [query.span, *([query.site.span] if query.site is not None else [])]
    return any(span.line <= line <= (span.end_line or span.line) for span in spans)


def query_told(known: Facts, query: Query) -> QueryTold:
    """A query as it is told."""
    from verifier.report.queries import MODULE, reason_of

    routes = dict.fromkeys(f"{route.method} {route.path}" for route in known.routes_at(query.span))
    return QueryTold(
        path=query.span.path,
        line=query.span.line,
        function=query.function.name if query.function is not None else MODULE,
        origin=query.origin,
        dialect=query.dialect,
        action=query.action,
        forms=tuple(
            form_of(statement, query.dialect, pretty=not number)
            for number, statement in enumerate(query.statements[:MOST_FORMS])
        ),
        more_forms=max(0, len(query.statements) - MOST_FORMS),
        reason=reason_of(query),
        endpoints=tuple(routes)[:MOST_ENDPOINTS],
    )


def form_of(statement: Statement, dialect: str, *, pretty: bool) -> Form:
    """One form of a query."""
    from verifier.lift.pieces import holes_in
    from verifier.report.queries import sql_of

    text = sql_of(statement, dialect, pretty=pretty)
    text = text if len(text) <= LONGEST_FORM else f"{text[:LONGEST_FORM]}..."
    reasons = dict.fromkeys([*(str(node.meta["hole"]) for node in holes_in(statement.tree)), *statement.reasons])
    return Form(text, statement.exact, tuple(reasons))


def query_text(told: QueryTold) -> str:
    """A query as text."""
    dialect = f", {told.dialect}" if told.dialect else ""
    lines = [f"{shown(told.path)}:{told.line} in {shown(told.function)} ({told.origin}{dialect}, {told.action})"]
    for number, form in enumerate(told.forms, 1):
        if len(told.forms) > 1 or told.more_forms:
            lines.append(f"form {number} of {len(told.forms) + told.more_forms}:")
        lines += [shown(line) for line in form.sql.split("\n")]
        lines += [f"  hole: depends on {shown(reason)}" for reason in form.holes]
    if not told.forms:
        lines.append(f"not read: depends on {shown(told.reason or 'what was not followed')}")
    if told.endpoints:
        lines.append(f"sent by: {', '.join(map(shown, told.endpoints))}")
    return "\n".join(lines)


def nothing_text(known: Facts, path: str, line: int, near: list[int], count: int) -> str:
    """What there is to say where no query was read."""
    missed: list[Span] = [span for span in known.queries_not_followed if span.path == path and span.line == line]
    if missed:
        return f"{shown(path)}:{line} is a query in code that nothing was seen to run, so that its SQL is not known."
    if not near:
        return f"No query was read in {shown(path)}."
    few = "" if count <= len(near) else ", among others"
    return f"No query begins or is sent at {shown(path)}:{line}. Lines of queries: {', '.join(map(str, near))}{few}."
