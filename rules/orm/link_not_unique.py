"""A table that links two others may hold the same pair twice.

The table exists to join two others (it is what a many-to-many relationship goes through, or has nothing but the two
foreign keys), and no primary key or unique constraint spans the pair. Code that looks first and inserts then lets two
requests at once through, and any other insert repeats the pair: lists show the other side twice, counts are too high,
and taking the link away once leaves the second one.

Make the two foreign keys the primary key, or add a unique constraint over them. Links with data of their own (a
quantity, a role, a text) are left alone: a pair may rightly occur more than once there. So it may in tables of which
others hold the key, and in those that are called after what happens again and again (`cart_item`, `visits`, `loans`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from verifier.api import Category, Column, Confidence, Constraint, Entity, Facts, Problem, Severity, Table, regex, rule

REPEATED = regex(
    r"(?i).*(?:item|entry|entrie|line|visit|view|log|event|history|order|loan|rental|booking|reservation|purchase)s?"
)
MOMENTS = frozenset({"datetime", "date", "time"})


@rule(Category.INCORRECT_QUERY_LOGIC, Severity.WARNING, confidence=Confidence.MEDIUM)
def link_not_unique(facts: Facts) -> Iterator[Problem]:
    """Yield each table that links two others without a key over the pair."""
    model = facts.models
    through = {found.through for entity in model.entities for found in entity.relationships if found.through}
    everything: list[Entity | Table] = [*model.entities, *model.tables]  # what migrations add to a class comes after it
    declared: dict[str, list[Entity | Table]] = {}
    for found in everything:
        name = found.table if isinstance(found, Entity) else found.name
        if name is not None:
            declared.setdefault(name, []).append(found)
    held = {
        reference.table
        for name, found in declared.items()
        for one in found
        for column in one.columns
        for reference in column.references
        if reference.table != name
    }
    for name, (first, *others) in declared.items():
        pair = pair_of(first)
        if pair is None or any(is_keyed(found, pair) for found in (first, *others)):
            continue
        own = not rest_of(first, pair) and REPEATED.fullmatch(name) is None and name not in held
        if name in through or own:
            one, other = pair
            yield Problem(
                first.span,
                f"`{name}` links two tables, and nothing keeps a pair of `{one}` and `{other}` unique",
                symptom="the same pair twice: what is listed or counted through the link comes twice, too",
                remedy=f"Make `{one}` and `{other}` the primary key, or add a unique constraint over both",
                identity=name,
            )


def pair_of(found: Entity | Table) -> tuple[str, str] | None:
    """The two foreign keys of a table that holds nothing else but moments and a key of its own."""
    if isinstance(found, Entity) and found.inherits is not None:
        return None
    if isinstance(found, Table) and (found.view or found.source == "migration"):
        return None
    keys = [column.name for column in found.columns if column.references or refers(found.constraints, column.name)]
    one_key = any(made.kind == "foreign" and len(made.columns) > 1 for made in found.constraints)
    if len(keys) != 2 or one_key or any(column.type.kind not in MOMENTS for column in rest_of(found, keys)):
        return None
    return keys[0], keys[1]


def is_keyed(found: Entity | Table, pair: tuple[str, str]) -> bool:
    """Whether a key of a table spans no more than the pair, or one that was not read may."""
    if found.open or not all(column.known for column in found.columns):
        return True
    primary = {column.name for column in found.columns if column.primary_key}
    unique = [primary, *({column.name} for column in found.columns if column.unique)]
    unique += [set(made.columns) for made in found.constraints if made.unique or made.kind in ("unique", "primary")]
    return any(span and span <= set(pair) for span in unique)


def refers(constraints: Iterable[Constraint], column: str) -> bool:
    """Whether a column is a foreign key by a constraint of the table."""
    return any(made.kind == "foreign" and made.columns == (column,) for made in constraints)


def rest_of(found: Entity | Table, pair: Iterable[str]) -> list[Column]:
    """The columns beside the pair and a key that the table makes itself."""
    return [
        column
        for column in found.columns
        if column.name not in pair and not (column.primary_key and not column.references)
    ]
