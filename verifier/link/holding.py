"""The queries held against the data model: what is wrong with each, as the rules of ``rules/sql`` report it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, cached_property, partial
from typing import TYPE_CHECKING

from sqlglot import exp

from verifier.evaluate.values import Origin
from verifier.hold.faults import Fault
from verifier.hold.schema import Schema, schema_of
from verifier.hold.statement import hold
from verifier.lift.nouns import Query, Statement
from verifier.lift.pieces import place_of
from verifier.link.program import is_test
from verifier.link.queries import as_sqlglot
from verifier.model import Problem, Project, Related, Span
from verifier.regex import regex

if TYPE_CHECKING:
    from verifier.link import Facts

# Libraries that send the names that code gives them, and add none.
PLAIN = frozenset({"knex", "kysely"})
MIGRATIONS = regex(r"(?:^|/)(?:migrations?|alembic|versions|seeds?|seeders|fixtures)/")
TRIGGERS = regex(rb"\bcreate\s+(?:or\s+replace\s+)?(?:temp\w*\s+|constraint\s+)?trigger\b", re.IGNORECASE)
# What a function asks that writes other SQL for each database, and what PostgreSQL alone has: code that speaks of it
# knows where it runs.
SYSTEM = r"\bpg_(?:trgm|catalog|advisory\w*|stat\w*|class|get_\w+)"
CHOOSING = regex(rf"(?<!not-in-)dialect|sqlite|postgres|\bpg\b|backend|vendor|{SYSTEM}", re.IGNORECASE)
TITLES = {"postgres": "PostgreSQL", "sqlite": "SQLite", "mysql": "MySQL"}
# Libraries whose own rules speak of names that their models do not have.
NAMING = frozenset({"sequelize", "django_orm", "django"})
# What may complete a row before a mapper writes it.
HOOKS = regex(
    rb"before_?(?:Validate|Create|Save|BulkCreate|Upsert|insert|flush)|\baddHook\b|\bhooks\s*:|listens_for|pre_save|"
    rb"\bvalidates\b|def __init__\(self, \*\*",
    re.IGNORECASE,
)
COMPARING = regex(
    rf"(?<!not-in-)dialect(?:\.name|\.getDialect|_name)?\b|getDialect\(|\.vendor\b|\.client\.config\.client|{SYSTEM}"
)
# Faults that one kind of database has and another has not: code that asks which there is knows of them.
OF_DIALECT = frozenset(
    "ambiguous-column distinct-order-by folded-name not-in-dialect type-mismatch ungrouped-column".split()
)
# Drivers of PostgreSQL, by which a project says that it works with that, too.
DRIVERS = frozenset({"psycopg", "psycopg2", "psycopg2-binary", "psycopg-binary", "asyncpg", "pg", "postgres", "pg8000"})
REPLACED = regex(r"`\w+` is set by nothing that starts")
NOTHING = Schema({}, closed=False)


def link_faults(facts: Facts) -> Mapping[str, tuple[Problem, ...]]:
    """What is wrong with the queries, by the id of the rule that reports it."""
    queries = facts.queries.queries
    if not queries:
        return {}
    project = facts.project
    schema = schema_of(facts.models, Quotes(project), triggers=has_triggers(project))
    through = {library: as_sqlglot(facts.dialects_through(library)) for library in {query.library for query in queries}}
    supported = supports_postgres(facts)
    around = Around(facts)
    named = cache(partial(names_of_tables, queries))
    found: dict[str, dict[tuple[Span, str], Problem]] = {}
    sent: set[tuple[str, Span, str]] = set()  # what was said of a whole statement, by where it is sent
    for query in queries:
        if is_test(query.span.path) or is_of_migration(query.span.path, schema):
            continue
        used = through[query.library]
        further = ["postgres"] if used == {"sqlite"} and supported else []
        for statement in query.statements:
            for fault in faults_of(query, statement, schema, used, further, around):
                several = len(query.statements) > 1 or not statement.exact
                if fault.rule == "alias-not-in-scope" and several and may_name(query, fault.node, project):
                    continue  # a join and the condition on it may be left out together
                if fault.rule == "unordered-page" and any(map(is_ordered, query.statements)):
                    continue  # what asks for the page chooses the order
                at = place_of(fault.node) if isinstance(fault.node, exp.Expression) else None
                if isinstance(fault.node, exp.Offset) and query.origin == "orm":
                    at = None  # its number may have been written anywhere
                span = facts.program.engine.span(at) if at is not None else query.span
                own = found.setdefault(f"sql/{fault.rule}", {})
                if at is None and query.site is not None:
                    if (fault.rule, query.site.span, fault.message) in sent and (span, fault.message) not in own:
                        continue
                    sent.add((fault.rule, query.site.span, fault.message))
                if (span, fault.message) not in own:
                    if not is_sure(fault, project, query, used, named):
                        continue
                    own[span, fault.message] = problem(fault, span)
    return {rule: tuple(own.values()) for rule, own in found.items()}


def is_ordered(statement: Statement) -> bool:
    """Whether one form of a query has an order."""
    return statement.tree.args.get("order") is not None


def may_name(query: Query, name: exp.Expr, project: Project) -> bool:
    """Whether some form of a query may have a source of a name that one of its statements has not."""
    low = name.name.lower()
    for form in query.statements:
        for node in form.tree.find_all(exp.Table, exp.TableAlias):
            named = node.this
            if isinstance(named, exp.Identifier) and ("hole" in named.meta or named.name.lower() == low):
                return True
    # A form that was not read would have to write the name once more, and not before a column.
    at: Origin | None = name.meta.get("at")
    source = project.files.get(at.path) if at is not None else None
    if at is None or source is None or at.path != query.span.path:
        return True
    wanted = re.compile(rf"(?<![\w.$]){re.escape(name.name)}(?![\w$])(?![\"'`]?\s*\.)".encode(), re.IGNORECASE)
    return any(not at.start <= match.start() < at.end for match in wanted.finditer(source.data))


def problem(fault: Fault, span: Span) -> Problem:
    """A fault as a rule reports it."""
    return Problem(
        span,
        fault.message,
        related=tuple(Related(place, message) for place, message in dict.fromkeys(fault.related)),
        symptom=fault.symptom,
        remedy=fault.remedy,
        severity=fault.severity,
    )


def faults_of(
    query: Query,
    statement: Statement,
    schema: Schema,
    used: frozenset[str],
    further: list[str],
    around: Around,
) -> Iterator[Fault]:
    """What is wrong with one form of a query, on each database that the project uses."""
    written = query.origin == "sql"
    trusted = written or query.library in PLAIN
    sent = query.action != "build"
    foreign = bool(query.dialect and used) and query.dialect not in used
    own = NOTHING if foreign else schema
    dialects = [query.dialect] if query.dialect else sorted(used) if len(used) < 3 else [""]
    if dialects == ["sqlite"] and query.library != "drivers":
        dialects += further
    alone = len(query.statements) == 1
    strict = query.library == "sqlalchemy" and not any(
        found.name.lower().startswith("psycopg2") for found in around.project.manifests.requirements
    )
    found = [
        hold(statement, own, dialect, trusted=trusted, written=written, sent=sent, alone=alone, strict=strict)
        for dialect in dialects or [""]
    ]
    if len(found) == 1:
        for fault in found[0]:
            if fault.rule not in OF_DIALECT or not around.asks(query, fault, COMPARING):
                yield fault
        return
    common = set.intersection(*({(fault.rule, fault.message) for fault in faults} for faults in found))
    for dialect, faults in zip(dialects, found, strict=True):
        for fault in faults:
            if (fault.rule, fault.message) in common:
                yield fault
            elif around.asks(query, fault, CHOOSING) is False:
                yield fault._replace(message=f"on {TITLES.get(dialect, dialect)}, {fault.message}")


def supports_postgres(facts: Facts) -> bool:
    """Whether a project that runs on SQLite by default is made for PostgreSQL, too: by its environment and drivers."""
    names = {found.name.lower() for found in facts.project.manifests.requirements if not found.development}
    return bool(names & DRIVERS) and any(
        REPLACED.search(evidence.message) for connection in facts.connections for evidence in connection.evidence
    )


class Around:
    """The text of the functions in which the parts of a query were written and sent."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.project = facts.project

    @cached_property
    def functions(self) -> dict[str, list[Span]]:
        """The functions that were run, by file, the inner ones last."""
        found: dict[str, set[Span]] = {}
        for graph in (self.facts.calls, self.facts.calls_elsewhere):
            for function in graph.runs.functions:
                found.setdefault(function.path, set()).add(function.span)
        return {path: sorted(spans) for path, spans in found.items()}

    def asks(self, query: Query, fault: Fault, wanted: re.Pattern[str]) -> bool | None:
        """Whether they ask which database there is; None where there is no text to look at.

        Of a query outside functions it is the module that may ask.
        """
        source = self.project.files.get(query.span.path)
        if source is None:
            return None
        if query.function is None:
            return wanted.search(source.text) is not None
        spans = [(query.span.path, query.function.span)]
        at = place_of(fault.node) if isinstance(fault.node, exp.Expression) else None
        if at is not None:
            place = self.facts.program.engine.span(at)
            inside = [span for span in self.functions.get(place.path, ()) if span.line <= place.line <= span.end_line]
            spans += [(place.path, span) for span in inside[-1:]]
        return any(wanted.search(self.lines(path, span)) is not None for path, span in spans)

    def lines(self, path: str, span: Span) -> str:
        """The lines of a span."""
        source = self.project.files.get(path)
        lines = source.text.splitlines() if source is not None else []
        return "\n".join(lines[span.line - 1 : span.end_line or span.line])


