"""A model is made without a field that it must have, or of values without names.

pydantic raises `ValidationError: 1 validation error for ArticleOut` with `Field required` when the line is run, and
`TypeError: BaseModel.__init__() takes 1 positional argument but 2 were given`: each request that comes by is answered
with 500. Most often a field was added to the model, and one of the places that make it was forgotten.

Give the field, or give it a default. `Optional[str]` alone is no default: write `str | None = None`.

The rule speaks of calls that name what they give. Models with `model_validator` or `root_validator`, with a
constructor or a metaclass of their own, and with aliases that are not known are left alone, and so are settings and
tables.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import (
    Category,
    Class,
    External,
    Facts,
    GivenArguments,
    OwnCall,
    Problem,
    Related,
    decorator_name,
    given_by,
    is_test,
    own_calls,
    regex,
    rule,
)

from ._demands import is_required
from ._models import FieldOf, fields_of, functions, is_true, own_classes, setting

BASES = frozenset({"pydantic.BaseModel", "pydantic.main.BaseModel"})
BARE = frozenset({"object", "abc.ABC", "typing.Generic", "typing_extensions.Generic"})
FILLING = frozenset({"model_validator", "root_validator", "validator"})
BY_NAME = ("populate_by_name", "validate_by_name", "allow_population_by_field_name")
EXPECTING = regex(rb"\bValidationError\b|\bTypeError\b")


@rule(Category.SCHEMA_FORMAT_ERROR)
def field_not_given(facts: Facts) -> Iterator[Problem]:
    """Yield each call of a model that pydantic surely refuses for what it lacks."""
    known: dict[object, list[FieldOf] | None] = {}
    for call in own_calls(facts):
        (target, *others) = call.targets
        if others or not isinstance(target, Class) or call.name != target.name or is_test(call.path):
            continue
        if target.code not in known:
            known[target.code] = required(facts, target) if is_plain_model(target) else None
        fields = known[target.code]
        if fields is None:
            continue
        found = refusal(facts, target, fields, given_by(call.node))
        if found is not None and not is_expected(facts, call):
            yield problem(facts, call, target, *found)


def is_plain_model(cls: Class) -> bool:
    """Whether pydantic alone decides on what a class takes."""
    if cls.module.javascript:
        return False
    own = own_classes(cls)
    paths = {one.path for one in cls.lineage() if isinstance(one, External)} - BARE
    if not paths or not paths <= BASES or any(not isinstance(one, Class | External) for one in cls.lineage()):
        return False
    if any({"__init__", "__new__", "model_post_init"} & one.members.keys() or one.code.decorators for one in own):
        return False
    if any(one.name == "metaclass" for model in own for one in model.code.keywords):
        return False
    return not any(decorator_name(one).rpartition(".")[2] in FILLING for _, one in functions(cls))


def required(facts: Facts, cls: Class) -> list[FieldOf] | None:
    """The fields that a model must be given; None where one of its names is not known."""
    engine = facts.program.engine
    fields = fields_of(engine, cls)
    if any(field.read is None for field in fields):
        return None
    return [field for field in fields if is_required(engine, field)]


def refusal(facts: Facts, cls: Class, fields: list[FieldOf], given: GivenArguments) -> tuple[str, str] | None:
    """What is wrong with a call, and what pydantic says of it; None where it may be fine."""
    if given.positional:
        count = given.positional + 1
        told = f"TypeError: BaseModel.__init__() takes 1 positional argument but {count} were given"
        return f"`{cls.name}` takes its fields by name only", told
    if given.more or given.others:
        return None
    engine = facts.program.engine
    by_name = any(is_true(setting(engine, cls, one)) for one in BY_NAME)
    strict = setting(engine, cls, "validate_by_alias") is None
    lacking: list[str] = []
    for field in fields:
        names = {field.read or field.name, *((field.name,) if by_name or not strict else ())}
        if not names & set(given.names):
            lacking.append(field.read or field.name)
    if not lacking:
        return None
    listed = " and ".join(f"`{name}`" for name in lacking)
    plural = "s" if len(lacking) > 1 else ""
    told = f"ValidationError: {len(lacking)} validation error{plural} for {cls.name}: {lacking[0]}: Field required"
    return f"`{cls.name}` is made without {listed}", told


def is_expected(facts: Facts, call: OwnCall) -> bool:
    """Whether the function around reckons with the error."""
    known: dict[tuple[str, int], bool] = facts.__dict__.setdefault("expecting_validation", {})
    key = call.path, id(call.around)
    if key not in known:
        data = facts.project.files[call.path].data
        known[key] = EXPECTING.search(data, call.around.start, call.around.end) is not None
    return known[key]


def problem(facts: Facts, call: OwnCall, cls: Class, message: str, told: str) -> Problem:
    """What a model that cannot be made leads to."""
    span = facts.program.engine.span
    assert cls.origin is not None
    return Problem(
        span(call.place),
        message,
        related=(Related(span(cls.origin), f"`{cls.name}` is declared here"),),
        symptom=f"500: {told}",
        remedy="Give each field that has no default, by its name",
        identity=message,
    )
