"""Methods of query sets, one after another, applied to a query."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from verifier.api import Call, Choice, Const, Instance, Sequence, Value, options, reason_of

from ._compare import is_query
from ._draft import Condition, Context, Draft
from ._expressions import call_of, children, is_expression, name_of, resolve
from ._faults import FaultError, UnclearError, Word, keyword, text_word
from ._loads import only_fields, prefetch, select_related
from ._lookups import Made, library_call
from ._managers import Manager, QuerySet, plain_name
from ._names import Way

MOST_STEPS = 200
PARTS_OF_QUERY = 20


def draft_of(context: Context, value: Value, outer: Draft | None = None) -> Draft:
    """The query that a query set stands for.

    Raises:
        UnclearError: what its model is depends on run time.
        FaultError: Django would refuse to build it.
    """
    context.spend(PARTS_OF_QUERY)
    context.depth += 1
    try:
        if context.depth > 60:
            raise UnclearError("queries that nest too deeply")
        if isinstance(value, Manager):
            if value.defines("get_queryset") is not None or value.related is not None:
                raise UnclearError("a manager in place of a query")
            return whole(context, value.model, outer)
        if not isinstance(value, QuerySet):
            raise UnclearError(reason_of(value))
        line = line_of(value)
        context.seen.update(map(id, line))  # of a long line, too: none of its steps is read alone
        if len(line) > MOST_STEPS:
            raise UnclearError("a very long chain of calls")
        draft = whole(context, line[0].model, outer)
        draft.source = value
        related = None
        for found in line:
            if found.related is not related and found.related is not None and related is None:
                related = found.related
                limit(draft, related.way, related.holder)
            if found.partial and found.prior is None:
                draft.unsure("what was done to a query set before", "where", "from", "order", "limit", "columns")
                draft.vague_all = True
            if found.key is not None:
                cut(draft, found.key)
            elif found.made_by is not None and found.prior is not None:
                apply(draft, found.made_by)
        return draft
    finally:
        context.depth -= 1


def line_of(value: QuerySet) -> list[QuerySet]:
    """A query set and those that it was made of, the first one first."""
    line: list[QuerySet] = []
    found: QuerySet | None = value
    while found is not None:
        line.append(found)
        found = found.prior
    line.reverse()
    return line


def whole(context: Context, model: Value | None, outer: Draft | None) -> Draft:
    """A query of all rows of a model."""
    found = context.names.model_of(model)
    if found is None:
        raise UnclearError(reason_of(model) if model is not None else "the model of a query set")
    return Draft(context, found, outer)


def limit(draft: Draft, way: Way, holder: Value) -> None:
    """What a related manager limits its rows to."""
    title = Word(way.field.name)
    if way.junction is None:
        if way.forward:
            raise UnclearError(f"the relation `{way.name}`")
        draft.add(Condition("AND", [(title, holder)]))
        draft.used = set()
        return
    target = way.link.target
    if target is None:
        raise UnclearError(f"what `{way.name}` leads to")
    back = way._replace(forward=not way.forward)
    hops = draft.through(back, title)
    alias = draft.join(hops[0], draft.initial(), None)
    column = draft.column(alias, hops[1].near, None, None, "relation")
    from sqlglot import exp

    from ._compare import bound

    made = Made(
        exp.EQ(this=column.node, expression=bound(draft, holder, way.name)), kind="condition", sources=(column,)
    )
    draft.where.parts.append(made)
    draft.demote([alias])
    draft.used, draft.sticky = {alias}, True


def apply(draft: Draft, call: Call) -> None:
    """One method."""
    from verifier.api import External

    name = plain_name(call.callee.name if isinstance(call.callee, External) else call.name)
    found = STEPS.get(name)
    if found is None:
        draft.unsure(f"what `{name}` does", "where", "from")
        return
    clauses = CLAUSES.get(name, ("where", "from"))
    if draft.combined is not None and name in REFUSED:
        raise FaultError(
            "step-out-of-order",
            call.origin,
            f"`{name}` is called on queries that a set operation has joined",
            f"NotSupportedError: Calling QuerySet.{name}() after {draft.combined[0]}() is not supported.",
            "Do it to each of the queries before they are joined",
        )
    try:
        found(draft, call)
    except UnclearError as unclear:
        draft.unsure(unclear.reason, *clauses)  # type: ignore[arg-type]
        if name in ("annotate", "alias", "values", "values_list", "extra"):
            draft.vague.update(call.keywords)
            draft.vague_all = draft.vague_all or call.open or name == "extra"
    if name not in ("filter", "exclude", "complex_filter", "all", "using"):
        draft.plain = False


REFUSED = frozenset(
    "filter exclude annotate alias select_related prefetch_related dates datetimes distinct extra defer only".split()
)
CLAUSES: dict[str, tuple[str, ...]] = {
    "order_by": ("order",),
    "annotate": ("columns", "from", "group"),
    "alias": ("from", "group"),
    "values": ("columns", "from"),
    "values_list": ("columns", "from"),
    "select_related": ("columns", "from", "options"),
    "prefetch_related": ("options",),
    "only": ("columns",),
    "defer": ("columns",),
    "distinct": ("columns",),
    "extra": ("columns", "where", "from", "order"),
}


def refuse_sliced(draft: Draft, call: Call, doing: str) -> None:
    """Django takes no more conditions and orders once a part was cut out.

    Raises:
        FaultError: one was.
    """
    if draft.sliced:
        raise FaultError(
            "step-out-of-order",
            call.origin,
            f"`{call_name(call)}` is called on a query of which a part was cut out already",
            f"TypeError: {doing} once a slice has been taken.",
            "Cut the part out last",
        )


def call_name(call: Call) -> str:
    """The name of the method that is called."""
    return getattr(call.callee, "name", call.name)


def filtered(draft: Draft, call: Call) -> None:
    """``filter`` and ``exclude``."""
    if call.arguments or call.keywords:
        refuse_sliced(draft, call, "Cannot filter a query")
    condition = children(draft, call)
    if call_name(call) == "exclude":
        condition = Condition(condition.connector, condition.parts, negated=True)
    if not condition.parts:
        return
    if not draft.sticky:
        draft.used = set()
    draft.sticky = False
    draft.history.append(condition)
    draft.add(condition)


def order(draft: Draft, call: Call) -> None:
    """``order_by``."""
    refuse_sliced(draft, call, "Cannot reorder a query")
    draft.order, draft.ordered_by_default = [], False
    if call.open:
        raise UnclearError("an order that run time decides")
    for given in call.arguments:
        take_order(draft, given, call)


def take_order(draft: Draft, given: Value, call: Call) -> None:
    """One part of an order; a name must lead somewhere."""
    if isinstance(given, Choice):
        given = given.options[draft.context.picks.pick(given, len(given.options))]
    word = text_word(call.engine, given)
    if word is None:
        if isinstance(given, Sequence) or not is_expression(given):
            raise UnclearError(reason_of(given))
        draft.order.append(given)
        return
    bare = word.without_sign()
    if word.text != "?" and bare.text not in draft.annotations and draft.combined is None:
        parts = bare.parts()
        if parts[0].text not in draft.annotations:
            draft.lookup(parts, draft.model)
    draft.order.append(word)


def reverse(draft: Draft, call: Call) -> None:
    """``reverse``."""
    refuse_sliced(draft, call, "Cannot reverse a query")
    draft.turned = not draft.turned


def distinct(draft: Draft, call: Call) -> None:
    """``distinct``."""
    refuse_sliced(draft, call, "Cannot create distinct fields")
    draft.distinct = True
    words = [text_word(call.engine, given) for given in call.arguments]
    if call.open or None in words:
        raise UnclearError("fields that run time decides")
    draft.distinct_on = [word for word in words if word is not None]
    if draft.distinct_on and draft.context.names.sqlite:
        raise FaultError(
            "unsupported-by-database",
            draft.distinct_on[0].origin,
            "SQLite has no `DISTINCT ON`",
            "NotSupportedError: DISTINCT ON fields is not supported by this database backend",
            "Write `distinct()`, or group by what must differ",
        )
    for word in draft.distinct_on:
        draft.lookup(word.parts(), draft.model)


def annotate(draft: Draft, call: Call) -> None:
    """``annotate`` and ``alias``."""
    add_annotations(draft, call, selected=call_name(call) != "alias")


def add_annotations(draft: Draft, call: Call, names: Iterable[str] | None = None, *, selected: bool = True) -> None:
    """Take the arguments of a call as annotations."""
    given: dict[str, Value] = {}
    if names is None:
        for argument in call.arguments:
            name = default_alias(draft, argument)
            if name is None:
                raise UnclearError("the name of an annotation")
            given[name] = argument
    given.update({name: value for name, value in call.keywords.items() if names is None or name in names})
    grouped = False
    for name, value in given.items():
        check_conflict(draft, name, call)
        try:
            if name_of(value) == "FilteredRelation":
                raise UnclearError("a filtered relation")
            made = resolve(draft, value)
        except UnclearError as unclear:
            draft.vague.add(name)
            draft.unsure(unclear.reason, *(("columns", "group", "from") if selected else ("from", "group")))
            continue
        draft.annotations[name] = made
        draft.vague.discard(name)
        if selected and name not in draft.shown:
            draft.shown.append(name)
            if draft.columns is not None and draft.labels is not None:
                draft.columns.append((name, made))
        elif not selected and name in draft.shown:
            draft.shown.remove(name)
        grouped = grouped or made.aggregate
    if grouped:
        if draft.labels is None:
            draft.group = True
        else:
            set_group(draft)
    if call.open:
        draft.vague_all = True
        raise UnclearError("annotations that run time decides")


def check_conflict(draft: Draft, name: str, call: Call) -> None:
    """An annotation of the name of a field.

    Raises:
        FaultError: it has one.
    """
    taken = name in draft.opts.fields or name in draft.opts.accessors or name in draft.opts.ways
    if draft.labels is None and taken and not (name in draft.opts.ways and draft.opts.ways[name].hidden):
        raise FaultError(
            "annotation-clash",
            keyword(call, name).origin,
            f"`{draft.model.name}` has a field `{name}`, and an annotation is given the same name",
            f"ValueError: The annotation '{name}' conflicts with a field on the model.",
            "Give the annotation another name",
            draft.model,
        )


def default_alias(draft: Draft, value: Value) -> str | None:
    """The name that Django gives an annotation without one."""
    from ._functions import AGGREGATES, default_name

    made = call_of(value)
    if made is None or name_of(value) not in AGGREGATES:
        return None
    return default_name(made.argument(0, "expression") or Const(None), name_of(value)) or None


def set_group(draft: Draft, *, aliases: bool = True) -> None:
    """Group by what is selected."""
    group = [made for name, made in draft.columns or () if name not in draft.annotations]
    for name in draft.shown:
        made = draft.annotations[name]
        columns = made.grouping()
        if not columns:
            continue
        group += [made] if aliases and not made.aggregate else columns
    draft.group = group


def values(draft: Draft, call: Call) -> None:
    """``values`` and ``values_list``."""
    method = call_name(call)
    options_of = {"flat", "named"} if method == "values_list" else set()
    named = [name for name in call.keywords if name not in options_of]
    if call.open:
        raise UnclearError("fields that run time decides")
    wanted: list[Word | Value] = []
    for given in call.arguments:
        for option in options(given)[:1]:
            word = text_word(call.engine, option)
            if word is None and not is_expression(option):
                raise UnclearError(reason_of(option))
            wanted.append(word if word is not None else option)
    if named:
        add_annotations(draft, call, named)
        wanted += [Word(name, keyword(call, name).origin) for name in named]
    draft.related = None
    draft.masked = None
    if draft.group is True:
        group_by_all(draft)
    columns: list[tuple[str, Made]] = []
    shown: list[str] = []
    for item in wanted:
        if isinstance(item, Word):
            columns.append((item.text, selected_field(draft, item, shown)))
        else:
            made = resolve(draft, item)
            label = f"{name_of(item).lower()}{len(columns) + 1}"
            draft.annotations[label] = made
            shown.append(label)
            columns.append((label, made))
            if made.aggregate:
                draft.group = draft.group if draft.group is not None else []
    if not wanted:
        columns = [*all_columns(draft), *((name, draft.annotations[name]) for name in draft.shown)]
        shown = draft.shown
    draft.columns, draft.labels, draft.shown = columns, tuple(label for label, _ in columns), list(shown)


def selected_field(draft: Draft, word: Word, shown: list[str]) -> Made:
    """A name that ``values`` is given."""
    if word.text in draft.shown:
        shown.append(word.text)
        return draft.copied(draft.annotations[word.text])
    if word.text in draft.annotations:
        raise FaultError(
            "unknown-lookup",
            word.origin,
            f"`{word.text}` is an alias, which cannot be selected",
            f"FieldError: Cannot select the '{word.text}' alias. Use annotate() to promote it.",
            "Write `annotate` instead of `alias`",
        )
    if word.text in draft.vague:
        raise UnclearError(f"the annotation `{word.text}`")
    return draft.reference(word)


def group_by_all(draft: Draft) -> None:
    """Group by all columns of the model, and what is annotated."""
    group = [made for _, made in all_columns(draft)]
    for name in draft.shown:
        group += draft.annotations[name].grouping()
    draft.group = group


def all_columns(draft: Draft) -> list[tuple[str, Made]]:
    """All columns of the query's model."""
    from ._render import columns_of

    return columns_of(draft, draft.model, draft.initial(), None)


