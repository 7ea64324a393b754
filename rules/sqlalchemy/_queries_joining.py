"""Joins of a SELECT: what they are joined to, and by what."""

from __future__ import annotations

from sqlglot import exp

from verifier.api import (
    Call,
    Const,
    Origin,
    Sequence,
    Value,
    reason_of,
    text_of,
)

from . import _queries_joins as joins
from . import _queries_nouns as nouns
from . import _queries_operators as operators
from . import _queries_parts as parts
from . import _queries_select as selects
from . import _queries_values as values
from ._queries_sources import From, Source
from ._queries_state import Lift


def select_from(lift: Lift, base: nouns.Selection, call: Call) -> None:
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
    if isinstance(found, nouns.Joined):
        return found.element
    if isinstance(found, nouns.Selection | nouns.Compound):
        return From(parts.as_source(lift, found, found, None), at=at)
    if isinstance(found, values.Group):
        return From(found.source, at=at)
    if isinstance(found, nouns.Raw):
        return raw_element(lift, found, at)
    return None


def raw_element(lift: Lift, found: nouns.Raw, at: Origin | None) -> From:
    """A table that is named in text."""
    node = found.parsed(lift, "from")
    source = Source(("text", id(found)), node.alias_or_name or "text")
    source.names, source.body = None, node
    return From(source, at=at)


def join(side: str) -> selects.Step:
    """``join``, ``outerjoin``: by a relationship, to a target, on a condition."""

    def made(lift: Lift, base: nouns.Selection, call: Call) -> None:
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


def add_join(lift: Lift, base: nouns.Selection, arguments: list[Value], side: str, call: Call) -> None:
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
            on = operators.as_condition(lift, second, arguments[1])
            base.froms.append(From(None, From(), element, on, side, call.place(0)))
        base.last = right
        return
    if len(arguments) > 1 and not nothing:
        on = operators.as_condition(lift, second, arguments[1])
        extra = parts.single_criteria(lift, right)
        on = operators.both(exp.And, [on, *extra]) if extra else on
    else:
        on = joins.infer(lift, list(base.froms[place].sources()), right, call.place(0))
    base.froms[place] = From(None, base.froms[place], element, on, side, call.place(0))
    base.last = right
    base.joined.update(one.key for one in element.sources())


def relationship_named(lift: Lift, base: nouns.Selection, value: Value) -> object:
    """What a join is given; the older library takes a relationship by its name."""
    text = text_of(value)
    if text is None:
        return values.resolve(lift, value)
    entity = base.entity
    if entity is None or entity.known is None:
        return None
    return values.attribute(lift, entity, text, value.origin)


def by_relationship(
    lift: Lift, base: nouns.Selection, rel: values.Rel, right: Source | None, side: str, call: Call
) -> None:
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


def left_place(lift: Lift, base: nouns.Selection, right: Source, call: Call) -> int | None:
    """The element of FROM that a target is joined to; what the columns name becomes one."""
    if not base.froms:
        candidates: dict[object, Source] = {}
        for one in base.columns:
            found = [one] if isinstance(one, Source) else list(parts.sources_in(one))
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


def join_from(lift: Lift, base: nouns.Selection, name: str, call: Call) -> nouns.Selection:
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
