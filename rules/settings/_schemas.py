"""Schemas that the environment is held against in JavaScript: zod, env-schema, envalid, JSON schemas, node-config."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Mapping

from verifier.api import (
    NOTHING,
    Call,
    Class,
    Const,
    Engine,
    External,
    Function,
    Instance,
    LibraryFunction,
    LibraryObject,
    Native,
    Origin,
    Record,
    Unknown,
    Value,
    as_value,
)

ENVIRONMENTS = frozenset({"process.env", "Bun.env"})
LEAVING = frozenset(
    {
        "parse",
        "parseAsync",
        "safeParse",
        "safeParseAsync",
        "validate",
        "validateAsync",
        "validateSync",
        "cast",
        "attempt",
    }
)


class Schema(LibraryObject):
    """A schema of zod: what it makes of a value. ``fields`` are those of an object, ``default`` what stands in."""

    def __init__(
        self,
        kind: Class | None = None,
        path: str | None = None,
        *,
        symbolic: bool = False,
        origin: Origin | None = None,
    ) -> None:
        super().__init__(kind, path or "zod.ZodType", symbolic=symbolic, origin=origin)
        self.fields: Mapping[object, Value] | None = None
        self.default: Value | None = None
        self.changes: tuple[Value, ...] = ()

    def changed(self) -> Schema:
        """Another schema like this one."""
        made = Schema(None, self.path, origin=self.origin)
        made.fields, made.default, made.changes = self.fields, self.default, self.changes
        return made

    def read(self, engine: Engine, name: str) -> Value | None:
        def run(call: Call) -> Value:
            if name in LEAVING:
                found = self.parse(call, call.argument(0))
                if name == "validate" and (self.path or "").startswith("joi"):
                    return Record({"value": found, "error": Const(None)})
                if name.startswith("safeParse"):
                    return Record({"success": Const(True), "data": found, "error": Const(None)})
                return found
            made = self.changed()
            if name in ("default", "prefault", "catch"):
                made.default = call.argument(0)
            elif name in ("transform", "overwrite") and not (self.path or "").startswith("joi"):
                made.changes = (*self.changes, call.argument(0) or NOTHING)
            elif name == "pipe" and isinstance(call.argument(0), Schema):
                return self
            elif name in ("extend", "merge", "safeExtend") and self.fields is not None:
                given = call.argument(0)
                more = given.fields if isinstance(given, Schema) else given.entries if isinstance(given, Record) else {}
                made.fields = {**self.fields, **(more or {})}
            return made

        return Native(name, run)

    def parse(self, call: Call, value: Value | None) -> Value:
        """What the schema makes of a value."""
        found: Value = value if value is not None else NOTHING
        if self.fields is not None:
            entries: dict[object, Value] = {}
            for name, schema in self.fields.items():
                given = read_from(call, value, str(name), schema)
                entries[name] = schema.parse(call, given) if isinstance(schema, Schema) else given
            found = Record(entries)
        elif isinstance(found, Const) and found.value is None and self.default is not None:
            found = self.default
            if isinstance(found, Function):
                found = call.engine.call(found, [], call.node, call.frame)
        for change in self.changes:
            found = call.engine.call(change, [found], call.node, call.frame)
        return found


def read_from(call: Call, value: Value | None, name: str, schema: Value) -> Value:
    """One entry of what is parsed; of the environment, a variable."""
    around = call.engine.surroundings
    if isinstance(value, External) and value.path in ENVIRONMENTS and around is not None:
        default = schema.default if isinstance(schema, Schema) else None
        origin = default.origin if default is not None else schema.origin
        return around.read(name, origin) or Const(None)
    if isinstance(value, Record):
        return value.entries.get(name) or (Const(None) if value.complete else Unknown(f"`{name}`"))
    return Unknown(f"`{name}` of what is parsed")


def schema(call: Call) -> Value:
    """``z.string()``, ``z.object({ ... })`` and the like."""
    made = Schema(None, "joi.Schema" if str(getattr(call.callee, "path", "")).startswith("joi") else None)
    made.origin = call.origin
    given = call.argument(0)
    if call.name in ("object", "strictObject", "looseObject") and isinstance(given, Record):
        made.fields = given.entries
    elif call.name == "preprocess" and isinstance(call.argument(1), Schema):
        return call.argument(1) or NOTHING
    return made


def property_default(value: Value | None) -> Value | None:
    """The default of a property in a JSON schema, in TypeBox, or in a validator of envalid."""
    if isinstance(value, Instance) and value.made_by is not None:
        for argument in value.made_by.arguments:
            found = property_default(argument)
            if found is not None:
                return found
    if isinstance(value, Record):
        for key in ("default", "devDefault"):
            if key in value.entries:
                return value.entries[key]
    return None


def properties_of(value: Value | None) -> Mapping[object, Value]:
    """The properties of an object's schema."""
    if isinstance(value, Record):
        inner = value.entries.get("properties")
        return inner.entries if isinstance(inner, Record) else {}
    if isinstance(value, Instance) and value.made_by is not None:
        first = value.made_by.argument(0)
        return first.entries if isinstance(first, Record) else {}
    return {}


