"""A field of a serializer names itself as its source.

`slug = serializers.CharField(source="slug")` fails as soon as the serializer is first used: REST framework insists that
`source` be left out where it is the field's own name. The client sees 500, the log `AssertionError: It is redundant to
specify source='slug'`.

Leave `source` out.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule, text_of

from ._serializers import declared_in, serializers


@rule(Category.FRAMEWORK_IDIOSYNCRASY)
def redundant_source(facts: Facts) -> Iterator[Problem]:
    """Yield each ``source`` that is the name of its own field."""
    if not any(pack.name == "django" for pack in facts.program.packs):
        return
    for kind, _ in serializers(facts):
        for field in declared_in(kind):
            place = field.place("source")
            if text_of(field.keyword("source")) == field.name and place is not None:
                yield Problem(
                    facts.program.engine.span(place),
                    f"`{kind.name}.{field.name}` names itself as its `source`",
                    symptom=f"500: AssertionError: It is redundant to specify `source='{field.name}'` on field "
                    f"'{field.kind}' in serializer '{kind.name}'",
                    remedy="Leave `source` out",
                    identity=f"{kind.name}.{field.name}",
                )
