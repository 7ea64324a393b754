"""What refers to a row does not go with it, and the contract says that it can be deleted.

The route for a DELETE of the contract deletes a row that rows of another table refer to. Their foreign key neither
cascades nor sets null, and nothing on the way of the request deletes them first: as soon as there is one such row, the
database refuses. The contract knows no such answer (409).

Declare the key with `ON DELETE CASCADE` (or `SET NULL`), or delete the other rows before.

Where the mapper itself deletes or unties the other rows, by a relationship of the deleted entity, this rule is silent.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sqlglot import exp

from verifier.api import (
    Category,
    Column,
    Confidence,
    Facts,
    Problem,
    Query,
    Related,
    Route,
    Severity,
    Span,
    bare,
    is_test,
    rule,
)

from ._bodies import answering

REFUSING = frozenset({"409", "400", "422", "4XX", "4xx", "default"})
NO_ACTION = frozenset({None, "NO ACTION", "RESTRICT", "DO_NOTHING", "PROTECT", "NoAction", "Restrict"})


class Child(NamedTuple):
    """A column that refers to another table. ``action`` is what becomes of its rows."""

    table: str
    entity: str
    column: Column
    action: str | None


@rule(Category.DATABASE_RUNTIME_ERROR, Severity.ERROR, confidence=Confidence.MEDIUM, constraint="contract")
def missing_cascade(facts: Facts) -> Iterator[Problem]:
    """Yield each foreign key that keeps a row from being deleted."""
    deleting = [(operation, route) for operation, route in answering(facts) if operation.method == "DELETE"]
    deleting = [(operation, route) for operation, route in deleting if not REFUSING & operation.answers.keys()]
    if not deleting or not any(operation.answers for operation, _ in deleting):
        return
    found: dict[tuple[str, str], tuple[Child, str, list[tuple[str, Route]], Span]] = {}
    for operation, route in deleting:
        written = [query for query in facts.queries.queries if reaches(facts, query, route)]
        changed = {name for query in written for name in tables_of(query, exp.Delete, exp.Update)}
        for query in written:
            for table in tables_of(query, exp.Delete):
                for child in children(facts, table):
                    kept = child.action not in NO_ACTION or child.table in changed
                    if kept or maps(facts, table, child) or is_marked(facts, table):
                        continue
                    key = child.table, child.column.name
                    known = found.setdefault(key, (child, table, [], query.span))
                    known[2].append((f"{operation.method} {operation.path}", route))
    for child, table, operations, deleted in found.values():
        yield Problem(
            child.column.span,
            f"`{child.table}.{child.column.name}` refers to `{table}` and does not cascade: its rows keep"
            f" {operations[0][0]} from deleting",
            (Related(deleted, "deleted here"), *related(facts, child)),
            symptom=f"500 on {operations[0][0]}: violates foreign key constraint",
            remedy="Declare the key with `ON DELETE CASCADE`, or delete the rows that refer to it before",
            routes=tuple(dict.fromkeys(route for _, route in operations)),
            identity=f"{child.table} {child.column.name}",
        )


def reaches(facts: Facts, query: Query, route: Route) -> bool:
    """Whether a route runs through a query."""
    return query.function is not None and route in facts.calls.reaching.get(query.function, ())


def tables_of(query: Query, *kinds: type[exp.Expression]) -> set[str]:
    """The tables whose rows the forms of a query change in some way."""
    found: set[str] = set()
    for statement in query.statements:
        if isinstance(statement.tree, kinds):
            table = statement.tree.this
            if isinstance(table, exp.Table):
                found.add(table.name)
    return found


def children(facts: Facts, table: str) -> list[Child]:
    """The columns that refer to a table; where two declarations differ, none of these is sure."""
    found: dict[tuple[str, str], list[Child]] = {}
    for entity in facts.models.entities:
        if entity.table is not None and not is_test(entity.span.path):
            for column in entity.columns:
                for reference in column.references:
                    if reference.table == table:
                        child = Child(entity.table, entity.name, column, reference.on_delete)
                        found.setdefault((entity.table, column.name), []).append(child)
    for declared in facts.models.tables:
        for column in declared.columns:
            for reference in column.references:
                if reference.table == table:
                    child = Child(declared.name, "", column, reference.on_delete)
                    found.setdefault((declared.name, column.name), []).append(child)
    return [same[0] for same in found.values() if len({child.action in NO_ACTION for child in same}) == 1]


def related(facts: Facts, child: Child) -> tuple[Related, ...]:
    """Where the entity that refers to the other one says so, beside the column."""
    return tuple(
        Related(relationship.span, "the relationship")
        for entity in facts.models.entities
        if entity.name == child.entity
        for relationship in entity.relationships
        if not relationship.many and child.column.name in relationship.local and not relationship.implicit
    )[:1]


def is_marked(facts: Facts, table: str) -> bool:
    """Whether rows of a table may only be marked as deleted."""
    return any(
        bare(column.name) in ("deletedat", "isdeleted", "deleted")
        for entity in facts.models.entities
        if entity.table == table
        for column in entity.columns
    )


def maps(facts: Facts, table: str, child: Child) -> bool:
    """Whether the deleted entity has a relationship to what refers to it: the mapper may then take care of it."""
    return any(
        (relationship.target == child.entity and relationship.many and not relationship.view_only)
        or (relationship.through == child.table and not relationship.view_only)
        for entity in facts.models.entities
        if entity.table == table
        for relationship in entity.relationships
    )
