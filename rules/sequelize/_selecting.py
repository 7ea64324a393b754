"""SELECT as Sequelize's query generator writes it, with the statement inside of it that a limit may need."""

from __future__ import annotations

from sqlglot import exp

from verifier.api import Const, Origin, Record, Sequence, Value, pieces, text_of

from ._conditions import Context, all_of, any_of, conditions, joined
from ._finding import Node, finish, queried, selected
from ._fragments import column, escaped, sql_of, table, unknown, whole_number
from ._given import Reading, is_nothing, method_of
from ._judging import judge_attribute, judge_page
from ._ordering import group_by, orders
from ._schema import Link, Model, has_column
from ._unknown import note_column

hole, name, placed = pieces.hole, pieces.name, pieces.placed


class Built:
    """The parts of a statement while it is put together: outside, and inside of the one that is limited."""

    def __init__(self, top: Node, *, sub_query: bool, ignores: bool) -> None:
        self.top = top
        self.sub_query = sub_query
        self.ignores = ignores  # what is included is not selected
        self.main: list[exp.Expression] = []
        self.inner: list[exp.Expression] = []
        self.joins: list[exp.Join] = []
        self.inner_joins: list[exp.Join] = []
        self.filters: list[exp.Expression] = []


def select(
    reading: Reading,
    model: Model,
    given: Record,
    scopes: tuple[Value, ...] | None,
    *,
    limit: Value | None = None,
    extra: list[exp.Expression] | None = None,
) -> exp.Select:
    """``findAll``; ``limit`` is what ``findOne`` adds, ``extra`` what associations add to the conditions."""
    node = queried(reading, model, given, scopes)
    wanted = reading.entry(node.given, "limit") or limit
    raw = reading.flag(node.given, "raw") is True
    finish(reading, node, wanted, raw=raw)
    grouped = reading.entry(node.given, "group") is not None
    if node.children and not raw and (not grouped or not node.has_single or node.has_multi):
        with_key(node)
    return assembled(reading, node, wanted, extra=extra)


def with_key(node: Node) -> None:
    """Where something is joined, the key is selected, too."""
    key = node.model.primary_key
    if node.attributes is not None and key is not None and key not in [text_of(item) for item in node.attributes]:
        node.attributes = [Const(key), *node.attributes]


def assembled(
    reading: Reading,
    node: Node,
    limit: Value | None,
    *,
    columns: list[exp.Expression] | None = None,
    extra: list[exp.Expression] | None = None,
    ignores: bool = False,
    ordered: bool = True,
) -> exp.Select:
    """``selectQuery``; ``columns`` are selected in place of attributes."""
    built = Built(node, sub_query=bool(node.sub_query), ignores=ignores)
    reading.node = node
    if limit is not None and ordered:
        judge_page(reading, node)
    base = columns if columns is not None else attributes(reading, node)
    if built.sub_query:
        if columns is None:
            base += missing_keys(node)
        built.inner = base
        built.main = [exp.Column(this=exp.Star(), table=name(node.alias))]
    else:
        built.main = base
    for child in node.children:
        if not child.separate:
            joins, inner_joins = include(reading, child, built)
            built.joins += joins
            built.inner_joins += inner_joins
    reading.top = node
    where = joined([*where_of(reading, node, node.alias), *(extra or ()), *built.filters])
    reading.top = None
    group = group_by(reading, node)
    having = conditions(reading, node.given.entries.get("having"), Context(node.model, None))
    outer_orders, inner_orders = orders(reading, node) if ordered else ([], [])
    source = placed(table(node.model, node.alias), node.origin)
    offset = reading.entry(node.given, "offset") if ordered else None
    if not built.sub_query:
        made = statement(built.main, source, built.joins, where, group, having, outer_orders)
        return limited(reading, made, limit, offset)
    inside = statement(built.inner, source, built.inner_joins, where, group, having, inner_orders)
    limited(reading, inside, limit, offset)
    wrapped = exp.Subquery(this=inside, alias=exp.TableAlias(this=name(node.alias)))
    return statement(built.main, wrapped, built.joins, None, [], None, outer_orders)


