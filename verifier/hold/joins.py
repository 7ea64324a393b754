"""Sources that no condition links, and outer joins whose rows a filter takes away again."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from verifier.hold.faults import Fault, declared_at
from verifier.hold.levels import Level, Source
from verifier.hold.scopes import Scopes

REJECTING = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Like, exp.ILike, exp.In, exp.Between)
# What only an empty side of an outer join is asked with.
FOR_EMPTY = (exp.Coalesce, exp.AggFunc, exp.Case)


def join_faults(names: Scopes, *, several: bool) -> Iterator[Fault]:
    """What is wrong with how sources are joined. ``several``: the statement is one of several forms of a mapper's."""
    if names.open & {"from", "where", "with"}:
        return
    for level in names.levels:
        if level.open or len(level.sources) < 2 or len({source.key for source in level.sources}) < len(level.sources):
            continue  # of two sources of one name, it is not known which one a condition means
        conditions = conditions_of(level)
        reached = [sources_in(names, condition, level) for condition in conditions]
        if all(found is not None for found in reached) and not (several and is_mixed(names, level)):
            yield from unlinked(names, level, conditions, [found for found in reached if found is not None])
        if isinstance(level.node, exp.Select):
            yield from filtered(names, level)


def is_mixed(names: Scopes, level: Level) -> bool:
    """Whether a join has a condition that does not link what it joins: a value that is chosen once was chosen twice."""
    for join in joins_of(level.node):
        on = join.args.get("on")
        reached = sources_in(names, on, level) if on is not None else None
        target = next((source for source in level.sources if source.node is join.this), None)
        if reached is not None and (len(reached) < 2 or (target is not None and id(target) not in reached)):
            return True
    return False


def conditions_of(level: Level) -> list[exp.Expr]:
    """The conditions that must all hold: those of WHERE and of joins, taken apart at AND."""
    found: list[exp.Expr] = []
    where = level.node.args.get("where")
    if where is not None:
        found.extend(conjuncts(where.this))
    for join in joins_of(level.node):
        on = join.args.get("on")
        if on is not None:
            found.extend(conjuncts(on))
    return found


def joins_of(node: exp.Expression) -> Iterator[exp.Join]:
    """The joins of a statement, those in parentheses too, without those of sub-queries."""
    waiting: list[exp.Expression] = [*(node.args.get("joins") or ()), *(node.args.get("using") or ())]
    for name in ("from_", "this"):
        inner = node.args.get(name)
        if isinstance(inner, exp.From):
            inner = inner.this
        if isinstance(inner, exp.Expression):
            waiting.append(inner)
    while waiting:
        found = waiting.pop()
        if isinstance(found, exp.Join):
            yield found
            found = found.this
        if isinstance(found, exp.Subquery) and isinstance(found.this, exp.Table):
            waiting.append(found.this)
        if isinstance(found, exp.Table | exp.Subquery):
            waiting.extend(found.args.get("joins") or ())


