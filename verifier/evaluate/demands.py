"""What a schema of a library demands of the JSON that it is held against."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

from verifier.evaluate.values import Origin, Record, Value


class Demand(NamedTuple):
    """What JSON has to be.

    Attributes:
        kind: ``object`` with fields, ``value`` of any other kind, ``unknown`` where that cannot be told.
        fields: of an object; ``required`` are those that must be there.
        places: where fields are written; ``origin`` is where all of it is.
        drops: whether what an object has beyond these fields surely does not get through.
        filled: the fields that surely take no null.
        item: what each item of a list has to be, where it is one.
    """

    kind: Literal["object", "value", "unknown"]
    fields: Mapping[str, Demand] = {}
    required: frozenset[str] = frozenset()
    places: Mapping[str, Origin] = {}
    origin: Origin | None = None
    drops: bool = False
    filled: frozenset[str] = frozenset()
    item: Demand | None = None


UNKNOWN = Demand("unknown")


class DemandedField(NamedTuple):
    """A schema as a field of an object: what it demands, and whether it must be there."""

    demand: Demand
    required: bool


UNKNOWN_FIELD = DemandedField(UNKNOWN, False)


def object_demand(given: Value | None, origin: Origin | None, read: Callable[[Value], DemandedField]) -> Demand:
    """The demand of an object whose fields are the entries of a record, each read by a schema library's own ways."""
    if not isinstance(given, Record) or not given.complete:
        return UNKNOWN
    found = {str(name): read(schema) for name, schema in given.entries.items()}
    fields = {name: field.demand for name, field in found.items()}
    required = {name for name, field in found.items() if field.required and field.demand.kind != "unknown"}
    places = {str(name): place for name, place in given.places.items()}
    return Demand("object", fields, frozenset(required), places, origin)


def joined_demand(demand: Demand, other: Demand, origin: Origin | None) -> Demand:
    """An object with the fields of another one beside its own, which these replace."""
    if other.kind != "object":
        return UNKNOWN
    required = (demand.required - other.fields.keys()) | other.required
    return Demand("object", {**demand.fields, **other.fields}, required, {**demand.places, **other.places}, origin)


class Checked(NamedTuple):
    """A value that is held against a schema; ``origin`` is where that is written."""

    schema: Value
    value: Value
    origin: Origin


class Demanded(NamedTuple):
    """What the JSON of a request must be; ``origin`` is where the body is taken."""

    demand: Demand
    origin: Origin


class Step(NamedTuple):
    """A name by which a part of some JSON is read; ``needed`` where that fails without it."""

    name: str
    needed: bool = True


def inside(demand: Demand, path: tuple[Step, ...], origin: Origin | None) -> Demand:
    """A demand on a part of the JSON, as one on all of it."""
    for name, needed in reversed(path):
        demand = Demand("object", {name: demand}, frozenset({name} if needed else ()), {}, origin)
    return demand
