"""A `SerializerMethodField` has no method.

REST framework fills the field `favorited` from the method `get_favorited`, or from the one that `method_name` names. It
looks for the method when an object is first shown: the client sees 500, the log `AttributeError: 'ArticleSerializer'
object has no attribute 'get_favorited'`.

Write the method, or name the one that is there.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule, text_of

from ._serializers import declared_in, defines, is_derived_from, serializers


@rule(Category.FRAMEWORK_IDIOSYNCRASY)
def missing_serializer_method(facts: Facts) -> Iterator[Problem]:
    """Yield each field that is to be filled by a method which is not there."""
    if not any(pack.name == "django" for pack in facts.program.packs):
        return
    for kind, _ in serializers(facts):
        for field in declared_in(kind):
            given = field.value.made_by.argument(0, "method_name") if field.value.made_by is not None else None
            name = text_of(given) if given is not None else f"get_{field.name}"
            if field.kind != "SerializerMethodField" or name is None or defines(kind, name) is not False:
                continue
            if is_derived_from(facts, kind):
                continue
            assert field.value.origin is not None
            yield Problem(
                facts.program.engine.span(field.value.origin),
                f"`{kind.name}.{field.name}` is filled by `{name}`, which `{kind.name}` does not have",
                symptom=f"500: AttributeError: '{kind.name}' object has no attribute '{name}'",
                remedy=f"Write `{name}(self, obj)`, or name the method that is there",
                identity=f"{kind.name}.{field.name}",
            )
