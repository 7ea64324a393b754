"""Aggregates: what must be grouped, what DISTINCT leaves to order by, and where none may stand."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from sqlglot import exp

from verifier.hold.faults import Fault
from verifier.hold.joins import conditions_of, is_pinned
from verifier.hold.levels import Level, Source
from verifier.hold.scopes import Scopes, is_aggregate
from verifier.lift.pieces import holes_in, is_hole

KEYS = frozenset({"from", "columns", "group", "having", "with", "order"})


def grouping_faults(names: Scopes) -> Iterator[Fault]:
    """What is wrong with aggregates and with DISTINCT."""
    for level in names.levels:
        node = level.node
        yield from aggregates_out_of_place(names, level)
        if not isinstance(node, exp.Select) or names.open & KEYS or level.open:
            continue
        if names.postgres:
            fault = ungrouped(names, level) or distinct_order(names, level) or distinct_on(names, level)
            if fault is not None:
                yield fault
        elif names.dialect != "mysql":
            yield from arbitrary_row(names, level)


def has_holes(*nodes: exp.Expression | None) -> bool:
    """Whether run time decides a part of some expressions."""
    return any(node is not None and next(holes_in(node), None) is not None for node in nodes)


def shape(names: Scopes, node: exp.Expression) -> Hashable:
    """An expression as it compares with others: columns by what they stand for."""
    while isinstance(node, exp.Paren):
        node = node.this
    if isinstance(node, exp.Column):
        bound = names.bound.get(id(node))
        return (id(bound.source), names.key(node.this)) if bound is not None else ("?", node.name.lower())
    parts: list[Hashable] = [type(node).__name__]
    for name, value in node.args.items():
        if isinstance(value, list):
            parts.append((name, *(shape(names, item) if isinstance(item, exp.Expression) else item for item in value)))
        elif isinstance(value, exp.Expression):
            parts.append((name, shape(names, value)))
        elif value not in (None, False):
            parts.append((name, str(value).lower() if isinstance(node, exp.Anonymous) else str(value)))
    return tuple(parts)


class Groups:
    """What a SELECT groups by. ``columns`` also holds those whose other use cannot be told."""

    __slots__ = ("level", "shapes")

    def __init__(self, names: Scopes, level: Level) -> None:
        self.level = level
        self.shapes: set[Hashable] = set()
        group = level.node.args.get("group")
        for item in group.expressions if group is not None else ():
            self.shapes.add(shape(names, meant(names, item, level)))
        for name, value in group.args.items() if group is not None else ():
            if name != "expressions" and isinstance(value, list):
                for item in value:
                    self.shapes |= {shape(names, column) for column in item.find_all(exp.Column)}

    def covers(self, names: Scopes, source: Source) -> bool:
        """Whether the primary key of a source is grouped by, so that all its columns are."""
        relation = source.relation
        if relation is None:
            return source.open
        if relation.keys is None:
            return True  # declarations disagree on the key
        spelled = {key: name for name, known in relation.exact.items() for key in [known.name.lower()]}
        return bool(relation.keys) and all(
            (id(source), spelled.get(key, key)) in self.shapes or (id(source), key) in self.shapes
            for key in relation.keys
        )


def meant(names: Scopes, node: exp.Expression, level: Level) -> exp.Expression:
    """What an item of GROUP BY or ORDER BY stands for: an ordinal or a name of the select list, or itself."""
    if isinstance(node, exp.Ordered):
        node = node.this
    if id(node) in names.named:
        return names.named[id(node)]
    if isinstance(node, exp.Literal) and not node.is_string and node.name.isdigit():
        place = int(node.name) - 1
        projections = level.node.expressions
        if 0 <= place < len(projections):
            found: exp.Expression = projections[place].unalias()
            return found
    return node


def is_grouped(level: Level) -> bool:
    """Whether a SELECT makes groups."""
    args = level.node.args
    return (
        args.get("group") is not None
        or args.get("having") is not None
        or any(is_aggregate(projection) for projection in level.node.expressions)
    )


def ungrouped(names: Scopes, level: Level) -> Fault | None:
    """A column that has no one value in a group."""
    args = level.node.args
    order = args.get("order")
    if not is_grouped(level) or has_holes(*level.node.expressions, args.get("group"), args.get("having"), order):
        return None
    groups = Groups(names, level)
    if any(isinstance(kind, tuple) and kind and kind[0] == "?" for kind in groups.shapes):
        return None
    items = [projection.unalias() for projection in level.node.expressions]
    if args.get("having") is not None:
        items.append(args["having"].this)
    items += [meant(names, item, level) for item in order.expressions] if order is not None else []
    for item in items:
        if isinstance(item, exp.Star):
            whole = next(
                (source for source in level.sources if not source.open and not groups.covers(names, source)), None
            )
            lacking = [name for name in whole.columns if (id(whole), name) not in groups.shapes] if whole else []
            if whole is not None and lacking:
                return not_grouped(item, f"{whole.title}.{lacking[0]}", nested=False)
        found = loose_column(names, item, groups)
        if found is not None:
            column, source, nested = found
            return not_grouped(column, f"{source.title}.{column.name}", nested=nested)
    return None


def not_grouped(column: exp.Expression, shown: str, *, nested: bool) -> Fault:
    """A column that has no one value in a group."""
    return Fault(
        "ungrouped-column",
        column,
        f"`{shown}` is neither grouped by nor aggregated, and a group may have several",
        f'subquery uses ungrouped column "{shown}" from outer query'
        if nested
        else f'column "{shown}" must appear in the GROUP BY clause or be used in an aggregate function',
        f"Add `{shown}` to GROUP BY, or aggregate it",
    )


def loose_column(names: Scopes, node: exp.Expression, groups: Groups) -> tuple[exp.Column, Source, bool] | None:
    """The first column of an expression that is not grouped, its source, and whether a sub-query names it."""
    waiting: list[tuple[exp.Expression, bool]] = [(node, False)]
    while waiting:
        found, nested = waiting.pop()
        if isinstance(found, exp.AggFunc | exp.Anonymous | exp.Filter | exp.WithinGroup | exp.Star) or is_hole(found):
            continue
        if not nested and shape(names, found) in groups.shapes:
            continue
        if isinstance(found, exp.Column):
            bound = names.bound.get(id(found))
            if bound is None or bound.level is not groups.level or (bound.known is None and bound.source.open):
                continue
            if isinstance(found.this, exp.Star) or bound.source.kind == "function":
                continue
            if (id(bound.source), names.key(found.this)) in groups.shapes or groups.covers(names, bound.source):
                continue
            return found, bound.source, nested
        if isinstance(found, exp.Window):
            inner = found.this
            parts = [*inner.iter_expressions()] if isinstance(inner, exp.AggFunc | exp.Anonymous) else [inner]
            waiting += [(part, nested) for part in reversed(parts)]
            waiting += [(part, nested) for part in found.args.get("partition_by") or ()]
            if found.args.get("order") is not None:
                waiting.append((found.args["order"], nested))
            continue
        nested = nested or isinstance(found, exp.Query)
        waiting += [(part, nested) for part in reversed([*found.iter_expressions()])]
    return None


def arbitrary_row(names: Scopes, level: Level) -> Iterator[Fault]:
    """A column beside an aggregate of all rows, of which SQLite gives that of any row."""
    node = level.node
    if node.args.get("group") is not None or not level.sources or has_holes(*node.expressions):
        return
    aggregates = [found for item in node.expressions for found in item.find_all(exp.AggFunc) if is_aggregate(item)]
    if not aggregates or any(isinstance(found, exp.Max | exp.Min | exp.AnyValue) for found in aggregates):
        return
    groups = Groups(names, level)
    for item in node.expressions:
        found = None if is_aggregate(item) else loose_column(names, item.unalias(), groups)
        if found is not None and not found[2] and not is_pinned(names, found[1], conditions_of(level)):
            column, source, _ = found
            yield Fault(
                "ungrouped-column",
                column,
                f"`{source.title}.{column.name}` stands beside an aggregate of all rows, without GROUP BY",
                "One row comes back, with the value of any of them",
                f"Group by `{column.name}`, or leave it out",
            )
            return


def distinct_order(names: Scopes, level: Level) -> Fault | None:
    """An expression to order by that DISTINCT leaves no one value of."""
    args = level.node.args
    distinct, order = args.get("distinct"), args.get("order")
    if distinct is None or distinct.args.get("on") is not None or order is None:
        return None
    projections = level.node.expressions
    if has_holes(order, *projections):
        return None
    shapes = {shape(names, projection.unalias()) for projection in projections}
    whole = {id(source) for source in level.sources if any(isinstance(item, exp.Star) for item in projections)}
    for projection in projections:
        if isinstance(projection, exp.Column) and isinstance(projection.this, exp.Star):
            whole |= {id(source) for source in level.sources if source.key == names.key(projection.args["table"])}
    for item in order.expressions:
        node = meant(names, item, level)
        if isinstance(node, exp.Literal | exp.Placeholder | exp.Parameter) or shape(names, node) in shapes:
            continue
        if node.find(exp.Query) is not None and any(projection.unalias() == node for projection in projections):
            continue  # the tables of a query within are its own, wherever it stands
        columns = list(node.find_all(exp.Column))
        bound = [names.bound.get(id(column)) for column in columns]
        if any(found is None for found in bound):
            return None
        if isinstance(node, exp.Column) and bound[0] is not None and id(bound[0].source) in whole:
            continue
        return Fault(
            "distinct-order-by",
            node,
            "a SELECT DISTINCT is ordered by what it does not select",
            "for SELECT DISTINCT, ORDER BY expressions must appear in select list",
            "Select what it is ordered by, or take rows apart by GROUP BY",
        )
    return None


def distinct_on(names: Scopes, level: Level) -> Fault | None:
    """DISTINCT ON by other expressions than those that the rows are ordered by first."""
    args = level.node.args
    distinct, order = args.get("distinct"), args.get("order")
    on = distinct.args.get("on") if distinct is not None else None
    if on is None or order is None or has_holes(on, order):
        return None
    wanted = {
        shape(names, meant(names, item, level)) for item in (on.expressions if isinstance(on, exp.Tuple) else [on])
    }
    if any(isinstance(kind, tuple) and kind and kind[0] == "?" for kind in wanted):
        return None
    left = set(wanted)
    for item in order.expressions:
        if not left:
            return None
        node = meant(names, item, level)
        found = shape(names, node)
        if found not in wanted:
            if any(id(column) not in names.bound for column in node.find_all(exp.Column)):
                return None
            return Fault(
                "distinct-order-by",
                node,
                "the rows are ordered first by something else than DISTINCT ON keeps one of",
                "SELECT DISTINCT ON expressions must match initial ORDER BY expressions",
                "Order by the expressions of DISTINCT ON first",
            )
        left.discard(found)
    return None


def aggregates_out_of_place(names: Scopes, level: Level) -> Iterator[Fault]:
    """Aggregates in conditions that choose rows, before there are groups."""
    where = level.node.args.get("where")
    if where is None:
        return
    waiting: list[exp.Expression] = [where.this]
    while waiting:
        found = waiting.pop()
        if isinstance(found, exp.Query):
            continue
        alias = names.named.get(id(found))
        window = isinstance(found, exp.Window)
        aggregate = is_alone(found) or (alias is not None and is_aggregate(alias))
        if window or aggregate:
            function = found.this if window else alias if alias is not None else found
            inner = next((part for part in function.walk() if isinstance(part, exp.AggFunc | exp.Func)), function)
            word = (
                inner.sql_name() if isinstance(inner, exp.Func) and not isinstance(inner, exp.Anonymous) else inner.name
            ).upper()
            kind = "window" if window else "aggregate"
            if names.postgres:
                said = f"{kind} functions are not allowed in WHERE"
            else:
                what = "window function" if window else "aggregate:" if is_grouped(level) else "aggregate function"
                said = f"misuse of {what} {word}()"
            yield Fault(
                "aggregate-in-where",
                found,
                f"WHERE chooses rows one by one, before `{word}` has "
                f"{'windows to look into' if window else 'groups to compute over'}",
                said,
                "Write the condition in HAVING, or around a sub-query that computes it",
            )
            return
        waiting.extend(found.iter_expressions())


def is_alone(node: exp.Expression) -> bool:
    """Whether an expression is an aggregate; ``MAX`` and ``MIN`` of several values are none."""
    return isinstance(node, exp.AggFunc) and not (isinstance(node, exp.Max | exp.Min) and bool(node.expressions))
