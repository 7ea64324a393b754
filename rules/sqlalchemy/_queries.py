"""Reads what a project asks of its databases with SQLAlchemy, Flask-SQLAlchemy or SQLModel."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import NamedTuple

from sqlglot import exp

from verifier.api import (
    Action,
    Call,
    Choice,
    Class,
    Const,
    Defect,
    Entity,
    External,
    Fix,
    Given,
    Instance,
    Lifted,
    Lifting,
    Load,
    Origin,
    Query,
    Record,
    Sequence,
    Site,
    Text,
    Value,
    Way,
    Wrapping,
    feasible,
    options,
    pieces,
    reason_of,
    regex,
    syntax,
    text_of,
    texts,
)

from . import _queries_build as building
from . import _queries_loads as loads
from . import _queries_nouns as nouns
from . import _queries_parts as parts
from . import _queries_select as selects
from . import _queries_sources as sources
from . import _queries_values as values
from . import _queries_writes as writes
from ._queries_schema import Schema
from ._queries_sources import Source
from ._queries_state import Lift, TooDeepError
from ._rows import Result, is_holder

MOST_FORMS = 8
MOST_TRIALS = 14
FEW_TRIALS = 4  # of a statement that nothing was seen to send
SENDS: dict[str, Action] = {
    "execute": "rows",
    "exec": "rows",
    "scalars": "rows",
    "scalar": "value",
    "stream": "stream",
    "stream_scalars": "stream",
}
BY_KEY = frozenset({"get", "get_one"})
ENDS: dict[str, Action] = {
    "all": "rows",
    "first": "first",
    "one": "one",
    "one_or_none": "one",
    "scalar": "value",
    "scalars": "rows",
    "count": "count",
    "get": "one",
    "delete": "write",
    "update": "write",
    "paginate": "rows",
    "first_or_404": "first",
    "get_or_404": "one",
    "one_or_404": "one",
    "first_or_none": "first",
    "yield_per": "stream",
    "__iter__": "rows",
}
CHAIN = regex(r"(?:\.query(?:\(\))?)(?:\.\w+\(\))*\.(\w+)$")
DDL = regex(r"sqlalchemy\.(?:\w+\.)*(?:Create|Drop|Add|Set)[A-Z]\w*|sqlalchemy\.(?:\w+\.)*DDL")
UNREAD = frozenset(
    "add add_all merge refresh bulk_save_objects bulk_insert_mappings bulk_update_mappings flush expunge".split()
)


class Form(NamedTuple):
    """One form of a statement, as it was lifted."""

    lift: Lift
    tree: exp.Expression
    found: object


def read_queries(lifting: Lifting) -> Iterator[Query | Defect]:
    """Yield a query for each place that sends a statement, and for each statement that nothing was seen to send."""
    schema = Schema(lifting)
    longest: dict[object, int] = {}
    for site in lifting.sites:
        if site.consumed and not is_sink(site):
            longest[site.start] = max(longest.get(site.start, 0), site.library.count("."))
    for site in lifting.sites:
        if not is_sink(site) and not site.consumed and site.library.count(".") < longest.get(site.start, 0):
            continue  # a part of a longer chain, in a form that was not followed to its end
        yield from lifting.each(site, "sqlalchemy", of_site(lifting, schema, site))


def is_sink(site: Site) -> bool:
    """Whether a call is one of a session or the like."""
    callee = site.call.callee
    return isinstance(callee, External) and is_holder(callee.receiver)


def of_site(lifting: Lifting, schema: Schema, site: Site) -> Iterator[Query | Defect]:
    """The queries of one call."""
    call = site.call
    name = site.library.removesuffix("()").rpartition(".")[2]
    receiver = call.callee.receiver if isinstance(call.callee, External) else None
    sends = is_holder(receiver) or (receiver is None and name == "execute")
    if sends and name in UNREAD:
        return
    if sends and name == "delete":
        return  # the unit of work writes the statement
    if sends and name in SENDS and is_ddl(call.argument(0)):
        return
    if sends and name in SENDS:
        given = call.argument(0, "statement") or call.argument(0, "clause") or call.argument(0)
        if given is None or (call.open and not call.arguments):
            return
        yield from sent(lifting, schema, site, given, SENDS[name])
    elif sends and name in (*BY_KEY, "get_or_404"):
        yield from made(lifting, schema, site, lambda lift: by_key(lift, call), "one")
    elif sends and name in ("first_or_404", "one_or_404", "paginate"):
        given = call.argument(0, "statement") or call.argument(0, "select")
        if given is not None:
            yield from sent(lifting, schema, site, given, "first")
    elif name in ENDS and CHAIN.search(site.library.removesuffix("()")) is not None:
        yield from made(lifting, schema, site, lambda lift: ended(lift, call, name), ENDS[name])
    elif (not site.consumed and not sends) or (name == "query" and not site.consumed):
        yield from built(lifting, schema, site)


def sent(lifting: Lifting, schema: Schema, site: Site, given: Value, action: Action) -> Iterator[Query | Defect]:
    """The query of a call that is handed a statement."""
    parameters = site.call.argument(1, "params") or site.call.argument(1, "parameters")

    def read(lift: Lift) -> object:
        plain = lift.decide(given)
        if isinstance(plain, Text) or text_of(plain) is not None:
            return nouns.Raw(plain, plain.origin)
        found = values.resolve(lift, plain)
        if isinstance(found, writes.Write) and parameters is not None and not isinstance(parameters, Const):
            with_parameters(lift, found, parameters)
        return found

    yield from made(lifting, schema, site, read, action, given, parameters)


def with_parameters(lift: Lift, found: writes.Write, parameters: Value) -> None:
    """Take the rows that are handed over beside an INSERT."""
    plain = lift.decide(parameters)
    if found.kind == "insert" and isinstance(plain, Record | Sequence):
        with lift.reading("values"):
            writes.take_given(lift, found, plain)
    elif found.kind == "update" and not found.rows:
        lift.doubt("what is handed over beside the statement", "set", "where")


def by_key(lift: Lift, call: Call) -> object:
    """``session.get(User, id)``."""
    entity = values.resolve(lift, call.arguments[0]) if call.arguments else None
    if not isinstance(entity, Source):
        return lift.unknown(reason_of(call.arguments[0]) if call.arguments else "an entity that is not given")
    selection = selects.selection_of(lift, [entity])
    selects.by_key(lift, selection, call.argument(1, "ident"), call)
    extra = call.keywords.get("options")
    if extra is not None:
        for item in plain.items if isinstance(plain := lift.decide(extra), Sequence) else []:
            selection.loads.extend(loads.of_option(lift, lift.decide(item)))
    return selection


def ended(lift: Lift, call: Call, name: str) -> object:
    """What the last method of a chain of ``Query`` sends."""
    base = values.before(lift, call)
    if not isinstance(base, nouns.Selection):
        return base
    if name in ("first", "first_or_404") and base.limit is None:
        base.limit = pieces.literal(1)
    elif name == "count":
        return counted(lift, base)
    elif name in ("get", "get_or_404"):
        selects.by_key(lift, base, call.argument(0, "ident"), call)
    elif name in ("delete", "update"):
        return changed(lift, base, call, name)
    elif name == "scalar" and call.arguments:
        return base
    elif name == "paginate":
        base.limit = lift.bindings.bound(call.argument(None, "per_page") or Const(20), "per_page")
        base.offset = lift.bindings.bound(call.argument(None, "page") or Const(0), "offset")
    return base


def counted(lift: Lift, base: nouns.Selection) -> nouns.Selection:
    """``query.count()``: the rows of the query as a subquery are counted."""
    inner = parts.as_source(lift, base, base, None)
    outer = selects.selection_of(lift, [exp.Count(this=exp.Star(), big_int=True)])
    outer.froms = [sources.From(inner)]
    outer.legacy = True
    outer.loads = []
    return outer


def changed(lift: Lift, base: nouns.Selection, call: Call, name: str) -> object:
    """``query.delete()``, ``query.update({...})``."""
    target = base.columns[0] if base.columns and isinstance(base.columns[0], Source) else None
    if target is None:
        return lift.unknown("the table of a query that changes rows", call.origin)
    found = writes.Write(name, target, call)
    found.where = base.where
    if name == "update":
        given = call.argument(0, "values")
        with lift.reading("set"):
            if given is not None:
                writes.take_given(lift, found, given)
    return found


def built(lifting: Lifting, schema: Schema, site: Site) -> Iterator[Query | Defect]:
    """A statement that nothing was seen to send."""

    def read(lift: Lift) -> object:
        found = values.resolve(lift, site.result)
        if isinstance(found, exp.Subquery | exp.Exists) and "pending" in found.meta:
            return found.meta["pending"]
        return found

    name = site.library.removesuffix("()").rpartition(".")[2]
    if name in ("text", "query_property"):
        return
    yield from made(lifting, schema, site, read, "build", partial_ok=True)


def made(
    lifting: Lifting,
    schema: Schema,
    site: Site,
    read: Callable[[Lift], object],
    action: Action,
    given: Value | None = None,
    parameters: Value | None = None,
    *,
    partial_ok: bool = False,
) -> Iterator[Query | Defect]:
    """The query of a call, in each of its forms, and what was found wrong on the way."""
    forms, failed = forms_of(lifting, schema, read, MOST_TRIALS if action != "build" else FEW_TRIALS)
    for form in forms:
        if isinstance(form.found, nouns.Selection) and form.found.loads:
            elements = building.elements_of(form.lift, form.found, frozenset(), frozenset(), asfrom=False)
            loads.check(form.lift, form.found, [source for one in elements for source in one.sources()])
    if forms:
        yield from repeated(site, forms[0])
    seen: set[object] = set()
    for form in forms:
        for defect in form.lift.defects if not is_mixed(form.lift) else ():
            if defect not in seen:
                seen.add(defect)
                yield defect
    raws = [form for form in forms if isinstance(form.found, nouns.Raw)]
    if raws:
        yield from written(lifting, site, raws[0].found, action, parameters)  # type: ignore[arg-type]
        return
    lifted = [form for form in forms if is_statement(form)]
    entity: Entity | None = None
    brought: tuple[Load, ...] = ()
    for form in lifted:
        if isinstance(form.found, nouns.Selection):
            whole = [one for one in form.found.columns if isinstance(one, Source)]
            if entity is None and whole and whole[0].known is not None:
                entity = whole[0].known.entity
            brought = brought or loads.brought(form.lift, form.found.loads)
        if isinstance(form.found, writes.Write):
            action = "write" if action != "build" else action
            entity = entity or (form.found.target.known.entity if form.found.target.known is not None else None)
    if not lifted:
        if partial_ok:
            return
        reason = failed or next((next(iter(form.lift.reasons), None) for form in forms), None)
        if reason is None:
            reason = reason_of(given) if given is not None else "a statement that was not read"
        yield Query(site.start, site.caller, "orm", "sqlalchemy", lifting.dialect, (), reason, action, site=site)
        return
    statements = tuple(statement(form) for form in lifted)
    yield Query(
        site.start,
        site.caller,
        "orm",
        "sqlalchemy",
        lifting.dialect,
        statements,
        next(iter(statements[0].reasons), None),
        action,
        entity,
        brought,
        site,
    )


def is_ddl(value: Value | None) -> bool:
    """Whether a statement defines tables and the like, in the library's own words."""
    path = value.path if isinstance(value, Instance) and value.kind is None else None
    return path is not None and DDL.fullmatch(path) is not None


