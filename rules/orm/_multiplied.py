"""Joins that give a row more than once: those to a table of which many rows point at one."""

from __future__ import annotations

from sqlglot import exp

from verifier.api import Entity, Facts, Table

SOURCES = ("from_", "from")


def base_of(select: exp.Select) -> exp.Table | None:
    """The table that a SELECT starts from."""
    source = next((select.args[key] for key in SOURCES if select.args.get(key) is not None), None)
    return source.this if source is not None and isinstance(source.this, exp.Table) else None


def multiplying(facts: Facts, select: exp.Select) -> exp.Join | None:
    """A join that gives rows of the first table more than once, and that no condition limits to one of them.

    The joined table has a column that is compared with a key of the first one, and that many rows may share. Where a
    condition looks at what is joined, or at what is joined to that, nothing is said: it may leave one.
    """
    base = base_of(select)
    if base is None or has_hole(select):
        return None
    joins: list[exp.Join] = select.args.get("joins") or []
    condition = select.args.get("where")
    used = {column.table for column in condition.find_all(exp.Column)} if condition is not None else set()
    if any(not column.table for column in condition.find_all(exp.Column)) if condition is not None else False:
        return None
    for join in joins:
        target, on = join.this, join.args.get("on")
        if not isinstance(target, exp.Table) or not isinstance(on, exp.EQ) or join.args.get("using"):
            continue
        own, other = side_of(on, target.alias_or_name), side_of(on, base.alias_or_name)
        if own is None or other is None:
            continue
        if not is_unique(facts, base.name, other.name) or is_unique(facts, target.name, own.name) is not False:
            continue
        behind = {target.alias_or_name}
        for later in joins:
            named = {column.table for column in later.find_all(exp.Column)}
            if named & behind and isinstance(later.this, exp.Table):
                behind.add(later.this.alias_or_name)
        if not used & behind:
            return join
    return None


def has_hole(select: exp.Select) -> bool:
    """Whether a part of a SELECT is not known."""
    return any("hole" in node.meta for node in select.find_all(exp.Anonymous))


def side_of(on: exp.EQ, source: str) -> exp.Column | None:
    """The column of a table in a comparison of two columns."""
    sides = [side for side in (on.this, on.expression) if isinstance(side, exp.Column)]
    return next((side for side in sides if side.table == source), None) if len(sides) == 2 else None


def is_unique(facts: Facts, table: str, column: str) -> bool | None:
    """Whether no two rows of a table share a value of a column; None where the table or column is not known."""
    known: list[Entity | Table] = [
        *facts.models.entities_of(table),
        *(found for found in facts.models.tables if found.name == table),
    ]
    if not known:
        return None
    answers: set[bool] = set()
    for found in known:
        keys = [one for one in found.columns if one.primary_key]
        own = next((one for one in found.columns if one.name == column), None)
        if own is None or found.open:
            return None
        alone = any(
            constraint.columns == (column,) and (constraint.kind in ("primary", "unique") or constraint.unique)
            for constraint in found.constraints
        )
        answers.add(own.unique or alone or [one.name for one in keys] == [column])
    return answers.pop() if len(answers) == 1 else None
