"""Sub-queries that stand for one value and may give several rows."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from verifier.hold.faults import Fault, declared_at
from verifier.hold.joins import conjuncts
from verifier.hold.levels import Level, Source
from verifier.hold.scopes import Scopes, is_aggregate
from verifier.lift.pieces import holes_in

# What takes one value where a sub-query stands.
TAKING_ONE = (exp.Alias, exp.Coalesce, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE)


def single_faults(names: Scopes) -> Iterator[Fault]:
    """Sub-queries of a value, grouped or chosen by what many rows have in common with the row around them."""
    if names.open & {"from", "where", "columns", "with", "group", "limit"}:
        return
    for level in names.levels:
        if level.parent is None or level.open or not isinstance(level.node, exp.Select):
            continue
        if not is_value(level.node) or any(True for _ in holes_in(level.node)):
            continue
        source = level.sources[0] if len(level.sources) == 1 else None
        if source is None or source.kind != "table" or source.open or source.relation is None:
            continue
        if source.relation.view or source.relation.partial or not source.relation.unique:
            continue
        why = several(names, level, level.node, source)
        if why is None:
            continue
        yield Fault(
            "subquery-of-many-rows",
            written_in(source.node) or written_in(level.node) or source.node,
            f"this sub-query stands for one value, and gives as many rows of `{source.relation.name}` as {why}",
            "more than one row returned by a subquery used as an expression"
            if names.postgres
            else "the value of one row is taken, and the others are left out",
            "Count or sum over all of them, or take one by ORDER BY and LIMIT 1",
            declared_at(source.relation),
        )


def written_in(node: exp.Expr) -> exp.Expr | None:
    """The first part of a tree of which the place is known."""
    return next((part for part in node.walk() if part.meta.get("at") is not None), None)


def is_value(node: exp.Select) -> bool:
    """Whether a query stands for one value of an expression."""
    held = node.parent
    if not isinstance(held, exp.Subquery) or held.args.get("alias") is not None or len(node.expressions) != 1:
        return False
    around = held.parent
    plain = isinstance(around, exp.Anonymous) and around.name.lower() in ("coalesce", "ifnull")
    if (
        not plain
        and not isinstance(around, TAKING_ONE)
        and not (isinstance(around, exp.Select) and held.arg_key == "expressions")
    ):
        return False
    return not any(node.args.get(name) for name in ("limit", "distinct", "having", "joins", "laterals", "offset"))


def several(names: Scopes, level: Level, node: exp.Select, source: Source) -> str | None:
    """Why a sub-query gives several rows; None where it gives one, or may."""
    where = node.args.get("where")
    conditions = list(conjuncts(where.this)) if where is not None else []
    fixed: set[str] = set()
    correlated = True
    for condition in conditions:
        column = fixed_by(names, condition, level)
        if column is None:
            correlated = False
            continue
        fixed.add(column.name.lower())
        other = condition.args["expression"] if condition.this is column else condition.this
        correlated = correlated and isinstance(other, exp.Column)
    relation = source.relation
    if relation is None or any(unique <= fixed for unique in relation.unique):
        return None
    group = node.args.get("group")
    if group is None:
        if is_aggregate(node.expressions[0]) or not correlated or not fixed:
            return None
        return f"have the same `{min(fixed)}`"
    keys = group.expressions
    if not keys or any(name != "expressions" and value for name, value in group.args.items()):
        return None
    own = [names.bound.get(id(key)) for key in keys]
    if any(bound is None or bound.source is not source for bound in own):
        return None
    loose = sorted({key.name.lower() for key in keys} - fixed)
    return f"there are groups by `{loose[0]}`" if loose else None


def fixed_by(names: Scopes, condition: exp.Expr, level: Level) -> exp.Column | None:
    """The column of a level that a condition compares with what no row of it gives."""
    if not isinstance(condition, exp.EQ):
        return None
    for side, other in ((condition.left, condition.right), (condition.right, condition.left)):
        bound = names.bound.get(id(side))
        if not isinstance(side, exp.Column) or bound is None or bound.level is not level:
            continue
        inside = [names.bound.get(id(column)) for column in other.find_all(exp.Column)]
        if all(found is not None and found.level is not level for found in inside):
            return side
    return None
