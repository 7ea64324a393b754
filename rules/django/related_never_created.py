"""An object at the other end of a one-to-one relation is read, and nothing ever creates one.

`user.profile` leads to the row that belongs to the user. Django makes none by itself: unless the registration, a signal
or somebody's `get_or_create()` does, each read ends in RelatedObjectDoesNotExist, and the client sees 500.

Create it with its owner, in one transaction (`Profile.objects.create(user=user)`), or ask with
`Profile.objects.get_or_create(user=user)`.

The rule is silent where any code of the project may create one: a call of the class, its manager, a serializer, a form
or the admin; and where somebody asks first whether there is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier.api import Category, Entity, Facts, Problem, Related, Relationship, is_test, rule

HOLDERS = rb"\b(?:user|author|owner|account|member|customer|viewer|follower|followed|instance|me)\.%s\b(?!\s*=[^=])"


@rule(Category.STATE_PROPAGATION_FAILURE)
def related_never_created(facts: Facts) -> Iterator[Problem]:
    """Yield the first read of each related object that nothing creates, in each function on the way of a route."""
    if not any(route.framework == "django" for route in facts.routes):
        return
    for entity in facts.models.entities:
        for relation in entity.relationships if entity.orm == "django" else ():
            if relation.implicit and not relation.many and not is_created(facts, relation):
                yield from reads(facts, entity, relation)


def is_created(facts: Facts, relation: Relationship) -> bool:
    """Whether some code may create what a relation leads to, or asks whether it is there."""
    model, name = re.escape(relation.target.rpartition(".")[2].encode()), re.escape(relation.name.encode())
    known = re.compile(
        rb"(?<!class )\b%s\s*\(|\b%s\.(?:objects|_\w+_manager)\.\w*(?:create|make|new|add|build|ensure|init)"
        rb"|model\s*=\s*(?:\w+\.)*%s\b|register\([^)]*\b%s\b|\b%s\s+as\s|get_model\(|loaddata"
        rb"|hasattr\([^)]*[\"']%s[\"']|getattr\([^)]*[\"']%s[\"']|DoesNotExist|\.%s\s*=[^=]"
        % (model, model, model, model, model, name, name, name)
    )
    return any(
        known.search(source.data) is not None
        for path, source in facts.project.files.items()
        if not is_test(path) and "/migrations/" not in path
    )


def reads(facts: Facts, entity: Entity, relation: Relationship) -> Iterator[Problem]:
    """The places where a related object is read of its owner."""
    wanted = re.compile(HOLDERS % re.escape(relation.name.encode()))
    for function, code in facts.calls.codes.items():
        data = code.module.source.data
        found = wanted.search(data, code.code.start, code.code.end)
        if found is None or is_test(function.path):
            continue
        end = found.end()
        yield Problem(
            code.module.source.span(end - len(relation.name.encode()), end),
            f"`{relation.name}` of `{entity.name}` is read, and nothing creates a `{relation.target}`",
            related=(Related(relation.span, f"`{relation.target}` belongs to `{entity.name}`"),),
            symptom=f"500: RelatedObjectDoesNotExist: {entity.name} has no {relation.name}.",
            remedy=f"Create the `{relation.target}` together with its `{entity.name}`",
            identity=f"{function.name} {relation.name}",
        )
