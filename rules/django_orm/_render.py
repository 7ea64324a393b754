"""From a query that was put together to SQL, in the shape that Django's compiler gives it."""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

from verifier.api import Const, Sequence, Value, pieces, reason_of, replace

from ._draft import Clause, Draft
from ._expressions import call_of, name_of, resolve
from ._faults import UnclearError, Word
from ._functions import in_order
from ._joins import Join
from ._lookups import Made
from ._model import Model

DEEPEST = 5


def columns_of(draft: Draft, model: Model, alias: str, mask: set[str] | None) -> list[tuple[str, Made]]:
    """All columns of a model's rows, those that it inherits by joins, too."""
    opts = draft.names.opts(model)
    found: list[tuple[str, Made]] = []
    seen: set[str] = set()
    for owner, field in opts.fields.values():
        if not field.concrete or field.name in seen or (mask is not None and field.name not in mask):
            continue
        seen.add(field.name)
        at = alias
        if owner is not model.concrete():
            for hop in draft.to_parent(model, owner, None):
                at = draft.join(hop, at, None)
        name = draft.registry.column_of(field)
        found.append((f"{field.name}_id" if field.core in ("ForeignKey", "OneToOneField") else field.name,
                      draft.column(at, name, field, None)))  # fmt: skip
    return found


def mask_of(draft: Draft) -> set[str] | None:
    """The fields of the query's own model that are loaded; None for all."""
    if draft.masked is None:
        return None
    kind, words = draft.masked
    heads = {word.text.split("__")[0].removesuffix("_id") for word in words} | {word.text for word in words}
    whole = {word.text.removesuffix("_id") for word in words if "__" not in word.text} | {
        word.text for word in words if "__" not in word.text
    }
    names = {field.name for _, field in draft.opts.fields.values()}
    key = {draft.opts.key.name} if draft.opts.key is not None else set()
    if kind == "only":
        return {name for name in names if name in heads} | key
    return (names - whole) | key


def inner_mask(draft: Draft, path: tuple[str, ...], model: Model) -> set[str] | None:
    """The same of a related model that is brought along."""
    if draft.masked is None:
        return None
    kind, words = draft.masked
    behind = [parts[len(path) :] for word in words if tuple(parts := word.text.split("__"))[: len(path)] == path]
    names = {part[0] for part in behind if part}
    opts = draft.names.opts(model)
    every = {field.name for _, field in opts.fields.values()}
    key = {opts.key.name} if opts.key is not None else set()
    if kind == "only":
        return (names & every) | key if names else None
    left = {part[0] for part in behind if len(part) == 1}
    return (every - left) | key if left else None


def related_columns(
    draft: Draft, tree: dict[str, object] | bool, model: Model, alias: str, path: tuple[str, ...]
) -> list[tuple[str, Made]]:
    """The columns of rows that ``select_related`` brings along."""
    found: list[tuple[str, Made]] = []
    if len(path) >= DEEPEST and tree is True:
        return found
    opts = draft.names.opts(model)
    seen: set[str] = set()
    ways = [way for way in opts.ways.values() if way.forward] + [way for way in opts.ways.values() if not way.forward]
    for way in ways:
        if way.name in seen or way.many or way.hidden:
            continue
        seen.add(way.name)
        if tree is True:
            if not way.forward or way.field.flag("null") is not False or way.field.flag("parent_link"):
                continue
        elif not isinstance(tree, dict) or way.name not in tree:
            continue
        _, aliases = draft.setup([Word(way.name)], model, alias)
        here = (*path, way.name)
        found += columns_of(draft, way.target, aliases[-1], inner_mask(draft, here, way.target))
        deeper = tree if tree is True else tree[way.name] if isinstance(tree, dict) else {}
        found += related_columns(draft, deeper, way.target, aliases[-1], here)  # type: ignore[arg-type]
    return found


def source_of(draft: Draft, join: Join) -> exp.Table:
    """A table as a source."""
    table = exp.Table(this=pieces.name(join.table.rpartition('"."')[2].strip('"')))
    if join.alias != join.table:
        table.set("alias", exp.TableAlias(this=pieces.name(join.alias)))
    pieces.placed(table, join.origin)
    if join.model is not None:
        table.meta["entity"] = (join.model.span.path, join.model.span.line)
    return table