def conjuncts(node: exp.Expr) -> Iterator[exp.Expr]:
    """The parts of a condition between its ANDs."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        while isinstance(found, exp.Paren):
            found = found.this
        if isinstance(found, exp.And):
            waiting += [found.right, found.left]
        else:
            yield found


def sources_in(names: Scopes, node: exp.Expr, level: Level) -> set[int] | None:
    """The sources of a level that an expression speaks of; None where that is not wholly known."""
    found: set[int] = set()
    for inner in node.walk():
        if isinstance(inner, exp.Column) and not isinstance(inner.this, exp.Star):
            bound = names.bound.get(id(inner))
            if bound is None:
                return None
            if bound.level is level:
                found.add(id(bound.source))
        elif "hole" in inner.meta:
            return None
    return found


def unlinked(names: Scopes, level: Level, conditions: list[exp.Expr], reached: list[set[int]]) -> Iterator[Fault]:
    """Sources that no condition links with the others."""
    groups = {id(source): {id(source)} for source in level.sources}

    def link(ids: set[int]) -> None:
        joined = set().union(*(groups[one] for one in ids)) if ids else set()
        for one in joined:
            groups[one] = joined

    for ids in reached:
        link(ids)
    everything = set(groups)
    by_node = {id(source.node): source for source in level.sources}
    for source in level.sources:
        if source.kind in ("function", "values") or source.one_row or isinstance(source.node, exp.Lateral):
            link(everything)
    for join in joins_of(level.node):
        on = join.args.get("on")
        wanted = join.args.get("using") or str(join.args.get("method") or "").upper() == "NATURAL"
        if str(join.args.get("kind") or "").upper() == "CROSS" or wanted:
            link(everything)
        elif on is not None and not any(sources_in(names, part, level) for part in conjuncts(on)):
            link(everything)  # `ON TRUE`: meant so
        elif id(join.this) not in by_node:
            link(everything)
    parts: list[set[int]] = []
    for group in groups.values():
        if group not in parts:
            parts.append(group)
    if len(parts) < 2:
        return
    pinned = [
        part
        for part in parts
        if any(is_pinned(names, source, conditions) for source in level.sources if id(source) in part)
    ]
    loose = len(parts) - len(pinned)
    if not loose or (loose == 1 and all(is_used(names, part, level) for part in pinned)):
        return
    by_id = {id(source): source for source in level.sources}
    first = next(source for source in level.sources)
    other = next(source for source in level.sources if id(source) not in groups[id(first)])
    del by_id
    yield Fault(
        "cartesian-join",
        other.node,
        f"no condition links `{other.title}` with `{first.title}`: each row of one is paired with each of the other",
        "Rows come out many times over, and rows that do not belong together",
        f"Join `{other.title}` on the column that refers to the other table",
        (*declared_at(first.relation), *declared_at(other.relation)),
    )


def is_pinned(names: Scopes, source: Source, conditions: list[exp.Expr]) -> bool:
    """Whether conditions leave one row of a source at most: a unique column is equal to what no row gives."""
    relation = source.relation
    if relation is None:
        return False
    fixed: set[str] = set()
    for condition in conditions:
        if isinstance(condition, exp.EQ):
            for side, other in ((condition.left, condition.right), (condition.right, condition.left)):
                bound = names.bound.get(id(side))
                if bound is not None and bound.source is source and not isinstance(other, exp.Column):
                    fixed.add(side.name.lower())
    return any(unique <= fixed for unique in relation.unique)


def is_used(names: Scopes, part: set[int], level: Level) -> bool:
    """Whether a statement gives anything of some sources."""
    node = level.node
    if not isinstance(node, exp.Select):
        return True
    for projection in node.expressions:
        for inner in projection.find_all(exp.Column, exp.Star):
            bound = names.bound.get(id(inner))
            if isinstance(inner, exp.Star):
                if not isinstance(inner.parent, exp.Count):
                    return True
            elif isinstance(inner.this, exp.Star) or bound is None or id(bound.source) in part:
                return True
    return False


def filtered(names: Scopes, level: Level) -> Iterator[Fault]:
    """Filters on the side of an outer join whose emptiness the select list allows for."""
    where = level.node.args.get("where")
    optional = {id(source): source for source in level.sources if source.optional is not None}
    if where is None or not optional or names.columns_open:
        return
    expected: set[int] = set()
    for projection in level.node.expressions:
        for part in projection.find_all(*FOR_EMPTY):
            for column in part.find_all(exp.Column):
                bound = names.bound.get(id(column))
                if bound is not None and bound.level is level:
                    expected.add(id(bound.source))
    for condition in conjuncts(where.this):
        if not isinstance(condition, REJECTING):
            continue
        sides = [condition.this, condition.args.get("expression")]
        for side in sides:
            bound = names.bound.get(id(side))
            if bound is None or id(bound.source) not in expected or id(bound.source) not in optional:
                continue
            source = bound.source
            if isinstance(source.optional, exp.Join) and str(source.optional.args.get("side")).upper() != "LEFT":
                continue
            yield Fault(
                "outer-join-filtered",
                side,
                f"`{source.title}` is joined with LEFT JOIN, and this condition takes away the rows that have no "
                f"`{source.title}`",
                f"Rows without `{source.title}` are missing from what comes back",
                "Move the condition into ON, or write JOIN if those rows are not wanted",
            )
            return
