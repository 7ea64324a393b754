"""What Fastify demands of the JSON of requests: the schema of a route's body, as an object or made by TypeBox."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from verifier.api import (
    UNKNOWN_DEMAND,
    Answering,
    Demand,
    Demanded,
    Engine,
    External,
    Instance,
    Origin,
    Record,
    Value,
    options,
    regex,
    text_of,
    texts_of,
)

from ._request import serving

DEEPEST = 12
PLAIN = frozenset({"string", "integer", "number", "boolean", "array", "null"})
# Validators of the project's own may read schemas in another way.
OWN = regex(
    rb"\bsetValidatorCompiler\b|\bvalidatorCompiler\b|\bsetSchemaController\b|\bpreValidation\b|\buseDefaults\b"
)


def takes(answering: Answering, demand_of: Callable[[Value], Demand | None]) -> Iterator[Demanded]:
    """What the JSON must be for the handler to be run."""
    yield from taken(answering, "body")


def takes_query(answering: Answering, demand_of: Callable[[Value], Demand | None]) -> Iterator[Demanded]:
    """What the query string must have for it to be run."""
    yield from taken(answering, "querystring")
    yield from taken(answering, "query")


def taken(answering: Answering, part: str) -> Iterator[Demanded]:
    """What a part of the request must be."""
    declared = serving(answering.engine, answering.route)
    settings = declared.settings if declared is not None else None
    schema = settings.entries.get("schema") if settings is not None else None
    body = schema.entries.get(part) if isinstance(schema, Record) else None
    if settings is None or body is None or "attachValidation" in settings.entries:
        return
    files = answering.engine.project.files.values()
    if any(OWN.search(source.data) for source in files if source.language != "python"):
        return
    demand, _ = demanded(body, 0)
    if demand.kind == "object" and demand.origin is not None:
        yield Demanded(demand, demand.origin)


def demands(engine: Engine, value: Value) -> Demand | None:
    """What a schema of TypeBox demands; None for anything else."""
    return demanded(value, 0)[0] if is_typebox(value) else None


def is_typebox(schema: Value) -> bool:
    """Whether TypeBox made a schema."""
    call = schema.made_by if isinstance(schema, Instance) else None
    return call is not None and isinstance(call.callee, External) and "typebox" in call.callee.path.partition(".")[0]


def demanded(schema: Value, depth: int) -> tuple[Demand, bool]:
    """What a schema demands, and whether it surely has to be there as a property of TypeBox's objects."""
    if depth > DEEPEST or len(options(schema)) != 1:
        return UNKNOWN_DEMAND, False
    if isinstance(schema, Record):
        return of_record(schema, depth), True
    call = schema.made_by if isinstance(schema, Instance) and is_typebox(schema) else None
    if call is not None and isinstance(call.callee, External):
        return of_typebox(call.callee.name, call.arguments, call.origin, depth)
    return UNKNOWN_DEMAND, False


def of_record(schema: Record, depth: int) -> Demand:
    """What a JSON schema that is written as an object demands."""
    properties, kind = schema.entries.get("properties"), text_of(schema.entries.get("type"))
    if kind in PLAIN:
        return Demand("value", origin=schema.origin)
    if not schema.complete or kind != "object" or not isinstance(properties, Record) or not properties.complete:
        return UNKNOWN_DEMAND
    listed = schema.entries.get("required")
    required = set(texts_of(listed) or ()) if listed is not None else set()
    required -= {str(name) for name, inner in properties.entries.items() if has_default(inner)}
    fields = {str(name): demanded(inner, depth + 1)[0] for name, inner in properties.entries.items()}
    places = {str(name): place for name, place in properties.places.items()}
    return Demand("object", fields, frozenset(required), places, schema.origin)


def of_typebox(name: str, arguments: list[Value], origin: Origin, depth: int) -> tuple[Demand, bool]:
    """The same of a schema that TypeBox made."""
    first = arguments[0] if arguments else None
    optional = any(has_default(argument) for argument in arguments)
    if name == "Object" and isinstance(first, Record) and first.complete:
        found = {str(key): demanded(inner, depth + 1) for key, inner in first.entries.items()}
        required = frozenset(key for key, (_, needed) in found.items() if needed)
        places = {str(key): place for key, place in first.places.items()}
        fields = {key: demand for key, (demand, _) in found.items()}
        return Demand("object", fields, required, places, origin), not optional
    if name == "Optional" and first is not None:
        return demanded(first, depth + 1)[0], False
    if name == "Readonly" and first is not None:
        return demanded(first, depth + 1)
    if name == "Partial" and first is not None:
        inner, needed = demanded(first, depth + 1)
        return inner._replace(required=frozenset()), needed
    if name in ("Pick", "Omit") and first is not None and len(arguments) > 1:
        inner, needed = demanded(first, depth + 1)
        names = texts_of(arguments[1])
        if inner.kind != "object" or names is None:
            return UNKNOWN_DEMAND, False
        kept = {key: value for key, value in inner.fields.items() if (key in names) == (name == "Pick")}
        return inner._replace(fields=kept, required=inner.required & kept.keys()), needed
    if name.lower() in PLAIN:
        return Demand("value", origin=origin), not optional
    return UNKNOWN_DEMAND, False


def has_default(schema: Value) -> bool:
    """Whether a schema may give a value where none is sent, which Fastify puts in before it looks what is there."""
    if isinstance(schema, Instance) and schema.made_by is not None:
        return any(has_default(argument) for argument in schema.made_by.arguments)
    return isinstance(schema, Record) and ("default" in schema.entries or not schema.complete)
