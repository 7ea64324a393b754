"""Reads what calls of Sequelize ask of the database, as the statements that it writes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlglot import exp

from verifier.api import (
    Action,
    Call,
    Class,
    Const,
    Defect,
    External,
    Instance,
    Lifted,
    Lifting,
    Query,
    Record,
    Sequence,
    Site,
    Span,
    Unknown,
    Value,
    text_of,
)

from ._counting import aggregate, count, without
from ._factories import UNSEEN
from ._given import Reading, is_model, is_nothing, merged_record, why
from ._ignored import judge_ignored
from ._includes import UNPLACED
from ._judging import is_row, judge_call
from ._mixins import RelatedCall, mixin_of, related_queries
from ._models import DefinedModel, Row
from ._notes import notes
from ._schema import Model, Registry
from ._selecting import select
from ._writing import (
    arithmetic,
    bulk_insert,
    conditions_of,
    destroy,
    insert,
    restore,
    row_condition,
    scoped,
    update,
    upsert,
)

Builder = Callable[[Reading], "exp.Expression | None"]
DIALECTS = {"postgres": "postgres", "sqlite": "sqlite", "mysql": "mysql", "mariadb": "mysql", "postgresql": "postgres"}


def read_queries(lifting: Lifting) -> Iterator[Query | Defect]:
    """All queries of a project, and the names in them that do not exist."""
    registry = notes(lifting.engine).registry
    doubtful = any(unread.reason in (UNPLACED, UNSEEN) for unread in lifting.models.unread)
    doubtful = doubtful or bool(lifting.models.defects_of("sequelize/association-never-made"))
    noted: dict[tuple[Span, str, Span], dict[object, Defect]] = {}
    models: dict[Span, set[object]] = {}
    for site in lifting.sites:
        method = site.library.rpartition(".")[2]
        if method == "query":
            continue  # text, which others read
        model = model_of(registry, holder_of(site)) if registry is not None else None
        if model is not None:
            models.setdefault(site.span, set()).add(id(model))
        reading = read_site(lifting, registry or Registry(), site, method, doubtful=doubtful)
        for found in lifting.each(site, "sequelize", reading):
            if isinstance(found, Defect):
                own = site.caller is None or is_inside(found.span, site.caller.span)
                shared = site.span if own else found.span
                noted.setdefault((shared, found.rule, found.span), {}).setdefault(id(model), found)
            else:
                yield found
    for (span, _, _), found_by in noted.items():
        # What a method that several models inherit asks of them, it need not be called for on each.
        if models.get(span, set()) <= found_by.keys():
            yield from found_by.values()


def is_inside(span: Span, around: Span) -> bool:
    """Whether something is written within a function."""
    return span.path == around.path and around.line <= span.line <= around.end_line


def read_site(
    lifting: Lifting, registry: Registry, site: Site, method: str, *, doubtful: bool
) -> Iterator[Query | Defect]:
    """What one call asks."""
    holder = holder_of(site)
    model = model_of(registry, holder)
    if model is None:
        reason = f"which model `{method}` is called on"
        yield Query(site.start, site.caller, "orm", "sequelize", lifting.dialect, (), reason, site=site)
        return
    if not is_model(holder):
        related = mixin_of(model, site, method)
        if related is not None:
            yield from related_site(lifting, registry, site, related, doubtful=doubtful)
            return
    made = builders(model, holder, site, method)
    if not made:
        reason = f"what `{method}` of `{model.name}` does"
        yield Query(site.start, site.caller, "orm", "sequelize", lifting.dialect, (), reason, site=site)
        return
    judged = Reading(lifting, registry, dialect_of(lifting, model), site.span, {}, doubtful=doubtful)
    judge_ignored(judged, model, site, method, of_model=is_model(holder))
    if is_model(holder):
        judge_call(judged, model, site, method, scopes_of(holder))
    yield from judged.defects
    for action, build, whole in made:
        yield from written(lifting, registry, site, model, action, build, whole=whole, doubtful=doubtful)


def related_site(
    lifting: Lifting, registry: Registry, site: Site, related: RelatedCall, *, doubtful: bool
) -> Iterator[Query | Defect]:
    """What a method of an association asks."""
    target = related.link.target
    if target is None or not related.link.known:
        reason = f"the association `{related.link.name}`"
        yield Query(site.start, site.caller, "orm", "sequelize", lifting.dialect, (), reason, site=site)
        return
    for action, build, model in related_queries(related):
        yield from written(lifting, registry, site, model, action, build, whole=True, doubtful=doubtful)


def written(
    lifting: Lifting,
    registry: Registry,
    site: Site,
    model: Model,
    action: Action,
    build: Builder,
    *,
    whole: bool,
    doubtful: bool,
) -> Iterator[Query | Defect]:
    """The forms that a statement may take."""
    dialect = dialect_of(lifting, model)
    statements: list[Lifted] = []
    first: Reading | None = None
    waiting: list[dict[int, int]] = [{}]
    for picks in waiting:
        reading = Reading(lifting, registry, dialect, site.span, picks, doubtful=doubtful)
        reading.ways = site.call.ways
        tree = build(reading)
        yield from reading.defects
        if first is None:
            first = reading
            waiting.extend(reading.others())
        if tree is not None:
            if site.call.open:
                reading.opens("where", "further arguments")
            statements.append(
                Lifted(tree, tuple(reading.bindings.values), frozenset(reading.open), tuple(reading.reasons))
            )
    entity = lifting.models.at(model.span.path, model.span.line) if whole else None
    reasons = statements[0].reasons if statements else ()
    yield Query(
        site.start,
        site.caller,
        "orm",
        "sequelize",
        dialect,
        tuple(statements),
        reasons[0] if reasons else None if statements else "nothing that is asked",
        action,
        entity,
        (),
        site,
    )


def dialect_of(lifting: Lifting, model: Model) -> str:
    """The kind of database that a model is kept in."""
    if lifting.dialect:
        return lifting.dialect
    named = model.home.dialect if model.home is not None else None
    return DIALECTS.get(named or "", "")


def holder_of(site: Site) -> Value | None:
    """The model or row whose method is called."""
    callee = site.call.callee
    return callee.receiver if isinstance(callee, External) else None


def model_of(registry: Registry, holder: Value | None) -> Model | None:
    """The model of a class, or of an object of one."""
    if isinstance(holder, Row):
        holder = holder.model
    return registry.find(holder) if holder is not None else None


def scopes_of(holder: Value | None) -> tuple[Value, ...] | None:
    """The scopes that a model was given; None for those that it has by itself."""
    return getattr(holder, "scopes", None) if isinstance(holder, Class | DefinedModel) else None


def options_at(reading: Reading, site: Site, place: int) -> Record:
    """The options of a call, of which one form is taken; where they are not known, everything is open."""
    given = site.call.argument(place)
    found = reading.pick(given) if given is not None else None
    if isinstance(found, Record):
        return found
    if found is not None and not is_nothing(found):
        return Record(complete=False, origin=found.origin)
    return Record(complete=True)


def builders(model: Model, holder: Value | None, site: Site, method: str) -> list[tuple[Action, Builder, bool]]:
    """What a method of a model or row does: the kind of each statement, what builds it, whether it gives whole rows."""
    scopes = scopes_of(holder)
    if not is_model(holder):
        return row_builders(model, holder, site, method)

    def given(reading: Reading, place: int = 0) -> Record:
        return options_at(reading, site, place)

    def find_all(reading: Reading) -> exp.Expression:
        return select(reading, model, given(reading), scopes)

    def find_one(reading: Reading) -> exp.Expression:
        options = given(reading)
        return select(reading, model, options, scopes, limit=one_row(reading, model, options))

    def find_by_key(reading: Reading) -> exp.Expression | None:
        key = site.call.argument(0)
        key = reading.structured(key) if key is not None else None
        if is_nothing(key) or key is None or isinstance(key, Record) or is_row(key):
            return None
        where = Record({model.primary_key or "id": key}, origin=key.origin)
        options = given(reading, 1)
        made = Record({**options.entries, "where": where}, complete=options.complete, origin=options.origin)
        return select(reading, model, made, scopes)

    def find_or_create(reading: Reading) -> exp.Expression:
        return find_one(reading)

    def create_found(reading: Reading) -> exp.Expression:
        options = given(reading)
        where, defaults = reading.entry(options, "where"), reading.entry(options, "defaults")
        values = where if isinstance(where, Record) else Record(complete=False)
        plain = Record(
            {key: entry for key, entry in values.entries.items() if key in model.attributes}, complete=values.complete
        )
        plain.places = values.places
        if isinstance(defaults, Record):
            plain = merged_record(plain, defaults)
        elif defaults is not None:
            plain.complete = False
        return insert(reading, model, plain, options)

    def counted(reading: Reading) -> exp.Expression:
        options = given(reading)
        if method == "findAndCountAll":
            return count(reading, model, without(options, "attributes"), scopes, paged=True)
        return count(reading, model, options, scopes)

    def number(reading: Reading) -> exp.Expression:
        place = 2 if method == "aggregate" else 1
        called = text_of(site.call.argument(1)) if method == "aggregate" else method
        return aggregate(reading, model, site.call.argument(0), called or "count", given(reading, place), scopes)

    def created(reading: Reading) -> exp.Expression:
        return insert(reading, model, site.call.argument(0), given(reading, 1))

    def created_all(reading: Reading) -> exp.Expression:
        return bulk_insert(reading, model, site.call.argument(0), given(reading, 1))

    def upserted(reading: Reading) -> exp.Expression:
        return upsert(reading, model, site.call.argument(0), given(reading, 1))

    def changed(reading: Reading) -> exp.Expression:
        options = scoped(reading, model, given(reading, 1), scopes)
        return update(reading, model, site.call.argument(0), options)

    def destroyed(reading: Reading) -> exp.Expression:
        return destroy(reading, model, scoped(reading, model, given(reading), scopes))

    def restored(reading: Reading) -> exp.Expression:
        return restore(reading, model, given(reading))

    def counted_up(reading: Reading) -> exp.Expression:
        options = scoped(reading, model, given(reading, 1), scopes)
        where = conditions_of(reading, model, options, paranoid=False)
        sign = 1 if method == "increment" else -1
        return arithmetic(reading, model, site.call.argument(0), options, where, sign)

    def truncated(reading: Reading) -> exp.Expression:
        return destroy(reading, model, Record({"truncate": Const(True)}))

    found: dict[str, list[tuple[Action, Builder, bool]]] = {
        "findAll": [("rows", find_all, True)],
        "findAllWithCount": [("rows", find_all, True)],
        "find": [("first", find_one, True)],
        "findOne": [("first", find_one, True)],
        "findByPk": [("first", find_by_key, True)],
        "findById": [("first", find_by_key, True)],
        "findOrCreate": [("first", find_or_create, True), ("write", create_found, False)],
        "findCreateFind": [("first", find_or_create, True), ("write", create_found, False)],
        "findOrBuild": [("first", find_or_create, True)],
        "findAndCountAll": [("count", counted, False), ("rows", find_all, True)],
        "count": [("count", counted, False)],
        **{key: [("value", number, False)] for key in ("sum", "min", "max", "aggregate")},
        "create": [("write", created, True)],
        "bulkCreate": [("write", created_all, True)],
        "upsert": [("write", upserted, True)],
        "update": [("write", changed, False)],
        "destroy": [("write", destroyed, False)],
        "restore": [("write", restored, False)],
        "increment": [("write", counted_up, False)],
        "decrement": [("write", counted_up, False)],
        "truncate": [("write", truncated, False)],
    }
    return found.get(method, [])


def row_builders(model: Model, holder: Value | None, site: Site, method: str) -> list[tuple[Action, Builder, bool]]:
    """What a method of a row does."""

    def given(reading: Reading, place: int = 0) -> Record:
        return options_at(reading, site, place)

    def saved(reading: Reading) -> exp.Expression:
        made = holder.made_by if isinstance(holder, Instance) else None
        if made is not None and is_new(reading, made):
            return insert(reading, model, made.argument(0), given(reading))
        stored = {
            name: value
            for name, value in (holder.attributes if isinstance(holder, Instance) else {}).items()
            if name in model.attributes and name not in model.primary_keys
        }
        reading.opens("set", "what was changed of the row")
        values = Record(dict[object, Value](stored.items()))
        return of_row(reading, values, given(reading))

    def changed(reading: Reading) -> exp.Expression:
        value = site.call.argument(0)
        found = reading.pick(value) if value is not None else None
        if text_of(found) is not None and len(site.call.arguments) > 1:  # update("name", value)
            found = Record({text_of(found): site.call.arguments[1]})
        if not isinstance(found, Record):
            reading.opens("set", why(value))
            found = Record(complete=False)
        return of_row(reading, found, given(reading, 1))

    def of_row(reading: Reading, values: Record, options: Record) -> exp.Expression:
        made = update(reading, model, values, Record(dict(options.entries)), paranoid=False)
        key = row_condition(reading, model, holder)
        if key is not None:
            made.set("where", exp.Where(this=key))
        return made

    def reloaded(reading: Reading) -> exp.Expression:
        key = model.primary_key or "id"
        options = given(reading)
        where = Record({key: Unknown(f"the key `{key}`")})
        made = Record({**options.entries, "where": where}, complete=options.complete, origin=options.origin)
        return select(reading, model, made, None)

    def destroyed(reading: Reading) -> exp.Expression:
        made = destroy(reading, model, Record(dict(given(reading).entries)))
        key = row_condition(reading, model, holder)
        if key is not None:
            made.set("where", exp.Where(this=key))
        return made

    def restored(reading: Reading) -> exp.Expression | None:
        deleted = model.automatic.get("deletedAt")
        if deleted is None:
            return None  # Sequelize throws: the model is not paranoid
        values = Record({deleted: Const(None, site.call.origin)})
        return of_row(reading, values, Record())

    def counted_up(reading: Reading) -> exp.Expression:
        sign = 1 if method == "increment" else -1
        options = given(reading, 1)
        where = row_condition(reading, model, holder)
        return arithmetic(reading, model, site.call.argument(0), options, where, sign)

    found: dict[str, list[tuple[Action, Builder, bool]]] = {
        "save": [("write", saved, False)],
        "update": [("write", changed, False)],
        "reload": [("first", reloaded, True)],
        "destroy": [("write", destroyed, False)],
        "restore": [("write", restored, False)],
        "increment": [("write", counted_up, False)],
        "decrement": [("write", counted_up, False)],
    }
    return found.get(method, [])


def is_new(reading: Reading, made: Call) -> bool:
    """Whether a row was made by ``new`` or ``build``, and is not said to exist."""
    given = made.argument(1)
    existing = isinstance(given, Record) and reading.flag(given, "isNewRecord") is False
    return (made.new or made.name == "build") and not existing


def one_row(reading: Reading, model: Model, given: Record) -> Value | None:
    """The limit of ``findOne``: none where a key of which there is one row at most is asked for."""
    from ._reader import unique_keys

    where = reading.entry(given, "where")
    keys = {model.primary_key, *(names[0] for names, _ in unique_keys(model) if len(names) == 1)}
    if isinstance(where, Record):
        for key in keys:
            value = where.entries.get(key)
            value = reading.structured(value) if value is not None else None
            if value is not None and not is_nothing(value) and not isinstance(value, Record | Sequence):
                from ._given import method_of

                if method_of(value) is None:
                    return None
    return Const(1)
