"""Trees of sqlglot out of what was told of a statement."""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

from verifier.api import pieces

from . import _queries_nouns as nouns
from . import _queries_operators as operators
from . import _queries_parts as parts
from . import _queries_sources as sources
from ._queries_sources import From, Source
from ._queries_state import Lift

Keys = frozenset[object]


def build(
    lift: Lift,
    found: nouns.Selection | nouns.Compound | nouns.Raw,
    around: Keys,
    *,
    asfrom: bool = False,
    beyond: Keys = frozenset(),
) -> exp.Expression:
    """The tree of a statement. ``around`` are the sources of the one around it, ``beyond`` those further out."""
    lift.lifting.spend()
    if isinstance(found, nouns.Raw):
        return raw(lift, found)
    if isinstance(found, nouns.Compound):
        return compound(lift, found, around, beyond)
    return select(lift, found, around, beyond, asfrom=asfrom)


def raw(lift: Lift, found: nouns.Raw) -> exp.Expression:
    """A statement in text."""
    return pieces.hole("a statement that is written as text", found.at)


def compound(lift: Lift, found: nouns.Compound, around: Keys, beyond: Keys) -> exp.Expression:
    """UNION and its like."""
    trees = [build(lift, part, around, beyond=beyond) for part in found.parts]
    tree = part_of(trees[0])
    for other in trees[1:]:
        tree = found.kind(this=tree, expression=part_of(other), distinct=found.distinct)
    close(tree, found.order, found.limit, found.offset)
    return tree


def part_of(tree: exp.Expression) -> exp.Expression:
    """A statement as a part of a UNION: in parentheses where it is ordered or limited."""
    closed = any(tree.args.get(name) for name in ("order", "limit", "offset"))
    return exp.Subquery(this=tree) if closed or isinstance(tree, exp.SetOperation) else tree


def close(
    tree: exp.Expression,
    order: list[exp.Expression],
    limit: exp.Expression | None,
    offset: exp.Expression | None,
) -> None:
    """Give a statement its order and bounds."""
    if order:
        tree.set("order", exp.Order(expressions=[node.copy() for node in order]))
    if limit is not None:
        tree.set("limit", exp.Limit(expression=limit))
    if offset is not None:
        tree.set("offset", exp.Offset(expression=offset))


def select(lift: Lift, found: nouns.Selection, around: Keys, beyond: Keys, *, asfrom: bool) -> exp.Select:
    """A SELECT."""
    elements = elements_of(lift, found, around, beyond, asfrom=asfrom)
    own = frozenset(source.key for one in elements for source in one.sources())
    outer = around | beyond
    tree = exp.Select()
    columns: list[exp.Expression] = []
    for one in found.columns:
        columns.extend(sources.all_columns(lift, one) if isinstance(one, Source) else [one])
    if found.legacy and found.distinct is True and found.order:
        columns.extend(further(columns, found.order))
    if not columns:
        columns = [exp.Star()] if found.inner else [pieces.hole("columns that were not read")]
    tree.set("expressions", distinct_names(columns, renamed=asfrom or found.qualified, qualified=found.qualified))
    add_from(lift, tree, elements)
    wheres = [*found.where, *criteria(lift, found, elements)]
    if wheres:
        tree.set("where", exp.Where(this=operators.both(exp.And, wheres)))
    if found.group:
        tree.set("group", exp.Group(expressions=found.group))
    if found.having:
        tree.set("having", exp.Having(this=operators.both(exp.And, found.having)))
    if found.distinct is True:
        tree.set("distinct", exp.Distinct())
    elif found.distinct:
        assert isinstance(found.distinct, list)
        tree.set("distinct", exp.Distinct(on=exp.Tuple(expressions=found.distinct)))
    close(tree, found.order, found.limit, found.offset)
    if found.lock is not None:
        tree.set("locks", [found.lock])
    complete(lift, tree, own, outer)
    return tree


def further(columns: list[exp.Expression], order: list[exp.Expression]) -> Iterable[exp.Expression]:
    """What a distinct query of the older kind is ordered by: it is selected, too."""
    shown = {hash(node) for node in columns}
    for item in order:
        inner = item.this if isinstance(item, exp.Ordered) else item
        if isinstance(inner, exp.Column) and inner.args.get("table") is not None and hash(inner) not in shown:
            shown.add(hash(inner))
            yield inner.copy()