def is_of_migration(path: str, schema: Schema) -> bool:
    """Whether the statements of a file speak of tables as they were at some time."""
    return MIGRATIONS.search(path) is not None or path.rpartition("/")[0] in schema.migrations


class Quotes:
    """Tells whether a name that is declared at a place is in quotes where the database hears of it.

    SQL says so itself; libraries that build it from calls and objects quote every name. None: it cannot be told.
    """

    def __init__(self, project: Project) -> None:
        self.project = project

    def __call__(self, span: Span, name: str) -> bool | None:
        source = self.project.files.get(span.path) or self.project.others.get(span.path)
        line = source.line(span.line) if source is not None else ""
        if not 0 < span.column <= len(line):
            return None
        before = line[span.column - 1 :].lstrip()
        if before[:1] in ('"', "`", "["):
            return True
        named = re.match(r"create\s.*?\btable\s+(?:if\s+not\s+exists\s+)?(?:\w+\.)?(\S)", before, re.IGNORECASE)
        if named is not None:
            return named[1] in ('"', "`", "[")
        if before[: len(name)].lower() == name.lower():
            return before[len(name) :].lstrip()[:1] == ":"  # the key of an object, if no word of SQL
        return True if re.match(rf"[\w.$]+\(\s*[\"'`]{re.escape(name)}[\"'`]", before) else None


