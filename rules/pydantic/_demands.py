"""What models and typed dictionaries demand of the JSON that they are made of."""

from __future__ import annotations

from verifier.api import (
    UNKNOWN_DEMAND,
    Checked,
    Class,
    Const,
    Demand,
    Engine,
    External,
    Instance,
    Parametrized,
    Sent,
    Unknown,
    Value,
    decorator_name,
    describe,
    options,
    syntax,
    version_range,
)

from ._dumps import head_of
from ._models import FieldOf, declarations, fields_of, functions, is_model, setting

MAKES = frozenset("model_validate model_validate_json parse_obj parse_raw validate".split())
BEFORE = frozenset({"root_validator", "model_validator"})
DEEPEST = 8
OWN = ("pydantic.", "sqlmodel.", "typing.", "abc.", "object")


def checks(sent: Sent) -> Checked | None:
    """`Model.model_validate(value)`."""
    if sent.path.rpartition(".")[2] in MAKES and isinstance(sent.receiver, Class) and sent.arguments:
        return Checked(sent.receiver, sent.arguments[0], sent.origin)
    return None


def demands(engine: Engine, value: Value) -> Demand | None:
    """What a model class demands; None for anything else."""
    return of_model(engine, value, 0) if isinstance(value, Class) and is_model(value) else None


def of_model(engine: Engine, cls: Class, depth: int) -> Demand:
    """What a model demands."""
    if depth > DEEPEST or any(reshapes(decorator) for _, decorator in functions(cls)):
        return UNKNOWN_DEMAND
    fields: dict[str, Demand] = {}
    required: set[str] = set()
    places = {}
    for field in fields_of(engine, cls):
        if field.read is None:
            return UNKNOWN_DEMAND
        fields[field.read] = of_type(engine, field.annotation, depth + 1)
        places[field.read] = field.origin
        if is_required(engine, field):
            required.add(field.read)
    return Demand("object", fields, frozenset(required), places, head_of(engine, cls), drops(engine, cls))


def drops(engine: Engine, cls: Class) -> bool:
    """Whether a model keeps nothing but its fields."""
    if not all(isinstance(one, Class) or describe(one).startswith(OWN) for one in cls.lineage()):
        return False
    extra = setting(engine, cls, "extra")
    if isinstance(extra, Const):
        return extra.value in ("ignore", "forbid")
    return extra is None or describe(extra).endswith(("Extra.ignore", "Extra.forbid"))


def reshapes(decorator: syntax.Expression) -> bool:
    """Whether a validator sees the JSON before the model does."""
    if decorator_name(decorator).rpartition(".")[2] not in BEFORE:
        return False
    given = decorator.arguments if isinstance(decorator, syntax.Call) else ()
    return not any(
        isinstance(one, syntax.Keyword)
        and one.name == "mode"
        and isinstance(one.value, syntax.Const)
        and one.value.value == "after"
        for one in given
    )


def is_required(engine: Engine, field: FieldOf) -> bool:
    """Whether a field surely has to be there."""
    for one in declarations(field.annotation, field.default):
        call = one.made_by
        assert call is not None
        if "default" in call.keywords or "default_factory" in call.keywords or call.open:
            return False
        first = call.argument(0)
        if first is not None and not is_ellipsis(first):
            return False
    made = field.default
    if made is not None and not (isinstance(made, Instance) and (made.path or "").endswith(("Field", "Field()"))):
        return is_ellipsis(made)
    if may_be_none(field.annotation):
        versions = version_range(engine.project, "pydantic")
        return versions is None or versions.surely(">=2")
    return True


def is_ellipsis(value: Value) -> bool:
    """Whether a default is `...`, which says that there is none."""
    return isinstance(value, Unknown) and value.reason.endswith("`ellipsis`")


def may_be_none(annotation: Value | None) -> bool:
    """Whether a type allows None."""
    for option in options(annotation) if annotation is not None else ():
        if isinstance(option, Const) and option.value is None:
            return True
        if isinstance(option, Parametrized):
            base = describe(option.base).rpartition(".")[2]
            if base == "Optional" or (base in ("Annotated", "Union") and any(map(may_be_none, option.arguments))):
                return True
        if describe(option).rpartition(".")[2] in ("Any", "object"):
            return True
    return annotation is None


def of_type(engine: Engine, annotation: Value | None, depth: int) -> Demand:
    """What a type demands."""
    if annotation is None or depth > DEEPEST:
        return UNKNOWN_DEMAND
    found = [option for option in options(annotation) if not (isinstance(option, Const) and option.value is None)]
    if len(found) != 1:
        return Demand("value")
    (one,) = found
    if isinstance(one, Parametrized):
        base = describe(one.base).rpartition(".")[2]
        if base in ("Annotated", "Optional", "Required", "NotRequired") and one.arguments:
            return of_type(engine, one.arguments[0], depth + 1)
        return Demand("value")
    if isinstance(one, Class):
        if is_model(one):
            return of_model(engine, one, depth + 1)
        return of_dictionary(engine, one, depth) if is_dictionary(one) else UNKNOWN_DEMAND
    return Demand("value")


def is_dictionary(cls: Class) -> bool:
    """Whether a class is a `TypedDict`."""
    return any(isinstance(base, External) and base.path.endswith(".TypedDict") for base in cls.lineage())


def of_dictionary(engine: Engine, cls: Class, depth: int) -> Demand:
    """What a typed dictionary demands."""
    fields: dict[str, Demand] = {}
    required: set[str] = set()
    for ancestor in reversed([found for found in cls.lineage() if isinstance(found, Class)]):
        given = ancestor.keywords.get("total")
        total = not (isinstance(given, Const) and given.value is False)
        names = {
            statement.targets[0].id
            for statement in ancestor.code.body
            if isinstance(statement, syntax.Assign) and isinstance(statement.targets[0], syntax.Name)
        }
        for name, (annotation, default) in engine.fields(ancestor).items():
            if name not in names or annotation is None:
                continue
            word = describe(annotation.base).rpartition(".")[2] if isinstance(annotation, Parametrized) else ""
            shown = name
            for one in declarations(annotation, default):
                alias = one.made_by.keywords.get("alias") if one.made_by is not None else None
                shown = alias.value if isinstance(alias, Const) and isinstance(alias.value, str) else shown
            fields[shown] = of_type(engine, annotation, depth + 1)
            if word == "Required" or (total and word != "NotRequired"):
                required.add(shown)
            else:
                required.discard(shown)
    return Demand("object", fields, frozenset(required), {}, head_of(engine, cls))