def statement(
    columns: list[exp.Expression],
    source: exp.Expression,
    joins: list[exp.Join],
    where: exp.Expression | None,
    group: list[exp.Expression],
    having: exp.Expression | None,
    order: list[exp.Expression],
) -> exp.Select:
    """A SELECT of its parts."""
    made = exp.Select(expressions=columns or [exp.Star()])
    made.set("from_", exp.From(this=source))
    if joins:
        made.set("joins", joins)
    if where is not None:
        made.set("where", exp.Where(this=where))
    if group:
        made.set("group", exp.Group(expressions=group))
    if having is not None:
        made.set("having", exp.Having(this=having))
    if order:
        made.set("order", exp.Order(expressions=order))
    return made


def limited(reading: Reading, made: exp.Select, limit: Value | None, offset: Value | None) -> exp.Select:
    """The statement with its limit and offset."""
    count, skipped = whole_number(reading, limit), whole_number(reading, offset)
    if count is not None:
        made.set("limit", exp.Limit(expression=count))
    if skipped is not None:
        made.set("offset", exp.Offset(expression=skipped))
    return made


def where_of(reading: Reading, node: Node, alias: str | None) -> list[exp.Expression]:
    """The conditions of a node: that its rows are not deleted, and those that are given."""
    made: list[exp.Expression | None] = [not_deleted(node.model, alias)] if node.paranoid else []
    made += [conditions(reading, where, Context(model, alias)) for where, model in node.wheres]
    return [part for part in made if part is not None]


def not_deleted(model: Model, alias: str | None) -> exp.Expression | None:
    """``deletedAt IS NULL``."""
    name_ = model.automatic.get("deletedAt")
    if name_ is None or not model.options.get("paranoid") or not model.options.get("timestamps"):
        return None
    return exp.Is(this=column(alias, model.field(name_) or name_), expression=exp.Null())


# What is selected


def attributes(reading: Reading, node: Node) -> list[exp.Expression]:
    """``escapeAttributes``."""
    return [chosen(reading, node, item) for item in selected(node)]


def chosen(reading: Reading, node: Node, item: Value) -> exp.Expression:
    """One attribute of the queried model."""
    item = reading.pick(item)
    text = text_of(item)
    if text is not None:
        attribute = node.model.attributes.get(text)
        field = node.model.field(text) or text
        if attribute is None and "." in text:
            from ._fragments import identifiers

            return identifiers(text, item.origin)
        made = named(reading, node, text, item.origin)
        return exp.Alias(this=made, alias=name(text)) if field != text else made
    if isinstance(item, Sequence) and len(item.items) == 2:
        first, alias = reading.pick(item.items[0]), text_of(reading.pick(item.items[1]))
        written = text_of(first)
        inside = (
            named(reading, node, written, first.origin, field=True) if written is not None else sql_of(reading, first)
        )
        if written == "*":
            inside = exp.Star()
        if alias is None:
            reading.opens("columns", "the name of a column")
            return inside
        return exp.Alias(this=inside, alias=name(alias, item.items[1].origin))
    if method_of(item) is not None:
        return sql_of(reading, item)
    reading.opens("columns", "attributes that are set at run time")
    return unknown(reading, item)


def named(reading: Reading, node: Node, text: str, origin: Origin | None, *, field: bool = False) -> exp.Column:
    """A column of a node by the name of its attribute, or with ``field`` by its own."""
    made = column(node.alias, text if field else node.model.field(text) or text, origin)
    if note_column(reading, node.model, text, origin, "attributes"):
        made.this.meta["noted"] = True
    return made


def selected_part(reading: Reading, node: Node, first: Value) -> exp.Expression:
    """What gets another name: a column, or an expression."""
    written = text_of(first)
    return named(reading, node, written, first.origin, field=True) if written is not None else sql_of(reading, first)


def missing_keys(node: Node) -> list[exp.Expression]:
    """The key, which what is joined outside needs."""
    names: set[str | None] = set()
    for item in selected(node):
        names.add(text_of(item))
        if isinstance(item, Sequence):
            names.update(text_of(part) for part in item.items)
    return [
        exp.Alias(this=column(node.alias, key), alias=name(node.model.field(key) or key))
        for key in node.model.primary_keys
        if key not in names
    ]


