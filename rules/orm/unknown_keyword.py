"""A mapped class is given a keyword that it does not have.

The constructor of a mapped class takes the names of its columns and relationships, and fails on any other: SQLAlchemy
says `'nick' is an invalid keyword argument for User`, Django `User() got unexpected keyword arguments: 'nick'`. The
same holds for `objects.create(...)`. Every request that makes such an object is answered with 500.

Name the attribute as the class declares it, or declare it. Classes with a constructor of their own, SQLModel's (which
ignores what it does not know) and those of which not all was read are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from verifier.api import Category, Class, Entity, Facts, Problem, Related, Use, rule

from ._names import has, is_closed

MAKING = frozenset({"create", "acreate"})


@rule(Category.DATABASE_RUNTIME_ERROR)
def unknown_keyword(facts: Facts) -> Iterator[Problem]:
    """Yield each keyword that a mapped class is called with and lacks."""
    for use in facts.uses:
        kind = made_by(use)
        entity = facts.entity_of(kind)
        if kind is None or entity is None or entity.accepts is None or not is_closed(entity, kind):
            continue
        for name in use.keywords:
            if not has(entity, name) and name not in entity.accepts:
                yield Problem(
                    use.span,
                    f"`{entity.name}` is given `{name}`, and has no such attribute",
                    related=(Related(entity.span, f"`{entity.name}` is declared here"),),
                    symptom=symptom(entity, name),
                    remedy=remedy(entity, name),
                    identity=f"{entity.name} {name}",
                )


def made_by(use: Use) -> Class | None:
    """The class of which a call makes an object from its keywords."""
    if use.library is None:
        return use.callee if isinstance(use.callee, Class) else None
    parts = use.library.rsplit(".", 2)
    if use.library.startswith("django.db.models.") and parts[-2:-1] == ["objects"] and parts[-1] in MAKING:
        return use.holder if isinstance(use.holder, Class) else None
    return None


def symptom(entity: Entity, name: str) -> str:
    """What the log shows."""
    if entity.orm == "django":
        return f"TypeError: {entity.name}() got unexpected keyword arguments: '{name}'"
    return f"TypeError: '{name}' is an invalid keyword argument for {entity.name}"


def remedy(entity: Entity, name: str) -> str:
    """The nearest attribute, if one is near."""
    names = [column.attribute for column in entity.columns] + [found.name for found in entity.relationships]
    near = get_close_matches(name, names, 1)
    return f"Write `{near[0]}`" if near else f"Declare `{name}` on `{entity.name}`, or leave it away"
