"""A foreign key refers to a column that is no key: two rows may have the same value there.

PostgreSQL refuses the table: `there is no unique constraint matching given keys for referenced table`. `create_all`
and the migration stop there, the application has no tables, and each request ends in 500. SQLite takes the table, so
that tests on it show nothing.

Refer to the primary key of the table, or declare the column `unique=True`. A primary key over two columns makes neither
of them a key.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Column, Entity, Facts, Problem, Related, Table, rule

Owner = Entity | Table


@rule(Category.DATABASE_RUNTIME_ERROR)
def reference_not_unique(facts: Facts) -> Iterator[Problem]:
    """Yield each foreign key of one column to a column that is no key, where PostgreSQL is used."""
    if "postgresql" not in facts.dialects:
        return
    owners: list[Owner] = [entity for entity in facts.models.entities if entity.orm == "sqlalchemy"]
    owners += [table for table in facts.models.tables if table.source == "library" and table.orm == "sqlalchemy"]
    named: dict[str, list[Owner]] = {}
    for owner in owners:
        named.setdefault(name_of(owner), []).append(owner)
    seen: set[object] = set()
    for owner in owners:
        joint = {
            name
            for constraint in owner.constraints
            if constraint.kind == "foreign" and len(constraint.columns) > 1
            for name in constraint.columns
        }
        for column in owner.columns:
            if not column.known or column.name in joint or len(column.references) != 1 or column.span in seen:
                continue
            (reference,) = column.references
            targets = named.get(reference.table, [])
            target = next((known for known in targets if known_of(known, reference.column)), None)
            if len(targets) != 1 or target is None or reference.column is None:
                continue
            if not is_key(target, reference.column):
                seen.add(column.span)
                other = known_of(target, reference.column)
                assert other is not None
                yield Problem(
                    column.span,
                    f"The foreign key `{column.name}` refers to `{reference.table}.{reference.column}`, "
                    "where a value may stand twice",
                    related=(Related(other.span, f"`{reference.column}` is declared here"),),
                    symptom="there is no unique constraint matching given keys for referenced table "
                    f'"{reference.table}"',
                    remedy=f"Refer to the primary key, or declare `{reference.column}` with `unique=True`",
                    identity=f"{name_of(owner)}.{column.name}",
                )


def name_of(owner: Owner) -> str:
    """The name of a table with its schema in front."""
    name = (owner.table if isinstance(owner, Entity) else owner.name) or ""
    return f"{owner.schema}.{name}" if owner.schema else name


def known_of(owner: Owner, name: str | None) -> Column | None:
    """A column of a table of which everything was read."""
    if owner.open or (isinstance(owner, Entity) and (owner.inherits or owner.own is not None)):
        return None
    found = [column for column in owner.columns if column.name == name]
    return found[0] if len(found) == 1 and all(column.known for column in owner.columns) else None


def is_key(owner: Owner, name: str) -> bool:
    """Whether a column is the primary key, or unique by itself."""
    primary = [column.name for column in owner.columns if column.primary_key]
    if primary == [name] or any(column.name == name and column.unique for column in owner.columns):
        return True
    return any(
        constraint.columns == (name,)
        and (constraint.kind in ("primary", "unique") or constraint.unique)
        and not constraint.condition
        for constraint in owner.constraints
    )