def included_attributes(reading: Reading, node: Node) -> list[exp.Expression]:
    """The attributes of what is included, under names that say of what they are."""
    made: list[exp.Expression] = []
    for item in selected(node):
        item = reading.pick(item)
        text = text_of(item)
        if text is not None:
            inside: exp.Expression = named(reading, node, text, item.origin)
            made.append(exp.Alias(this=inside, alias=name(f"{node.title}{text}")))
        elif isinstance(item, Sequence) and len(item.items) == 2:
            first, alias = reading.pick(item.items[0]), text_of(reading.pick(item.items[1]))
            written = text_of(first)
            inside = (
                named(reading, node, written, first.origin, field=True)
                if written is not None
                else sql_of(reading, first)
            )
            made.append(exp.Alias(this=inside, alias=name(f"{node.title}{alias or '?'}")))
        elif method_of(item) is not None:
            if method_of(item) in ("fn", "cast"):
                judge_attribute(reading, item)
            made.append(sql_of(reading, item))
        else:
            reading.opens("columns", "attributes that are set at run time")
    return made


# What is joined


def include(reading: Reading, node: Node, built: Built) -> tuple[list[exp.Join], list[exp.Join]]:
    """``generateInclude``: the joins outside, and those inside of the limited statement."""
    link = node.link
    assert link is not None
    inside = node.inner and built.sub_query
    if not built.ignores:
        (built.inner if inside else built.main).extend(included_attributes(reading, node))
    if link.through is not None:
        body, condition = through_join(reading, node, built)
    else:
        body, condition = simple_join(reading, node, built)
    if built.sub_query and node.filters:
        filter_by(reading, node, built)
    main: list[exp.Join] = []
    inner: list[exp.Join] = []
    mismatch = False
    for child in node.children:
        if child.separate:
            continue
        child_main, child_inner = include(reading, child, built)
        mismatch = mismatch or (not node.required and bool(child.required))
        main += child_main
        inner += child_inner
    kind = (
        {"kind": "INNER"}
        if node.required
        else {"side": "RIGHT" if node.right and reading.dialect != "sqlite" else "LEFT", "kind": "OUTER"}
    )
    nested = inner if inside else main
    if mismatch and nested:
        body = exp.Subquery(this=with_joins(body, nested))
        made = [exp.Join(this=body, on=condition, **kind)]
    else:
        made = [exp.Join(this=body, on=condition, **kind), *nested]
    for join in made[:1]:
        placed(join, node.origin)
    return (main, made) if inside else (made, inner)


def with_joins(body: exp.Expression, joins: list[exp.Join]) -> exp.Expression:
    """A table with joins of its own."""
    body.set("joins", [*(body.args.get("joins") or []), *joins])
    return body


def is_top(node: Node) -> bool:
    """Whether a node is the queried model."""
    return node.parent is None


def simple_join(reading: Reading, node: Node, built: Built) -> tuple[exp.Expression, exp.Expression]:
    """``generateJoin``."""
    link, parent = node.link, node.parent
    assert link is not None and parent is not None
    source, target = link.source, node.model
    if link.kind == "belongsTo":
        key, far = link.foreign_key or "", target.field(link.own_key) or ""
    else:
        key, far = link.own_key or source.primary_key or "", target.field(link.foreign_key) or ""
    left: exp.Expression = column(parent.alias, source.field(key) or key)
    if built.sub_query and (is_top(parent) or parent.inner) and not node.inner:
        if is_top(parent):
            left = column(parent.alias, key)
            field = source.field(key) or key
            own = column(parent.alias, field)
            add_once(built.inner, exp.Alias(this=own, alias=name(key)) if field != key else own)
        else:
            left = column(None, f"{parent.alias.replace('->', '.')}.{key}")
    on: exp.Expression = exp.EQ(this=left, expression=column(node.alias, far))
    given = node.given.entries.get("on")
    if given is not None and not is_nothing(given):
        on = conditions(reading, given, Context(node.model, node.alias)) or exp.true()
    where = joined(where_of(reading, node, node.alias))
    if where is not None:
        either = reading.flag(node.given, "or") is True
        on = any_of(on, where) if either else all_of(on, where)
    return table(target, node.alias, node.origin), on