def from_clause(draft: Draft, tree: exp.Select) -> exp.Select:
    """FROM with its joins."""
    live = [join for alias, join in draft.joins.items() if draft.refs[alias] > 0]
    if not live:
        draft.initial()
        live = [draft.joins[draft.base]]
    for place, join in enumerate(live):
        if place == 0:
            tree = tree.from_(source_of(draft, join), copy=False)
            continue
        hop = join.hop
        if hop is None or join.parent is None:
            raise UnclearError("a table without a way to it")
        left = exp.Column(this=pieces.name(hop.near, join.origin), table=pieces.name(join.parent))
        right = exp.Column(this=pieces.name(hop.far, join.origin), table=pieces.name(join.alias))
        condition: exp.Expression = exp.EQ(this=left, expression=right)
        if join.condition is not None:
            condition = exp.And(this=condition, expression=join.condition)
        made = exp.Join(this=source_of(draft, join), on=condition)
        if join.kind == "LEFT":
            made.set("side", "LEFT")
            made.set("kind", "OUTER")
        else:
            made.set("kind", "INNER")
        tree.append("joins", pieces.placed(made, join.origin))
    return tree


def order_items(draft: Draft) -> tuple[list[tuple[Made, exp.Expression]], bool]:
    """ORDER BY, and whether it is that of the model."""
    items: Iterable[Word | Value] = draft.order
    by_model = False
    if not draft.order and draft.ordered_by_default:
        items = model_order(draft, draft.model)
        by_model = bool(items)
    found: list[tuple[Made, exp.Expression]] = []
    for item in items:
        try:
            found += one_order(draft, item)
        except UnclearError as unclear:
            draft.unsure(unclear.reason, "order")
    return found, by_model


def model_order(draft: Draft, model: Model) -> list[Word | Value]:
    """``Meta.ordering``."""
    given = model.options.get("ordering")
    if given is None and model.proxy:
        base = next(model.bases, None)
        given = base.options.get("ordering") if base is not None else None
    if given is None and "order_with_respect_to" in model.options:
        draft.unsure("the order with respect to another row", "order")
        return []
    if given is None or (isinstance(given, Const) and given.value is None):
        return []
    if not isinstance(given, Sequence) or not given.complete:
        draft.unsure(reason_of(given), "order")
        return []
    return [
        Word(item.value, None) if isinstance(item, Const) and isinstance(item.value, str) else item
        for item in given.items
    ]


def one_order(draft: Draft, item: Word | Value) -> list[tuple[Made, exp.Expression]]:
    """One part of an order; a relation is ordered as its own model says."""
    if not isinstance(item, Word):
        return [expression_order(draft, item)]
    if item.text == "?":
        return [(Made(exp.Rand(), kind="value"), exp.Ordered(this=exp.Rand()))]
    descending = item.text.startswith("-")
    word = item.without_sign()
    if draft.combined is not None:
        node: exp.Expression = exp.Column(this=pieces.name(word.text, word.origin))
        return [(Made(node, kind="value"), ordered(draft, node, descending))]
    selected = dict(draft.columns or ()).get(word.text) if draft.labels is not None else None
    if word.text in draft.annotations or selected is not None:
        made = draft.copied(draft.annotations.get(word.text) or selected)  # type: ignore[arg-type]
        return [(made, ordered(draft, made.node, descending))]
    if word.text in draft.vague or (draft.vague_all and word.parts()[0].text not in draft.opts.fields):
        raise UnclearError(f"the annotation `{word.text}`")
    return [(made, ordered(draft, made.node, flipped)) for made, flipped in named_order(draft, word, descending, 0)]


def named_order(draft: Draft, word: Word, descending: bool, depth: int) -> list[tuple[Made, bool]]:
    """The columns behind a name, with their directions."""
    from ._names import Way

    parts = word.parts()
    if parts[0].text in draft.annotations:
        return [(draft.reference(word), descending)]
    found, aliases = draft.setup(parts, draft.model, draft.initial())
    way = found.final
    if isinstance(way, Way) and not found.rest and depth < DEEPEST:
        inner = model_order(draft, way.target)
        last = parts[-1].text
        if inner and last != "pk" and last != f"{way.field.name}_id":
            columns: list[tuple[Made, bool]] = []
            for item in inner:
                if not isinstance(item, Word):
                    raise UnclearError("the order of a related model")
                turned = descending != item.text.startswith("-")
                name = item.without_sign().text
                columns += named_order(draft, Word(f"{word.text}__{name}", word.origin), turned, depth + 1)
            return columns
    held, alias, _ = draft.trimmed(found, aliases)
    origin = draft.last_origin(found, word)
    made = [draft.column(alias, name, field, origin) for name, field in held]
    return [(draft.transformed(one, found.rest), descending) for one in made]