def distinct_names(columns: list[exp.Expression], *, renamed: bool, qualified: bool) -> list[exp.Expression]:
    """Columns of a subquery, none of one name twice; of others, as they are."""
    if not renamed:
        return columns
    taken: set[str] = set()
    made: list[exp.Expression] = []
    for node in columns:
        name = sources.output_name(node)
        if name is not None:
            name = f"{node.table}_{name}" if qualified and isinstance(node, exp.Column) else name
            free = parts.numbered(name, taken)
            taken.add(free)
            if free != node.alias_or_name:
                inner = node.this if isinstance(node, exp.Alias) else node
                node = exp.Alias(this=inner, alias=pieces.name(free))
        made.append(node)
    return made


def elements_of(lift: Lift, found: nouns.Selection, around: Keys, beyond: Keys, *, asfrom: bool) -> list[From]:
    """The elements of FROM: those that are named, and the sources of columns and conditions."""
    elements = [one for one in found.froms if one.source is not None or one.left is not None]
    held = {source.key for one in elements for source in one.sources()}
    implied: list[Source] = []
    for node in [*found.columns, *found.where]:
        implied.extend([node] if isinstance(node, Source) else parts.sources_in(node))
    for source in implied:
        if source.key not in held:
            held.add(source.key)
            elements.append(From(source))
    if found.correlated is not None:
        gone = found.correlated & (around | beyond)
        elements = [one for one in elements if not (one.source is not None and one.source.key in gone)]
    elif found.except_keys is not None:
        gone = set(around | beyond) - found.except_keys
        elements = [one for one in elements if not (one.source is not None and one.source.key in gone)]
    elif around and not asfrom and len(elements) > 1:
        kept = [one for one in elements if not (one.source is not None and one.source.key in around)]
        elements = kept or elements
    return elements


def criteria(lift: Lift, found: nouns.Selection, elements: list[From]) -> list[exp.Expression]:
    """The conditions that single-table inheritance adds."""
    made: list[exp.Expression] = []
    seen: set[tuple[str, int]] = set()
    present = {source.key for one in elements for source in one.sources()}
    named: list[Source] = [source for one in elements for source in one.sources()]
    for node in found.columns:
        named.extend([node] if isinstance(node, Source) else parts.sources_in(node))
    if not any(source.known is not None and source.known.entity.inheritance == "single" for source in named):
        return made
    for source in named:
        if source.known is None or source.key not in present or source.key in found.joined:
            continue
        mark = (source.alias, id(source.known))
        if mark not in seen:
            seen.add(mark)
            made.extend(parts.single_criteria(lift, source))
    return made


def add_from(lift: Lift, tree: exp.Select, elements: list[From]) -> None:
    """Write FROM and its joins."""
    first = True
    joins: list[exp.Join] = []
    for one in elements:
        head, further = flat(lift, one)
        if first:
            tree.set("from_", exp.From(this=head))
            first = False
        else:
            joins.append(exp.Join(this=head))
        joins.extend(further)
    if joins:
        tree.set("joins", joins)


def flat(lift: Lift, one: From) -> tuple[exp.Expression, list[exp.Join]]:
    """An element of FROM as its first table and the joins that follow."""
    if one.source is not None:
        return sources.element(lift, one.source, one.at), sources.inner_joins(lift, one.source)
    if one.left is None or one.right is None:
        return exp.Table(this=pieces.name("unknown")), []
    head, further = flat(lift, one.left) if one.left.source is not None or one.left.left is not None else (None, [])
    right, inner = flat(lift, one.right)
    if inner:
        right.set("joins", inner)
        right = exp.Subquery(this=right)
    if head is None:
        return right, further
    join = exp.Join(this=right, on=one.on)
    if one.kind:
        join.set("side", one.kind)
    return head, [*further, pieces.placed(join, one.at)]


def complete(lift: Lift, tree: exp.Expression, own: Keys, outer: Keys) -> None:
    """Build the statements inside a statement, now that its sources are known."""
    for node in [node for node in pieces.nodes_of(tree) if "pending" in node.meta]:
        found = node.meta.pop("pending")
        node.set("this", build(lift, found, own, beyond=outer))


def finish(lift: Lift, tree: exp.Expression) -> exp.Expression:
    """The outermost statement: common tables stand before it."""
    complete(lift, tree, frozenset(), frozenset())
    if lift.ctes:
        tree.set("with_", exp.With(expressions=list(lift.ctes.values()), recursive=lift.recursive or None))
    large = lift.lifting.dialect == "postgres"
    for node in pieces.nodes_of(tree):
        if isinstance(node, exp.Ordered) and "nulls" not in node.meta:
            node.set("nulls_first", bool(node.args.get("desc")) is large)
        node.meta.pop("source", None)
        node.meta.pop("adds", None)
    return tree
