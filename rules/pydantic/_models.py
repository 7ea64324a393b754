"""Models of pydantic: their fields, under the names that they have in JSON, and their settings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from verifier.api import (
    Call,
    Class,
    Const,
    Engine,
    External,
    Function,
    Instance,
    Origin,
    Parametrized,
    Record,
    Unknown,
    Value,
    decorator_name,
    describe,
    options,
    syntax,
    text_of,
)

BASES = frozenset(
    "pydantic.BaseModel pydantic.main.BaseModel pydantic.v1.BaseModel sqlmodel.SQLModel sqlmodel.main.SQLModel".split()
)
CAMEL = frozenset({"to_camel", "camelize", "camelcase", "to_camel_case", "to_lower_camel"})
PASCAL = frozenset({"to_pascal", "pascalize"})
CONFIGS = ("model_config", "Config")


class FieldOf(NamedTuple):
    """A field of a model. ``read`` and ``shown`` are its names in JSON, where aliases are used; None if not known.

    ``custom``: a function of the project makes what is shown of it. ``excluded``: it is not shown at all.
    """

    name: str
    annotation: Value | None
    default: Value | None
    read: str | None
    shown: str | None
    custom: bool
    excluded: bool
    origin: Origin


def is_model(value: Value | None) -> bool:
    """Whether a value is a model class of the project."""
    return isinstance(value, Class) and any(
        isinstance(base, External | Instance) and (base.path or "") in BASES for base in value.lineage()
    )


def own_classes(cls: Class) -> list[Class]:
    """A class and those of the project that it inherits from, far before near."""
    return [found for found in reversed(list(cls.lineage())) if isinstance(found, Class)]


def setting(engine: Engine, cls: Class, name: str) -> Value | None:
    """A setting of a model: of `model_config`, or of the class `Config` in it."""
    found: Value | None = None
    for ancestor in own_classes(cls):
        for held in (ancestor.members.get(key) for key in CONFIGS):
            held = engine.force(held) if held is not None else None
            given: Value | None = None
            if isinstance(held, Class):
                given = next((one.members[name] for one in own_classes(held) if name in one.members), None)
            elif isinstance(held, Record):
                given = held.entries.get(name)
            elif isinstance(held, Instance) and held.made_by is not None:
                given = held.made_by.keywords.get(name)
            found = given or found
        given = ancestor.keywords.get(name)
        found = given or found
    return engine.force(found) if found is not None else None


def is_true(value: Value | None) -> bool:
    """Whether an option is surely set."""
    return isinstance(value, Const) and value.value is True


def fields_of(engine: Engine, cls: Class) -> list[FieldOf]:
    """The fields of a model, those that it inherits first."""
    places = dict(written(cls))
    custom = serialized(cls)
    found: list[FieldOf] = []
    for name, (annotation, default) in engine.fields(cls).items():
        if annotation is None or name.startswith("_") or name == "model_config":
            continue
        kind = describe(annotation.base).rpartition(".")[2] if isinstance(annotation, Parametrized) else ""
        made = default.path or "" if isinstance(default, Instance) else ""
        if kind == "ClassVar" or made.endswith(("PrivateAttr()", "Relationship()")):
            continue
        declared = list(declarations(annotation, default))
        excluded = any(is_true(one.made_by.keywords.get("exclude")) for one in declared if one.made_by is not None)
        read, shown = aliases(engine, cls, name, declared)
        own = bool({name, "*"} & custom) or any("Serializer" in (one.path or "") for one in annotated(annotation))
        found.append(FieldOf(name, annotation, default, read, shown, own, excluded, places[name]))
    return found


def written(cls: Class) -> Iterator[tuple[str, Origin]]:
    """Where each field is written."""
    for ancestor in own_classes(cls):
        for statement in ancestor.code.body:
            if isinstance(statement, syntax.Assign):
                for target in statement.targets:
                    if isinstance(target, syntax.Name):
                        yield target.id, Origin(ancestor.module.path, target.start, target.end)


def functions(cls: Class) -> Iterator[tuple[Function, syntax.Expression]]:
    """The methods of a model, with each decorator."""
    for ancestor in own_classes(cls):
        for statement in ancestor.code.body:
            if isinstance(statement, syntax.Function):
                member = ancestor.members.get(statement.name)
                for decorator in statement.decorators:
                    if isinstance(member, Function):
                        yield member, decorator


def serialized(cls: Class) -> set[str]:
    """The fields that functions of the project show; ``*`` for all."""
    found: set[str] = set()
    for _, decorator in functions(cls):
        name = decorator_name(decorator).rpartition(".")[2]
        if name == "field_serializer" and isinstance(decorator, syntax.Call):
            found |= {str(one.value) for one in decorator.arguments if isinstance(one, syntax.Const)}
        elif name == "model_serializer":
            found.add("*")
    return found


def computed(cls: Class) -> list[str]:
    """Further fields, which functions compute."""
    return [
        function.code.name
        for function, decorator in functions(cls)
        if decorator_name(decorator).rpartition(".")[2] == "computed_field"
    ]


def annotated(annotation: Value | None) -> list[Instance]:
    """The further arguments of `Annotated[...]`, also inside an optional type."""
    found: list[Instance] = []
    for option in options(annotation) if annotation is not None else ():
        if isinstance(option, Parametrized) and describe(option.base).rpartition(".")[2] == "Annotated":
            found.extend(one for one in option.arguments[1:] if isinstance(one, Instance))
            found.extend(annotated(option.arguments[0]) if option.arguments else ())
    return found


def declarations(annotation: Value | None, default: Value | None) -> Iterator[Instance]:
    """`Field(...)`, as default or in the annotation; what counts most comes first."""
    for one in (default, *annotated(annotation)):
        if isinstance(one, Instance) and (one.path or "").endswith(("Field", "Field()")) and one.made_by is not None:
            yield one


def aliases(engine: Engine, cls: Class, name: str, declared: list[Instance]) -> tuple[str | None, str | None]:
    """The names of a field in JSON that is read, and in JSON that is shown."""
    read: str | None = None
    shown: str | None = None
    known = False
    for one in declared:
        assert one.made_by is not None
        given = one.made_by.keywords
        alias, reading, showing = (given.get(key) for key in ("alias", "validation_alias", "serialization_alias"))
        if alias is None and reading is None and showing is None:
            continue
        known = True
        read = text_of(reading) if reading is not None else text_of(alias) if alias is not None else name
        shown = text_of(showing) if showing is not None else text_of(alias) if alias is not None else name
        break
    if known:
        return read, shown
    generator = setting(engine, cls, "alias_generator")
    if generator is None or (isinstance(generator, Const) and generator.value is None):
        return name, name
    if isinstance(generator, Instance) and generator.made_by is not None:  # AliasGenerator(...)
        keys = generator.made_by.keywords
        reading, showing = keys.get("validation_alias"), keys.get("serialization_alias")
        both = keys.get("alias") or generator.made_by.argument(0)
        return generated(engine, reading or both, name), generated(engine, showing or both, name)
    made = generated(engine, generator, name)
    return made, made


def generated(engine: Engine, generator: Value | None, name: str) -> str | None:
    """What a generator makes of a name; None where that is not known."""
    if generator is None:
        return name
    if isinstance(generator, External):
        if generator.name in CAMEL:
            return to_camel(name)
        if generator.name in PASCAL:
            return to_pascal(name)
    if isinstance(generator, Function):
        return text_of(engine.trial(generator, [Const(name)], {}).result)
    return None


def cased(call: Call) -> Value:
    """`to_camel("tag_list")` and `to_pascal(...)`, called by the project itself."""
    name = call.text(0)
    if name is None:
        return Unknown("a name in another spelling")
    return Const(to_pascal(name) if call.name.endswith("pascal") else to_camel(name))


def to_pascal(name: str) -> str:
    """As pydantic's function of this name does it."""
    return re.sub(r"([0-9A-Za-z])_(?=[0-9A-Z])", lambda found: found.group(1), name.title())


def to_camel(name: str) -> str:
    """As pydantic's function of this name does it."""
    if re.match(r"^[a-z]+[A-Za-z0-9]*$", name) and not re.search(r"\d[a-z]+", name):
        return name
    return re.sub(r"(^_*[A-Z])", lambda found: found.group(1).lower(), to_pascal(name))