def add_once(columns: list[exp.Expression], added: exp.Expression) -> None:
    """Select something that is not selected yet."""
    if not any(found == added for found in columns):
        columns.append(added)


def through_join(reading: Reading, node: Node, built: Built) -> tuple[exp.Expression, exp.Expression]:
    """``generateThroughJoin``: the junction joined with the target, and both with the source."""
    link, parent = node.link, node.parent
    assert link is not None and parent is not None and link.through is not None
    junction = link.through
    alias = f"{node.alias}->{junction_name(node)}"
    if not built.ignores:
        built.main.extend(junction_attributes(reading, node, junction, alias))
    key = link.own_key or ""
    field = link.source.field(key) or key
    own = key if built.sub_query else field
    if built.sub_query and not node.inner and not parent.inner and not is_top(parent):
        own = field
    if built.sub_query and not node.inner and parent.inner and not is_top(parent):
        left: exp.Expression = column(None, f"{parent.alias}.{own}")
    else:
        left = column(parent.alias, own)
    on: exp.Expression = exp.EQ(this=left, expression=column(alias, junction.field(link.foreign_key) or ""))
    joined_on: exp.Expression = exp.EQ(
        this=column(node.alias, node.model.field(link.target_key) or ""),
        expression=column(alias, junction.field(link.other_key) or ""),
    )
    more = joined(through_conditions(reading, node, junction, alias))
    if more is not None:
        joined_on = all_of(joined_on, more)
    body = table(junction, alias)
    body.set("joins", [exp.Join(this=table(node.model, node.alias, node.origin), kind="INNER", on=joined_on)])
    where = joined(where_of(reading, node, node.alias))
    if where is not None:
        on = all_of(on, where)
    return exp.Subquery(this=body), on


def through_conditions(reading: Reading, node: Node, junction: Model, alias: str | None) -> list[exp.Expression]:
    """``through: { where }``, the scope of the junction, and that its rows are not deleted."""
    given = node.through
    made: list[exp.Expression | None] = []
    if reading.flag(given, "paranoid") is not False:
        made.append(not_deleted(junction, alias))
    if given is not None:
        made.append(conditions(reading, given.entries.get("where"), Context(junction, alias)))
    return [part for part in made if part is not None]


def junction_name(node: Node) -> str:
    """The alias of the junction inside of an include."""
    link = node.link
    assert link is not None and link.through is not None
    named = text_of(node.through.entries.get("as")) if node.through is not None else None
    return named or link.through.name


def junction_attributes(reading: Reading, node: Node, junction: Model, alias: str) -> list[exp.Expression]:
    """The attributes of the junction: all, or those of ``through: { attributes }``."""
    given = reading.entry(node.through, "attributes")
    title = f"{node.title}{junction_name(node)}."
    if given is None:
        names: list[Value | str] = [key for key, found in junction.attributes.items() if has_column(found)]
    elif isinstance(given, Sequence):
        names = list(given.items)
        known = {text_of(item) for item in given.items}
        for key in junction.primary_keys if given.items else ():
            if key not in known:
                names.insert(0, key)
    else:
        reading.opens("columns", "attributes that are set at run time")
        return []
    made: list[exp.Expression] = []
    for item in names:
        text = item if isinstance(item, str) else text_of(item)
        place = None if isinstance(item, str) else item.origin
        if text is None and isinstance(item, Sequence) and len(item.items) == 2:
            first, named = text_of(item.items[0]), text_of(item.items[1])
            inside = column(alias, first, item.items[0].origin) if first else escaped(reading, item.items[0])
            made.append(exp.Alias(this=inside, alias=name(f"{title}{named}")))
        elif text is None:
            made.append(hole("an attribute that is set at run time", place))
        else:
            inside = column(alias, junction.field(text) or text, place)
            if note_column(reading, junction, text, place, "attributes"):
                inside.this.meta["noted"] = True
            made.append(exp.Alias(this=inside, alias=name(f"{title}{text}")))
    return made


