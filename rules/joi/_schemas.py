"""Schemas of Joi, as their chains of calls make them: which fields an object has, and which of them must be there."""

from __future__ import annotations

from verifier.api import (
    UNKNOWN_DEMAND,
    UNKNOWN_FIELD,
    Checked,
    Const,
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

JOI = regex(r"(?:@hapi/)?joi\.")
ASKS = frozenset({"validate", "validateAsync"})
# Functions of Joi that hold a value against a schema, and throw.
HOLDS = regex(r"(?:@hapi/)?joi\.(?:attempt|assert)")
PLAIN = frozenset(
    "string number boolean bool date array any binary symbol function func link alternatives alt allow valid equal "
    "invalid required optional".split()
)
# Methods of an object's schema that leave its fields as they are.
SAME = frozenset(
    "unknown label description message messages error strict note tag meta example id min max length custom "
    "cast raw concise rename allow empty".split()
)
UNSETTLING = frozenset({"presence", "noDefaults"})
DEEPEST = 40


def checks(sent: Sent) -> Checked | None:
    """A value that a schema is asked about, in any case."""
    if sent.conditional or not JOI.match(sent.path):
        return None
    name = sent.path.rpartition(".")[2]
    settings = sent.argument(1 if name in ASKS else 2)
    if settings is not None and not plain_settings(settings):
        return None
    if name in ASKS and isinstance(sent.receiver, Instance) and sent.arguments:
        return Checked(sent.receiver, sent.arguments[0], sent.origin)
    if HOLDS.fullmatch(sent.path) and len(sent.arguments) > 1:
        return Checked(sent.arguments[1], sent.arguments[0], sent.origin)
    return None


def plain_settings(value: Value) -> bool:
    """Whether settings of a validation leave as it is what must be there."""
    if isinstance(value, Const):
        return True  # the message of an assertion
    return isinstance(value, Record) and value.complete and not UNSETTLING & {str(key) for key in value.entries}


def demands(engine: Engine, value: Value) -> Demand | None:
    """What a schema of Joi demands; None for anything else."""
    path = value.path if isinstance(value, Instance) else None
    return field_of(value, 0).demand if path is not None and JOI.match(path) else None


def field_of(value: Value | None, depth: int) -> DemandedField:
    """A schema as a field; an object that is written as a literal is one, too."""
    if value is None or depth > DEEPEST or len(options(value)) != 1:
        return UNKNOWN_FIELD
    if isinstance(value, Record):
        return DemandedField(object_of(value, value.origin, depth), False)
    call = value.made_by if isinstance(value, Instance) else None
    if call is None or not isinstance(call.callee, External) or call.open:
        return UNKNOWN_FIELD
    name, inner, first = call.callee.name, call.callee.receiver, call.argument(0)
    if not isinstance(inner, Instance):
        if name in ("object", "compile"):
            empty = Demand("object", origin=call.origin) if not call.arguments else UNKNOWN_DEMAND
            return DemandedField(object_of(first, call.origin, depth) if first is not None else empty, False)
        return (
            DemandedField(Demand("value", origin=call.origin), name == "required") if name in PLAIN else UNKNOWN_FIELD
        )
    own = field_of(inner, depth + 1)
    if own.demand.kind == "unknown":
        return UNKNOWN_FIELD
    if name in ("required", "exist"):
        return own._replace(required=True)
    if name in ("optional", "default", "failover", "forbidden"):
        return own._replace(required=False)
    if own.demand.kind == "value":
        return UNKNOWN_FIELD if name in ("when", "concat", "fork", "alter", "tailor", "prefs", "options") else own
    if name in ("keys", "append") and isinstance(first, Record) and own.demand.kind == "object":
        return own._replace(demand=joined_demand(own.demand, object_of(first, call.origin, depth), call.origin))
    return own if name in SAME else UNKNOWN_FIELD


def object_of(given: Value | None, origin: Origin | None, depth: int) -> Demand:
    """The schema of an object with some fields."""
    return object_demand(given, origin, lambda schema: field_of(schema, depth + 1))
