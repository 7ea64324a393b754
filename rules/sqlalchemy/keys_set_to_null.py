"""A row is deleted, and its relationship sets keys to NULL that cannot be NULL.

`session.delete(article)` looks at the relationships of the class first. Without a cascade that deletes, it takes the
rows of the collection for rows that go on without their parent, and sends `UPDATE comments SET article_id=NULL` before
the DELETE. The database refuses: `null value in column "article_id" violates not-null constraint`. An
`ondelete="CASCADE"` at the key does not change that, as the mapper comes first.

Say at the relationship what becomes of them: `cascade="all, delete-orphan"`, or `passive_deletes=True` where the key
has `ondelete="CASCADE"`.

Nothing is said where the rows below are deleted on the way, or asked for by their key (`if Comment.query.filter_by(
article_id=id).first()`), where nothing ever makes one, or where the function asks the object for its state first
(`if not user.is_pending`), which may keep those apart that have rows below them.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from verifier.api import (
    Category,
    Class,
    Confidence,
    Entity,
    External,
    Facts,
    FunctionRef,
    Instance,
    Problem,
    Related,
    Relationship,
    Severity,
    Use,
    is_test,
    regex,
    rule,
)

from ._sessions import HOLDER

DELETE = regex(rf"{HOLDER}\.delete")
GIVEN = regex(rb"\.delete\(\s*(?:instance\s*=\s*)?(\w+)\s*,?\s*\)")


@rule(Category.DATABASE_RUNTIME_ERROR, Severity.WARNING, confidence=Confidence.MEDIUM)
def keys_set_to_null(facts: Facts) -> Iterator[Problem]:
    """Yield each object that a session deletes on the way of a route, and that has rows below it."""
    entities = [entity for entity in facts.models.entities if entity.orm == "sqlalchemy"]
    if not any(found.on_delete == "SET NULL" for entity in entities for found in entity.relationships):
        return
    made = {entity.name for entity in made_of(facts)}
    below = [set(facts.calls.runs.below([start])) for _, start in facts.calls.runs.starts]
    seen: set[object] = set()
    deleting = [(use, owner) for use in facts.uses if (owner := deleted_of(facts, use)) is not None]
    for use, owner in deleting:
        ways = [functions for functions in below if use.caller in functions]
        if not ways or owner.inherits is not None or is_test(use.span.path) or use.span in seen:
            continue
        emptied: list[tuple[Relationship, Entity, str]] = []
        for link in owner.relationships:
            child = next((one for one in entities if one.name == link.target), None)
            key = refused(link, child) if child is not None and child.name in made else None
            if child is None or key is None:
                continue
            if not any(is_emptied(facts, child, key, functions, deleting) for functions in ways):
                emptied.append((link, child, key))
        if emptied and not asks(facts, use):
            seen.add(use.span)
            (link, child, key), *others = emptied
            more = f" (and so do {len(others)} more relationships)" if others else ""
            yield Problem(
                use.span,
                f"`{owner.name}.{link.name}` sets `{key}` of `{child.table}` to NULL when a row of `{owner.table}` is "
                f"deleted, and it cannot be NULL{more}",
                related=(Related(link.span, "the relationship says nothing of what becomes of them"),),
                symptom=f'IntegrityError: null value in column "{key}" of relation "{child.table}" violates not-null '
                "constraint",
                remedy='Give the relationship `cascade="all, delete-orphan"`, or `passive_deletes=True`',
                identity=f"{owner.name}.{link.name}",
            )


def asks(facts: Facts, use: Use) -> bool:
    """Whether the function asks the object for its state, before a session is told to delete it."""
    source = facts.project.files.get(use.span.path)
    if source is None or use.caller is None:
        return False
    lines = source.data.split(b"\n")
    named = GIVEN.search(b" ".join(lines[use.span.line - 1 : use.span.end_line]))
    if named is None:
        return True
    state = regex(
        rb"\b(?:if|and|or|not|assert)\s+\(?" + named.group(1) + rb"\.\w+(?:\(\))?\s*(?::|\band\b|\bor\b|\)|$)"
    )
    before = lines[use.caller.span.line - 1 : use.span.line]
    return any(state.search(line.rstrip()) for line in before)


def deleted_of(facts: Facts, use: Use) -> Entity | None:
    """The class of the object that a session is told to delete."""
    if not isinstance(use.callee, External) or DELETE.fullmatch(use.callee.path) is None or not use.arguments:
        return None
    given = use.arguments[0]
    return facts.entity_of(given.kind) if isinstance(given, Instance) and given.kind is not None else None


def refused(link: Relationship, child: Entity) -> str | None:
    """The key of the rows below that would be emptied, and cannot be."""
    if link.on_delete != "SET NULL" or link.view_only or not link.known or not link.resolved:
        return None
    columns = [column for column in child.columns if column.name in link.remote]
    if len(columns) != 1 or len(link.remote) != 1 or child.inherits is not None:
        return None
    (column,) = columns
    return column.name if column.known and not column.nullable and not column.primary_key else None


def is_emptied(
    facts: Facts, child: Entity, key: str, functions: set[FunctionRef], deleting: list[tuple[Use, Entity]]
) -> bool:
    """Whether some functions delete rows of the table below, too, or ask by the key whether there are any."""
    if any(use.caller in functions and owner.name == child.name for use, owner in deleting):
        return True
    trees = [one.tree for query in facts.queries.queries if query.function in functions for one in query.statements]
    return any(is_asked(tree, child, key) for tree in trees) or any(
        node.find(exp.Table) is not None and node.find(exp.Table).name == child.table  # type: ignore[union-attr]
        for tree in trees
        for node in tree.find_all(exp.Delete)
    )


def is_asked(tree: exp.Expr, child: Entity, key: str) -> bool:
    """Whether a statement asks for rows of a table by a key of theirs."""
    found = tree.find(exp.Where)
    tables = {table.name for table in tree.find_all(exp.Table)}
    return (
        isinstance(tree, exp.Select)
        and child.table in tables
        and found is not None
        and any(column.name == key for column in found.find_all(exp.Column))
    )


def made_of(facts: Facts) -> Iterator[Entity]:
    """The mapped classes of which some code makes objects."""
    for use in facts.uses:
        entity = facts.entity_of(use.callee) if isinstance(use.callee, Class) else None
        if entity is not None:
            yield entity
