"""SELECT: what chains of calls say of it."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from verifier.api import (
    Call,
    Class,
    Const,
    External,
    Instance,
    Sequence,
    Value,
    pieces,
    reason_of,
    text_of,
)

from . import _queries_joining as joining
from . import _queries_joins as joins
from . import _queries_loads as loads
from . import _queries_methods as methods
from . import _queries_nouns as nouns
from . import _queries_operators as operators
from . import _queries_parts as parts
from . import _queries_relations as relations
from . import _queries_sources as sources
from . import _queries_values as values
from ._queries_sources import From, Source
from ._queries_state import Lift

# Starting


def query(lift: Lift, call: Call) -> nouns.Selection:
    """``session.query(User, Post.id)``."""
    made = selection_from(lift, call)
    made.legacy = True
    return made


def query_of(lift: Lift, cls: Class, callee: External) -> nouns.Selection:
    """``User.query``."""
    source = sources.of_class(lift, cls)
    assert source is not None
    return query_of_source(lift, source)


def query_of_source(lift: Lift, source: Source) -> nouns.Selection:
    """The query of all rows of an entity."""
    made = selection_of(lift, [source])
    made.legacy = True
    return made


def selection_of(lift: Lift, columns: list[exp.Expression | Source]) -> nouns.Selection:
    """A SELECT of some columns."""
    made = nouns.Selection()
    made.columns = columns
    return made


def selection_from(lift: Lift, call: Call) -> nouns.Selection:
    """``select(User, Post.id)``; a list is taken apart, as the older library does."""
    made = nouns.Selection()
    with lift.reading("columns"):
        for argument in call.arguments:
            take_column(lift, made, argument)
        if call.open:
            lift.doubt("columns that are decided at run time", "columns", "from")
    return made


def take_column(lift: Lift, made: nouns.Selection, argument: Value) -> None:
    """Take an argument of ``select``."""
    plain = lift.decide(argument)
    if isinstance(plain, Sequence):
        for item in plain.items:
            take_column(lift, made, item)
        if not plain.complete:
            lift.doubt("columns that are decided at run time", "columns", "from")
        return
    text = text_of(plain)
    if text is not None:
        made.columns.append(exp.Star() if text == "*" else exp.Column(this=pieces.name(text, plain.origin)))
        return
    found = values.resolve(lift, plain)
    made.columns.extend(columns_of(lift, found, plain))


def columns_of(lift: Lift, found: object, value: Value) -> list[exp.Expression | Source]:
    """What something gives where columns stand."""
    if isinstance(found, Source):
        return [found]
    if isinstance(found, values.Group):
        return list(sources.all_columns(lift, found.source))
    if isinstance(found, nouns.Raw):
        return [found.parsed(lift)]
    if isinstance(found, list):
        return [one for one in found if isinstance(one, exp.Expression | Source)]
    if isinstance(found, exp.Alias):
        return [found]
    if isinstance(found, exp.Placeholder):
        lift.doubt(reason_of(value), "columns", "from")
        return [pieces.hole(reason_of(value), value.origin)]
    if pieces.is_hole(found if isinstance(found, exp.Expression) else None):
        lift.doubt("a column that was not read", "columns", "from")
    return [values.as_expression(lift, found, value)]


# Methods

Step = Callable[[Lift, nouns.Selection, Call], None]


def method(lift: Lift, base: nouns.Selection, name: str, made: Instance, call: Call) -> object:
    """What a method of a SELECT or of a ``Query`` gives."""
    if name in SENT:
        return values.Sent()
    if name in ENDS:
        return ended(lift, base, name, made, call)
    step = STEPS.get(name)
    if step is not None:
        step(lift, base, call)
        return base
    if name in IGNORED:
        return base
    if name in SETS:
        return combined(lift, base, name, call)
    lift.doubt(f"the method `{name}`", "from", "where", "columns")
    return base


def where(lift: Lift, base: nouns.Selection, call: Call) -> None:
    with lift.reading("where"):
        for argument in call.arguments:
            plain = lift.decide(argument)
            if isinstance(plain, Const) and plain.value is True:
                continue
            base.where.append(operators.condition(lift, plain))
        if call.open:
            lift.doubt("conditions that are decided at run time")


def filter_by(lift: Lift, base: nouns.Selection, call: Call) -> None:
    with lift.reading("where"):
        entity = base.entity
        if entity is None:
            lift.doubt("the entity that `filter_by` speaks of")
            return
        named = [one for one in base.columns if isinstance(one, Source)]
        named += [source for element in base.froms for source in element.sources() if element.source or element.left]
        base.where.extend(relations.by_keywords(lift, entity, call, () if base.legacy else named))


def having(lift: Lift, base: nouns.Selection, call: Call) -> None:
    with lift.reading("having"):
        base.having.extend(operators.condition(lift, argument) for argument in call.arguments)


def group_by(lift: Lift, base: nouns.Selection, call: Call) -> None:
    with lift.reading("group"):
        for argument in spread(lift, call):
            text = text_of(argument)
            found = values.resolve(lift, argument) if text is None else None
            if text is not None:
                base.group.append(named_column(lift, base, text, argument))
            elif isinstance(found, Source):
                base.group.extend(sources.all_columns(lift, found))
            elif isinstance(found, nouns.Raw):
                base.group.append(found.parsed(lift))
            else:
                base.group.append(values.as_expression(lift, found, argument))


def order_by(lift: Lift, base: nouns.Selection, call: Call) -> None:
    with lift.reading("order"):
        for argument in spread(lift, call):
            if isinstance(argument, Const) and argument.value in (None, False):
                base.order = []
                continue
            base.order.append(order_item(lift, base, argument))


def spread(lift: Lift, call: Call) -> list[Value]:
    """The arguments of a call, decided; a list among them is taken apart."""
    found: list[Value] = []
    for argument in call.arguments:
        plain = lift.decide(argument)
        if isinstance(plain, Sequence):
            found.extend(map(lift.decide, plain.items))
            if not plain.complete:
                lift.doubt("a list that is filled at run time")
        else:
            found.append(plain)
    if call.open:
        lift.doubt("arguments that are decided at run time")
    return found


def order_item(lift: Lift, base: nouns.Selection | None, argument: Value) -> exp.Expression:
    """One part of ORDER BY; one that is labelled among the columns is named by its label."""
    plain = lift.decide(argument)
    text = text_of(plain)
    if text is not None and base is not None:
        return methods.order(named_column(lift, base, text, plain), False, None)
    found = values.resolve(lift, plain)
    if isinstance(found, nouns.Raw):
        return methods.order(found.parsed(lift, "order"), False, None)
    node = found if isinstance(found, exp.Alias | exp.Ordered) else values.as_expression(lift, found, plain)
    if isinstance(node, exp.Placeholder) and not isinstance(plain, Const):
        node = lift.unknown(reason_of(plain), plain.origin)
    ordered = node if isinstance(node, exp.Ordered) else methods.order(node, False, None)
    inner = ordered.this
    if isinstance(inner, exp.Alias):
        listed = base is not None and any(
            isinstance(one, exp.Alias) and one.alias == inner.alias for one in base.columns
        )
        name = exp.Column(this=pieces.name(inner.alias, inner.meta.get("at")))
        ordered.set("this", name if listed else inner.this)
    return ordered


def named_column(lift: Lift, base: nouns.Selection, text: str, value: Value) -> exp.Expression:
    """A column that is named by text: a label among the columns, or a column of these."""
    name, at = text.strip(), value.origin
    for one in base.columns:
        if isinstance(one, exp.Alias | exp.Column) and one.output_name == name:
            return one.copy() if isinstance(one, exp.Column) else exp.Column(this=pieces.name(name, at))
        if isinstance(one, Source):
            found = sources.column(lift, one, name, at)
            if found is not None:
                return found
    return lift.unknown(f"the name `{name}`", at)


def limit(lift: Lift, base: nouns.Selection | nouns.Compound, call: Call) -> None:
    base.limit = bound_of(lift, call, "limit")


def offset(lift: Lift, base: nouns.Selection | nouns.Compound, call: Call) -> None:
    base.offset = bound_of(lift, call, "offset")


def bound_of(lift: Lift, call: Call, name: str) -> exp.Expression | None:
    """A limit or offset; None takes it away."""
    with lift.reading("limit"):
        given = lift.decide(call.arguments[0]) if call.arguments else next(iter(call.keywords.values()), None)
        given = lift.decide(given) if given is not None else None
        if given is None or (isinstance(given, Const) and given.value is None):
            return None
        found = values.resolve(lift, given)
        if isinstance(found, exp.Expression) and not isinstance(found, exp.Placeholder):
            return found
        return lift.bindings.bound(given, name)


def slice_(lift: Lift, base: nouns.Selection | nouns.Compound, call: Call) -> None:
    start = lift.decide(call.arguments[0]) if call.arguments else None
    stop = lift.decide(call.arguments[1]) if len(call.arguments) > 1 else None
    bounded(lift, base, start, stop)


def bounded(lift: Lift, base: nouns.Selection | nouns.Compound, start: Value | None, stop: Value | None) -> None:
    """A slice as LIMIT and OFFSET."""

    def number(value: Value | None) -> int | None:
        known = isinstance(value, Const) and isinstance(value.value, int)
        return value.value if known and isinstance(value, Const) and isinstance(value.value, int) else None

    def given(value: Value | None) -> bool:
        return value is not None and not (isinstance(value, Const) and value.value is None)

    low, high = number(start), number(stop)
    if given(start) and start is not None and low != 0:
        base.offset = lift.bindings.bound(start, "offset")
    if given(stop) and stop is not None:
        if low is not None and high is not None:
            base.limit = pieces.literal(high - low)
        elif not given(start) or low == 0:
            base.limit = lift.bindings.bound(stop, "limit")
        else:
            base.limit = lift.bindings.bound(stop, "limit")
            lift.doubt("a limit that is computed at run time", "limit")


def sliced(lift: Lift, base: nouns.Selection, key: Value) -> nouns.Selection:
    """``query[start:stop]``."""
    if isinstance(key, Instance) and key.path == "slice":
        bounded(lift, base, key.attributes.get("start"), key.attributes.get("stop"))
    else:
        base.limit = pieces.literal(1)
        base.offset = lift.bindings.bound(key, "offset")
    return base


def distinct(lift: Lift, base: nouns.Selection, call: Call) -> None:
    with lift.reading("columns"):
        on = [values.expression(lift, argument) for argument in spread(lift, call)]
    base.distinct = on or True


def for_update(lift: Lift, base: nouns.Selection, call: Call) -> None:
    base.lock = exp.Lock(update=not joins.flagged(call, "read") and not joins.flagged(call, "key_share"))
    if joins.flagged(call, "skip_locked"):
        base.lock.set("wait", False)
    if joins.flagged(call, "nowait"):
        base.lock.set("wait", True)
    given = call.keywords.get("of")
    if given is not None:
        tables = [values.resolve(lift, one) for one in methods.listed(lift, given)]
        named = [found for found in tables if isinstance(found, Source)]
        base.lock.set("expressions", [exp.Table(this=pieces.name(one.alias)) for one in named])


def correlate(lift: Lift, base: nouns.Selection, call: Call) -> None:
    if len(call.arguments) == 1 and isinstance(call.arguments[0], Const):
        base.correlated = set()
        return
    found = [values.resolve(lift, argument) for argument in call.arguments]
    base.correlated = (base.correlated or set()) | {one.key for one in found if isinstance(one, Source)}


def correlate_except(lift: Lift, base: nouns.Selection, call: Call) -> None:
    found = [values.resolve(lift, argument) for argument in call.arguments]
    base.except_keys = {one.key for one in found if isinstance(one, Source)}


def with_columns(lift: Lift, base: nouns.Selection, call: Call) -> None:
    """``with_entities``, ``with_only_columns``: other columns in place of those before."""
    kept = [one for one in base.columns if isinstance(one, Source)]
    keep = joins.flagged(call, "maintain_column_froms")
    base.columns = []
    with lift.reading("columns"):
        for argument in call.arguments:
            take_column(lift, base, argument)
        if call.open:
            lift.doubt("columns that are decided at run time", "columns")
    if keep and not base.froms:
        base.froms = [From(one) for one in kept]


def add_columns(lift: Lift, base: nouns.Selection, call: Call) -> None:
    with lift.reading("columns"):
        for argument in call.arguments:
            take_column(lift, base, argument)
        if call.open:
            lift.doubt("columns that are decided at run time", "columns")


def set_options(lift: Lift, base: nouns.Selection, call: Call) -> None:
    base.loads.extend(loads.read(lift, call))


def params(lift: Lift, base: nouns.Selection, call: Call) -> None:
    return None


def exists_where(lift: Lift, base: nouns.Selection, call: Call) -> None:
    where(lift, base, call)


STEPS: dict[str, Step] = {
    "where": where,
    "filter": where,
    "filter_by": filter_by,
    "having": having,
    "group_by": group_by,
    "order_by": order_by,
    "limit": limit,
    "offset": offset,
    "slice": slice_,
    "distinct": distinct,
    "with_for_update": for_update,
    "correlate": correlate,
    "correlate_except": correlate_except,
    "with_entities": with_columns,
    "with_only_columns": with_columns,
    "add_columns": add_columns,
    "add_column": add_columns,
    "add_entity": add_columns,
    "column": add_columns,
    "select_from": lambda lift, base, call: joining.select_from(lift, base, call),
    "join": lambda lift, base, call: joining.join("")(lift, base, call),
    "outerjoin": lambda lift, base, call: joining.join("LEFT")(lift, base, call),
    "options": set_options,
}
EXISTS = frozenset({"where", "select_from", "correlate", "correlate_except", "filter", "join"})
IGNORED = frozenset(
    "execution_options params enable_eagerloads populate_existing yield_per prefix_with suffix_with with_hint "
    "autoflush enable_assertions reset_joinpoint self_group with_labels apply_labels set_label_style "
    "with_statement_hint with_session with_loader_criteria only_return_tuples set_cache_key tuples _clone".split()
)
SETS: dict[str, tuple[type[exp.SetOperation], bool]] = {
    "union": (exp.Union, True),
    "union_all": (exp.Union, False),
    "intersect": (exp.Intersect, True),
    "intersect_all": (exp.Intersect, False),
    "except_": (exp.Except, True),
    "except_all": (exp.Except, False),
}
SENT = frozenset(
    "all first one one_or_none scalar scalars paginate first_or_404 get_or_404 one_or_404 get delete update".split()
)
ENDS = frozenset(
    "subquery alias cte lateral scalar_subquery as_scalar label exists count join_from outerjoin_from".split()
)


def combined(lift: Lift, base: nouns.Selection | nouns.Compound, name: str, call: Call) -> object:
    """``first.union(second)``."""
    kind, single = SETS[name]
    made_of: list[nouns.Selection | nouns.Compound | nouns.Raw] = [base]
    for argument in methods_of(lift, call):
        found = values.resolve(lift, argument)
        if isinstance(found, nouns.Selection | nouns.Compound | nouns.Raw):
            made_of.append(found)
        elif isinstance(found, Source) and found.body is not None:
            made_of.append(selection_of(lift, [found]))
        else:
            lift.doubt("a statement that is decided at run time", "from", "where", "columns")
    made = nouns.Compound(kind, single, made_of)
    if isinstance(base, nouns.Selection) and base.legacy:  # a query of the union's rows
        for part in made_of:
            if isinstance(part, nouns.Selection):
                part.qualified = True
        whole = parts.as_source(lift, made, made, None)
        outer = selection_of(lift, [whole])
        outer.legacy = True
        retell(lift, base, whole)
        outer.last = lift.sources.get(("entity of", whole.key))
        return outer
    return made


def retell(lift: Lift, base: nouns.Selection, whole: Source) -> None:
    """Let the attributes of an entity that a legacy union gives mean the columns of the union."""
    for one in base.columns:
        if isinstance(one, Source) and one.known is not None:
            told = Source(whole.key, whole.alias, one.known)
            told.names, told.body, told.aliased = whole.names, whole.body, True
            lift.sources["entity of", whole.key] = told


def methods_of(lift: Lift, call: Call) -> list[Value]:
    """The arguments of a call, lists taken apart."""
    with lift.reading("from"):
        return spread(lift, call)


def ended(lift: Lift, base: nouns.Selection, name: str, made: Instance, call: Call) -> object:
    """What makes a part of another statement of a SELECT."""
    if name in ("subquery", "alias", "lateral"):
        return parts.as_source(lift, base, made, call.text(0, "name"), lateral=name == "lateral")
    if name == "cte":
        return parts.common(lift, base, made, call)
    if name in ("scalar_subquery", "as_scalar"):
        return parts.pending(base)
    if name == "label":
        node = exp.Alias(this=parts.pending(base), alias=pieces.name(call.text(0, "name") or "label"))
        return pieces.placed(node, call.origin)
    if name == "exists":
        inner = base
        if inner.legacy:
            inner.columns = (
                [exp.Literal.number(1)]
                if not isinstance(base.columns[0] if base.columns else None, Source)
                else [*base.columns]
            )
            if base.columns and isinstance(base.columns[0], Source) and not base.froms:
                inner.froms = [From(base.columns[0])]
            inner.columns = [exp.Literal.number(1)]
        return parts.pending_exists(inner)
    if name == "count":
        return base
    if name == "get":
        by_key(lift, base, call.argument(0, "ident"), call)
        return base
    if name in ("join_from", "outerjoin_from"):
        return joining.join_from(lift, base, name, call)
    return base


def by_key(lift: Lift, base: nouns.Selection, ident: Value | None, call: Call) -> None:
    """Ask for the row of a primary key."""
    entity = base.entity
    keys = entity.known.entity.primary_key if entity is not None and entity.known is not None else ()
    if entity is None or not keys or ident is None:
        lift.doubt("the key that is asked for", "where")
        return
    plain = lift.decide(ident)
    given = plain.items if isinstance(plain, Sequence) else [plain]
    for number, key in enumerate(keys):
        column = sources.column(lift, entity, key.attribute, None)
        value = given[number] if number < len(given) else None
        if column is None or value is None or (len(keys) > 1 and not isinstance(plain, Sequence)):
            lift.doubt("the key that is asked for", "where")
            continue
        base.where.append(exp.EQ(this=column, expression=values.bound(lift, lift.decide(value), key.attribute)))


def compound_method(lift: Lift, base: nouns.Compound, name: str, made: Instance, call: Call) -> object:
    """What a method of a UNION gives."""
    if name in ("subquery", "alias", "lateral"):
        return parts.as_source(lift, base, made, call.text(0, "name"))
    if name == "cte":
        return parts.common(lift, base, made, call)
    if name in ("scalar_subquery", "as_scalar"):
        return parts.pending(base)
    if name == "limit":
        limit(lift, base, call)
        return base
    if name == "offset":
        offset(lift, base, call)
        return base
    if name == "slice":
        slice_(lift, base, call)
        return base
    if name == "order_by":
        first = base.parts[0]
        while isinstance(first, nouns.Compound):
            first = first.parts[0]
        named = (parts.outputs(lift, first) if isinstance(first, nouns.Selection) else None) or {}
        with lift.reading("order"):
            for argument in spread(lift, call):
                text = text_of(argument)
                if text is not None:
                    base.order.append(methods.order(exp.Column(this=pieces.name(text, argument.origin)), False, None))
                    continue
                item = order_item(lift, first if isinstance(first, nouns.Selection) else None, argument)
                inner = item.this
                if isinstance(inner, exp.Column) and inner.name in named:
                    inner.set("table", None)
                base.order.append(item)
        return base
    if name in SETS:
        return combined(lift, base, name, call)
    if name in IGNORED:
        return base
    if name == "exists":
        return parts.pending_exists(base)
    lift.doubt(f"the method `{name}`", "from", "where", "columns")
    return base


def joined_method(lift: Lift, base: nouns.Joined, name: str, made: Instance, call: Call) -> object:
    """What a method of a tree of joins gives."""
    if name in ("join", "outerjoin"):
        return joins.tree(lift, base, name, call)
    if name == "select":
        selection = selection_of(lift, list(base.element.sources()))
        selection.froms = [base.element]
        return selection
    lift.doubt(f"the method `{name}`", "from")
    return base


def raw_method(lift: Lift, base: nouns.Raw, name: str, made: Instance, call: Call) -> object:
    """What a method of SQL in text gives."""
    if name == "bindparams":
        base.values.update(call.keywords)
        base.complete = base.complete and not call.open
        for argument in call.arguments:  # bindparam("name", value)
            inner = argument.made_by if isinstance(argument, Instance) else None
            key = inner.text(0, "key") if inner is not None else None
            given = inner.argument(1, "value") if inner is not None else None
            if key is not None and given is not None:
                base.values[key] = given
            elif key is None:
                base.complete = False
        return base
    if name in ("columns", "execution_options", "params", "options"):
        return base
    node = base.parsed(lift)
    return node if pieces.is_hole(node) else methods.of_expression(lift, node, name, call)


# Parts of other statements


# Sources in expressions
