"""SELECT: what chains of calls say of it."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable

from sqlglot import exp

from verifier.api import (
    Call,
    Class,
    Const,
    External,
    Given,
    Instance,
    Origin,
    Sequence,
    Value,
    pieces,
    reason_of,
    text_of,
    texts,
)

from . import _queries_joins as joins
from . import _queries_loads as loads
from . import _queries_methods as methods
from . import _queries_sources as sources
from . import _queries_values as values
from ._queries_sources import From, Source
from ._queries_state import Lift


class Selection:
    """A SELECT, as far as it is told.

    Attributes:
        columns: what it gives: expressions, and sources that are given whole.
        froms: the elements of FROM that it names.
        correlated: keys of the sources that it leaves to the statement around it; None for those that this has.
        except_keys: keys of the only sources that it does not leave to it.
        legacy: made by ``session.query``.
        last: the source that was joined last.
        edges: relationships by which it has joined already.
        inner: it belongs into another statement.
        loads: the options that say which related rows come along.
        finished: what the end of a chain of ``Query`` does (``count``, ``first``...).
    """

    def __init__(self) -> None:
        self.columns: list[exp.Expression | Source] = []
        self.froms: list[From] = []
        self.where: list[exp.Expression] = []
        self.group: list[exp.Expression] = []
        self.having: list[exp.Expression] = []
        self.order: list[exp.Expression] = []
        self.limit: exp.Expression | None = None
        self.offset: exp.Expression | None = None
        self.distinct: bool | list[exp.Expression] = False
        self.lock: exp.Lock | None = None
        self.correlated: set[object] | None = None
        self.except_keys: set[object] | None = None
        self.legacy = False
        self.last: Source | None = None
        self.edges: set[tuple[object, object, str]] = set()
        self.inner = False
        self.loads: list[loads.Option] = []
        self.joined: set[object] = set()
        self.unique = False
        self.qualified = False  # its columns are named with their tables in front

    def __deepcopy__(self, memo: object) -> Selection:
        return self

    @property
    def entity(self) -> Source | None:
        """What ``filter_by`` speaks of."""
        if self.last is not None:
            return self.last
        if self.froms:
            return next(self.froms[0].sources(), None)
        for one in self.columns:
            if isinstance(one, Source):
                return one
            found = source_in(one)
            if found is not None:
                return found
        return None


class Compound:
    """UNION, INTERSECT or EXCEPT of statements."""

    def __init__(self, kind: type[exp.SetOperation], distinct: bool, parts: list[Selection | Compound | Raw]) -> None:
        self.kind = kind
        self.distinct = distinct
        self.parts = parts
        self.order: list[exp.Expression] = []
        self.limit: exp.Expression | None = None
        self.offset: exp.Expression | None = None

    def __deepcopy__(self, memo: object) -> Compound:
        return self


class Raw:
    """SQL that is written as text."""

    def __init__(self, value: Value | None, at: Origin | None) -> None:
        self.value = value
        self.at = at
        self.values: dict[str, Value] = {}

    def __deepcopy__(self, memo: object) -> Raw:
        return self

    def parsed(self, lift: Lift, role: str = "value") -> exp.Expression:
        """The text as an expression."""
        value = lift.decide(self.value) if self.value is not None else None
        if value is None:
            return lift.unknown("a text that is missing", self.at)
        given = Given(names=self.values)
        found = texts.lift_fragment(
            lift.lifting.project,
            value,
            lift.lifting.dialect,
            ("named",),
            given,
            role=role,  # type: ignore[arg-type]
            bindings=lift.bindings,
        )
        if len(found) != 1:
            return lift.unknown("a piece of SQL that was not read", self.at)
        if any(True for _ in pieces.holes_in(found[0])):
            lift.doubt(reason_of(value) if not isinstance(value, Const) else "a piece of SQL that was not read")
        return found[0]

    def condition(self, lift: Lift) -> exp.Expression:
        """The text where an expression stands."""
        node = self.parsed(lift, "condition")
        return exp.Paren(this=node) if isinstance(node, exp.Or) else node


class Joined:
    """A tree of joins that is written as such."""

    def __init__(self, element: From) -> None:
        self.element = element


Statementlike = Selection | Compound | Raw


# Starting


def query(lift: Lift, call: Call) -> Selection:
    """``session.query(User, Post.id)``."""
    made = selection_from(lift, call)
    made.legacy = True
    return made


def query_of(lift: Lift, cls: Class, callee: External) -> Selection:
    """``User.query``."""
    source = sources.of_class(lift, cls)
    assert source is not None
    return query_of_source(lift, source)


def query_of_source(lift: Lift, source: Source) -> Selection:
    """The query of all rows of an entity."""
    made = selection_of(lift, [source])
    made.legacy = True
    return made


def selection_of(lift: Lift, columns: list[exp.Expression | Source]) -> Selection:
    """A SELECT of some columns."""
    made = Selection()
    made.columns = columns
    return made


def selection_from(lift: Lift, call: Call) -> Selection:
    """``select(User, Post.id)``; a list is taken apart, as the older library does."""
    made = Selection()
    with lift.reading("columns"):
        for argument in call.arguments:
            take_column(lift, made, argument)
        if call.open:
            lift.doubt("columns that are decided at run time", "columns", "from")
    return made


def take_column(lift: Lift, made: Selection, argument: Value) -> None:
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
    if isinstance(found, Raw):
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

Step = Callable[[Lift, Selection, Call], None]


def method(lift: Lift, base: Selection, name: str, made: Instance, call: Call) -> object:
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


def where(lift: Lift, base: Selection, call: Call) -> None:
    with lift.reading("where"):
        for argument in call.arguments:
            plain = lift.decide(argument)
            if isinstance(plain, Const) and plain.value is True:
                continue
            base.where.append(methods.condition(lift, plain))
        if call.open:
            lift.doubt("conditions that are decided at run time")


def filter_by(lift: Lift, base: Selection, call: Call) -> None:
    with lift.reading("where"):
        entity = base.entity
        if entity is None:
            lift.doubt("the entity that `filter_by` speaks of")
            return
        named = [one for one in base.columns if isinstance(one, Source)]
        named += [source for element in base.froms for source in element.sources() if element.source or element.left]
        base.where.extend(joins.by_keywords(lift, entity, call, () if base.legacy else named))


def having(lift: Lift, base: Selection, call: Call) -> None:
    with lift.reading("having"):
        base.having.extend(methods.condition(lift, argument) for argument in call.arguments)


def group_by(lift: Lift, base: Selection, call: Call) -> None:
    with lift.reading("group"):
        for argument in spread(lift, call):
            text = text_of(argument)
            found = values.resolve(lift, argument) if text is None else None
            if text is not None:
                base.group.append(named_column(lift, base, text, argument))
            elif isinstance(found, Source):
                base.group.extend(sources.all_columns(lift, found))
            elif isinstance(found, Raw):
                base.group.append(found.parsed(lift))
            else:
                base.group.append(values.as_expression(lift, found, argument))


def order_by(lift: Lift, base: Selection, call: Call) -> None:
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


def order_item(lift: Lift, base: Selection | None, argument: Value) -> exp.Expression:
    """One part of ORDER BY; one that is labelled among the columns is named by its label."""
    plain = lift.decide(argument)
    text = text_of(plain)
    if text is not None and base is not None:
        return methods.order(named_column(lift, base, text, plain), False, None)
    found = values.resolve(lift, plain)
    if isinstance(found, Raw):
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


def named_column(lift: Lift, base: Selection, text: str, value: Value) -> exp.Expression:
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


def limit(lift: Lift, base: Selection | Compound, call: Call) -> None:
    base.limit = bound_of(lift, call, "limit")


def offset(lift: Lift, base: Selection | Compound, call: Call) -> None:
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


def slice_(lift: Lift, base: Selection | Compound, call: Call) -> None:
    start = lift.decide(call.arguments[0]) if call.arguments else None
    stop = lift.decide(call.arguments[1]) if len(call.arguments) > 1 else None
    bounded(lift, base, start, stop)


def bounded(lift: Lift, base: Selection | Compound, start: Value | None, stop: Value | None) -> None:
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


def sliced(lift: Lift, base: Selection, key: Value) -> Selection:
    """``query[start:stop]``."""
    if isinstance(key, Instance) and key.path == "slice":
        bounded(lift, base, key.attributes.get("start"), key.attributes.get("stop"))
    else:
        base.limit = pieces.literal(1)
        base.offset = lift.bindings.bound(key, "offset")
    return base


def distinct(lift: Lift, base: Selection, call: Call) -> None:
    with lift.reading("columns"):
        on = [values.expression(lift, argument) for argument in spread(lift, call)]
    base.distinct = on or True


def for_update(lift: Lift, base: Selection, call: Call) -> None:
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


def correlate(lift: Lift, base: Selection, call: Call) -> None:
    if len(call.arguments) == 1 and isinstance(call.arguments[0], Const):
        base.correlated = set()
        return
    found = [values.resolve(lift, argument) for argument in call.arguments]
    base.correlated = (base.correlated or set()) | {one.key for one in found if isinstance(one, Source)}


def correlate_except(lift: Lift, base: Selection, call: Call) -> None:
    found = [values.resolve(lift, argument) for argument in call.arguments]
    base.except_keys = {one.key for one in found if isinstance(one, Source)}


def with_columns(lift: Lift, base: Selection, call: Call) -> None:
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


def add_columns(lift: Lift, base: Selection, call: Call) -> None:
    with lift.reading("columns"):
        for argument in call.arguments:
            take_column(lift, base, argument)
        if call.open:
            lift.doubt("columns that are decided at run time", "columns")


def select_from(lift: Lift, base: Selection, call: Call) -> None:
    with lift.reading("from"):
        for number, argument in enumerate(call.arguments):
            found = values.resolve(lift, argument)
            made = as_element(lift, found, call.place(number))
            if made is None:
                lift.doubt(reason_of(lift.decide(argument)))
                continue
            base.froms = [one for one in base.froms if not held(one, made)]
            if not any(held(made, one) for one in base.froms):
                base.froms.append(made)
        if call.open:
            lift.doubt("tables that are decided at run time")


def held(inner: From, outer: From) -> bool:
    """Whether an element of FROM is a part of another."""
    keys = {one.key for one in outer.sources()}
    return inner.source is not None and inner.source.key in keys


def as_element(lift: Lift, found: object, at: Origin | None) -> From | None:
    """What was resolved, as an element of FROM."""
    if isinstance(found, Source):
        return From(found, at=at)
    if isinstance(found, Joined):
        return found.element
    if isinstance(found, Selection | Compound):
        return From(as_source(lift, found, found, None), at=at)
    if isinstance(found, values.Group):
        return From(found.source, at=at)
    if isinstance(found, Raw):
        return raw_element(lift, found, at)
    return None


def raw_element(lift: Lift, found: Raw, at: Origin | None) -> From:
    """A table that is named in text."""
    node = found.parsed(lift, "from")
    source = Source(("text", id(found)), node.alias_or_name or "text")
    source.names, source.body = None, node
    return From(source, at=at)


def join(side: str) -> Step:
    """``join``, ``outerjoin``: by a relationship, to a target, on a condition."""

    def made(lift: Lift, base: Selection, call: Call) -> None:
        joined_side = side
        if joins.flagged(call, "full"):
            joined_side = "FULL"
        elif joins.flagged(call, "isouter") or joins.flagged(call, "outer"):
            joined_side = "LEFT"
        with lift.reading("from"):
            arguments = [lift.decide(argument) for argument in call.arguments]
            named = call.keywords.get("target")
            if named is not None:
                arguments.insert(0, lift.decide(named))
            on = call.keywords.get("onclause")
            if len(arguments) == 1 and isinstance(arguments[0], Sequence) and len(arguments[0].items) == 2:
                arguments = [lift.decide(item) for item in arguments[0].items]
            if on is not None:
                arguments.append(lift.decide(on))
            if not arguments or call.open:
                lift.doubt("a join that is decided at run time")
                return
            add_join(lift, base, arguments, joined_side, call)

    return made


def add_join(lift: Lift, base: Selection, arguments: list[Value], side: str, call: Call) -> None:
    """Add a join to what is known of FROM."""
    target = relationship_named(lift, base, arguments[0])
    second = values.resolve(lift, arguments[1]) if len(arguments) > 1 else None
    nothing = len(arguments) > 1 and isinstance(arguments[1], Const) and arguments[1].value is None
    at = arguments[0].origin or call.place(0)
    if isinstance(target, values.Rel):
        by_relationship(lift, base, target, joins.target_of(lift, target), side, call)
        for further in arguments[1:]:  # the older library takes a path of relationships
            found = values.resolve(lift, further)
            if isinstance(found, values.Rel):
                by_relationship(lift, base, found, joins.target_of(lift, found), side, call)
        return
    element = as_element(lift, target, call.place(0))
    if element is None:
        lift.doubt(reason_of(arguments[0]))
        return
    right = next(iter(element.sources()))
    if isinstance(second, values.Rel):
        by_relationship(lift, base, second, right, side, call)
        return
    place = left_place(lift, base, right, call)
    if place is None:
        if len(arguments) < 2 or nothing:
            lift.unknown("how a table is joined", at)
        else:
            on = methods.as_condition(lift, second, arguments[1])
            base.froms.append(From(None, From(), element, on, side, call.place(0)))
        base.last = right
        return
    if len(arguments) > 1 and not nothing:
        on = methods.as_condition(lift, second, arguments[1])
        extra = single_criteria(lift, right)
        on = methods.both(exp.And, [on, *extra]) if extra else on
    else:
        on = joins.infer(lift, list(base.froms[place].sources()), right, call.place(0))
    base.froms[place] = From(None, base.froms[place], element, on, side, call.place(0))
    base.last = right
    base.joined.update(one.key for one in element.sources())


def relationship_named(lift: Lift, base: Selection, value: Value) -> object:
    """What a join is given; the older library takes a relationship by its name."""
    text = text_of(value)
    if text is None:
        return values.resolve(lift, value)
    entity = base.entity
    if entity is None or entity.known is None:
        return None
    return values.attribute(lift, entity, text, value.origin)


def by_relationship(lift: Lift, base: Selection, rel: values.Rel, right: Source | None, side: str, call: Call) -> None:
    """Join along a relationship; along the same one to the same target it is done once."""
    if right is None:
        lift.doubt(f"the relationship `{rel.relationship.name}`")
        return
    edge = rel.source.key, right.key, rel.relationship.name
    if edge in base.edges:
        return
    base.edges.add(edge)
    left = rel.source
    number = next(
        (place for place, one in enumerate(base.froms) if any(left.key == own.key for own in one.sources())), None
    )
    if number is None:
        base.froms.append(From(left))
        number = len(base.froms) - 1
    base.froms[number] = joins.joined_by(lift, base.froms[number], rel, right, side, call.place(0))
    base.last = right
    base.joined.add(right.key)


def left_place(lift: Lift, base: Selection, right: Source, call: Call) -> int | None:
    """The element of FROM that a target is joined to; what the columns name becomes one."""
    if not base.froms:
        candidates: dict[object, Source] = {}
        for one in base.columns:
            found = [one] if isinstance(one, Source) else list(sources_in(one))
            for source in found[:1]:
                if source.key != right.key:
                    candidates.setdefault(source.key, source)
        listed = list(candidates.values())
        if len(listed) > 1:
            linked = [one for one in listed if joins.links(lift, [one], right)]
            listed = linked if len(linked) == 1 else listed
        if not listed:
            return None
        base.froms.append(From(listed[0]))
        return len(base.froms) - 1
    if len(base.froms) > 1:
        for place, element in enumerate(base.froms):
            if joins.links(lift, list(element.sources()), right):
                return place
    return 0


def set_options(lift: Lift, base: Selection, call: Call) -> None:
    base.loads.extend(loads.read(lift, call))


def params(lift: Lift, base: Selection, call: Call) -> None:
    return None


def exists_where(lift: Lift, base: Selection, call: Call) -> None:
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
    "select_from": select_from,
    "join": join(""),
    "outerjoin": join("LEFT"),
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


def combined(lift: Lift, base: Selection | Compound, name: str, call: Call) -> object:
    """``first.union(second)``."""
    kind, single = SETS[name]
    parts: list[Selection | Compound | Raw] = [base]
    for argument in methods_of(lift, call):
        found = values.resolve(lift, argument)
        if isinstance(found, Selection | Compound | Raw):
            parts.append(found)
        elif isinstance(found, Source) and found.body is not None:
            parts.append(selection_of(lift, [found]))
        else:
            lift.doubt("a statement that is decided at run time", "from", "where", "columns")
    made = Compound(kind, single, parts)
    if isinstance(base, Selection) and base.legacy:  # a query of the union's rows
        for part in parts:
            if isinstance(part, Selection):
                part.qualified = True
        whole = as_source(lift, made, made, None)
        outer = selection_of(lift, [whole])
        outer.legacy = True
        retell(lift, base, whole)
        outer.last = lift.sources.get(("entity of", whole.key))
        return outer
    return made


def retell(lift: Lift, base: Selection, whole: Source) -> None:
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


def ended(lift: Lift, base: Selection, name: str, made: Instance, call: Call) -> object:
    """What makes a part of another statement of a SELECT."""
    if name in ("subquery", "alias", "lateral"):
        return as_source(lift, base, made, call.text(0, "name"), lateral=name == "lateral")
    if name == "cte":
        return common(lift, base, made, call)
    if name in ("scalar_subquery", "as_scalar"):
        return pending(base)
    if name == "label":
        node = exp.Alias(this=pending(base), alias=pieces.name(call.text(0, "name") or "label"))
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
        return pending_exists(inner)
    if name == "count":
        return base
    if name == "get":
        by_key(lift, base, call.argument(0, "ident"), call)
        return base
    if name in ("join_from", "outerjoin_from"):
        return join_from(lift, base, name, call)
    return base


def join_from(lift: Lift, base: Selection, name: str, call: Call) -> Selection:
    """``select(...).join_from(Left, Right, condition)``."""
    with lift.reading("from"):
        left = as_element(lift, values.resolve(lift, call.arguments[0]), call.place(0)) if call.arguments else None
        if left is None or len(call.arguments) < 2:
            lift.doubt("a join that is decided at run time")
            return base
        if not any(held(left, one) for one in base.froms):
            base.froms.insert(0, left)
        else:
            base.froms.sort(key=lambda one: not held(left, one))
        side = "LEFT" if name == "outerjoin_from" or joins.flagged(call, "isouter") else ""
        side = "FULL" if joins.flagged(call, "full") else side
        rest = [lift.decide(argument) for argument in call.arguments[1:3]]
        on = call.keywords.get("onclause")
        add_join(lift, base, rest if on is None else [*rest[:1], lift.decide(on)], side, call)
    return base


def by_key(lift: Lift, base: Selection, ident: Value | None, call: Call) -> None:
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


def compound_method(lift: Lift, base: Compound, name: str, made: Instance, call: Call) -> object:
    """What a method of a UNION gives."""
    if name in ("subquery", "alias", "lateral"):
        return as_source(lift, base, made, call.text(0, "name"))
    if name == "cte":
        return common(lift, base, made, call)
    if name in ("scalar_subquery", "as_scalar"):
        return pending(base)
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
        while isinstance(first, Compound):
            first = first.parts[0]
        named = (outputs(lift, first) if isinstance(first, Selection) else None) or {}
        with lift.reading("order"):
            for argument in spread(lift, call):
                text = text_of(argument)
                if text is not None:
                    base.order.append(methods.order(exp.Column(this=pieces.name(text, argument.origin)), False, None))
                    continue
                item = order_item(lift, first if isinstance(first, Selection) else None, argument)
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
        return pending_exists(base)
    lift.doubt(f"the method `{name}`", "from", "where", "columns")
    return base


def joined_method(lift: Lift, base: Joined, name: str, made: Instance, call: Call) -> object:
    """What a method of a tree of joins gives."""
    if name in ("join", "outerjoin"):
        return joins.tree(lift, base, name, call)
    if name == "select":
        selection = selection_of(lift, list(base.element.sources()))
        selection.froms = [base.element]
        return selection
    lift.doubt(f"the method `{name}`", "from")
    return base


def raw_method(lift: Lift, base: Raw, name: str, made: Instance, call: Call) -> object:
    """What a method of SQL in text gives."""
    if name == "bindparams":
        base.values.update(call.keywords)
        return base
    if name in ("columns", "execution_options", "params", "options"):
        return base
    node = base.parsed(lift)
    return node if pieces.is_hole(node) else methods.of_expression(lift, node, name, call)


# Parts of other statements


def pending(found: Selection | Compound) -> exp.Subquery:
    """A statement inside another; it is built when that is, whose sources it may refer to."""
    node = exp.Subquery(this=exp.Select())
    node.meta["pending"] = found
    if isinstance(found, Selection):
        found.inner = True
        if found.columns and isinstance(found.columns[0], exp.Expression):
            kind = found.columns[0].meta.get("type")
            if kind is not None:
                node.meta["type"] = kind
    return node


def pending_exists(found: Selection | Compound) -> exp.Exists:
    """EXISTS of a statement."""
    node = exp.Exists(this=exp.Select())
    node.meta["pending"] = found
    return node


def whole(lift: Lift, source: Source) -> exp.Subquery:
    """A SELECT of all that a source gives."""
    return pending(selection_of(lift, [source]))


def as_source(
    lift: Lift, found: Selection | Compound, key: object, name: str | None, *, lateral: bool = False
) -> Source:
    """A statement in FROM."""
    from . import _queries_build as building

    known = lift.sources.get(("subquery", id(key)))
    if known is not None:
        return known
    lift.sources["kept", id(key)] = Source(id(key), "")
    tree = pending(found) if lateral else building.build(lift, found, frozenset(), asfrom=True)
    names = outputs(lift, found)
    made = sources.of_query(lift, id(key), tree, names, name)
    lift.kept.append(key)
    if lateral:
        made.lateral = True
    return made


def outputs(lift: Lift, found: Selection | Compound | Raw) -> dict[str, exp.Expression] | None:
    """The columns of a statement by the keys under which code finds them; None where these are not known."""
    while isinstance(found, Compound):
        found = found.parts[0]
    if isinstance(found, Raw):
        return None
    made: dict[str, exp.Expression] = {}
    taken: set[str] = set()
    for one in found.columns:
        if isinstance(one, Source) and one.open:
            return None
        if isinstance(one, exp.Star) or (isinstance(one, exp.Expression) and pieces.is_hole(one)):
            return None
        listed: Iterable[exp.Expression] = sources.all_columns(lift, one) if isinstance(one, Source) else [one]
        for node in listed:
            name = sources.output_name(node)
            if name is None:
                continue
            whole = isinstance(one, Source) and one.known is not None
            key = name if whole or not isinstance(node, exp.Column) else str(node.meta.get("key") or name)
            key = str(node.meta.get("called", key))
            if found.qualified and isinstance(node, exp.Column):
                name = f"{node.table}_{name}"
            key, name = numbered(key, made), numbered(name, taken)
            taken.add(name)
            shown = exp.Column(this=pieces.name(name))
            kind = node.meta.get("type")
            if kind is not None:
                shown.meta["type"] = kind
            made[key] = shown
    return made


def numbered(name: str, taken: Container[str]) -> str:
    """A name, with a number where another has it already."""
    if name not in taken:
        return name
    number = 1
    while f"{name}_{number}" in taken:
        number += 1
    return f"{name}_{number}"


def common(lift: Lift, base: Selection | Compound, made: Instance, call: Call) -> Source:
    """``select(...).cte("name", recursive=True)``."""
    from . import _queries_build as building

    known = lift.sources.get(("cte", id(made)))
    if known is not None:
        return known
    name = lift.name_for(call.text(0, "name"), "anon")
    source = Source(("cte", id(made)), name)
    source.aliased = source.is_cte = True
    source.names = outputs(lift, base)
    source.body = building.build(lift, base, frozenset(), asfrom=True)
    lift.sources["cte", id(made)] = source
    lift.kept.append(made)
    recursive = call.argument(1, "recursive")
    if isinstance(recursive, Const) and recursive.value:
        lift.recursive = True
    lift.ctes[name] = exp.CTE(this=source.body, alias=exp.TableAlias(this=pieces.name(name)))
    return source


def extended(lift: Lift, base: Source, name: str, call: Call) -> Source:
    """``cte.union_all(select(...))``: the recursive half."""
    from . import _queries_build as building

    kind, single = SETS[name]
    trees = [base.body.copy()] if base.body is not None else []
    for argument in methods_of(lift, call):
        found = values.resolve(lift, argument)
        if isinstance(found, Selection | Compound):
            trees.append(building.build(lift, found, frozenset(), asfrom=True))
        else:
            lift.doubt("a statement that is decided at run time", "with")
    tree = trees[0]
    for other in trees[1:]:
        tree = kind(this=tree, expression=other, distinct=single)
    columns = [pieces.name(name) for name in base.names or ()] if lift.recursive else []
    alias = exp.TableAlias(this=pieces.name(base.alias), columns=columns or None)
    lift.ctes[base.alias] = exp.CTE(this=tree, alias=alias)
    return base


# Sources in expressions


def sources_in(node: exp.Expression) -> Iterable[Source]:
    """The sources that an expression's columns belong to, those of statements inside it left out."""
    found: dict[object, Source] = {}
    for inner in node.walk(prune=lambda one: "pending" in one.meta or isinstance(one, exp.Query)):
        source = inner.meta.get("source")
        if isinstance(source, Source):
            found.setdefault(source.key, source)
        adds = inner.meta.get("adds")
        if isinstance(adds, Source):
            found.setdefault(adds.key, adds)
    return found.values()


def source_in(node: exp.Expression) -> Source | None:
    """The first source of an expression."""
    return next(iter(sources_in(node)), None)


def single_criteria(lift: Lift, source: Source) -> list[exp.Expression]:
    """The condition that tells rows of a class from those of others in the same table."""
    if source.known is None:
        return []
    found = lift.schema.single(source.known)
    if found is None:
        return []
    root, attribute, identities = found
    column = root.entity.mapped(attribute)
    if column is None:
        return []
    node = sources.column_node(source, column.name, sources.referred(source, attribute), None, attribute, column)
    items = [lift.bindings.bound(identity, attribute) for identity in identities]
    return [exp.In(this=node, expressions=items)]
