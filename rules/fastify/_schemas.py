"""What Fastify makes of an answer by its response schema: JSON schemas, as objects or made by TypeBox."""

from __future__ import annotations

from verifier.api import (
    NOTHING,
    Const,
    External,
    Instance,
    Origin,
    Record,
    Sequence,
    Typed,
    Unknown,
    Value,
    choice,
    options,
    text_of,
    texts_of,
)

PLAIN = {"string": "string", "integer": "int", "number": "number", "boolean": "boolean"}
DEEPEST = 12
WHY = "a response schema"


def response_schema(settings: Record | None, status: int) -> Value | None:
    """The schema of the answers of a route with a status; None where there is none."""
    schema = settings.entries.get("schema") if settings is not None else None
    responses = schema.entries.get("response") if isinstance(schema, Record) else None
    if responses is None:
        return None
    if not isinstance(responses, Record):
        return Unknown("the schemas of a route")
    for key in (status, str(status), f"{status // 100}xx", f"{status // 100}XX", "default"):
        if key in responses.entries:
            return shown(responses.entries[key], 0)
    return None if responses.complete else Unknown("the schemas of a route")


def shown(schema: Value, depth: int) -> Value:
    """What JSON has the form of a schema."""
    if depth > DEEPEST:
        return Unknown("schemas that nest deeply")
    found = [one(option, depth) for option in options(schema)]
    return choice(found)


def one(schema: Value, depth: int) -> Value:
    """The same, for one schema."""
    if isinstance(schema, Record):
        return of_record(schema, depth)
    call = schema.made_by if isinstance(schema, Instance) else None
    if call is not None and isinstance(call.callee, External) and "typebox" in call.callee.path.partition(".")[0]:
        return of_typebox(call.callee.name, call.arguments, call.origin, depth)
    return Unknown(WHY)


def of_record(schema: Record, depth: int) -> Value:
    """What a JSON schema that is written as an object makes."""
    entries = schema.entries
    if not schema.complete or any(key in entries for key in ("$ref", "allOf", "if", "nullable")):
        return Unknown(WHY)
    for key in ("anyOf", "oneOf"):
        several = entries.get(key)
        if several is not None:
            inner = several.items if isinstance(several, Sequence) and several.complete else []
            return choice(shown(item, depth + 1) for item in inner) if inner else Unknown(WHY)
    kinds = texts_of(entries.get("type"))
    if not kinds:
        return Unknown(WHY)
    return choice(of_kind(kind, schema, depth) for kind in kinds)


def of_kind(kind: str, schema: Record, depth: int) -> Value:
    """What a JSON schema of a type makes."""
    if kind in PLAIN:
        return Typed(WHY, PLAIN[kind], schema.origin)
    if kind == "null":
        return NOTHING
    if kind == "array":
        items = schema.entries.get("items")
        element = shown(items, depth + 1) if items is not None and not isinstance(items, Sequence) else Unknown(WHY)
        return Sequence((), complete=False, element=element, origin=schema.origin)
    if kind != "object":
        return Unknown(WHY)
    properties = schema.entries.get("properties")
    further = schema.entries.get("additionalProperties")
    found = Record(complete=False, origin=schema.origin)
    if isinstance(properties, Record):
        found = of_properties(properties, schema.origin, depth)
    if (further is not None and not is_false(further)) or "patternProperties" in schema.entries:
        found.complete = False
    return found


def of_properties(properties: Record, origin: Origin | None, depth: int) -> Record:
    """What an object with some properties makes; Fastify leaves out all others."""
    found = Record(complete=properties.complete, origin=origin)
    for name, inner in properties.entries.items():
        found.entries[name] = shown(inner, depth + 1)
    found.places.update(properties.places)
    return found


def of_typebox(name: str, arguments: list[Value], origin: Origin, depth: int) -> Value:
    """What a schema that TypeBox made makes."""
    first = arguments[0] if arguments else None
    if name.lower() in PLAIN:
        return Typed(WHY, PLAIN[name.lower()], origin)
    if name == "Null":
        return NOTHING
    if name == "Array" and first is not None:
        return Sequence((), complete=False, element=shown(first, depth + 1), origin=origin)
    if name == "Object" and isinstance(first, Record):
        further = arguments[1] if len(arguments) > 1 else None
        found = of_properties(first, origin, depth)
        given = further.entries.get("additionalProperties") if isinstance(further, Record) else None
        if given is not None and not is_false(given):
            found.complete = False
        return found
    if name in ("Optional", "Readonly", "Partial", "Required") and first is not None:
        return shown(first, depth + 1)
    if name == "Union" and isinstance(first, Sequence) and first.complete:
        return choice(shown(item, depth + 1) for item in first.items)
    if name in ("Omit", "Pick") and first is not None and len(arguments) > 1:
        return chosen(shown(first, depth + 1), texts_of(arguments[1]), keep=name == "Pick", origin=origin)
    if name == "Literal" and text_of(first) is not None:
        return Typed(WHY, "string", origin)
    return Unknown(WHY)


def chosen(value: Value, names: list[str] | None, *, keep: bool, origin: Origin) -> Value:
    """An object without some of its properties, or with these alone."""
    if not isinstance(value, Record) or names is None:
        return Unknown(WHY)
    found = Record(complete=value.complete, origin=origin)
    found.entries = {key: inner for key, inner in value.entries.items() if (key in names) == keep}
    found.places.update(value.places)
    return found


def is_false(value: Value) -> bool:
    """Whether an option is surely off."""
    return isinstance(value, Const) and value.value is False
