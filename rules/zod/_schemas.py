"""Schemas of zod, as their chains of calls make them: which fields an object has, and which of them must be there."""

from __future__ import annotations

import re

from verifier.api import (
    UNKNOWN_DEMAND,
    UNKNOWN_FIELD,
    Checked,
    Demand,
    DemandedField,
    Engine,
    External,
    Instance,
    Origin,
    Record,
    Sent,
    Value,
    joined_demand,
    object_demand,
    options,
    regex,
)

PARSES = regex(r"(?:.*/)?zod(?:/\w+)*\..*\.(?:parse|safeParse|parseAsync|safeParseAsync|spa)")
OBJECTS = frozenset({"object", "strictObject", "looseObject", "interface"})
OPTIONAL = frozenset({"optional", "nullish", "default", "catch", "prefault", "exactOptional"})
# What neither makes a field optional nor changes which fields an object has.
SAME = frozenset(
    "refine superRefine transform pipe describe strict strip passthrough loose brand nullable readonly meta min max "
    "length email url uuid regex trim nonempty int positive negative nonnegative catchall check register "
    "overwrite".split()
)
PLAIN = frozenset(
    "string number boolean bigint date array tuple record enum nativeEnum literal email url uuid int".split()
)
DEEPEST = 40


def checks(sent: Sent) -> Checked | None:
    """A value that a schema is asked about."""
    if PARSES.fullmatch(sent.path) and sent.receiver is not None and sent.arguments:
        return Checked(schema_of(sent), sent.arguments[0], sent.origin)
    return None


def schema_of(sent: Sent) -> Value:
    """The schema whose method is called; a part of one (`schema.shape.user`) keeps its path."""
    path = sent.path.rpartition(".")[0]
    receiver = sent.receiver
    assert receiver is not None
    return receiver if getattr(receiver, "path", None) == path else External(path, receiver)


def demands(engine: Engine, value: Value) -> Demand | None:
    """What a schema of zod demands; None for anything else."""
    path = getattr(value, "path", None) or ""
    if not isinstance(value, Instance | External) or not re.match(r"(?:.*/)?zod(?:/\w+)*\.|@hono/zod-openapi\.", path):
        return None
    return field_of(value, 0).demand


def field_of(value: Value | None, depth: int) -> DemandedField:
    """A schema as a field."""
    if value is None or depth > DEEPEST or len(options(value)) != 1:
        return UNKNOWN_FIELD
    if isinstance(value, External) and isinstance(value.receiver, Instance):
        return part_of(value, depth)
    call = value.made_by if isinstance(value, Instance) else None
    if call is None or not isinstance(call.callee, External):
        return UNKNOWN_FIELD
    name, inner = call.callee.name, call.callee.receiver
    first = call.argument(0)
    if inner is None:
        if name in OBJECTS:
            return DemandedField(object_of(first, call.origin, depth), True)
        return DemandedField(Demand("value", origin=call.origin), True) if name in PLAIN else UNKNOWN_FIELD
    own = field_of(inner, depth + 1)
    if name in SAME:
        return own
    if name in OPTIONAL:
        return DemandedField(own.demand, False)
    if own.demand.kind != "object":
        return UNKNOWN_FIELD if own.demand.kind == "unknown" else own
    return DemandedField(changed(own.demand, name, first, call.origin, depth), own.required)


def changed(demand: Demand, name: str, given: Value | None, origin: Origin, depth: int) -> Demand:
    """What a method makes of an object's schema."""
    if name == "partial":
        chosen = given.entries.keys() if isinstance(given, Record) else demand.fields.keys()
        return demand._replace(required=demand.required - set(map(str, chosen)), origin=origin)
    if name == "required":
        chosen = given.entries.keys() if isinstance(given, Record) else demand.fields.keys()
        return demand._replace(required=demand.required | set(map(str, chosen)), origin=origin)
    if name in ("extend", "safeExtend", "augment", "merge"):
        other = object_of(given, origin, depth) if isinstance(given, Record) else field_of(given, depth + 1).demand
        return joined_demand(demand, other, origin)
    if name in ("pick", "omit") and isinstance(given, Record) and given.complete:
        kept = {field: inner for field, inner in demand.fields.items() if (field in given.entries) == (name == "pick")}
        return Demand("object", kept, demand.required & kept.keys(), demand.places, origin)
    return UNKNOWN_DEMAND


def object_of(given: Value | None, origin: Origin | None, depth: int) -> Demand:
    """The schema of an object with some fields."""
    return object_demand(given, origin, lambda schema: field_of(schema, depth + 1))


def part_of(value: External, depth: int) -> DemandedField:
    """`schema.shape.user`."""
    receiver = value.receiver
    assert isinstance(receiver, Instance)
    rest = value.path.removeprefix(f"{receiver.path}.").split(".")
    found = field_of(receiver, depth + 1)
    while rest:
        if len(rest) < 2 or rest[0] != "shape" or rest[1] not in found.demand.fields:
            return UNKNOWN_FIELD
        demand = found.demand
        found = DemandedField(demand.fields[rest[1]], rest[1] in demand.required)
        rest = rest[2:]
    return found
