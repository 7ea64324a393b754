"""The `fields` of a serializer are not those of its model.

REST framework looks a serializer's fields up when it is first used. A name in `Meta.fields` that is neither declared
nor anything of the model ends in ImproperlyConfigured; a declared field that `fields` leaves out, a `Meta` without
`fields` and `exclude`, and `fields = ("id")`, which is a text, end in an error as well. The client sees 500.

Name what the model has, declare the field on the serializer, and list what is declared.

Models of which not all attributes are known are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Class, Const, Facts, Origin, Problem, rule, text_of

from ._serializers import (
    MODELS,
    all_declared,
    declared_in,
    declares,
    model_of,
    named,
    names_of,
    serializers,
    setting_of,
)


@rule(Category.FRAMEWORK_IDIOSYNCRASY)
def serializer_fields(facts: Facts) -> Iterator[Problem]:
    """Yield each name in a serializer's lists that fits neither its model nor its own fields."""
    if not any(pack.name == "django" for pack in facts.program.packs):
        return
    for kind, names in serializers(facts):
        meta = kind.members.get("Meta")
        if not MODELS & names or not isinstance(meta, Class):
            continue
        yield from of_fields(facts, kind, meta)


def of_fields(facts: Facts, kind: Class, meta: Class) -> Iterator[Problem]:
    """The same for one serializer with a ``Meta`` of its own."""
    given = setting_of(facts, meta, "fields")
    if isinstance(given, Const) and text_of(given) not in (None, "__all__") and given.origin is not None:
        yield problem(
            facts,
            kind,
            given.origin,
            f"`fields` of `{kind.name}` is the text `{text_of(given)}`, and no list",
            'TypeError: The `fields` option must be a list or tuple or "__all__". Got str.',
            "Put a comma behind it, or write a list",
        )
    listed = named(given)
    entity = model_of(facts, meta)
    declared = all_declared(kind)
    if listed is None:
        return
    for name, origin in listed:
        if entity is None or name in names_of(entity) or declares(kind, name) or name.startswith("get_"):
            continue
        if origin is not None:
            yield problem(
                facts,
                kind,
                origin,
                f"`{kind.name}` lists `{name}`, which neither it nor `{entity.name}` has",
                f"ImproperlyConfigured: Field name `{name}` is not valid for model `{entity.name}`",
                f"Name a field of `{entity.name}`, or declare `{name}` on the serializer",
            )
    known = {name for name, _ in listed}
    for field in declared_in(kind):
        if field.name not in known and field.name in declared and field.value.origin is not None:
            yield problem(
                facts,
                kind,
                field.value.origin,
                f"`{kind.name}` declares `{field.name}` and leaves it out of `fields`",
                f"AssertionError: The field '{field.name}' was declared on serializer {kind.name}, but has not been "
                "included in the 'fields' option.",
                f"Add `{field.name}` to `fields`, or take the field away",
            )


def problem(facts: Facts, kind: Class, origin: Origin, message: str, symptom: str, remedy: str) -> Problem:
    """The finding at a place."""
    return Problem(
        facts.program.engine.span(origin), message, symptom=f"500: {symptom}", remedy=remedy, identity=message
    )
