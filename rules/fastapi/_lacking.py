"""What a value lacks of what a model requires."""

from __future__ import annotations

import re

from verifier.api import (
    Class,
    Const,
    Demand,
    External,
    Facts,
    Field,
    Instance,
    Parametrized,
    Record,
    Sequence,
    Value,
    bare,
    options,
    regex,
)

DEEPEST = 5
MAKES = frozenset("model_validate model_validate_json model_construct parse_obj parse_raw from_orm".split())
# Bases from outside that bring objects no attributes of their own, beside those that a mapper declares.
BARE = regex(
    r"object|abc\.ABC|typing(?:_extensions)?\.(?:Generic|Protocol)|pydantic\.(?:main\.)?BaseModel|sqlmodel\..*SQLModel"
    r"|sqlalchemy\.orm\..*|sqlalchemy\.ext\.(?:asyncio\.AsyncAttrs|declarative\..*)"
)


def lacking(facts: Facts, value: Value, demand: Demand, *, many: bool = False, depth: int = 0) -> str | None:
    """What each of the things that a value may be lacks, in words; None where one of them may do."""
    found: str | None = None
    for option in options(value):
        if isinstance(option, Const) and option.value is None:
            continue  # what was not found is most often looked at before
        told = lack_of(facts, option, demand, many=many, depth=depth)
        if told is None:
            return None
        found = found or told
    return found


def lack_of(facts: Facts, value: Value, demand: Demand, *, many: bool, depth: int) -> str | None:
    """The same for a value that is one thing."""
    if depth > DEEPEST or demand.kind != "object":
        return None
    if many:
        if isinstance(value, Sequence):
            items = [*value.items, *([value.element] if value.element is not None else ())]
            return next((told for item in items if (told := lacking(facts, item, demand, depth=depth + 1))), None)
        return "gives a dict where a list is wanted" if isinstance(value, Record) and value.complete else None
    if isinstance(value, Sequence) and value.kind == "list":
        return "gives a list"
    if isinstance(value, Const) and value.value is not None and not isinstance(value.value, bytes):
        return "gives a plain value"
    if isinstance(value, Record):
        return lack_of_record(facts, value, demand, depth)
    kind = class_of(value)
    return lack_of_object(facts, value, kind, demand) if isinstance(value, Instance) and kind is not None else None


def class_of(value: Value) -> Class | None:
    """The project's class of an object, that of a model that a method of it made too."""
    if not isinstance(value, Instance) or isinstance(value, Field):
        return None
    callee = value.made_by.callee if value.made_by is not None and value.kind is None else None
    if isinstance(callee, External) and isinstance(callee.receiver, Class) and callee.name in MAKES:
        return callee.receiver
    return value.kind


def lack_of_record(facts: Facts, value: Record, demand: Demand, depth: int) -> str | None:
    """What a dict lacks."""
    keys = {bare(str(key)): entry for key, entry in value.entries.items()}
    if value.complete:
        for name in sorted(demand.required):
            if bare(name) not in keys:
                return f"gives a dict without `{name}`"
    for name, inner in demand.fields.items():
        entry = keys.get(bare(name))
        told = lacking(facts, entry, inner, depth=depth + 1) if entry is not None else None
        if told is not None:
            return told.replace("gives", f"gives, for `{name}`,", 1)
    return None


def lack_of_object(facts: Facts, value: Instance, kind: Class, demand: Demand) -> str | None:
    """What an object lacks; None where not all that it has is known."""
    if demand.origin is not None and any(
        isinstance(base, Class) and base.origin is not None and covers(base, demand) for base in kind.lineage()
    ):
        return None
    names = names_of(facts, value, kind)
    if names is None:
        return None
    missing = [name for name in sorted(demand.required) if bare(name) not in names]
    return f"gives an object of `{kind.name}`, which has no `{missing[0]}`" if missing else None


def covers(kind: Class, demand: Demand) -> bool:
    """Whether a demand is that of a class itself."""
    assert kind.origin is not None
    at = demand.origin
    return at is not None and at.path == kind.origin.path and kind.origin.start <= at.start < kind.origin.end


def names_of(facts: Facts, value: Instance, kind: Class) -> set[str] | None:
    """The names of all that an object has; None where that is not known."""
    engine = facts.program.engine
    entity = facts.entity_of(value)
    if entity is not None and entity.open:
        return None
    found = set(value.attributes)
    for base in kind.lineage():
        inner = base.base if isinstance(base, Parametrized) else base
        if isinstance(inner, Class):
            found |= set(inner.members)
            text = inner.module.source.data[inner.code.start : inner.code.end].decode("utf-8", "replace")
            found |= set(re.findall(r"\bself\.(\w+)\s*(?::[^=\n]+)?=", text))
            if {"__getattr__", "__getattribute__", "__dict__"} & set(inner.members):
                return None
        elif not (isinstance(inner, External | Instance) and BARE.fullmatch(inner.path or "")):
            return None
    found |= set(engine.fields(kind))
    if entity is not None:
        found |= {column.attribute for column in entity.columns} | {one.name for one in entity.relationships}
    extra = kind.members.get("model_config")
    return None if extra is not None and "extra" in repr(extra) else {bare(name) for name in found}