def ordered(draft: Draft, node: exp.Expression, descending: bool) -> exp.Ordered:
    """A part of ORDER BY."""
    return in_order(draft, node, descending != draft.turned)


def expression_order(draft: Draft, item: Value) -> tuple[Made, exp.Expression]:
    """``F("x").desc()`` and other expressions."""
    name = name_of(item)
    made_by = call_of(item)
    descending = name == "desc"
    made = resolve(draft, item, names=True)
    node = ordered(draft, made.node, descending)
    for where in ("nulls_first", "nulls_last"):
        given = made_by.argument(None, where) if made_by is not None and name in ("asc", "desc", "OrderBy") else None
        if isinstance(given, Const) and given.value:
            node.set("nulls_first", where == "nulls_first")
            node.meta["nulls"] = True
    if name == "OrderBy" and made_by is not None:
        given = made_by.argument(1, "descending")
        node.set("desc", isinstance(given, Const) and bool(given.value))
    return made, node


def select(draft: Draft, columns: list[tuple[str, Made]] | None = None, *, bare: bool = False) -> exp.Expression:
    """The SELECT of a query. ``columns`` take the place of its own; ``bare`` leaves the order away."""
    if draft.combined is not None:
        return combined(draft)
    labelled: list[tuple[str, Made]]
    if columns is not None:
        labelled = columns
    elif draft.columns is not None:
        labelled = [
            (name, draft.copied(draft.annotations[name]) if name in draft.annotations else made)
            for name, made in draft.columns
        ]
    else:
        labelled = columns_of(draft, draft.model, draft.initial(), mask_of(draft))
        if draft.model.open:
            draft.unsure(draft.model.open[0], "columns")
        if draft.misrelated is not None and draft.related is not None:
            raise draft.misrelated
        if draft.related:
            labelled = [*labelled, *related_columns(draft, draft.related, draft.model, draft.base, ())]
        labelled += [(name, draft.copied(draft.annotations[name])) for name in draft.shown]
    order, by_model = ([], False) if bare else order_items(draft)
    tree = exp.Select()
    aliased = set(draft.annotations) | set(draft.labels or ())
    expressions = [
        exp.alias_(made.node, pieces.name(name), copy=False)
        if name in aliased and not (made.kind == "column" and column_name(made) == name)
        else made.node
        for name, made in labelled
    ]
    tree.set("expressions", expressions)
    if draft.distinct:
        on = [draft.reference(word).node for word in draft.distinct_on]
        tree.set("distinct", exp.Distinct(on=exp.Tuple(expressions=on)) if on else exp.Distinct())
    where, having = conditions(draft)
    if draft.distinct and not draft.distinct_on:
        seen = {made.node.sql() for _, made in labelled}
        for made, _ in order:
            if made.node.sql() not in seen:
                tree.append("expressions", made.node.copy())
                seen.add(made.node.sql())
    tree = from_clause(draft, tree)
    if where is not None:
        tree.set("where", exp.Where(this=where))
    group = grouping(draft, labelled, [] if by_model else [made for made, _ in order], having)
    if group:
        tree.set("group", exp.Group(expressions=[made.node.copy() for made in group]))
        if by_model:
            order = []
    if having is not None and having.node() is not None:
        tree.set("having", exp.Having(this=having.node()))
    if order:
        tree.set("order", exp.Order(expressions=unique(node for _, node in order)))
    limits(draft, tree)
    if draft.locked:
        tree.meta["locked"] = True  # which Django leaves out of the SQL where the database has no locks
    if draft.locked and draft.context.lookups.postgres:
        tree.set("locks", [exp.Lock(update=True)])
    return tree


def column_name(made: Made) -> str:
    """The name of a column."""
    return made.node.name if isinstance(made.node, exp.Column) else ""


def unique(nodes: Iterable[exp.Expression]) -> list[exp.Expression]:
    """Parts of an order, each column once."""
    found: dict[str, exp.Expression] = {}
    for node in nodes:
        found.setdefault(node.this.sql() if isinstance(node, exp.Ordered) else node.sql(), node)
    return list(found.values())


