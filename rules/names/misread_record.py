"""An object is read like a dictionary, or a dictionary like an object.

`body["email"]` of an object of a class (a pydantic model, a dataclass, a row of an ORM) raises `TypeError: 'Login'
object is not subscriptable`; `user.name` of a dictionary raises `AttributeError: 'dict' object has no attribute
'name'`. Each request that runs the line is answered with 500.

Read attributes of objects (`body.email`) and keys of dictionaries (`user["name"]`).

The rule speaks only where all that the class has is known, and of dictionaries that are written out in the code.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Absence, Category, Class, Entity, Facts, Instance, Problem, Record, Related, is_test, rule

from ._classes import is_closed
from .unknown_member import is_expected


@rule(Category.BUSINESS_LOGIC_DEFECT)
def misread_record(facts: Facts) -> Iterator[Problem]:
    """Yield each object that is subscripted, and each dictionary of which an attribute is read."""
    for absence in facts.calls.absences:
        if not absence.alone or is_test(absence.span.path):
            continue
        if facts.project.files[absence.span.path].language != "python":
            continue
        found: Iterator[Problem] = iter(())
        if absence.name == "[]":
            found = subscripted(facts, absence)
        elif isinstance(absence.holder, Record):
            found = dotted(facts, absence, absence.holder)
        for problem in found:
            if not is_expected(facts, absence):
                yield problem


def subscripted(facts: Facts, absence: Absence) -> Iterator[Problem]:
    """An object that takes no subscript."""
    kind = absence.holder.kind if isinstance(absence.holder, Instance) else None
    if kind is None or kind.origin is None:
        return
    entity = facts.entity_of(kind)
    if not (is_mapped(entity) or is_closed(facts, kind)) or takes_items(kind):
        return
    if not is_mapped(entity) and any(getattr(one, "path", "") == "typing.NamedTuple" for one in kind.lineage()):
        return
    yield Problem(
        absence.span,
        f"An object of `{kind.name}` is read like a dictionary",
        related=(Related(facts.program.engine.span(kind.origin), f"`{kind.name}` is declared here"),),
        symptom=f"TypeError: '{kind.name}' object is not subscriptable",
        remedy="Read the attribute with a dot",
        identity=kind.name,
    )


def takes_items(kind: Class) -> bool:
    """Whether a class says what a subscript gives."""
    return any(isinstance(one, Class) and "__getitem__" in one.members for one in kind.lineage())


def is_mapped(entity: Entity | None) -> bool:
    """Whether a class is one that a Python mapper has objects for."""
    return entity is not None and entity.orm in ("sqlalchemy", "django") and not entity.open


def dotted(facts: Facts, absence: Absence, holder: Record) -> Iterator[Problem]:
    """A dictionary of which an attribute is read."""
    if not holder.complete or holder.origin is None or hasattr(dict, absence.name) or not absence.certain:
        return
    if not all(isinstance(key, str) for key in holder.entries):
        return
    home = facts.project.files.get(holder.origin.path)
    if home is None or home.data[holder.origin.start : holder.origin.start + 1] != b"{":
        return
    yield Problem(
        absence.span,
        f"The attribute `{absence.name}` is read of a dictionary",
        related=(Related(facts.program.engine.span(holder.origin), "the dictionary is made here"),),
        symptom=f"AttributeError: 'dict' object has no attribute '{absence.name}'",
        remedy=f'Read the key: `["{absence.name}"]`',
    )