def is_mixed(lift: Lift) -> bool:
    """Whether a form was put together of classes that run time chooses: they need not go with the rest of it."""
    return any(isinstance(option, Class | Record) for found in lift.met.values() for option in found.options)


def repeated(site: Site, form: Form) -> Iterator[Defect]:
    """Rows of a joined collection that are fetched with their repetitions."""
    result, found = site.result, form.found
    if not isinstance(result, Result) or not isinstance(found, nouns.Selection) or found.legacy:
        return
    if not result.fetched or form.lift.open & {"columns", "from"} or not form.lift.schema.modern:
        return
    joined = [option for option in found.loads if option.how in ("joined", "contains") and option.many]
    names = [".".join(option.path) for option in joined]
    if not names and not form.lift.loose:
        whole = [one for one in found.columns if isinstance(one, Source) and one.known is not None]
        taken = {option.path[0] for option in found.loads}
        names = [
            rel.name
            for one in whole
            if one.known is not None
            for rel in one.known.entity.relationships
            if rel.lazy == "joined" and rel.many and rel.name not in taken
        ]
    if names:
        place = result.fetched[0]
        span = place.span if place is not None else site.span
        yield loads.note_fetch(form.lift, span, names[0], made_unique(form.lift, place, site))


def made_unique(lift: Lift, fetch: Call | None, site: Site) -> Fix | None:
    """The fix that makes rows unique right before they are fetched, or gone through."""
    if fetch is None and site.library.rpartition(".")[2] in ("execute", "scalars"):
        return Fix("make the rows unique", (Wrapping(site.span, after=".unique()"),))
    node = fetch.node if fetch is not None else None
    if fetch is None or not isinstance(node, syntax.Call) or not isinstance(node.callee, syntax.Member):
        return None
    rows = node.callee.object
    place = lift.span(Origin(fetch.frame.module.path, rows.start, rows.end))
    return Fix("make the rows unique", (Wrapping(place, after=".unique()"),))