def conditions(draft: Draft) -> tuple[exp.Expression | None, Clause | None]:
    """WHERE as SQL, and HAVING as a clause."""
    where, having = draft.where.split() if draft.where.parts else (None, None)
    node = where.node() if where is not None else None
    if draft.nothing:
        node = exp.And(this=node, expression=exp.false()) if node is not None else exp.false()
    return node, having


def grouping(draft: Draft, labelled: list[tuple[str, Made]], order: list[Made], having: Clause | None) -> list[Made]:
    """GROUP BY: what is asked for, with all else that is selected or ordered by."""
    if draft.group is None:
        return []
    parts: list[Made] = list(draft.group) if isinstance(draft.group, list) else []
    known = {made.node.sql() for made in parts}
    for _, made in labelled:
        if made.node.sql() not in known:
            parts += made.grouping()
    for made in order:
        if not any(made.node.sql() == shown.node.sql() for _, shown in labelled):
            parts += made.grouping()
    needed = [part for made in having.made() for part in having_columns(made)] if having is not None else []
    parts += needed
    found: dict[str, Made] = {}
    for made in parts:
        found.setdefault(made.node.sql(), made)
    grouped = list(found.values())
    if draft.context.lookups.postgres:
        keys = {
            made.table
            for made in grouped
            if made.kind == "column" and made.field is not None and made.field.primary_key
        }
        kept = {made.node.sql() for made in needed}
        grouped = [
            made
            for made in grouped
            if made.node.sql() in kept
            or made.table not in keys
            or made.kind != "column"
            or (made.field is not None and made.field.primary_key)
        ]
    return grouped


def having_columns(made: Made) -> list[Made]:
    """The columns of HAVING that stand outside of aggregates."""
    if made.kind == "aggregate":
        return []
    if made.kind == "column":
        return [made]
    if made.kind == "subquery":
        return list(made.outer)
    return [part for source in made.sources for part in having_columns(source)]


def limits(draft: Draft, tree: exp.Expression) -> None:
    """LIMIT and OFFSET."""
    if draft.bounds is not None:
        start, stop = draft.bounds
        if stop is not None and not (isinstance(stop, Const) and stop.value is None):
            tree.set("limit", exp.Limit(expression=draft.context.bindings.bound(stop, "limit")))
        if start is not None and not (isinstance(start, Const) and not start.value):
            tree.set("offset", exp.Offset(expression=draft.context.bindings.bound(start, "offset")))
        return
    if draft.high is not None:
        tree.set("limit", exp.Limit(expression=exp.Literal.number(draft.high - draft.low)))
    elif draft.low and not draft.context.lookups.postgres:
        tree.set("limit", exp.Limit(expression=exp.Neg(this=exp.Literal.number(1))))
    if draft.low:
        tree.set("offset", exp.Offset(expression=exp.Literal.number(draft.low)))


def combined(draft: Draft) -> exp.Expression:
    """A set operation."""
    assert draft.combined is not None
    name, drafts, everything = draft.combined
    kinds = {"union": exp.Union, "intersection": exp.Intersect, "difference": exp.Except}
    if draft.columns is not None:
        for part in drafts[1:]:
            if part.columns is None and part.labels is None and part.combined is None:
                part.columns = [(label, part.reference(Word(label))) for label, _ in draft.columns if "__" not in label]
                part.labels, part.related = tuple(label for label, _ in part.columns), None
    trees = []
    for part in drafts:
        if part.nothing and name == "union":
            continue
        trees.append(select(part))
        draft.open |= part.open
        draft.reasons += [reason for reason in part.reasons if reason not in draft.reasons]
    if not trees:
        trees = [select(drafts[0])]
    whole = trees[0]
    for tree in trees[1:]:
        whole = kinds[name](this=whole, expression=tree, distinct=not everything)
    order, _ = order_items(draft)
    if order:
        whole.set("order", exp.Order(expressions=[node for _, node in order]))
    limits(draft, whole)
    return whole


def subquery(draft: Draft) -> exp.Expression:
    """A query inside another one."""
    tree = select(draft)
    hand_on(draft)
    return tree


def exists(draft: Draft) -> exp.Expression:
    """``EXISTS (SELECT 1 ...)``."""
    node = exp.Exists(this=existing(draft))
    hand_on(draft)
    return node


