"""env-schema and @fastify/env: settings read from the environment, with the defaults that their schema gives.

The schema is plain JSON Schema, or made with fluent-json-schema or TypeBox.
"""

from __future__ import annotations

from verifier.api import (
    Call,
    Const,
    Engine,
    Environment,
    External,
    Instance,
    LibraryFunction,
    LibraryObject,
    Native,
    Record,
    Sequence,
    Value,
    describe,
    stands_for,
    text_of,
)

from ._instance import FastifyInstance, taught
from ._settings import option_of

FLUENT = ("object", "string", "number", "integer", "boolean", "array", "enum", "raw")
OPTIONAL = "[optional]"  # what TypeBox keeps under a symbol
TYPEBOX = ("@sinclair/typebox", "typebox", "@fastify/type-provider-typebox")


@stands_for(*(f"fluent-json-schema.{name}()" for name in FLUENT))
class FluentSchema(LibraryObject):
    """A schema of fluent-json-schema: each call adds to it and gives it again."""

    def created(self, call: Call) -> None:
        self.properties: dict[object, Value] = {}
        self.fallback: Value | None = None

    def read(self, engine: Engine, name: str) -> Value | None:
        return Native(name, self.add)

    def add(self, call: Call) -> Value:
        first, second = call.argument(0), call.argument(1)
        if call.name == "prop" and text_of(first) is not None and second is not None:
            self.properties[text_of(first)] = second
        elif call.name == "default" and first is not None:
            self.fallback = first
        return self


class Settings(LibraryObject):
    """Settings by name: their default, or the variable of the environment."""

    def __init__(self, schema: Value | None, call: Call) -> None:
        super().__init__(None, "env-schema()", origin=call.origin)
        self.defaults = defaults_of(schema)

    def read(self, engine: Engine, name: str) -> Value | None:
        return self.defaults.get(name) or Environment(name)


def defaults_of(schema: Value | None) -> dict[object, Value]:
    """The default of each property that has one."""
    properties: dict[object, Value] = {}
    if isinstance(schema, FluentSchema):
        properties = schema.properties
    elif isinstance(schema, Record):
        inner = schema.entries.get("properties")
        properties = inner.entries if isinstance(inner, Record) else {}
    found: dict[object, Value] = {}
    for name, value in properties.items():
        fallback = value.fallback if isinstance(value, FluentSchema) else None
        if isinstance(value, Record):
            fallback = value.entries.get("default")
        if fallback is not None:
            found[name] = fallback
    return found


def env_schema(call: Call) -> Value:
    """``envSchema({ schema })``."""
    return Settings(option_of(call.engine, call.argument(0), "schema"), call)


@taught("@fastify/env", "fastify-env")
def fastify_env(instance: FastifyInstance, call: Call, given: Value | None) -> None:
    """Puts the settings on the instance."""
    name = text_of(option_of(call.engine, given, "confKey")) or "config"
    instance.attributes[name] = Settings(option_of(call.engine, given, "schema"), call)


def typebox_object(call: Call) -> Value:
    """``Type.Object({...}, options)``."""
    properties = call.argument(0)
    held: dict[str, Value] = {"type": Const("object"), "properties": properties if properties is not None else Record()}
    if isinstance(properties, Record) and properties.complete:
        held["required"] = Sequence([Const(str(name)) for name, one in properties.entries.items() if is_needed(one)])
    return typebox_schema(call, held, call.argument(1))


def typebox_plain(call: Call) -> Value:
    """``Type.String({ default })`` and the like."""
    return typebox_schema(call, {"type": Const(call.name.lower())}, call.argument(0))


def typebox_optional(call: Call) -> Value:
    """``Type.Optional(...)``."""
    given = call.argument(0)
    if not isinstance(given, Record):
        made = Instance(path=describe(call.callee), origin=call.origin)
        made.made_by = call
        return made
    found = typebox_schema(call, {}, given)
    found.entries[OPTIONAL] = Const(True)
    return found


def is_needed(schema: Value) -> bool:
    """Whether an object surely must have a property."""
    if isinstance(schema, Record):
        return OPTIONAL not in schema.entries
    call = schema.made_by if isinstance(schema, Instance) else None
    return call is not None and isinstance(call.callee, External) and call.callee.name != "Optional"


def typebox_schema(call: Call, held: dict[str, Value], options: Value | None) -> Record:
    """A schema as TypeBox makes it, with the options that it is given."""
    found = Record(dict[object, Value](held.items()), origin=call.origin)
    if isinstance(options, Record):
        found.entries.update(options.entries)
        found.complete = options.complete
    return found


FUNCTIONS: dict[str, LibraryFunction] = {"env-schema": env_schema, "env-schema.envSchema": env_schema}
for _module in TYPEBOX:
    FUNCTIONS[f"{_module}.Type.Object"] = typebox_object
    FUNCTIONS[f"{_module}.Type.Optional"] = typebox_optional
    for _name in ("String", "Number", "Integer", "Boolean"):
        FUNCTIONS[f"{_module}.Type.{_name}"] = typebox_plain
