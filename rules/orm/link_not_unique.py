"""A table that links two others may hold the same pair twice.

The table exists to join two others (it is what a many-to-many relationship goes through, or has nothing but the two
foreign keys), and no primary key or unique constraint spans the pair. Code that looks first and inserts then lets two
requests at once through, and any other insert repeats the pair: lists show the other side twice, counts are too high,
and taking the link away once leaves the second one.

Make the two foreign keys the primary key, or add a unique constraint over them. Links with data of their own (a
quantity, a role, a text) are left alone: a pair may rightly occur more than once there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from verifier.api import Category, Column, Confidence, Constraint, Entity, Facts, Problem, Severity, Table, rule

MOMENTS = frozenset({"datetime", "date", "time"})


@rule(Category.INCORRECT_QUERY_LOGIC, Severity.WARNING, confidence=Confidence.MEDIUM)
def link_not_unique(facts: Facts) -> Iterator[Problem]:
    """Yield each table that links two others without a key over the pair."""
    model = facts.models
    through = {found.through for entity in model.entities for found in entity.relationships if found.through}
    made: list[Entity | Table] = [entity for entity in model.entities if entity.inherits is None]
    made += [table for table in model.tables if table.source != "migration"]
    keyed = {name_of(found) for found in (*made, *model.tables) if pair_of(found) is None}
    for found in made:
        name = name_of(found)
        pair = pair_of(found)
        if name is None or pair is None or name in keyed:
            continue
        if name in through or not rest_of(found, pair):
            keyed.add(name)  # once, however many declare it
            first, second = (column.name for column in pair)
            yield Problem(
                found.span,
                f"`{name}` links two tables, and nothing keeps a pair of `{first}` and `{second}` unique",
                symptom="the same pair twice: what is listed or counted through the link comes twice, too",
                remedy=f"Make `{first}` and `{second}` the primary key, or add a unique constraint over both",
                identity=name,
            )


def name_of(found: Entity | Table) -> str | None:
    """The name of the table."""
    return found.table if isinstance(found, Entity) else found.name


def pair_of(found: Entity | Table) -> tuple[Column, Column] | None:
    """The two foreign keys of a table that may only link two others, where no key spans both."""
    if found.open or not all(column.known for column in found.columns) or (isinstance(found, Table) and found.view):
        return None
    keys = [column for column in found.columns if column.references or refers(found.constraints, column.name)]
    if len(keys) != 2 or any(column.type.kind not in MOMENTS for column in rest_of(found, keys)):
        return None
    names = {column.name for column in keys}
    primary = {column.name for column in found.columns if column.primary_key}
    unique = [primary, *({column.name} for column in found.columns if column.unique)]
    unique += [set(made.columns) for made in found.constraints if made.unique or made.kind in ("unique", "primary")]
    if any(span and span <= names for span in unique):
        return None
    return keys[0], keys[1]


def refers(constraints: Iterable[Constraint], column: str) -> bool:
    """Whether a column is a foreign key by a constraint of the table."""
    return any(made.kind == "foreign" and made.columns == (column,) for made in constraints)


def rest_of(found: Entity | Table, pair: Iterable[Column]) -> list[Column]:
    """The columns beside the pair and a key that the table makes itself."""
    names = {column.name for column in pair}
    return [
        column
        for column in found.columns
        if column.name not in names and not (column.primary_key and not column.references)
    ]