# What a limited statement asks of rows that are joined outside of it


def filter_by(reading: Reading, node: Node, built: Built) -> None:
    """``_generateSubQueryFilter``: the limited statement asks for at least one such row."""
    path = [node]
    above = node.parent
    while above is not None and above.parent is not None:
        if not above.required or above.filters:
            return
        path.insert(0, above)
        above = above.parent
    if above is not None and above.filters:
        return
    query = filtering(reading, path[0], node)
    built.filters.append(exp.Not(this=exp.Is(this=exp.Subquery(this=query), expression=exp.Null())))


def filtering(reading: Reading, first: Node, last: Node) -> exp.Select:
    """One row of what is included, with all that it requires itself."""
    link = first.link
    assert link is not None
    source, target = link.source, first.model
    parent = first.parent
    assert parent is not None
    if link.through is not None:
        junction = link.through
        alias = junction.name
        inner = column(alias, junction.field(link.foreign_key) or "")
        outer = column(parent.name, source.field(source.primary_key) or "")
        near = target.name
        joins = [
            exp.Join(
                this=table(target, near),
                kind="INNER",
                on=joined(
                    [
                        exp.EQ(
                            this=column(alias, junction.field(link.other_key) or ""),
                            expression=column(near, target.field(link.target_key) or ""),
                        ),
                        *where_of(reading, first, near),
                    ]
                ),
            )
        ]
        joins += required_below(reading, first, near, last)
        where = joined([exp.EQ(this=outer, expression=inner), *through_conditions(reading, first, junction, alias)])
        key = junction.primary_key
        columns: list[exp.Expression] = [column(alias, junction.field(key) or "")] if key else [exp.Star()]
        made = statement(columns, table(junction, alias), joins, where, [], None, [])
    else:
        if link.kind == "belongsTo":
            near_key, far_key = target.field(link.own_key) or "", source.field(link.foreign_key) or ""
        else:
            near_key, far_key = target.field(link.foreign_key) or "", source.field(link.own_key) or ""
        alias = first.name
        match = exp.EQ(this=column(alias, near_key), expression=column(parent.name, far_key))
        joins = required_below(reading, first, alias, last)
        where = joined([*where_of(reading, first, alias), match])
        made = statement([column(alias, near_key)], table(target, alias), joins, where, [], None, [])
    made.set("limit", exp.Limit(expression=exp.Literal.number(1)))
    return made


def required_below(reading: Reading, node: Node, alias: str, last: Node) -> list[exp.Join]:
    """The joins of all that is required below a node; its aliases begin anew."""
    joins: list[exp.Join] = []
    for child in node.children:
        if not child.required or child.separate:
            continue
        copy = Node(child.model, child.link, child.name, child.given, None)
        copy.wheres, copy.paranoid, copy.through, copy.required = child.wheres, child.paranoid, child.through, True
        top = Node(node.model, None, alias, Record(), None)
        copy.parent = top
        copy.children = []
        built = Built(top, sub_query=False, ignores=True)
        made, _ = include(reading, copy, built)
        joins += made
        joins += required_further(reading, child, copy)
    return joins


def required_further(reading: Reading, node: Node, placed_at: Node) -> list[exp.Join]:
    """The same for what lies below that."""
    joins: list[exp.Join] = []
    for child in node.children:
        if not child.required or child.separate:
            continue
        copy = Node(child.model, child.link, child.name, child.given, placed_at)
        copy.wheres, copy.paranoid, copy.through, copy.required = child.wheres, child.paranoid, child.through, True
        built = Built(placed_at.top, sub_query=False, ignores=True)
        made, _ = include(reading, copy, built)
        joins += made
        joins += required_further(reading, child, copy)
    return joins


def association_keys(link: Link) -> tuple[str, str]:
    """The columns that an association compares: of its target, and of its source."""
    source, target = link.source, link.target
    assert target is not None
    if link.kind == "belongsTo":
        return target.field(link.own_key) or "", source.field(link.foreign_key) or ""
    return target.field(link.foreign_key) or "", source.field(link.own_key) or ""
