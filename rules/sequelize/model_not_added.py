"""A model of sequelize-typescript is used, and its connection is not given it.

A decorated class becomes a model where the connection is given it: `new Sequelize({ models: [Order, Customer] })`, or
`addModels`. An association with a class that is left out throws as soon as the models are added (`OrderItem has not
been defined`), and a query of one throws `Model not initialized`.

Add the class to the list. Nothing is said where the list is made at run time, of paths, or of several connections.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Class, Entity, Facts, Problem, Related, Span, rule

from ._decorators import BASES, added, derives
from ._models import RESULTS
from ._notes import identity, notes


@rule(Category.SERVER_STARTUP_FAILURE)
def model_not_added(facts: Facts) -> Iterator[Problem]:
    """Yield each decorated model that is used without its connection."""
    engine = facts.program.engine
    missing = dict(left_out(facts))
    given = added(engine) if missing else None
    if given is None:
        return
    told = {one.identity for cls in engine.classes if cls.code in given and (one := facts.entity_of(cls)) is not None}
    users: dict[str, tuple[Span, str]] = {}
    for entity in facts.models.entities:
        for link in entity.relationships if entity.identity in told else ():
            for name in (link.target, link.through_entity):
                if name in missing and link.resolved:
                    users.setdefault(name, (link.span, f"Error: {name} has not been defined"))
    for use in facts.uses:
        method = use.library.rpartition(".")[2] if use.library is not None else ""
        used = facts.entity_of(use.holder) if method in RESULTS and isinstance(use.holder, Class) else None
        if used is not None and used.name in missing:
            symptom = f'Error: Model not initialized: Member "{method}" cannot be called.'
            users.setdefault(used.name, (use.span, symptom))
    for name, (place, symptom) in users.items():
        yield Problem(
            missing[name].span,
            f"`{name}` is not among the models that the connection is given",
            related=(Related(place, f"`{name}` is used here"),),
            symptom=symptom,
            remedy=f"Add `{name}` to the connection's `models`",
        )


def left_out(facts: Facts) -> Iterator[tuple[str, Entity]]:
    """Decorated models that no connection is given, by name."""
    engine = facts.program.engine
    given = added(engine)
    defined = {identity(found.model) for found in notes(engine).definitions.values()}
    for cls in engine.classes if given is not None else ():
        if cls.module.javascript and cls.code not in (given or ()) and derives(cls, BASES[0]):
            entity = facts.entity_of(cls) if identity(cls) not in defined else None
            if entity is not None and entity.orm == "sequelize":
                yield entity.name, entity
