"""The queries as text and as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from verifier.lift.nouns import Query, Statement
from verifier.model import Span
from verifier.report.style import Paint, shown
from verifier.report.text import plural

if TYPE_CHECKING:
    from verifier.link import Facts

SCHEMA_VERSION = 1
MODULE = "<module>"
DEEP = "-- a statement that nests too deeply to be written out"
NOT_FOLLOWED = "code that was not followed"


def sql_of(statement: Statement, dialect: str, *, pretty: bool = False) -> str:
    """A statement in the words of its database; where that is not known, of the one in whose words it was read."""
    from sqlglot.errors import ErrorLevel

    words = dialect or statement.tree.meta.get("dialect")
    try:
        text: str = statement.tree.sql(dialect=words, pretty=pretty, unsupported_level=ErrorLevel.IGNORE)
    except RecursionError:
        return DEEP
    return text


def queries_data(facts: Facts) -> dict[str, Any]:
    """``facts queries``."""
    return {"schema_version": SCHEMA_VERSION, "queries": [query_data(facts, query) for query in facts.queries.queries]}


def query_data(facts: Facts, query: Query) -> dict[str, Any]:
    """One query, with its first form and the others that it may take."""
    layer = facts.layers.of(query.span.path)
    forms = [sql_of(statement, query.dialect) for statement in query.statements]
    return {
        "path": query.span.path,
        "line": query.span.line,
        "function": query.function.name if query.function is not None else MODULE,
        "layer": layer.name if layer is not None else None,
        "origin": query.origin,
        "library": query.library,
        "dialect": query.dialect,
        "action": query.action,
        "entity": query.entity.name if query.entity is not None else None,
        "lifted": query.lifted,
        "exact": query.lifted and all(statement.exact for statement in query.statements),
        "sql": forms[0] if forms else None,
        "forms": forms[1:],
        "reason": reason_of(query),
        "loads": [{"path": list(load.path), "how": load.how} for load in query.loads],
    }


def reason_of(query: Query) -> str | None:
    """Why a query was not read, or not wholly."""
    if query.reason is not None:
        return query.reason
    reasons = dict.fromkeys(reason for statement in query.statements for reason in statement.reasons)
    return "; ".join(reasons) or None


def queries_text(facts: Facts, paint: Paint) -> str:
    """``facts queries``: each query with its place and its SQL."""
    parts: list[str] = []
    for query in facts.queries.queries:
        layer = facts.layers.of(query.span.path)
        notes = [
            query.function.name if query.function is not None else MODULE,
            layer.name if layer is not None else "",
            query.dialect or query.origin,
            f"one of {len(query.statements)} forms" if len(query.statements) > 1 else "",
        ]
        place = paint(shown(f"{query.span.path}:{query.span.line}"), "path")
        lines = [f"{place}  {paint(shown('  '.join(note for note in notes if note)), 'dim')}"]
        if query.statements:
            lines += [
                f"    {shown(line)}" for line in sql_of(query.statements[0], query.dialect, pretty=True).split("\n")
            ]
        reason = reason_of(query)
        if reason is not None:
            lead = "in part" if query.lifted else "not lifted"
            lines.append(f"    {paint(lead, 'unsure')}: depends on {shown(reason)}")
        parts.append("\n".join(lines))
    unlifted = [query for query in facts.queries.queries if not query.lifted]
    missed = facts.queries_not_followed
    counts = f"{plural(len(parts), 'query', 'queries')}, {len(unlifted)} not lifted"
    if missed:
        counts += f"; {len(missed)} more in {NOT_FOLLOWED}"
    parts.append(counts)
    return "\n\n".join(parts) + "\n"


def queries_coverage(facts: Facts) -> dict[str, Any]:
    """How many places were read, and which were not."""
    found = facts.queries.queries
    missed: tuple[Span, ...] = facts.queries_not_followed
    lifted = sum(1 for query in found if query.lifted)
    return {
        "sites": len(found) + len(missed),
        "lifted": lifted,
        "unlifted": sorted(
            [
                *(
                    {"path": query.span.path, "line": query.span.line, "reason": query.reason or "run time"}
                    for query in found
                    if not query.lifted
                ),
                *({"path": span.path, "line": span.line, "reason": NOT_FOLLOWED} for span in missed),
            ],
            key=lambda place: (str(place["path"]), place["line"]),
        ),
    }
