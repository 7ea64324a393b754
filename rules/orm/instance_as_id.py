"""An object of a mapped class is given where a value of its key belongs.

A column is compared with, or set to, an object (`Book.author_id == author`, `WHERE author_id = ?` with `(author,)`).
SQLAlchemy refuses it (`ArgumentError: SQL expression element or literal value expected`), and a driver knows numbers
and texts, and no objects of the program: `Error binding parameter 1: type 'Author' is not supported`. The request is
answered with 500.

Give the key (`author.id`), or compare the relationship (`Book.author == author`), which SQLAlchemy writes out itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from verifier.api import Category, Entity, Facts, Instance, Problem, Query, Related, Span, Value, rule

# Packs whose libraries say themselves what becomes of an object.
OWN = frozenset({"sequelize", "django_orm"})


@rule(Category.INCORRECT_QUERY_LOGIC)
def instance_as_id(facts: Facts) -> Iterator[Problem]:
    """Yield each object that is sent in the place of a value."""
    seen: set[Span] = set()
    for query in facts.queries.queries:
        if query.library in OWN:
            continue
        for statement in query.statements:
            for node in statement.tree.find_all(exp.Placeholder, exp.Parameter, exp.Anonymous):
                place = node.meta.get("value")
                value = statement.values[place] if isinstance(place, int) and place < len(statement.values) else None
                entity = held(facts, value)
                column = beside(node)
                if entity is None or column is None:
                    continue
                span = where(facts, query, node)
                if span in seen:
                    continue
                seen.add(span)
                key = entity.primary_key[0].attribute if len(entity.primary_key) == 1 else "id"
                yield Problem(
                    span,
                    f"`{column}` is given an object of `{entity.name}`, and no value of its key",
                    related=(Related(entity.span, f"`{entity.name}` is declared here"),),
                    symptom=f"500: nothing takes an object of '{entity.name}' for a value",
                    remedy=f"Give the key: `.{key}`",
                    identity=f"{column} {entity.name}",
                )


def held(facts: Facts, value: Value | None) -> Entity | None:
    """The mapped class of which a value surely is an object."""
    if not isinstance(value, Instance) or value.kind is None:
        return None
    entity = facts.entity_of(value)
    return entity if entity is not None and entity.orm == "sqlalchemy" else None


def beside(node: exp.Expression) -> str | None:
    """The column that a placeholder is compared with or that it sets."""
    parent = node.parent
    if isinstance(parent, exp.EQ | exp.NEQ):
        other = parent.expression if parent.this is node else parent.this
        return other.name if isinstance(other, exp.Column) else None
    if isinstance(parent, exp.Tuple) and isinstance(parent.parent, exp.Values):
        insert = parent.find_ancestor(exp.Insert)
        schema = insert.this if insert is not None else None
        columns = schema.expressions if isinstance(schema, exp.Schema) else []
        at = parent.expressions.index(node) if node in parent.expressions else -1
        return columns[at].name if 0 <= at < len(columns) else None
    return None


def where(facts: Facts, query: Query, node: exp.Expression) -> Span:
    """Where the object is compared, or where the statement is sent."""
    beside = [found.meta.get("at") for found in node.parent.find_all(exp.Identifier)] if node.parent is not None else []
    at = next((place for place in beside if place is not None), None)
    if query.origin == "orm" and at is not None and at.path in facts.project.files:
        return facts.program.engine.span(at)
    return query.site.span if query.site is not None else query.span
