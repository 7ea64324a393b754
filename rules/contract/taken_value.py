"""A value that is taken already is answered with 500, since nothing expects that.

A client registers with an email that somebody has, and the database refuses the row: `UNIQUE constraint failed:
users.email`, `duplicate key value violates unique constraint`. Nobody has looked before whether there is such a row,
and nothing takes the error, so that the framework answers 500, where the contract has 409, 422 or 400.

Look the value up before, or take the error and answer it: `except IntegrityError`, the code `23505` of PostgreSQL,
`P2002` of Prisma, `UniqueConstraintError` of Sequelize.

The rule looks at columns that are unique by themselves, at values of the same name in the contract's body, and at
statements that are wholly known. It is silent where anything on the way asks the table by that column, where code
around the statement or for the whole application takes errors and does not pass them on, and where anything in the
project names such an error.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from sqlglot import exp

from verifier.api import (
    Category,
    Column,
    Confidence,
    Constraint,
    Facts,
    FunctionRef,
    JsonSchema,
    Operation,
    Problem,
    Query,
    Related,
    Route,
    Severity,
    Span,
    answers,
    bare,
    is_test,
    nodes_in,
    regex,
    rule,
    syntax,
)

REFUSALS = frozenset({"409", "422", "400", "4XX"})
# Errors of unique columns, as drivers and mappers call them, and what looks such values up by itself.
NAMED = regex(
    rb"IntegrityError|UniqueViolation|\b23505\b|\bP2002\b|UniqueConstraint(?:Error|Violation)|ER_DUP_ENTRY|"
    rb"SQLITE_CONSTRAINT|\b2067\b|unique_violation|(?i:duplicate_?(?:key|entry|value|row))|(?i:already_?(?:exists|taken|in_?use))|"
    rb"UNIQUE constraint|UniqueValidator|ModelSerializer|ModelForm|validate_unique|full_clean|"
    rb"\.externals?\(|\.custom\(|\.superRefine\(|findOrCreate|get_or_create|(?i:is_?(?:unique|taken|available))"
)
IMPORTED = regex(rb"^\s*(?:import|from|const\s+\{|export)\b")
# What a handler of errors does beside passing them on, or answering 500.
HANDLES = regex(
    rb"\b4\d\d\b|HTTP_4|CONFLICT|UNPROCESS|BAD_REQUEST|"
    rb"\braise\s+(?!(?:e|ex|exc|err|error|exception)\b(?!\s*\())\w|\bthrow\s+new|\breturn\b(?!\s*next|[^\n]*500)"
)
CATCHES = regex(rb"\.catch\(\s*(?!next\b)")
# Handlers of all errors of an application.
EVERY = regex(
    rb"setErrorHandler|\.onError\(|\(\s*_?(?:err|error|exception|e)\s*(?::\s*[\w.<>| ]+)?,\s*_?(?:req|request|ctx|c)\b|"
    rb"errorhandler\(\s*(?:Exception|\w*SQLAlchemyError|DBAPIError|DatabaseError)|"
    rb"exception_handler\(\s*(?:Exception|\w*SQLAlchemyError|DBAPIError|DatabaseError)"
)
FALLBACK = regex(rb"\b500\b|INTERNAL|(?:send|next|throw)\W{1,2}(?:err|e\b)|(?:err|error|e)\.status")
REFUSES = regex(rb"(?:\|\||\?\?|\bor\b)\s*4\d\d")
REACH = 2_500  # bytes of a handler that are looked at


class Unique(NamedTuple):
    """A column that is unique by itself, of a table."""

    table: str
    column: Column


@rule(Category.DATABASE_RUNTIME_ERROR, Severity.WARNING, confidence=Confidence.MEDIUM, constraint="contract")
def taken_value(facts: Facts) -> Iterator[Problem]:
    """Yield each statement that stores what must be unique, and whose failure nobody answers."""
    assert facts.contract is not None
    columns = unique_columns(facts)
    wanted = [(one, fields_of(one)) for one in facts.contract.operations if REFUSALS & one.answers.keys() and one.body]
    wanted = [(one, names) for one, names in wanted if names & {name for _, name in columns}]
    if not wanted or handles_all(facts):
        return
    below: dict[Route, tuple[FunctionRef, ...]] = {}
    for route, start in facts.calls.runs.starts:
        below.setdefault(route, facts.calls.runs.below([start]))
    for operation, names in wanted:
        made = next((one for one in facts.served_routes if answers(one, operation)), None)
        functions = frozenset(below.get(made, ())) if made is not None else frozenset()
        if made is None or not functions:
            continue
        queries = [query for query in facts.queries.queries if query.function in functions]
        if any(not is_known(query) for query in queries):
            continue
        for query, unique in stored(queries, columns, names):
            if asked_for(queries, unique) or is_handled(facts, made, functions, query):
                continue
            name = unique.column.name
            yield Problem(
                query.span,
                f"`{name}` of {operation.method} {operation.path} may be taken already, and nothing answers for that",
                related=(Related(unique.column.span, f"`{name}` is unique"),),
                symptom=f"500 on {operation.method} {operation.path} whose `{name}` is taken",
                remedy=f"Look `{name}` up before, or take the error of the database, and answer it",
                routes=(made,),
                identity=f"{operation.method} {operation.path} {name}",
            )
            break


def unique_columns(facts: Facts) -> Mapping[tuple[str, str], Unique]:
    """The columns that are unique by themselves, and are not made by the database, by table and bare name."""
    found: dict[tuple[str, str], Unique] = {}
    for entity in facts.models.entities:
        if entity.table is not None and not is_test(entity.span.path):
            alone = {key.columns[0] for key in entity.constraints if is_unique(key)}
            take(found, entity.table, entity.columns, alone)
    for table in facts.models.tables:
        if not is_test(table.span.path):
            take(found, table.name, table.columns, {key.columns[0] for key in table.constraints if is_unique(key)})
    return found


def is_unique(key: Constraint) -> bool:
    """Whether a constraint makes one column unique, in all rows."""
    whole = not key.condition and len(key.columns) == 1
    return whole and (key.kind == "unique" or (key.kind == "index" and key.unique))


def take(found: dict[tuple[str, str], Unique], table: str, columns: Iterable[Column], alone: set[str]) -> None:
    """Add the columns of a table that are unique."""
    for column in columns:
        if (column.unique or column.name in alone) and not column.primary_key and not column.references:
            found.setdefault((table, bare(column.name)), Unique(table, column))


def fields_of(operation: Operation) -> set[str]:
    """The names of what clients send, in an envelope too."""
    body = operation.body
    inner = body.properties.values() if body is not None and len(body.properties) == 1 else ()
    schemas: list[JsonSchema] = [*([body] if body is not None else []), *inner]
    return {bare(name) for schema in schemas for name in schema.properties}


def is_known(query: Query) -> bool:
    """Whether a query was read to its end, as far as tables and conditions go."""
    return query.lifted and not any(one.open - {"columns", "returning", "order", "limit"} for one in query.statements)


def stored(
    queries: Iterable[Query], columns: Mapping[tuple[str, str], Unique], names: set[str]
) -> Iterator[tuple[Query, Unique]]:
    """The statements that store values of some names in unique columns."""
    for query in queries:
        for statement in query.statements:
            tree = statement.tree
            if isinstance(tree, exp.Insert) and not tree.args.get("conflict") and not tree.args.get("ignore"):
                schema = tree.this
                if not isinstance(schema, exp.Schema) or not isinstance(schema.this, exp.Table):
                    continue
                table, written = schema.this.name, [one.name for one in schema.expressions]
            elif isinstance(tree, exp.Update) and isinstance(tree.this, exp.Table):
                sets = [one for one in tree.expressions if isinstance(one, exp.EQ) and isinstance(one.this, exp.Column)]
                table, written = tree.this.name, [one.this.name for one in sets]
            else:
                continue
            for name in written:
                if (unique := columns.get((table, bare(name)))) is not None and bare(name) in names:
                    yield query, unique


def asked_for(queries: Iterable[Query], unique: Unique) -> bool:
    """Whether a query asks the table by the column."""
    return any(
        column.name == unique.column.name
        for query in queries
        for statement in query.statements
        if not isinstance(statement.tree, exp.Insert | exp.Update)
        and any(table.name == unique.table for table in statement.tree.find_all(exp.Table))
        for condition in statement.tree.find_all(exp.Where, exp.Having)
        for column in condition.find_all(exp.Column)
    )


def handles_all(facts: Facts) -> bool:
    """Whether the application answers all errors with something else than 500."""
    for path, source in facts.project.files.items():
        if is_test(path):
            continue
        for match in EVERY.finditer(source.data):
            region = source.data[match.start() : match.start() + REACH]
            if FALLBACK.search(region) is None or REFUSES.search(region) is not None:
                return True
    return False


def is_handled(facts: Facts, route: Route, functions: frozenset[FunctionRef], query: Query) -> bool:
    """Whether code around a statement may take its error, or anything that this route runs through names it."""
    for function in functions:
        code, source = facts.calls.codes.get(function), facts.project.files.get(function.path)
        if code is None or source is None:
            return True
        text = source.data[code.code.start : code.code.end]
        if NAMED.search(text) is not None:
            return True
        handlers = [one for node in nodes_in(code.code.body) if isinstance(node, syntax.Try) for one in node.handlers]
        catches = CATCHES.search(text) is not None
        if not handlers and not catches:
            continue
        around = query.function is not None and query.function in facts.calls.below(function)
        if (around or b"yield" in text or function in facts.calls.before) and (
            catches or any(HANDLES.search(source.data, one.start, one.end) for one in handlers)
        ):
            return True
    return names_it(facts, route)


def names_it(facts: Facts, route: Route) -> bool:
    """Whether code that no other route alone runs through names an error of unique columns."""
    for path, source in facts.project.files.items():
        if is_test(path):
            continue
        for match in NAMED.finditer(source.data):
            start = source.data.rfind(b"\n", 0, match.start()) + 1
            if IMPORTED.match(source.data[start : match.start() + 1]) is not None:
                continue
            line = source.data.count(b"\n", 0, match.start()) + 1
            routes = facts.calls.routes_at(Span(path, line))
            if not routes or route in routes:
                return True
    return False
