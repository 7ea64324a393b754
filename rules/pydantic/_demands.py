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
    Native,
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
from ._models import FieldOf, annotated, declarations, fields_of, functions, is_model, setting

MAKES = frozenset("model_validate model_validate_json parse_obj parse_raw validate".split())
BEFORE = frozenset({"root_validator", "model_validator"})
LISTS = frozenset("list List Sequence Iterable".split())
# What in a type may put another value in the place of None.
LENIENT = frozenset({"BeforeValidator", "WrapValidator", "PlainValidator"})
STRICT = frozenset(
    """str int float bool bytes datetime date time timedelta Decimal UUID UUID4 EmailStr HttpUrl AnyUrl AnyHttpUrl
    StrictStr StrictInt StrictBool StrictFloat PositiveInt NonNegativeInt list dict List Dict""".split()
)
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
    filled: set[str] = set()
    places = {}
    looked = looked_at_before(cls)
    for field in fields_of(engine, cls):
        if field.read is None:
            return UNKNOWN_DEMAND
        fields[field.read] = of_type(engine, field.annotation, depth + 1)
        places[field.read] = field.origin
        if is_required(engine, field):
            required.add(field.read)
        if refuses_none(engine, field) and not {"*", field.name} & looked:
            filled.add(field.read)
    return Demand(
        "object", fields, frozenset(required), places, head_of(engine, cls), drops(engine, cls), frozenset(filled)
    )


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


def looked_at_before(cls: Class) -> set[str]:
    """The fields whose values a validator of the project sees before pydantic does; ``*`` for all."""
    found: set[str] = set()
    for _, decorator in functions(cls):
        if decorator_name(decorator).rpartition(".")[2] in ("field_validator", "validator"):
            given = decorator.arguments if isinstance(decorator, syntax.Call) else ()
            named = {one.name: one.value for one in given if isinstance(one, syntax.Keyword)}
            mode = named.get("mode")
            if "pre" in named or (mode is not None and not (isinstance(mode, syntax.Const) and mode.value == "after")):
                names = {str(one.value) for one in given if isinstance(one, syntax.Const)}
                found |= names or {"*"}
    return found


def refuses_none(engine: Engine, field: FieldOf) -> bool:
    """Whether a field surely takes no None, wherever it comes from."""
    if any((one.path or "").rpartition(".")[2].removesuffix("()") in LENIENT for one in annotated(field.annotation)):
        return False
    implied = isinstance(field.default, Const) and field.default.value is None
    given = (one.made_by.argument(0, "default") for one in declarations(field.annotation, field.default) if one.made_by)
    if implied or any(isinstance(one, Const) and one.value is None for one in given):  # pydantic 1 allows it then
        versions = version_range(engine.project, "pydantic")
        if versions is None or not versions.surely(">=2"):
            return False
    return takes_no_none(field.annotation, 0)


def takes_no_none(annotation: Value | None, depth: int) -> bool:
    """Whether a type is one of those that None surely is not."""
    if annotation is None or depth > DEEPEST:
        return False
    return all(is_strict(option, depth) for option in options(annotation))


def is_strict(kind: Value, depth: int) -> bool:
    """The same of one type."""
    if isinstance(kind, Parametrized):
        base = describe(kind.base).rpartition(".")[2]
        if base == "Annotated":
            return bool(kind.arguments) and takes_no_none(kind.arguments[0], depth + 1)
        return base in LISTS or base in ("dict", "Dict")
    if isinstance(kind, Class):
        return is_model(kind)
    return isinstance(kind, External | Native) and kind.name in STRICT


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
        if base in LISTS and one.arguments:
            return Demand("value", item=of_type(engine, one.arguments[0], depth + 1))
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