def is_statement(form: Form) -> bool:
    """Whether a form is a whole statement."""
    return isinstance(form.found, nouns.Selection | nouns.Compound | writes.Write)


def statement(form: Form) -> Lifted:
    """A form as a noun."""
    lift = form.lift
    return Lifted(form.tree, tuple(lift.bindings.values), frozenset(lift.open), tuple(lift.reasons))


def written(
    lifting: Lifting, site: Site, found: nouns.Raw, action: Action, parameters: Value | None
) -> Iterator[Query]:
    """A statement that is written as text."""
    names = dict(found.values)
    complete = found.complete and (parameters is None or (isinstance(parameters, Const) and parameters.value is None))
    many = False
    plain = next(iter(options(parameters))) if parameters is not None else None
    if isinstance(plain, Sequence) and plain.items and isinstance(plain.items[0], Record):
        many, plain = True, plain.items[0]
    if isinstance(plain, Record):
        complete = found.complete and plain.complete
        names.update({str(key): value for key, value in plain.entries.items()})
    given = Given(names=names, complete=complete, many=many)
    text = found.value
    if text is None:
        return
    made = texts.lift_text(lifting.project, text, lifting.dialect, ("named",), given, driver="SQLAlchemy")
    yield Query(
        site.start,
        site.caller,
        "sql",
        "sqlalchemy",
        lifting.dialect,
        made.statements,
        made.reason,
        action,
        site=site,
    )


