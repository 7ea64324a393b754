"""A model that takes no null is made of a column that holds NULL.

`bio: str` of a response model takes text and nothing else. Where the column behind it is nullable, and the request that
makes the row leaves it out, pydantic refuses each such row: FastAPI answers 500 with a ResponseValidationError,
`UserOut.model_validate(user)` and `UserOut(bio=user.bio)` end in a ValidationError. A default of the field
(`bio: str = ""`) does not help, since None is given.

Allow what the column allows (`bio: str | None`), or give the column a value: `nullable=False` with a default.

The rule speaks where some request makes a row without a value for the column, or takes one from a field that may be
left out, and where nothing on the way sets, tests or replaces it. Fields with validators that see the value first are
left alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from verifier.api import (
    Answering,
    Category,
    Class,
    Column,
    Const,
    Demand,
    Entity,
    External,
    Facts,
    Function,
    Instance,
    Origin,
    OwnCall,
    Parametrized,
    Problem,
    Record,
    Related,
    Route,
    Sequence,
    Span,
    Value,
    describe,
    innermost,
    options,
    own_calls,
    rule,
    syntax,
)

from ._nulls import Creation, column_read, creations, is_minded, keyword_in, texts_below

LISTS = frozenset("list List Sequence Iterable".split())
DEEPEST = 5
MAKES = frozenset({"model_validate", "from_orm", "parse_obj"})


class Null(NamedTuple):
    """A field that takes no null, and a column that gives it one; ``field`` is where the field is written."""

    field: Origin
    name: str
    entity: Entity
    column: Column
    creation: Creation


@rule(Category.DATABASE_RUNTIME_ERROR)
def null_refused(facts: Facts) -> Iterator[Problem]:
    """Yield each field of a model that some row of the project cannot fill."""
    known: dict[object, tuple[Null, Span, dict[Route, None]]] = {}
    for found, place, routes in nulls(facts):
        key = found.field, found.entity.identity, found.column.name
        known.setdefault(key, (found, place, {}))[2].update(dict.fromkeys(routes))
    for found, place, affected in known.values():
        yield problem(facts, found, place, tuple(affected))


def problem(facts: Facts, found: Null, place: Span, routes: tuple[Route, ...]) -> Problem:
    """The finding on a field."""
    named = f"{found.entity.name}.{found.column.attribute}"
    when = "a request may leave it out" if found.creation.optional else "rows are made without it"
    return Problem(
        facts.program.engine.span(found.field),
        f"`{found.name}` takes no null, and is given `{named}`, which may be NULL: {when}",
        related=(
            Related(found.column.span, f"`{named}` is declared here"),
            Related(found.creation.span, "a row is made here"),
            Related(place, "the model is made of it here"),
        ),
        symptom=f"500: validation error for the field `{found.name}`: the input is None",
        remedy=f"Let the field be null (`{found.name}: ... | None`), or give the column a default",
        routes=routes,
        identity=f"{found.name} {named}",
    )


def nulls(facts: Facts) -> Iterator[tuple[Null, Span, tuple[Route, ...]]]:
    """What is refused, where, and on which routes."""
    if not creations(facts):
        return
    for route, value, model in answers(facts):
        span = route.function.span if route.function is not None else route.span
        for found in refused(facts, value, model):
            if not is_minded(texts_below(facts, route), found.column.attribute):
                yield found, span, (route,)
    calls = {facts.program.engine.span(call.place): call for call in own_calls(facts)}
    for use in facts.uses:
        routes = facts.routes_at(use.span)
        for found in refused_by_call(
            facts, use.callee, use.argument(0, "obj"), calls.get(use.span), dict(use.keywords)
        ):
            left = tuple(one for one in routes if not is_minded(texts_below(facts, one), found.column.attribute))
            if left:
                yield found, use.span, left


def answers(facts: Facts) -> Iterator[tuple[Route, Value, Demand]]:
    """What handlers give, with what the framework holds it against."""
    packs = {pack.framework: pack for pack in facts.program.packs if pack.framework is not None}
    for route, handler in zip(facts.routes, facts.table.handlers, strict=True):
        pack = packs.get(route.framework)
        result = facts.calls.results.get(route.function) if route.function is not None else None
        plain = isinstance(handler, Function) and innermost(handler) is handler and not handler.module.javascript
        if pack is None or pack.answers is None or result is None or not plain or not isinstance(handler, Function):
            continue
        for reply in pack.answers(Answering(facts.program.engine, route, handler, {}, result, ())):
            demand = demand_of(facts, reply.shown) if reply.shown is not None else None
            if demand is not None and reply.body is not None:
                yield route, reply.body, demand


def demand_of(facts: Facts, model: Value) -> Demand | None:
    """What a model demands, or a list of one."""
    if isinstance(model, Parametrized) and describe(model.base).rpartition(".")[2] in LISTS and model.arguments:
        inner = demand_of(facts, model.arguments[0])
        return Demand("value", item=inner) if inner is not None else None
    for pack in facts.program.packs:
        found = pack.demands(facts.program.engine, model) if pack.demands is not None else None
        if found is not None:
            return found
    return None


def refused_by_call(
    facts: Facts, callee: Value, first: Value | None, call: OwnCall | None, keywords: dict[str, Value]
) -> Iterator[Null]:
    """What `Model.model_validate(row)` refuses, or `Model(name=row.name)`."""
    if (
        isinstance(callee, External)
        and callee.name in MAKES
        and isinstance(callee.receiver, Class)
        and first is not None
    ):
        demand = demand_of(facts, callee.receiver)
        if demand is not None:
            yield from refused(facts, first, demand)
    elif isinstance(callee, Class) and facts.entity_of(callee) is None:
        demand = demand_of(facts, callee)
        if demand is None or demand.kind != "object":
            return
        for name, place in demand.places.items():
            if name in keywords and name in demand.fields:
                yield from refused(facts, keywords[name], demand.fields[name])
            written = keyword_in(call.node, name, []) if call is not None and name in demand.filled else None
            read = column_read(facts, call.path, written) if call is not None else None
            if read is not None:
                yield from held(facts, *read, name, place, None)


def refused(facts: Facts, value: Value, demand: Demand, depth: int = 0) -> Iterator[Null]:
    """The fields that a value cannot fill, where each of the things that it may be has such."""
    if depth > DEEPEST:
        return
    found = [one for one in options(value) if not (isinstance(one, Const) and one.value is None)]
    if len(found) != 1:
        return
    (one,) = found
    if isinstance(one, Sequence) and demand.item is not None:
        for item in (*one.items, *([one.element] if one.element is not None else ())):
            yield from refused(facts, item, demand.item, depth + 1)
    elif demand.kind != "object":
        return
    elif isinstance(one, Record):
        for name, inner in demand.fields.items():
            if name in one.entries:
                yield from refused(facts, one.entries[name], inner, depth + 1)
    elif isinstance(one, Instance) and one.kind is not None:
        entity = facts.entity_of(one)
        if entity is not None:
            yield from of_row(facts, entity, one, demand, depth)
        elif one.made_by is not None and isinstance(one.made_by.callee, Class):
            yield from of_view(facts, one, demand)


def of_row(facts: Facts, entity: Entity, row: Instance | None, demand: Demand, depth: int) -> Iterator[Null]:
    """The fields that a row cannot fill; of an object that is made on the way, what it is made of counts."""
    made = (
        row.made_by.origin if row is not None and row.made_by is not None and row.made_by.callee is row.kind else None
    )
    for name, inner in demand.fields.items():
        column, relation = entity.mapped(name), entity.relationship(name)
        if column is not None and name in demand.filled:
            yield from held(facts, entity, column, name, demand.places[name], made)
        elif relation is not None and relation.resolved and depth < DEEPEST:
            target = next((one for one in facts.models.entities if one.name == relation.target), None)
            wanted = inner.item if relation.many else inner
            if target is not None and wanted is not None and wanted.kind == "object":
                yield from of_row(facts, target, None, wanted, depth + 1)


def of_view(facts: Facts, view: Instance, demand: Demand) -> Iterator[Null]:
    """The same of an object of the project's own that is made of columns."""
    call = view.made_by
    if call is None or not isinstance(call.node, syntax.Call) or view.kind is None:
        return
    fields = list(facts.program.engine.fields(view.kind))
    for name in sorted(demand.filled & demand.places.keys()):
        read = column_read(facts, call.frame.module.path, keyword_in(call.node, name, fields))
        if read is not None:
            yield from held(facts, *read, name, demand.places[name], None)


def held(facts: Facts, entity: Entity, column: Column, name: str, field: Origin, made: Origin | None) -> Iterator[Null]:
    """The null that a column gives a field, where some row has one; ``made`` is where the row in question is made."""
    for creation in creations(facts).get((entity.identity, column.attribute), ()):
        if made is None or made == creation.place:
            yield Null(field, name, entity, column, creation)
            return