def environment(call: Call, properties: Mapping[object, Value]) -> Record:
    """The variables that some properties name, each with its default."""
    around = call.engine.surroundings
    found: dict[object, Value] = {}
    for name, described in properties.items():
        default = property_default(described)
        origin = default.origin if default is not None else described.origin
        value = around.read(str(name), origin) if around is not None else None
        found[name] = value or default or Const(None)
    return Record(found, complete=False)


def env_schema(call: Call) -> Value:
    """``envSchema({ schema, dotenv: true })``."""
    from ._files import holds, load

    dotenv = call.option(0, "dotenv")
    if holds(dotenv) or isinstance(dotenv, Record):
        load(call, dotenv.entries.get("path") if isinstance(dotenv, Record) else None)
    return environment(call, properties_of(call.option(0, "schema")))


def clean_env(call: Call) -> Value:
    """``cleanEnv(process.env, { X: str({ default: "y" }) })``."""
    given = call.argument(1)
    return environment(call, given.entries if isinstance(given, Record) else {})


def node_config(engine: Engine) -> Record:
    """What node-config reads: ``config/default.json``, then the file of the environment."""
    around = engine.surroundings
    stage = around.read("NODE_ENV") if around is not None else None
    name = str(stage.value) if stage is not None else "development"
    merged: dict[str, object] = {}
    for part in ("default", name, "local"):
        source = engine.project.others.get(posixpath.join("config", f"{part}.json"))
        try:
            data = json.loads(source.text) if source is not None else {}
        except (ValueError, RecursionError):
            continue
        if isinstance(data, dict):
            merge(merged, data)
    value = as_value(merged)
    return value if isinstance(value, Record) else Record()


def merge(into: dict[str, object], more: Mapping[str, object]) -> None:
    """Put settings over others."""
    for key, value in more.items():
        below = into.get(key)
        if isinstance(value, dict) and isinstance(below, dict):
            merge(below, value)
        else:
            into[key] = dict(value) if isinstance(value, dict) else value


def stand_in(call: Call) -> Value:
    """``import config from "config"``: the settings themselves, with the functions that read them."""
    settings = node_config(call.engine)
    settings.complete = False
    for name in ("get", "has", "util"):
        settings.entries.setdefault(name, Native(name, get_setting))
    call.engine.proxies["config"] = settings
    return NOTHING


def get_setting(call: Call) -> Value:
    """``config.get("database.url")``."""
    name = call.text(0)
    found: Value = node_config(call.engine)
    for part in (name or "").split("."):
        found = found.entries.get(part, Unknown("a setting")) if isinstance(found, Record) else Unknown("a setting")
    return found


KINDS = (
    "string number boolean object strictObject looseObject enum literal array union optional nullable any unknown url "
    "email coerce preprocess stringbool int nativeEnum record discriminatedUnion uuid"
)
JOI = ("joi", "joi.default", "@hapi/joi", "yup", "yup.default", "valibot")
PREFIXES = (*JOI, "zod.z", "zod", "zod.z.coerce", "zod.coerce", "zod/v4.z", "zod/v4", "zod/v3.z")
FUNCTIONS: dict[str, LibraryFunction] = {
    **{f"{prefix}.{kind}": schema for prefix in PREFIXES for kind in KINDS.split()},
    "env-schema": env_schema,
    "env-schema.envSchema": env_schema,
    "env-schema.default": env_schema,
    "envalid.cleanEnv": clean_env,
    "import config": stand_in,
}
OBJECTS: tuple[type[LibraryObject], ...] = ()
