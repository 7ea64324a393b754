"""A mapped class is given a keyword that it does not have.

The constructor of a mapped class takes the names of its columns and relationships, and fails on any other: SQLAlchemy
says `'nick' is an invalid keyword argument for User`, Django `User() got unexpected keyword arguments: 'nick'`. The
same holds for `objects.create(...)`. Every request that makes such an object is answered with 500.

What a model of pydantic has is unpacked with it: `User(**data.model_dump())` gives `password`, too, where the class has
`password_hash`.

Name the attribute as the class declares it, or declare it; leave out what the class lacks
(`data.model_dump(exclude={"password"})`). Classes with a constructor of their own, SQLModel's (which
ignores what it does not know) and those of which not all was read are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from verifier.api import Category, Class, Entity, Facts, Problem, Related, Span, Use, Value, rule

from ._names import has, is_closed
from ._spread import spreads

MAKING = frozenset({"create", "acreate"})


@rule(Category.DATABASE_RUNTIME_ERROR)
def unknown_keyword(facts: Facts) -> Iterator[Problem]:
    """Yield each keyword that a mapped class is called with and lacks."""
    called: dict[Span, list[tuple[Use, Entity | None]]] = {}
    for use in (*facts.uses, *facts.calls_elsewhere.uses):
        kind = made_by(use)
        if kind is not None:
            entity = facts.entity_of(kind)
            known = (
                entity is not None and entity.accepts is not None and entity.takes is None and is_closed(entity, kind)
            )
            called.setdefault(use.span, []).append((use, entity if known else None))
    for found in called.values():  # one of several classes may be called: what one of them takes is no mistake
        entities = [entity for _, entity in found if entity is not None]
        if len(entities) < len(found):
            continue
        for name, (use, entity) in {name: pair for pair in reversed(found) for name in pair[0].keywords}.items():
            if entity is not None and not any(has(other, name) or name in (other.accepts or ()) for other in entities):
                place = use.places.get(name)
                yield Problem(
                    facts.program.engine.span(place) if place is not None else use.span,
                    f"`{entity.name}` is given `{name}`, and has no such attribute",
                    related=(Related(entity.span, f"`{entity.name}` is declared here"),),
                    symptom=symptom(entity, name),
                    remedy=remedy(entity, name),
                    identity=f"{entity.name} {name}",
                )
    yield from unpacked(facts)


def unpacked(facts: Facts) -> Iterator[Problem]:
    """The same of what dumped models bring, where each class that may be called lacks it."""
    for spread in spreads(facts):
        kinds = [made_of(target, getattr(target, "path", None)) for target in spread.targets]
        entities = [facts.entity_of(kind) if kind is not None else None for kind in kinds]
        names = [name for name in spread.names if all(map(lacks, entities, kinds, [name] * len(kinds)))]
        entity = entities[0]
        if not names or entity is None or any(kind is None or kind.name != spread.word for kind in kinds):
            continue  # code for several classes may be handed models of several
        listed = " and ".join(f"`{name}`" for name in names)
        yield Problem(
            facts.program.engine.span(spread.place),
            f"`{entity.name}` is given all fields of `{spread.model.name}`, and has no {listed}",
            related=(Related(entity.span, f"`{entity.name}` is declared here"),),
            symptom=symptom(entity, names[0]),
            remedy=f"Leave out what `{entity.name}` has not: `exclude={{...}}`",
            identity=f"{entity.name} {' '.join(names)}",
        )


def lacks(entity: Entity | None, kind: Class | None, name: str) -> bool:
    """Whether a class is surely not to be given a keyword."""
    if entity is None or kind is None or entity.accepts is None or entity.takes is not None:
        return False
    if entity.orm not in ("sqlalchemy", "django") or not is_closed(entity, kind) or has(entity, name):
        return False
    return name not in entity.accepts


def made_by(use: Use) -> Class | None:
    """The class of which a call makes an object from its keywords."""
    return made_of(use.callee, use.library)


def made_of(callee: Value, library: str | None) -> Class | None:
    """The same, of what is called."""
    if library is None:
        return callee if isinstance(callee, Class) else None
    if library.startswith("django.db.models.Model.") and library.rpartition(".")[2] in MAKING:
        model = getattr(getattr(callee, "receiver", None), "model", None)  # of the manager
        return model if isinstance(model, Class) else None
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
