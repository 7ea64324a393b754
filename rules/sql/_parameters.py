"""The parameters of statements for PostgreSQL: where each stands, and of what type it is taken to be there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sqlglot import exp

from verifier.api import ColumnType, DataModel, Entity, Facts, Origin, Table

from ._wordings import Written, has_gaps, written

# Functions that take a value of any type.
ANY_TYPE = frozenset(
    "concat concat_ws format num_nulls num_nonnulls json_build_object jsonb_build_object json_build_array "
    "jsonb_build_array".split()
)
FAMILIES = {
    **dict.fromkeys(("smallint", "integer", "bigint", "float", "numeric"), "number"),
    **dict.fromkeys(("string", "text"), "text"),
    **dict.fromkeys(("date", "datetime"), "time"),
    "boolean": "boolean",
    "uuid": "uuid",
}
# What sends parameters to the server, rather than putting values into the text.
DRIVERS = frozenset({"asyncpg", "pg", "psycopg", "Sequelize"})
COMPARING = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE)


class Use(NamedTuple):
    """A place of a parameter.

    ``how``: it is ``stored`` in a column, ``compared`` with one, ``untyped``, or anything ``else``.
    """

    node: exp.Expression
    at: Origin | None
    how: str
    type: ColumnType | None = None
    column: str = ""


def parameters(facts: Facts, *, sqlite: bool = False) -> Iterator[tuple[Written, dict[str, list[Use]]]]:
    """The parameters of each statement that PostgreSQL itself is handed with them, in the order of their text.

    ``sqlite``: those of statements for SQLite, too.
    """
    for found in written(facts):
        may_be = (
            (sqlite and found.query.dialect == "sqlite")
            or found.query.dialect == "postgres"
            or (not found.query.dialect and "postgresql" in facts.dialects)
            or ("postgres" in facts.further_dialects and found.wording.driver == "Sequelize")
        )
        if not may_be or has_gaps(found) or found.foreign or found.quoted:
            continue
        if found.query.dialect != "sqlite" and found.wording.driver not in DRIVERS:
            continue
        if found.wording.driver == "Sequelize" and not is_bound(found):
            continue
        uses: dict[str, list[Use]] = {}
        for node in found.statement.tree.find_all(exp.Placeholder):
            sent = node.meta.get("sent")
            if sent is not None:
                uses.setdefault(sent, []).append(use(facts.models, node))
        for own in uses.values():
            own.sort(key=lambda one: one.at.start if one.at is not None else 0)
        if uses:
            yield found, uses


def is_bound(found: Written) -> bool:
    """Whether Sequelize sends the values along: it puts replacements into the text."""
    return "dollar" in found.wording.styles and "named" not in found.wording.styles


def use(models: DataModel, node: exp.Expression) -> Use:
    """What is made of a parameter at its place."""
    at: Origin | None = node.meta.get("at")
    inner: exp.Expression = node
    while isinstance(inner.parent, exp.Paren):
        inner = inner.parent
    parent = inner.parent
    if isinstance(parent, exp.Is) and isinstance(parent.expression, exp.Null) and inner.arg_key == "this":
        return Use(node, at, "untyped")
    if isinstance(parent, exp.Concat | exp.ConcatWs | exp.Format | exp.Anonymous):
        name = parent.name if isinstance(parent, exp.Anonymous) else "concat"
        return Use(node, at, "untyped" if name.lower() in ANY_TYPE and inner.arg_key == "expressions" else "else")
    if isinstance(parent, exp.Count):
        return Use(node, at, "untyped")
    if isinstance(parent, exp.Limit | exp.Offset):
        return Use(node, at, "compared", ColumnType("bigint"), "LIMIT" if isinstance(parent, exp.Limit) else "OFFSET")
    if isinstance(parent, COMPARING) or (isinstance(parent, exp.In) and inner.arg_key == "expressions"):
        other = parent.this if inner.arg_key != "this" else parent.expression
        stored = (
            isinstance(parent, exp.EQ) and isinstance(parent.parent, exp.Update) and parent.arg_key == "expressions"
        )
        if isinstance(other, exp.Column):
            return Use(node, at, "stored" if stored else "compared", type_of(models, other), other.sql())
    if isinstance(parent, exp.Tuple) and isinstance(parent.parent, exp.Values):
        return inserted(models, node, at, inner, parent)
    return Use(node, at, "else")


def inserted(models: DataModel, node: exp.Expression, at: Origin | None, inner: exp.Expression, row: exp.Tuple) -> Use:
    """A value of an inserted row."""
    insert = row.find_ancestor(exp.Insert)
    target = insert.this if insert is not None else None
    if not isinstance(target, exp.Schema) or insert is None or insert.expression is not row.parent:
        return Use(node, at, "else")
    place = next((index for index, value in enumerate(row.expressions) if value is inner), -1)
    names = target.expressions
    if not 0 <= place < len(names) or not isinstance(target.this, exp.Table):
        return Use(node, at, "else")
    return Use(node, at, "stored", column_type(models, target.this.name, names[place].name), names[place].name)


def type_of(models: DataModel, column: exp.Column) -> ColumnType | None:
    """The type of a column, where the tables around it leave no doubt."""
    holder: exp.Expression | None = column.find_ancestor(exp.Select, exp.Update, exp.Delete)
    tables: list[exp.Table] = []
    if isinstance(holder, exp.Select):
        source = holder.args.get("from_") or holder.args.get("from")
        parts = [source.this if source is not None else None, *(join.this for join in holder.args.get("joins") or ())]
        tables = [part for part in parts if isinstance(part, exp.Table)]
        if len(tables) != len(parts):
            return None
    elif isinstance(holder, exp.Update | exp.Delete) and isinstance(holder.this, exp.Table):
        source = holder.args.get("from_") or holder.args.get("from") or holder.args.get("using")
        if source is not None and not column.table:
            return None
        tables = [holder.this]
    named = [table for table in tables if not column.table or column.table == table.alias_or_name]
    if len(named) != 1 or (not column.table and len(tables) != 1) or not isinstance(named[0].this, exp.Identifier):
        return None
    return column_type(models, named[0].name, column.name)


def column_type(models: DataModel, table: str, column: str) -> ColumnType | None:
    """The type of a table's column, where all declarations of the table agree."""
    types: list[ColumnType] = []
    declared: list[Entity | Table] = [
        *models.entities_of(table),
        *(found for found in models.tables if found.name == table),
    ]
    for source in declared:
        types += [found.type for found in source.columns if found.name == column and found.known]
    kinds = {found.kind for found in types}
    return types[0] if len(kinds) == 1 else None


def family(found: ColumnType | None) -> str | None:
    """What types a database compares with one another."""
    return FAMILIES.get(found.kind) if found is not None and not found.varies else None
