"""What a query brings along or leaves out: ``select_related``, ``prefetch_related``, ``only`` and ``defer``."""

from __future__ import annotations

from verifier.api import Call, Const, Load, Origin, Value, options, reason_of

from ._draft import Draft
from ._faults import FaultError, UnclearError, Word, text_word
from ._joins import near
from ._model import Model
from ._names import Way


def words_of(call: Call) -> list[Word]:
    """The arguments, all of which are names.

    Raises:
        UnclearError: some are decided at run time.
    """
    if call.open:
        raise UnclearError("names that run time decides")
    found = []
    for given in call.arguments:
        word = text_word(call.engine, given)
        if word is None:
            raise UnclearError(reason_of(given))
        found.append(word)
    return found


def select_related(draft: Draft, call: Call) -> None:
    """``select_related``."""
    if draft.labels is not None:
        raise FaultError(
            "step-out-of-order",
            call.origin,
            "`select_related` is called on a query that gives no objects",
            "TypeError: Cannot call select_related() after .values() or .values_list()",
            "Name the related fields in `values`",
        )
    first = call.argument(0)
    if len(call.arguments) == 1 and isinstance(first, Const) and first.value is None:
        draft.related = None
        draft.loads = [load for load in draft.loads if load.how != "joined"]
        return
    if not call.arguments and not call.open:
        draft.related = True
        return
    tree: dict[str, object] = draft.related if isinstance(draft.related, dict) else {}
    draft.related = tree
    for word in words_of(call):
        try:
            follow(draft, word, tree)
        except FaultError as fault:  # nobody minds it where the query gives no objects in the end
            draft.misrelated = draft.misrelated or fault


def follow(draft: Draft, word: Word, tree: dict[str, object]) -> None:
    """One path of ``select_related``."""
    model = draft.model
    path: list[str] = []
    level = tree
    for part in word.parts():
        opts = draft.names.opts(model)
        way = opts.ways.get(part.text)
        if way is not None and way.hidden:
            way = None
        if way is None:
            plain = opts.fields.get(part.text)
            if part.text in opts.opaque:
                raise UnclearError(f"the field `{part.text}` of `{model.name}`")
            if plain is None:
                refuse_open(draft, model, part)
            refuse(draft, part, model, f"no relation `{part.text}`" if plain is None else None)
        assert way is not None
        if way.many:
            refuse_many(draft, part, model)
        path.append(part.text)
        level = level.setdefault(part.text, {})  # type: ignore[assignment]
        model = way.target
        draft.loads.append(Load(tuple(path), "joined", False, span_of(draft, part.origin)))


def refuse_open(draft: Draft, model: Model, part: Word) -> None:
    """There may be further relations than were read.

    Raises:
        UnclearError: so it is.
    """
    reasons = draft.names.reasons(model, part.text)
    if reasons:
        raise UnclearError(reasons[0])


def refuse(draft: Draft, part: Word, model: Model, said: str | None) -> None:
    """A name that ``select_related`` cannot follow."""
    opts = draft.names.opts(model)
    choices = sorted(way.name for way in opts.ways.values() if not way.many and not way.hidden)
    listed = ", ".join(choices) or "(none)"
    if said is None:
        error = f"FieldError: Non-relational field given in select_related: '{part.text}'. Choices are: {listed}"
        raise FaultError(
            "unknown-related",
            part.origin,
            f"`{part.text}` of `{model.name}` is a plain column, which `select_related` cannot follow",
            error,
            "Leave it away: plain columns are loaded anyway",
            model,
        )
    error = f"FieldError: Invalid field name(s) given in select_related: '{part.text}'. Choices are: {listed}"
    raise FaultError(
        "unknown-related", part.origin, f"`{model.name}` has {said}", error, near(part.text, choices), model
    )


def refuse_many(draft: Draft, part: Word, model: Model) -> None:
    """A relation to several rows, which one row cannot bring along."""
    opts = draft.names.opts(model)
    choices = sorted(way.name for way in opts.ways.values() if not way.many and not way.hidden)
    raise FaultError(
        "unknown-related",
        part.origin,
        f"`{part.text}` of `{model.name}` leads to several rows, which `select_related` cannot bring along",
        f"FieldError: Invalid field name(s) given in select_related: '{part.text}'. Choices are: "
        f"{', '.join(choices) or '(none)'}",
        f"Write `prefetch_related('{part.text}')`",
        model,
    )