def nothing(draft: Draft, call: Call) -> None:
    """``none``."""
    draft.nothing = True


def unchanged(draft: Draft, call: Call) -> None:
    """Methods that change nothing of the statement."""


def locked(draft: Draft, call: Call) -> None:
    """``select_for_update``."""
    draft.locked = True


def by_hand(draft: Draft, call: Call) -> None:
    """``raw`` and ``extra``."""
    raise UnclearError("SQL that is written by hand")


def dates(draft: Draft, call: Call) -> None:
    """``dates`` and ``datetimes``."""
    given = call.argument(0, "field_name")
    kind = call.text(1, "kind")
    word = text_word(call.engine, given) if given is not None else None
    if word is None or kind is None:
        raise UnclearError(reason_of(given))
    made = draft.reference(word)
    from sqlglot import exp

    node = library_call(this="DATE_TRUNC", expressions=[exp.Literal.string(kind), made.node])
    label = "datefield" if call_name(call) == "dates" else "datetimefield"
    draft.annotations[label] = Made(node, "DateField", sources=(made,))
    draft.columns, draft.labels, draft.shown = [(label, draft.annotations[label])], (label,), [label]
    draft.distinct = True
    absent = draft.copied(made)
    draft.where.parts.append(
        Made(exp.Not(this=exp.Is(this=absent.node, expression=exp.Null())), kind="condition", sources=(absent,))
    )
    descending = (call.text(2, "order") or "ASC") == "DESC"
    draft.order, draft.ordered_by_default = [Word(("-" if descending else "") + label)], False


