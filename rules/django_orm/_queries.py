"""Reads what query sets ask of the database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from sqlglot import exp

from verifier.api import (
    Action,
    Call,
    Choice,
    Class,
    Defect,
    Engine,
    Entity,
    External,
    Instance,
    Lifted,
    Lifting,
    Query,
    Record,
    Sequence,
    Site,
    Span,
    Term,
    Value,
    options,
    reason_of,
    text_of,
)

from . import _render, _writes
from ._draft import Condition, Context, Draft, Picks
from ._expressions import call_of
from ._faults import FaultError, UnclearError, Word
from ._lookups import Lookups, Made
from ._managers import BUILDING, RELATED, Manager, QuerySet, plain_name
from ._model import Model
from ._names import names_of
from ._objects import ModelObject, UserModel, default_manager
from ._settings import SETTINGS
from ._sinks import aggregate, condition, created, get_or_create, one, only_one, part_of
from ._steps import draft_of, whole

MOST_FORMS = 8
DEEPEST = 12
ACTIONS: dict[str, Action] = {
    "get": "one", "first": "first", "last": "first", "earliest": "first", "latest": "first", "count": "count",
    "exists": "exists", "contains": "exists", "aggregate": "value", "iterator": "stream", "in_bulk": "rows",
    "explain": "rows",
}  # fmt: skip
DIALECTS = {"sqlite3": "sqlite", "postgresql": "postgres", "postgresql_psycopg2": "postgres", "postgis": "postgres",
            "mysql": "mysql", "oracle": "oracle"}  # fmt: skip
NAMING = frozenset({"unknown-lookup", "unknown-field", "unknown-related"})
SHORTCUTS = frozenset({"get_object_or_404", "get_list_or_404", "aget_object_or_404", "aget_list_or_404"})


class Reader:
    """Reads the sites of one project."""

    def __init__(self, lifting: Lifting) -> None:
        self.lifting = lifting
        self.engine: Engine = lifting.engine
        self.names = names_of(self.engine)
        dialects = lifting.dialects or configured(self.engine)
        self.dialect = next(iter(dialects)) if len(dialects) == 1 else ""
        self.names.sqlite = "sqlite" in dialects
        self.lookups = Lookups(self.engine, dialects == {"postgres"})
        self.used = consumed(lifting.sites)
        self.seen: set[int] = set()
        self.slips: set[Span] = set()  # where names stand that are surely written wrongly
        self.outcomes: dict[Span, list[tuple[int | None, bool]]] = {}  # by model: whether it surely fails

    def read(self) -> Iterator[Query | Defect]:
        """All queries, and what is wrong with them."""
        noted: list[tuple[Site, Defect]] = []
        for site in self.lifting.sites:
            for found in self.lifting.each(site, "django_orm", self.site(site)):
                if isinstance(found, Defect):
                    noted.append((site, found))
                else:
                    yield found
        for site in self.lifting.sites:  # what became part of a query that was not read
            for option in options(site.result) if site.library.rpartition(".")[2] in BUILDING else ():
                if isinstance(option, QuerySet) and id(option) not in self.seen:
                    forms = self.forms(site, "build", partial(self.whole_query, found=option))
                    found_here = self.lifting.each(site, "django_orm", forms)
                    noted += [(site, found) for found in found_here if isinstance(found, Defect)]
        for site, defect in noted:
            if defect.span in self.slips or self.certain(site):
                yield defect

    def is_slip(self, fault: FaultError) -> bool:
        """Whether a fault is a name that is surely written wrongly."""
        if fault.rule not in NAMING or fault.origin is None or not isinstance(fault.model, Model):
            return False
        place = fault.origin
        text = self.engine.project.files[place.path].data[place.start : place.end].decode("utf-8", "replace")
        return self.names.is_slip(fault.model, text, place)

    def certain(self, site: Site) -> bool:
        """Whether what was found at a place holds for whatever is handled there.

        Code that is given objects of several models asks which it has, in ways that are not always seen: where what
        fails with one of them works with another, nothing is said.
        """
        span = site.caller.span if site.caller is not None else None
        if span is not None and b"._meta." in written(self.engine, span):
            return False  # the code asks the model for its fields
        outcomes = [(model, failed) for model, failed in self.outcomes.get(site.span, ()) if model is not None]
        return len({model for model, _ in outcomes}) < 2 or all(failed for _, failed in outcomes)

    def site(self, site: Site) -> Iterator[Query | Defect]:
        """One site."""
        name = plain_name(site.library.rpartition(".")[2])
        if name in BUILDING:
            yield from self.built(site)
        elif name != "get_queryset":
            yield from self.lifted(site, name, site.call.callee)

    def built(self, site: Site) -> Iterator[Query | Defect]:
        """A query set that nothing sends, as far as was seen."""
        for option in options(site.result):
            if not isinstance(option, QuerySet):
                yield self.unread(site, "raw SQL" if site.library.endswith(".raw") else reason_of(option))
                continue
            for found in self.ends(option):
                action: Action = "first" if found.row_only else "build"
                yield from self.forms(site, action, lambda context, found=found: self.whole_query(context, found))

    def ends(self, option: QuerySet, depth: int = 0) -> Iterator[QuerySet]:
        """A query set, or what subscripts and operators have made of it, where nothing took that up."""
        derived = option.cut_out if depth < DEEPEST else []
        for found in derived:
            yield from self.ends(found, depth + 1)
        if id(option) not in self.used and not derived:
            yield option

    def whole_query(self, context: Context, found: QuerySet) -> tuple[Draft, list[exp.Expression]]:
        """A query set as it stands."""
        draft = draft_of(context, found)
        return draft, [_render.select(draft)]

    def lifted(self, site: Site, name: str, callee: Value) -> Iterator[Query | Defect]:
        """A call that sends statements."""
        call = site.call
        receiver = callee.receiver if isinstance(callee, External) else None
        action = ACTIONS.get(name, "write")
        if name in SHORTCUTS:
            yield from self.shortcut(site, name)
            return
        if isinstance(receiver, Manager) and name in RELATED:
            yield from self.changed(site, receiver, name)
            return
        if isinstance(receiver, ModelObject | Class) or (isinstance(receiver, Instance) and receiver.kind is not None
                                                        and not isinstance(receiver, QuerySet | Manager)):  # fmt: skip
            yield from self.row(site, receiver, name)
            return
        if isinstance(receiver, Manager) and name in ("count", "exists") and through(receiver):
            yield from self.forms(site, action, lambda context: self.junction(context, receiver, name))
            return
        starts = self.starts(receiver)
        if not starts:
            reason = reason_of(receiver) if receiver is not None else "the model of a query"
            yield self.unread(site, reason)
            return
        for start in starts:
            yield from self.forms(site, action, lambda context, start=start: self.sent(context, start, name, call))

    def starts(self, receiver: Value | None) -> list[QuerySet]:
        """The query sets that a call is made on."""
        if isinstance(receiver, QuerySet):
            return [receiver]
        if isinstance(receiver, Manager):
            return [
                found for found in options(receiver.begun or receiver.plain(self.engine)) if isinstance(found, QuerySet)
            ]
        return []

    def sent(self, context: Context, start: QuerySet, name: str, call: Call) -> tuple[Draft, list[exp.Expression]]:
        """The statements that a method sends."""
        draft = draft_of(context, start)
        if name in ("get", "first", "last", "earliest", "latest", "in_bulk", "contains"):
            one(draft, name, call)
            if name == "contains":
                return draft, [_render.existing(draft)]
            return draft, [_render.select(draft)]
        if name == "exists":
            return draft, [_render.existing(draft)]
        if name == "count":
            made = Made(exp.Count(this=exp.Star()), "IntegerField", kind="aggregate")
            return draft, [_render.aggregated(draft, [("__count", made)], nested=_render.is_nested(draft))]
        if name == "aggregate":
            return draft, [aggregate(draft, call)]
        if name in ("iterator", "explain"):
            return draft, [_render.select(draft)]
        if name == "update":
            return draft, [_writes.update(draft, call)]
        if name == "delete":
            return draft, [_writes.delete(draft, call)]
        if name in ("create", "create_user", "create_superuser"):
            return draft, [created(draft, start, name, call)]
        if name in ("get_or_create", "update_or_create"):
            return draft, get_or_create(draft, start, name, call)
        if name == "bulk_create":
            return draft, [_writes.bulk_create(draft, call)]
        if name == "bulk_update":
            return draft, [_writes.bulk_update(draft, call)]
        raise UnclearError(f"what `{name}` does")

    def junction(self, context: Context, manager: Manager, name: str) -> tuple[Draft, list[exp.Expression]]:
        """What a related manager asks of its junction table."""
        assert manager.related is not None
        draft = whole(context, manager.model, None)
        return draft, [_writes.junction_rows(draft, manager.related.way, manager.related.holder, name)]

    def shortcut(self, site: Site, name: str) -> Iterator[Query | Defect]:
        """``get_object_or_404`` and ``get_list_or_404``."""
        call = site.call
        many = "list" in name
        given = call.argument(0, "klass")
        for option in options(given) if given is not None else ():
            start: QuerySet | None = None
            if isinstance(option, QuerySet):
                start = option
            elif isinstance(option, Manager):
                start = next(iter(self.starts(option)), None)
            elif isinstance(option, Class | UserModel | External):
                start = next(iter(self.starts(default_manager(self.engine, option, "_default_manager"))), None)
                if start is not None and isinstance(option, UserModel):
                    start.model = option
            if start is None:
                yield self.unread(site, reason_of(option))
                continue

            def send(context: Context, start: QuerySet = start) -> tuple[Draft, list[exp.Expression]]:
                draft = draft_of(context, start)
                named = {key: value for key, value in call.keywords.items() if key != "klass"}
                rest = part_of(call, call.arguments[1:], named)
                condition(draft, rest)
                if not many:
                    only_one(draft)
                return draft, [_render.select(draft)]

            yield from self.forms(site, "rows" if many else "one", send)

    def row(self, site: Site, receiver: Value, name: str) -> Iterator[Query | Defect]:
        """``save``, ``delete`` and ``refresh_from_db`` of an object."""
        kind = receiver.kind if isinstance(receiver, Instance) else receiver
        model: Value | None = kind if kind is not None else External(getattr(receiver, "path", "") or "")
        if self.names.model_of(model) is None:
            yield self.unread(site, f"the table of {reason_of(receiver)}")
            return
        bare = name.removeprefix("a") if name in ("asave", "adelete", "arefresh_from_db") else name

        def send(context: Context) -> tuple[Draft, list[exp.Expression]]:
            draft = whole(context, model, None)
            if bare == "save" and isinstance(receiver, Instance):
                return draft, [_writes.save(draft, site.call, receiver)]
            if bare == "delete":
                return draft, [_writes.remove_row(draft, receiver)]
            if bare == "refresh_from_db":
                draft.add(Condition("AND", [(Word("pk"), receiver)]))
                only_one(draft)
                return draft, [_render.select(draft)]
            raise UnclearError(f"what `{name}` does")

        yield from self.forms(site, "one" if bare == "refresh_from_db" else "write", send)

    def changed(self, site: Site, manager: Manager, name: str) -> Iterator[Query | Defect]:
        """What a related manager does to its table."""
        related = manager.related
        if related is None:
            yield self.unread(site, "the relation of a manager")
            return

        def send(context: Context) -> tuple[Draft, list[exp.Expression]]:
            draft = whole(context, manager.model, None)
            return draft, _writes.change_related(draft, related.way, related.holder, name, site.call)

        yield from self.forms(site, "write", send)

    # Forms

    def forms(self, site: Site, action: Action, send) -> Iterator[Query | Defect]:  # type: ignore[no-untyped-def]
        """A query in each form that it may take."""
        picks = Picks()
        statements: list[Lifted] = []
        faults: list[FaultError] = []
        reasons: list[str] = []
        draft: Draft | None = None
        clean = False
        for _ in range(MOST_FORMS):
            context = Context(self.engine, self.names, self.lookups, picks)
            try:
                draft, trees = sent(send, context, self.seen)
            except FaultError as fault:
                faults.append(fault)
            except UnclearError as unclear:
                reasons.append(unclear.reason)
                clean = True
            else:
                clean = True
                for tree in trees:
                    values = tuple(context.bindings.values)
                    statements.append(Lifted(tree, values, frozenset(draft.open), tuple(draft.reasons)))
            if not picks.advance():
                break
        self.outcomes.setdefault(site.span, []).append((self.model_of(site), bool(faults) and not clean))
        chosen = [count for _, count in picks.taken.values() if count > 1]
        slips = {fault.origin: fault for fault in faults if self.is_slip(fault)}
        for slip in slips.values():
            defect = self.defect(site, slip)
            self.slips.add(defect.span)
            yield defect
        if not slips and faults and (not chosen or not clean):
            yield self.defect(site, faults[0])
        if not statements:
            reason = reasons[0] if reasons else f"a mistake: {faults[0]}" if faults else "what was not read"
            yield self.nothing(site, reason, action)
            return
        statements.sort(key=lambda statement: -sum(1 for _ in statement.tree.walk()))
        assert draft is not None
        yield from self.inflated(site, draft)
        gives_rows = action in ("rows", "first", "one", "stream", "build") and draft.labels is None
        yield Query(
            site.start,
            site.caller,
            "orm",
            "django_orm",
            self.dialect,
            tuple(statements),
            statements[0].reasons[0] if statements[0].reasons else None,
            action,
            self.entity(draft) if gives_rows or action == "write" else None,
            tuple(draft.loads),
            site,
        )

    def entity(self, draft: Draft) -> Entity | None:
        """The entity of a query's model."""
        span = draft.model.span
        return self.lifting.models.at(span.path, span.line)

    def unread(self, site: Site, reason: str, action: Action = "rows") -> Query:
        """A query that was not lifted."""
        self.outcomes.setdefault(site.span, []).append((self.model_of(site), False))
        return self.nothing(site, reason, action)

    def nothing(self, site: Site, reason: str, action: Action = "rows") -> Query:
        """A query without statements."""
        return Query(site.start, site.caller, "orm", "django_orm", self.dialect, (), reason, action, site=site)

    def model_of(self, site: Site) -> int | None:
        """What tells the model of a site from those of others at the same place; None where it is not known."""
        receiver = receiver_of(site.call)
        kind: Value | None = None
        if isinstance(receiver, QuerySet | Manager):
            kind = receiver.model
        elif isinstance(receiver, Instance):
            kind = receiver.kind if receiver.kind is not None else External(receiver.path or "")
        found = self.names.model_of(kind)
        return id(found) if found is not None else None

    def defect(self, site: Site, fault: FaultError) -> Defect:
        """A mistake as a defect."""
        span = self.lifting.span(fault.origin) if fault.origin is not None else site.span
        model = fault.model
        related: tuple[tuple[Span, str], ...] = ()
        if model is not None and getattr(model, "cls", None) is not None:
            related = ((model.span, f"`{model.name}` is declared here"),)  # type: ignore[attr-defined]
        return Defect(f"django_orm/{fault.rule}", span, fault.message, fault.error, fault.remedy, related)

    def inflated(self, site: Site, draft: Draft) -> Iterator[Defect]:
        """Aggregates over several relations to many rows at once: each multiplies the rows of the others.

        Not so a mean for each object: another relation of the object repeats each of its rows equally often.
        """
        counted = draft.relations_counted
        ways = {tuple(sorted(aliases)) for _, aliases, _ in counted if aliases}
        if len(ways) < 2:
            return
        for word, aliases, mean in counted:
            others = [other for other in ways if set(other) - aliases and aliases - set(other)]
            if mean and draft.group is not None:
                others = [other for other in others if set(other) & aliases]
            if aliases and others and word.text and word.origin is not None:
                yield Defect(
                    "django_orm/inflated-aggregate",
                    self.lifting.span(word.origin),
                    f"`{word.text}` is counted over rows that the join of another relation repeats",
                    "the numbers in the response are too large: each is multiplied by the rows of the other relation",
                    "Write `distinct=True`, or count in a subquery",
                )
                return


