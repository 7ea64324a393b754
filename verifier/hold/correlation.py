"""Sub-queries that are computed for each row and do not look at the row."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from verifier.hold.faults import Fault, declared_at
from verifier.hold.levels import Level, Source
from verifier.hold.schema import Known, Relation
from verifier.hold.scopes import Scopes, is_aggregate
from verifier.lift.pieces import holes_in


def correlation_faults(names: Scopes) -> Iterator[Fault]:
    """Sub-queries of a table that refers to the rows around them, and whose conditions never say to which row."""
    if names.open & {"from", "where", "columns", "with"}:
        return
    for level in names.levels:
        outer = level.parent
        if outer is None or level.open or outer.open or not isinstance(outer.node, exp.Select):
            continue
        if not isinstance(level.node, exp.Select) or not is_of_rows(level.node, outer.node):
            continue
        if looks_around(names, level) is not False:
            continue
        found = link_between(names, level, outer)
        if found is None:
            continue
        source, relation, other, key = found
        yield Fault(
            "uncorrelated-subquery",
            source.node,
            f"this sub-query of `{relation.name}` is the same for every row of `{other.name}`: it does not compare "
            f"`{key.name}`",
            f"Each row of `{other.name}` is given what belongs to all of them together",
            f"Compare `{relation.name}.{key.name}` with the row",
            (*declared_at(relation), *declared_at(other)),
        )


def is_of_rows(node: exp.Select, outer: exp.Select) -> bool:
    """Whether a sub-query stands for a value of each row: in a select list, or as EXISTS among the conditions."""
    exists = isinstance(node.parent, exp.Exists)
    if not exists and not (isinstance(node.parent, exp.Subquery) and is_aggregate_alone(node)):
        return False
    if node.args.get("group") is not None or (node.args.get("limit") is not None and not exists):
        return False
    inner: exp.Expr = node
    while inner.parent is not None and inner.parent is not outer:
        inner = inner.parent
        if isinstance(inner, exp.Query) and inner is not node.parent:
            return False
    if inner.parent is None:
        return False
    if inner.arg_key == "expressions":
        return outer.args.get("group") is None and not any(is_aggregate(one) for one in outer.expressions)
    return exists and inner.arg_key == "where"


def is_aggregate_alone(node: exp.Select) -> bool:
    """Whether a query gives one value that is computed over rows."""
    return len(node.expressions) == 1 and is_aggregate(node.expressions[0])


def looks_around(names: Scopes, level: Level) -> bool | None:
    """Whether a sub-query names a column of what is around it; None where that is not known."""
    if any(True for _ in holes_in(level.node)):
        return None
    own = {id(inner.node) for inner in names.levels if inner is level or level in inner.around()}
    for column in level.node.find_all(exp.Column):
        if isinstance(column.this, exp.Star):
            continue
        bound = names.bound.get(id(column))
        if bound is None:
            if id(column) in names.named:
                continue
            return None
        if id(bound.level.node) not in own:
            return True
    return False


def link_between(names: Scopes, level: Level, outer: Level) -> tuple[Source, Relation, Relation, Known] | None:
    """The key by which rows of a sub-query refer to those around it, where no condition speaks of one of them."""
    if any(source.kind != "table" or source.relation is None or source.open for source in level.sources):
        return None
    asked = {
        (id(bound.source), column.name.lower())
        for clause in (level.node.args.get("where"), *(level.node.args.get("joins") or ()))
        if clause is not None
        for column in clause.find_all(exp.Column)
        if (bound := names.bound.get(id(column))) is not None
    }
    inside = {name.lower() for source in level.sources if source.relation for name in source.relation.names}
    for around in outer.sources:
        other = around.relation
        if other is None or around.kind != "table" or any(name.lower() in inside for name in other.names):
            continue
        for source in level.sources:
            relation = source.relation
            keys = [key for key in relation.folded.values() if refers(key, other)] if relation is not None else []
            if relation is not None and keys and not any((id(source), key.name.lower()) in asked for key in keys):
                return source, relation, other, keys[0]
    return None


def refers(column: Known, other: Relation) -> bool:
    """Whether each declaration of a column says that it refers to a table."""
    return bool(column.declared) and all(
        any(other.has(reference.table.rpartition(".")[2].lower()) for reference in declared.references)
        for declared in column.declared
    )