def combine(draft: Draft, call: Call) -> None:
    """``union``, ``intersection`` and ``difference``."""
    name = call_name(call)
    if call.open:
        raise UnclearError("queries that run time decides")
    others = []
    for given in call.arguments:
        if not is_query(given):
            raise UnclearError(reason_of(given))
        others.append(draft_of(draft.context, given, draft.outer))
    everything = call.argument(None, "all")
    known = everything is None or isinstance(everything, Const)
    if not known:
        raise UnclearError("whether rows are kept twice")
    first = Draft(draft.context, draft.model, draft.outer)
    first.__dict__.update(draft.__dict__)
    kept = first.order, first.ordered_by_default
    first.order, first.ordered_by_default = [], False
    for other in others:
        if not other.sliced:
            other.order, other.ordered_by_default = [], False
    if first.sliced:
        first.order, first.ordered_by_default = kept
    fresh = Draft(draft.context, draft.model, draft.outer)
    fresh.columns, fresh.labels, fresh.shown = draft.columns, draft.labels, draft.shown
    fresh.annotations, fresh.open, fresh.reasons = dict(draft.annotations), draft.open, draft.reasons
    for other in others:
        fresh.open |= other.open
        fresh.reasons += other.reasons
    fresh.combined = (name, [first, *others], isinstance(everything, Const) and bool(everything.value))
    fresh.ordered_by_default = False
    fresh.source = draft.source
    draft.__dict__.clear()
    draft.__dict__.update(fresh.__dict__)