def configured(engine: Engine) -> frozenset[str]:
    """The kind of database that the settings name, where nothing says how the application is started."""
    databases = engine.library_attributes.get(SETTINGS, {}).get("DATABASES")
    found = engine.force(databases) if databases is not None else None
    default = found.entries.get("default") if isinstance(found, Record) else None
    kind = text_of(default.entries.get("ENGINE")) if isinstance(default, Record) else None
    return frozenset(
        {DIALECTS[kind.rpartition(".")[2]]} if kind is not None and kind.rpartition(".")[2] in DIALECTS else ()
    )


def through(manager: Manager) -> bool:
    """Whether a manager leads through a junction table whose keys the database keeps."""
    related = manager.related
    if related is None or related.way.junction is None or manager.defines("get_queryset") is not None:
        return False
    return related.way.field.flag("db_constraint", True) is True


def written(engine: Engine, span: Span) -> bytes:
    """The text of some lines."""
    lines = engine.project.files[span.path].data.split(b"\n")
    return b"\n".join(lines[span.line - 1 : span.end_line])


def sent(
    send: Callable[[Context], tuple[Draft, list[exp.Expression]]], context: Context, seen: set[int]
) -> tuple[Draft, list[exp.Expression]]:
    """The statements of a call; the query sets that were read on the way are noted."""
    try:
        return send(context)
    finally:
        seen |= context.seen


