"""The methods that send a query: what each makes of the query set that it is called on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from sqlglot import exp

from verifier.api import Call, Const, Instance, Keywords, Record, Sequence, Term, Unknown, Value, reason_of, text_of

from . import _render, _writes
from ._draft import Condition, Draft
from ._expressions import resolve
from ._faults import FaultError, UnclearError, Word, text_word
from ._managers import QuerySet
from ._steps import sliced, take_order

DEEPEST = 12
ONE_OF_MANY = 21  # what ``get`` asks for at most


def part_of(call: Call, arguments: list[Value], keywords: dict[str, Value]) -> Call:
    """A call with some of its arguments."""
    kept = Keywords()
    kept.update(keywords)
    kept.places.update(call.keywords.places if isinstance(call.keywords, Keywords) else {})
    return Call(call.engine, call.frame, call.node, call.callee, arguments, kept, open_=call.open)


def condition(draft: Draft, call: Call) -> None:
    """The conditions of ``get``."""
    if call.arguments or call.keywords:
        from ._steps import filtered

        if draft.sliced:
            raise FaultError(
                "step-out-of-order",
                call.origin,
                "Conditions are added to a query of which a part was cut out already",
                "TypeError: Cannot filter a query once a slice has been taken.",
                "Cut the part out last",
            )
        try:
            filtered(draft, call)
        except UnclearError as unclear:
            draft.unsure(unclear.reason, "where", "from")
    elif call.open:
        draft.unsure("conditions that are filled in at run time", "where", "from")


def only_one(draft: Draft) -> None:
    """What ``get`` makes of a query: no order, and a bound by which it tells that there are several."""
    if not draft.distinct_on and not draft.sliced and draft.combined is None:
        draft.order, draft.ordered_by_default = [], False
    if draft.bounds is None:
        draft.low, draft.high = sliced(draft.low, draft.high, None, ONE_OF_MANY)


def one(draft: Draft, name: str, call: Call) -> None:
    """``get``, ``first`` and the like."""
    if name == "get":
        condition(draft, call)
        only_one(draft)
        return
    if name == "contains":
        given = call.argument(0, "obj") or Unknown("an object")
        draft.add(Condition("AND", [(Word("pk"), given)]))
        return
    if name == "in_bulk":
        listed = call.argument(0, "id_list")
        field = call.argument(1, "field_name")
        word = text_word(call.engine, field) if field is not None else Word("pk")
        if word is None:
            raise UnclearError(reason_of(field))
        if listed is not None and not (isinstance(listed, Const) and listed.value is None):
            name_in = (
                word._replace(text=f"{word.text}__in") if not word.exact else Word(f"{word.text}__in", word.origin)
            )
            draft.add(Condition("AND", [(name_in, listed)]))
        return
    if name in ("earliest", "latest"):
        refuse_change(draft, call)
        given_order: Iterable[Value] = call.arguments
        draft.order, draft.ordered_by_default = [], False
        if not call.arguments and not call.open:
            latest = draft.model.options.get("get_latest_by")
            given_order = latest.items if isinstance(latest, Sequence) else [latest] if latest is not None else []
        for item in given_order:
            take_order(draft, item, call)
        draft.turned = name == "latest"
        draft.low, draft.high = sliced(draft.low, draft.high, None, 1)
        return
    ordered = bool(draft.order) or (
        draft.ordered_by_default and draft.group is None and bool(_render.model_order(draft, draft.model))
    )
    if name == "last":
        refuse_change(draft, call, "Cannot reverse a query")
        if ordered:
            draft.turned = not draft.turned
        else:
            draft.order, draft.ordered_by_default = key_order(draft, "-"), False
    elif not ordered:
        if draft.sliced:
            refuse_change(draft, call, "Cannot reorder a query")
        draft.order, draft.ordered_by_default = key_order(draft, ""), False
    if draft.bounds is None:
        draft.low, draft.high = sliced(draft.low, draft.high, None, 1)


def key_order(draft: Draft, sign: str) -> list[Word | Value]:
    """An order by the key."""
    if draft.opts.composite:
        from ._joins import composite_fields

        return [Word(f"{sign}{name}") for name in composite_fields(draft.model)]
    return [Word(f"{sign}pk")]


def refuse_change(draft: Draft, call: Call, doing: str = "Cannot change a query") -> None:
    """No order of a query of which a part was cut out."""
    if draft.sliced:
        name = getattr(call.callee, "name", call.name)
        raise FaultError(
            "step-out-of-order",
            call.origin,
            f"`{name}` is called on a query of which a part was cut out already",
            f"TypeError: {doing} once a slice has been taken.",
            "Cut the part out last",
        )


def aggregate(draft: Draft, call: Call) -> exp.Expression:
    """``aggregate``."""
    if call.open:
        raise UnclearError("aggregates that run time decides")
    from ._steps import default_alias

    given: dict[str, Value] = {}
    for argument in call.arguments:
        name = default_alias(draft, argument)
        if name is None:
            raise UnclearError("the name of an aggregate")
        given[name] = argument
    given.update(call.keywords)
    named = {text for value in given.values() for text in texts_in(value)}
    nested = draft.summing = _render.is_nested(draft, named)
    made = [(name, resolve(draft, value)) for name, value in given.items()]
    draft.summing = False
    return _render.aggregated(draft, made, nested=nested)


def texts_in(value: Value, depth: int = 0) -> Iterator[str]:
    """The names that an expression may mean."""
    made = value.made_by if isinstance(value, Instance) else None
    if made is not None and depth < DEEPEST:
        for argument in (*made.arguments, *made.keywords.values()):
            text = text_of(argument)
            if text is not None:
                yield text
            yield from texts_in(argument, depth + 1)
    elif isinstance(value, Term):
        for operand in value.operands:
            yield from texts_in(operand, depth + 1)


def created(draft: Draft, start: QuerySet, name: str, call: Call) -> exp.Expression:
    """``create``."""
    given = _writes.arguments_of(call)
    if start.related is not None and start.related.way.junction is None:
        given[start.related.way.field.name] = (start.related.holder, Word(start.related.way.field.name))
    if name != "create":
        draft.unsure("what `create_user` makes of its arguments", "values")
    return _writes.insert(draft, given, open_=call.open or name != "create")


def get_or_create(draft: Draft, start: QuerySet, name: str, call: Call) -> list[exp.Expression]:
    """``get_or_create`` and ``update_or_create``: a query, then an insert or update."""
    skip = ("defaults", "create_defaults")
    lookups = part_of(call, [], {key: value for key, value in call.keywords.items() if key not in skip})
    given = {key: pair for key, pair in _writes.arguments_of(call, skip).items() if "__" not in key}
    open_ = call.open
    defaults = call.argument(0, "defaults")
    extra: dict[str, tuple[Value, Word]] = {}
    if isinstance(defaults, Record):
        open_ = open_ or not defaults.complete
        for key, value in defaults.entries.items():
            word = Word(str(key), defaults.places.get(key))
            if isinstance(key, str) and defaults.places.get(key) is not None:
                from ._faults import word_of

                word = word_of(call.engine, key, defaults.places[key])
            extra[str(key)] = (value, word)
    elif defaults is not None and not (isinstance(defaults, Const) and defaults.value is None):
        open_ = True
    # What an incomplete record holds may depend on what it was given.
    slip = partial(draft.names.is_slip, draft.model)
    written = {key: pair for key, pair in extra.items() if not open_ or slip(key, pair[1].origin)}
    for key, (_, word) in {**given, **written}.items():
        check_named(draft, key, word)
    if start.related is not None and start.related.way.junction is None:
        given[start.related.way.field.name] = (start.related.holder, Word(start.related.way.field.name))
    condition(draft, lookups)
    only_one(draft)
    found = _render.select(draft)
    draft.context.tables.used.clear()
    writer = Draft(draft.context, draft.model)
    inserted = _writes.insert(writer, {**given, **extra}, open_=open_)
    draft.open |= writer.open
    draft.reasons += writer.reasons
    return [found, inserted]


def check_named(draft: Draft, name: str, word: Word) -> None:
    """A name that ``get_or_create`` is given to make an object with."""
    opts = draft.opts
    held = name in opts.fields or name == "pk" or name in opts.opaque or name in opts.ways or name in opts.accessors
    properties = {found for holder in draft.model.lineage() for found in holder.properties}
    if not held and name not in properties:
        _writes.missing_field(
            draft, name, word, f"FieldError: Invalid field name(s) for model {draft.model.name}: '{name}'."
        )
