"""A foreign key has another type than the column that it refers to.

PostgreSQL compares the two columns, and refuses the table where it cannot: `foreign key constraint
"posts_user_id_fkey" cannot be implemented. Key columns "user_id" and "id" are of incompatible types: character varying
and uuid`. `create_all()` fails with `DatatypeMismatch`, and the application most often does not start. SQLite does not
look at types, so the same models work there.

Give the column the type of its target, or no type at all: `mapped_column(ForeignKey("users.id"))` takes it from there.
The rule speaks where the project uses PostgreSQL, and of types that PostgreSQL cannot compare: numbers, texts, UUIDs,
dates and truth values with one another. `Integer` may refer to `BigInteger`, and `String` to `Text`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Column, ColumnType, Entity, Facts, Problem, Related, Table, rule

from ._types import KINDS, PYTHON

# Kinds that PostgreSQL compares with one another.
GROUPS = {
    **dict.fromkeys(("smallint", "integer", "bigint", "float", "numeric"), "number"),
    **dict.fromkeys(("string", "text"), "text"),
    "uuid": "uuid",
    "boolean": "boolean",
    **dict.fromkeys(("date", "datetime"), "date"),
}
PLAIN = frozenset({*KINDS, *(found.declared for found in PYTHON.values())})


@rule(Category.DATABASE_RUNTIME_ERROR)
def foreign_key_type_mismatch(facts: Facts) -> Iterator[Problem]:
    """Yield each foreign key whose type PostgreSQL cannot compare with that of its target."""
    if "postgresql" not in facts.dialects:
        return
    owners: list[Entity | Table] = [entity for entity in facts.models.entities if entity.orm == "sqlalchemy"]
    owners += [table for table in facts.models.tables if table.source == "library"]
    columns: dict[tuple[str, str], list[Column]] = {}
    for owner in owners:
        name = owner.table if isinstance(owner, Entity) else owner.name
        full = f"{owner.schema}.{name}" if owner.schema else name
        for column in owner.columns:
            columns.setdefault((full or "", column.name), []).append(column)
    seen: set[object] = set()
    for owner in owners:
        for column in owner.columns:
            for reference in column.references:
                targets = columns.get((reference.table, reference.column or ""), [])
                group = group_of(column.type) if column.known else None
                others = {group_of(target.type) if target.known else None for target in targets}
                if group is None or len(others) != 1 or None in others or group in others or column.span in seen:
                    continue
                seen.add(column.span)
                target = targets[0]
                yield Problem(
                    column.span,
                    f"The foreign key `{column.name}` is {column.type}, and `{reference.table}.{reference.column}`, "
                    f"which it refers to, is {target.type}",
                    related=(Related(target.span, f"`{reference.column}` is declared here"),),
                    symptom="psycopg.errors.DatatypeMismatch: foreign key constraint cannot be implemented",
                    remedy=f"Give `{column.name}` the type of `{reference.table}.{reference.column}`",
                )


def group_of(kind: ColumnType) -> str | None:
    """The types that a type can be compared with; None for one that may be another one in the database."""
    return GROUPS.get(kind.kind) if kind.declared in PLAIN and not kind.varies else None