def has_triggers(project: Project) -> bool:
    """Whether the project makes triggers, which may change what is written."""
    return any(
        b"rigger" in source.data.lower() and TRIGGERS.search(source.data) is not None
        for source in (*project.files.values(), *project.others.values())
    )


def names_of_tables(queries: Iterable[Query]) -> Mapping[str, list[int]]:
    """Where in each file queries name the tables that they read and write, as byte offsets in order."""
    found: dict[str, set[int]] = {}
    for query in queries:
        for statement in query.statements:
            for table in statement.tree.find_all(exp.Table):
                at: Origin | None = table.this.meta.get("at") if isinstance(table.this, exp.Identifier) else None
                if at is not None:
                    found.setdefault(at.path, set()).add(at.start)
    return {path: sorted(places) for path, places in found.items()}


def stands_alone(name: str, project: Project) -> bool:
    """Whether a name stands in one place of a project only."""
    wanted = re.compile(rb"(?<!\w)" + re.escape(name.encode()) + rb"(?!\w)", re.IGNORECASE)
    found = 0
    for source in (*project.files.values(), *project.others.values()):
        found += sum(1 for _ in wanted.finditer(source.data))
        if found > 1:
            return False
    return True


def is_sure(
    fault: Fault, project: Project, query: Query, used: frozenset[str], named: Callable[[], Mapping[str, list[int]]]
) -> bool:
    """Whether nothing may undo a fault: the way of a library, a hook, or a text that makes what is missing.

    ``named``: where queries name tables, which makes none.
    """
    if fault.rule == "duplicate-alias" and query.library in NAMING:
        return False  # the library joins each alias once
    if fault.rule == "unknown-table" and len(used) > 1:
        return False  # it may be a table of the other database
    mapped = query.origin == "orm" and query.library in NAMING and "written" not in fault.node.meta
    if fault.rule == "unknown-table" and mapped and query.library != "sequelize":
        return False  # a model of an installed library, whose own migrations make its table
    if fault.rule == "unknown-column" and mapped:
        return False
    if query.origin == "orm" and fault.rule == "missing-required-column" and query.library not in PLAIN:
        return query.library not in ("django_orm", "django") and not any(
            HOOKS.search(source.data) for source in project.files.values()
        )
    if fault.rule not in ("unknown-table", "unknown-column"):
        return True
    name = re.escape(fault.node.name.rpartition(".")[2])
    if not name:
        return True
    if fault.alone and not stands_alone(fault.node.name, project):
        return False
    if fault.folders and any(
        path.rpartition("/")[0] in fault.folders and fault.node.name.encode() in source.data
        for path, source in (*project.files.items(), *project.others.items())
    ):
        return False
    if fault.rule == "unknown-table":
        made = (
            rf"(?:\b(?:table|view)\s+(?:if\s+not\s+exists\s+)?|\brename\s+to\s+|\binto\s+temp\w*\s+(?:table\s+)?)"
            rf"[\"'`\w.]*\b{name}\b"
        )
        literal = rf"(?P<literal>[\"'`]{name}[\"'`])"
    else:
        made = rf"\badd\s+(?:column\s+)?(?:if\s+not\s+exists\s+)?[\"'`]?{name}\b|\bto\s+[\"'`]?{name}\b"
        literal = rf"(?:add|create|rename)_?column[^;]{{0,120}}[\"'`]{name}[\"'`]"
    wanted = re.compile(f"{made}|{literal}".encode(), re.IGNORECASE)
    low = fault.node.name.encode().lower()
    for path, source in (*project.files.items(), *project.others.items()):
        if low not in source.data.lower():
            continue
        places = named().get(path, []) if fault.rule == "unknown-table" else []
        for match in wanted.finditer(source.data):
            line = source.data.count(b"\n", 0, match.start()) + 1
            if path == query.span.path and query.span.line <= line <= max(query.span.end_line, query.span.line):
                continue
            at = bisect_left(places, match.start())
            if at < len(places) and places[at] < match.end() and match["literal"]:
                continue  # another query names it, which makes no table
            return False
    return True
