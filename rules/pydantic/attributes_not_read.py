"""A model is made of an object, and does not read attributes.

`Model.model_validate(row)` takes dicts and objects of the model itself. For any other object, a row of a mapper for
one, the model must say `model_config = ConfigDict(from_attributes=True)`: without it the call ends in a
ValidationError, and `from_orm()` in a PydanticUserError. In pydantic 1 the setting is `class Config: orm_mode = True`,
which pydantic 2 does not heed. The client sees 500 on each request.

Set `from_attributes=True`, on the model or in the call.

Models with validators that see the value first are left alone, and so are those whose bases were not all read.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import (
    Category,
    Class,
    Const,
    Engine,
    External,
    Facts,
    Field,
    Instance,
    Problem,
    Related,
    Value,
    options,
    rule,
    version_range,
)

from ._demands import reshapes
from ._dumps import head_of
from ._models import functions, is_model, setting


@rule(Category.DATABASE_RUNTIME_ERROR)
def attributes_not_read(facts: Facts) -> Iterator[Problem]:
    """Yield each call that makes a model of an object whose attributes it does not read."""
    engine = facts.program.engine
    for use in facts.uses:
        model = use.callee.receiver if isinstance(use.callee, External) else None
        if use.library is None or not use.library.startswith("pydantic.") or not isinstance(model, Class):
            continue
        name = use.library.rpartition(".")[2]
        given = use.argument(0, "obj")
        found = object_in(facts, given, model) if given is not None else None
        if (
            found is None
            or not is_model(model)
            or "from_attributes" in use.keywords
            or reads(facts, engine, model, name)
        ):
            continue
        head = head_of(engine, model)
        yield Problem(
            use.span,
            f"`{model.name}.{name}()` is given an object of `{found}`, and `{model.name}` does not read attributes",
            related=(Related(engine.span(head), f"`{model.name}`"),) if head is not None else (),
            symptom=symptom(model, name),
            remedy="Set `model_config = ConfigDict(from_attributes=True)`",
            identity=f"{model.name} {name} {found}",
        )


def symptom(model: Class, name: str) -> str:
    """What the log shows."""
    if name == "from_orm":
        return "500: PydanticUserError: You must set the config attribute `from_attributes=True` to use from_orm"
    return f"500: ValidationError: Input should be a valid dictionary or instance of {model.name}"


def object_in(facts: Facts, value: Value, model: Class) -> str | None:
    """The class of the object that a value surely is, where it is another one than the model's."""
    names: list[str] = []
    for option in options(value):
        if isinstance(option, Const) and option.value is None:
            continue
        kind = option.kind if isinstance(option, Instance) and not isinstance(option, Field) else None
        if kind is None or model in kind.lineage() or not is_object(facts, option, kind):
            return None
        names.append(kind.name)
    return names[0] if names else None


def is_object(facts: Facts, value: Value, kind: Class) -> bool:
    """Whether objects of a class are surely no dicts."""
    if facts.entity_of(value) is not None or is_model(kind):
        return True
    bases = [base.path or "?" for base in kind.lineage() if isinstance(base, External | Instance)]
    return all(path in ("object", "abc.ABC", "typing.Generic", "typing.Protocol") for path in bases)


def reads(facts: Facts, engine: Engine, model: Class, name: str) -> bool:
    """Whether a model may read attributes."""
    versions = version_range(facts.project, "pydantic")
    keys = ["from_attributes"] if versions is None or versions.surely(">=2") else ["from_attributes", "orm_mode"]
    if versions is not None and versions.surely("<2"):
        keys = ["orm_mode"] if name == "from_orm" else []
    for key in keys:
        found = setting(engine, model, key)
        if found is not None and not (isinstance(found, Const) and not found.value):
            return True
    bases = [base.path or "?" for base in model.lineage() if isinstance(base, External | Instance)]
    foreign = any(not path.startswith(("pydantic.", "typing", "abc.")) and path != "object" for path in bases)
    return foreign or any(reshapes(decorator) for _, decorator in functions(model))