def merge(draft: Draft, call: Call) -> None:
    """``|`` and ``&`` of two query sets."""
    given = call.argument(0)
    if given is None or not is_query(given):
        raise UnclearError(reason_of(given))
    if call_name(call) == "__and__":
        refuse_sliced(draft, call, "Cannot combine queries")
    elif draft.sliced:
        raise UnclearError("two query sets that are put together")
    other = draft_of(draft.context, given, draft.outer)
    if not (draft.plain and other.plain) or draft.model is not other.model:
        raise UnclearError("two query sets that are put together")
    if call_name(call) == "__and__":
        for condition in other.history:
            draft.used = set()
            draft.add(condition)
            draft.history.append(condition)
        return
    connector = "OR" if call_name(call) == "__or__" else "XOR"
    sides = []
    for history in (draft.history, other.history):
        joined = Condition("AND", ())
        for condition in history:
            joined = joined.joined("AND", condition)
        sides.append(joined)
    fresh = Draft(draft.context, draft.model, draft.outer)
    fresh.source = draft.source
    if all(side.parts for side in sides):
        condition = sides[0].joined(connector, sides[1])
        fresh.add(condition)
        fresh.history.append(condition)
    draft.__dict__.clear()
    draft.__dict__.update(fresh.__dict__)


def cut(draft: Draft, key: Value) -> None:
    """A slice."""
    assert isinstance(key, Instance)
    bounds = [key.attributes.get(name) for name in ("start", "stop")]
    known: list[int | None] = []
    for bound in bounds:
        if bound is None or (isinstance(bound, Const) and bound.value is None):
            known.append(None)
        elif isinstance(bound, Const) and isinstance(bound.value, int):
            known.append(bound.value)
        else:
            draft.bounds = (bounds[0], bounds[1])
            return
    low, high = known
    draft.low, draft.high = sliced(draft.low, draft.high, low, high)


def sliced(low: int, high: int | None, start: int | None, stop: int | None) -> tuple[int, int | None]:
    """A part of a part."""
    if stop is not None:
        high = min(high, low + stop) if high is not None else low + stop
    if start is not None:
        low = min(high, low + start) if high is not None else low + start
    return low, high


STEPS: dict[str, Callable[[Draft, Call], None]] = {
    "all": unchanged, "filter": filtered, "exclude": filtered, "complex_filter": filtered, "order_by": order,
    "reverse": reverse, "distinct": distinct, "annotate": annotate, "alias": annotate, "values": values,
    "values_list": values, "none": nothing, "using": unchanged, "iterator": unchanged, "select_for_update": locked,
    "raw": by_hand, "extra": by_hand, "dates": dates, "datetimes": dates, "union": combine, "intersection": combine,
    "difference": combine, "__or__": merge, "__and__": merge, "__xor__": merge, "select_related": select_related,
    "prefetch_related": prefetch, "only": only_fields, "defer": only_fields, "get_queryset": unchanged,
}  # fmt: skip
