"""What becomes JSON of models: of an object, of what `model_dump()` gives, of a type that a framework answers in."""

from __future__ import annotations

from typing import NamedTuple

from verifier.api import (
    NOTHING,
    Class,
    Const,
    Engine,
    External,
    Instance,
    Native,
    Origin,
    Parametrized,
    Record,
    Sequence,
    Typed,
    Unknown,
    Value,
    choice,
    describe,
    options,
)

from ._models import FieldOf, computed, fields_of, is_model, is_true, serialized, setting

DUMPS = frozenset({"model_dump", "dict", "model_dump_json", "json"})
MAKES = frozenset("model_validate model_validate_json model_construct parse_obj parse_raw from_orm validate".split())
COPIES = frozenset({"model_copy", "copy"})
LEAVING = ("exclude_unset", "exclude_defaults", "exclude_none", "exclude", "include")
LISTS = frozenset("list List Sequence Iterable set Set frozenset FrozenSet tuple Tuple".split())
TEXTS = frozenset(
    "datetime date time UUID EmailStr HttpUrl AnyUrl AnyHttpUrl UUID4 Decimal SecretStr NameEmail".split()
)
PLAIN = frozenset({"str", "int", "float", "bool"})
STRICT = {"StrictStr": "str", "StrictInt": "int", "StrictBool": "bool", "StrictFloat": "float", "constr": "str"}
DEEPEST = 8


class Naming(NamedTuple):
    """Which names fields have in JSON: aliases, where ``aliased``; ``origin`` is where that was decided."""

    aliased: bool
    origin: Origin | None = None


def shows(engine: Engine, value: Value, aliased: bool | None) -> Value | None:
    """What becomes JSON of a value of pydantic; None where it is not one."""
    if isinstance(value, Class):
        return of_model(engine, value, Naming(aliased is not False), 0) if is_model(value) else None
    if isinstance(value, Parametrized):
        return of_type(engine, value, Naming(aliased is not False), 0) if aliased is not None else None
    if not isinstance(value, Instance):
        return None
    call = value.made_by
    callee = call.callee if call is not None else None
    if call is not None and isinstance(callee, External) and callee.name in DUMPS:
        cls = model_of(callee.receiver)
        if cls is None:
            return None
        given = call.keywords.get("by_alias")
        if given is None:
            given = setting(engine, cls, "serialize_by_alias")
        if given is not None and not isinstance(given, Const):
            return Unknown("whether aliases are used")
        shown = of_model(engine, cls, Naming(is_true(given), call.origin), 0)
        if isinstance(shown, Record) and (call.open or any(name in call.keywords for name in LEAVING)):
            shown.complete = False
        return shown
    cls = model_of(value)
    if cls is None or aliased is None:
        return None
    return of_model(engine, cls, Naming(aliased), 0)


def model_of(value: Value | None) -> Class | None:
    """The model class of an object."""
    if not isinstance(value, Instance):
        return None
    if value.kind is not None:
        return value.kind if is_model(value.kind) else None
    callee = value.made_by.callee if value.made_by is not None else None
    if isinstance(callee, External) and callee.name in MAKES and is_model(callee.receiver):
        assert isinstance(callee.receiver, Class)
        return callee.receiver
    return model_of(callee.receiver) if isinstance(callee, External) and callee.name in COPIES else None


def of_model(engine: Engine, cls: Class, naming: Naming, depth: int) -> Value:
    """An object of a model."""
    if depth > DEEPEST:
        return Unknown("models that nest deeply")
    if "*" in serialized(cls):
        return Unknown("what a serializer of the project shows")
    aliased, origin = naming
    found = Record(origin=origin if origin is not None and not aliased else head_of(engine, cls))
    for field in fields_of(engine, cls):
        name = field.shown if aliased else field.name
        if field.excluded:
            continue
        if name is None:
            return Unknown("the names that an alias generator makes")
        found.entries[name] = value_of(engine, field, naming, depth)
        found.places[name] = origin if origin is not None and field.shown != name else field.origin
    for name in computed(cls):
        found.complete = False  # its name may have an alias
        found.entries.setdefault(name, Unknown("a computed field"))
    extra = setting(engine, cls, "extra")
    if extra is not None and not (isinstance(extra, Const) and extra.value in ("ignore", "forbid")):
        found.complete = False
    return found


def value_of(engine: Engine, field: FieldOf, naming: Naming, depth: int) -> Value:
    """What stands for a field."""
    if field.custom or field.annotation is None:
        return Unknown("what a serializer of the project shows")
    return of_type(engine, field.annotation, naming, depth + 1)


def of_type(engine: Engine, annotation: Value, naming: Naming, depth: int) -> Value:
    """What values of a type are in JSON."""
    if depth > DEEPEST:
        return Unknown("types that nest deeply")
    found = [of_one(engine, option, naming, depth) for option in options(annotation)]
    return choice(found)


def of_one(engine: Engine, annotation: Value, naming: Naming, depth: int) -> Value:
    """The same, for one type."""
    if annotation is NOTHING or (isinstance(annotation, Const) and annotation.value is None):
        return NOTHING
    if isinstance(annotation, Class):
        if is_model(annotation):
            return of_model(engine, annotation, naming, depth)
        return Unknown(f"an object of `{annotation.name}`")
    if isinstance(annotation, Parametrized):
        base = describe(annotation.base).rpartition(".")[2]
        inner = annotation.arguments
        if isinstance(annotation.base, Class) and is_model(annotation.base):
            return of_model(engine, annotation.base, naming, depth)
        if base in LISTS and inner:
            return Sequence((), complete=False, element=of_type(engine, inner[0], naming, depth + 1))
        if base in ("dict", "Dict", "Mapping"):
            return Record(complete=False)
        if base == "Optional" and inner:
            return choice([of_type(engine, inner[0], naming, depth + 1), NOTHING])
        if base == "Union":
            return choice(of_type(engine, one, naming, depth + 1) for one in inner)
        if base == "Annotated" and inner:
            if any("Serializer" in (getattr(one, "path", "") or "") for one in inner[1:]):
                return Unknown("what a serializer shows")
            return of_type(engine, inner[0], naming, depth + 1)
        return Unknown("a type with arguments")
    if isinstance(annotation, External | Native):
        name = annotation.name
        if name in PLAIN:
            return Typed("a field of a model", name)
        if name in STRICT:
            return Typed("a field of a model", STRICT[name])
        if name in TEXTS:
            return Typed("a field of a model", "str")
    return Unknown("a type that is not known")


def head_of(engine: Engine, cls: Class) -> Origin:
    """Where the name of a class is written."""
    data = engine.project.files[cls.module.path].data
    start = data.find(b"class " + cls.code.name.encode(), cls.code.start)
    if start < 0:
        return Origin(cls.module.path, cls.code.start, cls.code.start)
    return Origin(cls.module.path, start, start + len(b"class ") + len(cls.code.name.encode()))