def prefetch(draft: Draft, call: Call) -> None:
    """``prefetch_related``."""
    first = call.argument(0)
    if len(call.arguments) == 1 and isinstance(first, Const) and first.value is None:
        draft.loads = [load for load in draft.loads if load.how != "separate"]
        return
    if call.open:
        raise UnclearError("names that run time decides")
    for given in call.arguments:
        for option in options(given)[:1]:
            fetch(draft, call, option)


def fetch(draft: Draft, call: Call, given: Value) -> None:
    """One path of ``prefetch_related``."""
    from ._expressions import call_of, name_of

    word = text_word(call.engine, given)
    alias: str | None = None
    rows: Value | None = None
    if word is None:
        made = call_of(given)
        if made is None or name_of(given) != "Prefetch":
            raise UnclearError(reason_of(given))
        inner = made.argument(0, "lookup")
        word = text_word(call.engine, inner) if inner is not None else None
        alias, rows = made.text(2, "to_attr"), made.argument(1, "queryset")
        if word is None:
            raise UnclearError(reason_of(inner))
    model = draft.model
    path: list[str] = []
    parts = word.parts()
    for place, part in enumerate(parts):
        if part.text in draft.prefetched:
            return  # an attribute that an earlier one sets
        opts = draft.names.opts(model)
        way: Way | None = opts.accessors.get(part.text)
        if way is None:
            check_prefetched(draft, model, part, parts[: place + 1])
            return
        path.append(part.text)
        draft.loads.append(Load(tuple(path), "separate", way.many, span_of(draft, part.origin)))
        model = way.target
    if rows is not None and path:
        draft.loads += [below(path, load) for load in loads_of(draft, rows)]
    if alias is not None:
        draft.prefetched.add(alias)


def loads_of(draft: Draft, rows: Value) -> list[Load]:
    """What the query of a `Prefetch` brings along itself."""
    from ._steps import draft_of

    seen = draft.context.seen
    before = set(seen)
    try:
        return draft_of(draft.context, rows).loads
    except (FaultError, UnclearError):
        return []
    finally:
        seen &= before  # it is a query of its own, too


def below(path: list[str], load: Load) -> Load:
    """What is brought along below another relation."""
    return Load((*path, *load.path), "separate", load.many, load.span)


def check_prefetched(draft: Draft, model: Model, part: Word, so_far: list[Word]) -> None:
    """A name that is no relation of the model.

    Raises:
        FaultError: it surely is none.
        UnclearError: it may be one.
    """
    opts = draft.names.opts(model)
    if part.text in opts.opaque or part.text in model_names(model):
        raise UnclearError(f"the attribute `{part.text}` of `{model.name}`")
    choices = sorted(opts.accessors)
    path = "__".join(word.text for word in so_far)
    if part.text in opts.fields or part.text == "pk":
        raise FaultError(
            "unknown-related",
            part.origin,
            f"`{part.text}` of `{model.name}` is a plain column, which `prefetch_related` cannot follow",
            f"ValueError: '{path}' does not resolve to an item that supports prefetching - this is an invalid "
            "parameter to prefetch_related().",
            "Leave it away: plain columns are loaded anyway",
            model,
        )
    refuse_open(draft, model, part)
    raise FaultError(
        "unknown-related",
        part.origin,
        f"`{model.name}` has no relation `{part.text}`",
        f"AttributeError: Cannot find '{part.text}' on {model.name} object, '{path}' is an invalid parameter to "
        "prefetch_related()",
        near(part.text, choices),
        model,
    )


def model_names(model: Model) -> set[str]:
    """Further names that a model's class binds."""
    return {name for holder in model.lineage() for name in holder.names}


def only_fields(draft: Draft, call: Call) -> None:
    """``only`` and ``defer``."""
    name = getattr(call.callee, "name", call.name)
    first = call.argument(0)
    if len(call.arguments) == 1 and isinstance(first, Const) and first.value is None:
        draft.masked = None
        return
    words = words_of(call)
    for word in words:
        draft.lookup(word.parts(), draft.model, whole=True)
    if name == "only":
        draft.masked = ("only", words)
    else:
        before = draft.masked[1] if draft.masked is not None and draft.masked[0] == "defer" else []
        if draft.masked is not None and draft.masked[0] == "only":
            left = [word for word in draft.masked[1] if word.text not in {found.text for found in words}]
            draft.masked = ("only", left)
        else:
            draft.masked = ("defer", [*before, *words])


def span_of(draft: Draft, origin: Origin | None):  # type: ignore[no-untyped-def]
    """A place in lines and columns."""
    if origin is None:
        return draft.model.span
    return draft.context.engine.span(origin)