def existing(draft: Draft, limit: int | None = 1) -> exp.Expression:
    """What tells whether a query gives a row."""
    if draft.combined is not None:
        draft.order, draft.ordered_by_default = [], False
        for part in draft.combined[1]:
            part.order, part.ordered_by_default = [], False
        return combined(draft)
    if not (draft.distinct and draft.sliced):
        if draft.group is True:
            from ._steps import group_by_all

            group_by_all(draft)
        draft.columns, draft.shown, draft.labels = [], [], ()
        draft.related = None
    draft.order, draft.ordered_by_default = [], False
    one = Made(exp.alias_(exp.Literal.number(1), "a"), kind="value")  # type: ignore[arg-type]
    columns = [("a", one)]
    if draft.columns:
        columns = [*draft.columns, *columns]
    if limit is not None and draft.bounds is None:
        high = draft.low + limit
        draft.high = high if draft.high is None else min(draft.high, high)
    return select(draft, columns)


def hand_on(draft: Draft) -> None:
    """What is not known of an inner query is not known of the one around it."""
    if draft.outer is not None:
        for reason in draft.reasons:
            draft.outer.unsure(reason)
        if draft.open:
            draft.outer.unsure(draft.reasons[0] if draft.reasons else "a query inside it", "where")


def has_aggregate(draft: Draft) -> bool:
    """Whether a query holds aggregates already."""
    return any(made.aggregate for made in draft.annotations.values()) or (
        conditions(draft)[1] is not None if draft.where.parts else False
    )


def is_nested(draft: Draft, named: Iterable[str] = ()) -> bool:
    """Whether aggregates must be taken of the rows of the query, and not in it. ``named``: what they are taken of."""
    return (
        isinstance(draft.group, list)
        or draft.sliced
        or has_aggregate(draft)
        or draft.distinct
        or draft.combined is not None
        or any(made.over or made.kind == "subquery" for name, made in draft.annotations.items() if name in named)
    )


def aggregated(draft: Draft, aggregates: list[tuple[str, Made]], *, nested: bool) -> exp.Expression:
    """``aggregate`` and ``count``: over the rows themselves, or over a query of them."""
    existing_aggregate = has_aggregate(draft)
    nodes = [exp.alias_(made.node, pieces.name(name), copy=False) for name, made in aggregates]
    if not nested:
        draft.columns, draft.labels, draft.shown, draft.related = [], (), [], None
        draft.order, draft.ordered_by_default, draft.group = [], False, None
        tree = select(
            draft, [(name, replace(made, node=node)) for (name, made), node in zip(aggregates, nodes, strict=True)]
        )
        for expression, node in zip(list(tree.expressions), nodes, strict=True):
            expression.replace(node)
        return tree
    draft.related = None
    if not (draft.sliced or draft.distinct_on):
        draft.order, draft.ordered_by_default = [], False
    inner = inner_rows(draft, aggregates, has_aggregate=existing_aggregate)
    columns: dict[str, str] = {}
    for node in nodes:
        for column in list(node.find_all(exp.Column)):
            if column.find_ancestor(exp.Subquery) is not None or isinstance(inner, exp.SetOperation):
                continue
            if not column.table:
                continue
            text = column.sql()
            if text not in columns:
                columns[text] = f"__col{len(columns) + 1}"
                inner.append("expressions", exp.alias_(column.copy(), columns[text], quoted=True))
            column.replace(exp.column(exp.to_identifier(columns[text])))
    source = exp.Subquery(this=inner, alias=exp.TableAlias(this=exp.to_identifier("subquery")))
    return exp.Select(expressions=nodes).from_(source, copy=False)


def inner_rows(draft: Draft, aggregates: list[tuple[str, Made]], *, has_aggregate: bool) -> exp.Expression:
    """The query whose rows are aggregated."""
    if draft.combined is not None or draft.distinct:
        return select(draft)
    key = (
        [("pk", draft.reference(Word("pk")))]
        if not draft.opts.composite
        else [(name, made) for name, made in columns_of(draft, draft.model, draft.initial(), None)]
    )
    if draft.columns is None:
        if has_aggregate:
            draft.group = [made for _, made in key]
        columns: list[tuple[str, Made]] = []
    else:
        columns = [(name, made) for name, made in draft.columns if name not in draft.annotations]
    kept = [name for name in draft.shown if name in draft.summed or draft.annotations[name].grouping()]
    columns += [(name, draft.copied(draft.annotations[name])) for name in kept]
    return select(draft, columns or key)
