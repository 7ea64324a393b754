"""What queries include, held against the associations of their models."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from verifier.api import (
    Choice,
    Class,
    Const,
    Entity,
    External,
    Facts,
    Instance,
    Record,
    Relationship,
    Sequence,
    Span,
    Use,
    Value,
    text_of,
)

from ._factories import UNSEEN
from ._models import DefinedModel, LateModel, Made, Row

# The argument that holds the options of each method that loads rows with others.
OPTIONS = {
    **dict.fromkeys(("findAll", "findOne", "findAndCountAll", "findOrCreate", "findOrBuild", "count", "reload"), 0),
    **dict.fromkeys(("findByPk", "create", "build", "bulkCreate"), 1),
}


class Included(NamedTuple):
    """One thing that a query includes.

    Attributes:
        span: where it is written, or the call.
        base: the model whose association it is.
        target: the model that is named, where one is; ``nothing`` where that is surely undefined.
        alias: the alias that is given; ``vague`` where run time decides it.
    """

    span: Span
    use: Use
    base: Entity
    target: Entity | None
    nothing: bool
    alias: str | None
    vague: bool
    infers: bool


def included(facts: Facts) -> Iterator[Included]:
    """Everything that is included, with its base, where both are known; each place once."""
    seen: set[tuple[object, ...]] = set()
    for use in facts.uses:
        method = use.library.rpartition(".")[2] if use.library is not None else ""
        place = OPTIONS.get(method)
        if place is None or use.open:
            continue
        base = entity_of(facts, use.holder)
        given = use.argument(place)
        if base is None or not isinstance(given, Record):
            continue
        for found in inside(facts, use, base, given.entries.get("include"), use.span):
            key = (found.span, found.base.identity, found.alias, found.target and found.target.identity)
            if key not in seen:
                seen.add(key)
                yield found


def entity_of(facts: Facts, value: Value | None) -> Entity | None:
    """The model that a value surely is, or of which it is a row."""
    if isinstance(value, Row):
        value = value.model
    if isinstance(value, LateModel):
        return named(facts, value.named)
    if isinstance(value, Class | DefinedModel) or (isinstance(value, Instance) and value.kind is not None):
        found = facts.entity_of(value)
        if found is not None and found.orm == "sequelize":
            known = value.named if isinstance(value, DefinedModel) else None
            return found if known is None or known == found.name else named(facts, known)
    return None


def named(facts: Facts, name: str | None) -> Entity | None:
    """The only model of a name."""
    found = [entity for entity in facts.models.entities if entity.orm == "sequelize" and entity.name == name]
    return found[0] if len(found) == 1 else None


def inside(
    facts: Facts, use: Use, base: Entity, given: Value | None, place: Span, depth: int = 0
) -> Iterator[Included]:
    """What an ``include`` option names, those inside it too."""
    if given is None or isinstance(given, Choice) or depth > 6:
        return
    items = given.items if isinstance(given, Sequence) else [given]
    listed = isinstance(given, Sequence)
    for item in items:
        span = facts.program.engine.span(item.origin) if item.origin is not None and is_written(item) else place
        infers = infers_aliases(use.holder)
        if isinstance(item, Const) and isinstance(item.value, str):
            yield Included(span, use, base, None, False, item.value, False, infers)
        elif isinstance(item, Const) and item.value is None and listed:
            yield Included(span, use, base, None, True, None, False, infers)
        elif isinstance(item, Class | DefinedModel):
            target = entity_of(facts, item)
            if target is not None:
                yield Included(span, use, base, target, False, None, False, infers)
        elif isinstance(item, Record) and item.complete and "all" not in item.entries:
            yield from one(facts, use, base, item, span, infers, depth)


def is_written(item: Value) -> bool:
    """Whether the origin of a value is where the include is written, rather than where its model is."""
    return isinstance(item, Const | Record)


def one(facts: Facts, use: Use, base: Entity, item: Record, span: Span, infers: bool, depth: int) -> Iterator[Included]:
    """``{ model, as, include }`` or ``{ association, include }``."""
    association = item.entries.get("association")
    given = item.entries.get("as")
    alias = text_of(given) if given is not None else None
    target: Entity | None = None
    if association is not None:
        if isinstance(association, Made):
            return
        alias = text_of(association)
        if alias is None:
            return
        found = Included(span, use, base, None, False, alias, False, infers)
    else:
        model = item.entries.get("model")
        nothing = isinstance(model, Const) and model.value is None
        target = entity_of(facts, model)
        if target is None and not nothing:
            return
        found = Included(span, use, base, target, nothing, alias, given is not None and alias is None, infers)
    yield found
    inner = item.entries.get("include")
    if inner is None:
        return
    if target is None:
        linked = base.relationship(alias or "")
        target = named(facts, linked.target) if linked is not None and linked.resolved else None
    if target is not None:
        yield from inside(facts, use, target, inner, span, depth + 1)


def infers_aliases(holder: Value | None) -> bool:
    """Whether a model is sequelize-typescript's, which finds the alias of an only association by itself."""
    kind = holder.kind if isinstance(holder, Instance) else holder
    return isinstance(kind, Class) and any(
        isinstance(base, External) and base.path.startswith("sequelize-typescript") for base in kind.lineage()
    )


def is_known(facts: Facts, entity: Entity) -> bool:
    """Whether all associations of a model were read."""
    if not all(found.known and found.resolved for found in entity.relationships):
        return False
    return not any(found.reason in (UNPLACED, UNSEEN) for found in facts.models.unread)


UNPLACED = "which model this is an association of"


def between(base: Entity, target: Entity) -> list[Relationship]:
    """The associations from one model to another."""
    return [found for found in base.relationships if found.target == target.name]


def never_made(facts: Facts, base: Entity) -> bool:
    """Whether associations in the file of a model are made by a function that nobody calls."""
    return any(
        found.span.path == base.span.path for found in facts.models.defects_of("sequelize/association-never-made")
    )


def aliases(links: list[Relationship]) -> str:
    """The aliases of associations, for a reader."""
    return " or ".join(f"`{link.name}`" for link in links)