def receiver_of(call: Call) -> Value | None:
    """What a method is called on."""
    return call.callee.receiver if isinstance(call.callee, External) else None


def consumed(sites: Iterable[Site]) -> set[int]:
    """The query sets that became part of a later one, or of another query, by identity."""
    used: set[int] = set()
    seen: set[int] = set()

    def visit(value: Value | None, depth: int) -> None:
        if value is None or depth > DEEPEST or id(value) in seen:
            return
        if isinstance(value, QuerySet):
            found: QuerySet | None = value
            while found is not None and id(found) not in used:
                used.add(id(found))
                found = found.prior
            return
        if isinstance(value, Manager):
            visit(value.begun, depth + 1)
            return
        inner: Iterable[Value | None] = ()
        if isinstance(value, Choice):
            inner = value.options
        elif isinstance(value, Term):
            inner = value.operands
        elif isinstance(value, Sequence):
            inner = [*value.items, value.element]
        elif isinstance(value, Record):
            inner = [*value.entries.values(), value.element]
        elif call_of(value) is not None and isinstance(value, Instance) and value.made_by is not None:
            seen.add(id(value))
            inner = [receiver_of(value.made_by), *value.made_by.arguments, *value.made_by.keywords.values()]
        for part in inner:
            visit(part, depth + 1)

    for site in sites:
        for value in (receiver_of(site.call), *site.call.arguments, *site.call.keywords.values()):
            visit(value, 0)
        for option in options(site.result):
            if isinstance(option, QuerySet) and option.prior is not None:
                visit(option.prior, 0)
    return used


def read_queries(lifting: Lifting) -> Iterator[Query | Defect]:
    """What each site asks of the database."""
    yield from Reader(lifting).read()
