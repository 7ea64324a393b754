"""Schemas of marshmallow: the fields that a class declares, what loading demands, and what dumping gives."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from verifier.api import (
    UNKNOWN_DEMAND,
    Call,
    Checked,
    Class,
    Const,
    Demand,
    Engine,
    External,
    Function,
    Instance,
    Origin,
    Record,
    Sent,
    Sequence,
    Unknown,
    Value,
    decorator_name,
    options,
    regex,
    text_of,
    truth,
    version_range,
)

BASE = regex(r"(?:marshmallow(?:\.schema)?|flask_marshmallow(?:\.schema|\.Marshmallow\(\))?)\.Schema")
FIELD = regex(r"(?:marshmallow\.fields|flask_marshmallow(?:\.fields)?(?:\.Marshmallow\(\))?)\.(\w+)(?:\(\))?")
# What a project overrides to see the data before the fields do, or to have others.
LOADING = frozenset("load loads _do_load _load from_dict __init__ on_bind_field".split())
DUMPING = frozenset("dump dumps get_attribute _serialize __init__ on_bind_field".split())
# What `Meta` may say that leaves the fields as they are declared.
HARMLESS = frozenset("unknown ordered strict datetimeformat dateformat timeformat render_module".split())
DEEPEST = 8


class Declared(NamedTuple):
    """A field: under which name it stands in JSON, the call that makes it, and where its name is written."""

    name: str
    kind: str
    call: Call
    origin: Origin | None


def checks(sent: Sent) -> Checked | None:
    """`schema.load(value)`, in any case."""
    method, receiver = sent.path.rpartition(".")[2], sent.receiver
    if sent.conditional or method not in ("load", "validate") or not isinstance(receiver, Instance):
        return None
    if method == "validate" or not is_schema(receiver.kind) or not sent.arguments:
        return None
    if any(name != "unknown" for name in sent.keywords) or len(sent.arguments) > 1:
        return None
    return Checked(receiver, sent.arguments[0], sent.origin)


def is_schema(kind: Class | None) -> bool:
    """Whether a class is a schema whose ancestors are all known."""
    if kind is None:
        return False
    outside = [one for one in kind.lineage() if not isinstance(one, Class)]
    return any(isinstance(one, External) and BASE.fullmatch(one.path) for one in outside) and all(
        isinstance(one, External) and (BASE.fullmatch(one.path) or one.path in ("object", "abc.ABC")) for one in outside
    )


def demands(engine: Engine, value: Value) -> Demand | None:
    """What a schema demands, its class or an object of it; None for anything else."""
    kind = class_of(value)
    if not isinstance(kind, Class) or not is_schema(kind):
        return None
    versions = version_range(engine.project, "marshmallow")
    if versions is not None and versions.maybe("<3"):
        return UNKNOWN_DEMAND  # whose load raises nothing
    return of_schema(engine, value, 0)


def of_schema(engine: Engine, schema: Value, depth: int) -> Demand:
    """What a schema demands: its class, or an object of it."""
    found = fields_of(engine, schema, loading=True) if depth < DEEPEST else None
    if found is None:
        return UNKNOWN_DEMAND
    fields: dict[str, Demand] = {}
    required: set[str] = set()
    for one in found:
        if truth(option(one.call, "dump_only")) is not False:
            continue
        nested = one.kind == "Nested"
        fields[one.name] = nested_in(engine, one.call, depth) if nested else Demand("value", origin=one.call.origin)
        if truth(option(one.call, "required")) is True:
            required.add(one.name)
    places = {one.name: one.origin for one in found if one.origin is not None}
    return Demand("object", fields, frozenset(required), places, class_of(schema).origin)


def class_of(schema: Value) -> Value:
    """The class of an object, or the class that is given itself."""
    return schema.kind if isinstance(schema, Instance) and schema.kind is not None else schema


def nested_in(engine: Engine, call: Call, depth: int) -> Demand:
    """What `Nested(...)` demands."""
    inner = nested_schema(engine, call)
    whole = {"many", "only", "exclude", "partial", "unknown"}.isdisjoint(call.keywords)
    return of_schema(engine, inner, depth + 1) if inner is not None and whole else UNKNOWN_DEMAND


def nested_schema(engine: Engine, call: Call) -> Value | None:
    """The schema that `Nested(...)` holds: a class, an object, or what a function gives; None where it is not known."""
    given = call.argument(0, "nested")
    if isinstance(given, Function):
        given = engine.invoke(given, [], {})
    found = options(given) if given is not None else ()
    return found[0] if len(found) == 1 and isinstance(found[0], Class | Instance) else None


def option(call: Call, name: str) -> Value:
    """An option of a field; those that are not given are off."""
    given = call.argument(None, name)
    return given if given is not None else Unknown("options") if call.open else Const(False)


def fields_of(engine: Engine, schema: Value, *, loading: bool) -> list[Declared] | None:
    """The fields of a schema, by what its class and its ancestors declare; None where they are not all known."""
    made = schema.made_by if isinstance(schema, Instance) else None
    kind = class_of(schema)
    if not isinstance(kind, Class) or not is_schema(kind):
        return None
    if isinstance(schema, Instance) and (made is None or made.open or made.arguments or not plain(made)):
        return None
    found: dict[str, Declared] = {}
    for ancestor in reversed([one for one in kind.lineage() if isinstance(one, Class)]):
        if changes(ancestor, loading=loading):
            return None
        for name, member in ancestor.members.items():
            if name == "Meta":
                if not isinstance(member, Class) or not HARMLESS.issuperset(member.members):
                    return None
                continue
            declared = declared_by(engine, str(name), engine.force(member))
            if declared is None and not isinstance(engine.force(member), Function | Const | Class):
                return None
            if declared is not None:
                found[str(name)] = declared
            else:
                found.pop(str(name), None)
    return list(found.values())


def plain(made: Call) -> bool:
    """Whether an object of a schema has all of its fields, and demands what they say."""
    for name, value in made.keywords.items():
        if name in ("many", "unknown", "context"):
            continue
        if truth(value) is not False:
            return False
    return True


def changes(cls: Class, *, loading: bool) -> bool:
    """Whether a class sees the data before its fields do, or changes what they give."""
    hooks = {"pre_load"} if loading else {"post_dump", "pre_dump"}
    if cls.members.keys() & (LOADING if loading else DUMPING):
        return True
    return any(hook in hooks for member in cls.members.values() for hook in decorators_of(member))


def decorators_of(member: Value) -> Iterator[str]:
    """The names of the decorators of a method."""
    if isinstance(member, Function):
        for node in member.code.decorators:
            yield decorator_name(node).rpartition(".")[2]
        yield from (name.rpartition(".")[2] for name in member.decorators)


def declared_by(engine: Engine, name: str, member: Value) -> Declared | None:
    """A member of a class as a field."""
    call = member.made_by if isinstance(member, Instance) else None
    named = FIELD.fullmatch(member.path or "") if isinstance(member, Instance) else None
    if call is None or named is None:
        return None
    key = call.argument(None, "data_key")
    return Declared(text_of(key) or name if key is not None else name, named.group(1), call, member.origin)


def shows(engine: Engine, value: Value, aliased: bool | None) -> Value | None:
    """What `schema.dump(value)` gives, as a record, or as a list of such."""
    call = value.made_by if isinstance(value, Instance) and value.kind is None else None
    callee = call.callee if call is not None else None
    if call is None or not isinstance(callee, External) or callee.name != "dump":
        return None
    schema = callee.receiver
    if not isinstance(schema, Instance) or not is_schema(schema.kind):
        return None
    versions = version_range(engine.project, "marshmallow")
    if versions is not None and versions.maybe("<3"):
        return None
    given = call.argument(None, "many") or (option(schema.made_by, "many") if schema.made_by is not None else None)
    many = truth(given) if given is not None else None
    if many is None or set(call.keywords) - {"many", "obj"}:
        return None
    return record_of(engine, schema, many=many, depth=0)


def record_of(engine: Engine, schema: Value, *, many: bool, depth: int) -> Value:
    """What a schema makes of an object, or of many."""
    found = fields_of(engine, schema, loading=False) if depth < DEEPEST else None
    if found is None:
        return Unknown("what a schema gives")
    made = Record(origin=class_of(schema).origin)
    for one in found:
        if truth(option(one.call, "load_only")) is not False:
            continue
        inner = nested_schema(engine, one.call) if one.kind == "Nested" else None
        several = truth(option(one.call, "many"))
        whole = {"only", "exclude"}.isdisjoint(one.call.keywords)
        if inner is not None and several is not None and whole:
            made.entries[one.name] = record_of(engine, inner, many=several, depth=depth + 1)
        else:
            made.entries[one.name] = Unknown(f"the field `{one.name}`")
        if one.origin is not None:
            made.places[one.name] = one.origin
    return Sequence(complete=False, element=made) if many else made