# Forms


def forms_of(
    lifting: Lifting, schema: Schema, read: Callable[[Lift], object], most: int
) -> tuple[list[Form], str | None]:
    """The forms of a statement, the first options of all choices before others."""
    waiting: list[dict[int, int]] = [{}]
    seen: set[frozenset[tuple[int, int]]] = {frozenset()}
    found: list[Form] = []
    ways: list[tuple[tuple[Hashable, tuple[Way, ...]], ...]] = []
    known: set[int] = set()
    choices: dict[int, Choice] = {}
    failed: str | None = None
    trials = 0
    while waiting and trials < most and len(found) < MOST_FORMS:
        chosen = waiting.pop(0)
        trials += 1
        lift = Lift(lifting, schema, chosen, choices)
        try:
            result = read(lift)
            tree = tree_of(lift, result)
        except TooDeepError:
            return found, "a statement that nests too deeply"
        for key, choice in lift.met.items():
            choices[key] = choice
            if key in chosen:
                continue
            for place in range(1, len(choice.options)):
                further = {**chosen, key: place}
                way = frozenset(further.items())
                if way not in seen:
                    seen.add(way)
                    waiting.append(further)
        if tree is None:
            failed = failed or next(iter(lift.reasons), None)
            if not isinstance(result, nouns.Raw):
                continue
            tree = exp.Null()
        mark = hash(tree)
        if mark in known and not lift.defects:
            continue
        known.add(mark)
        found.append(Form(lift, tree, result))
        ways.append((*lift.ways.items(), *((None, arms) for arms in lift.arms.values())))
    if len(found) > 1:
        kept = feasible(lifting.project, ways)
        if kept:
            found = [found[place] for place in kept]
    return found, failed


def tree_of(lift: Lift, found: object) -> exp.Expression | None:
    """The tree of a whole statement; None where something else was found."""
    if isinstance(found, nouns.Selection | nouns.Compound):
        return building.finish(lift, building.build(lift, found, frozenset()))
    if isinstance(found, writes.Write):
        return building.finish(lift, writes.build(lift, found))
    return None


def of_library(found: Iterable[Value]) -> bool:
    """Whether a value was made by a library."""
    return any(isinstance(value, Instance) and value.made_by is not None for value in found)
