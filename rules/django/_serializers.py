"""The serializers of REST framework that a project declares: their fields, and those of their models."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from verifier.api import (
    Class,
    Entity,
    External,
    Facts,
    Function,
    Instance,
    Origin,
    Sequence,
    Value,
    is_test,
    options,
    text_of,
)

MODELS = frozenset({"ModelSerializer", "HyperlinkedModelSerializer"})
PREFIX = "rest_framework.serializers."


class Declared(NamedTuple):
    """A field that a serializer's body declares: its class in the library, and the value of ``source``."""

    name: str
    kind: str
    value: Instance

    def keyword(self, name: str) -> Value | None:
        """What it is given by a keyword."""
        return self.value.made_by.keywords.get(name) if self.value.made_by is not None else None

    def place(self, name: str) -> Origin | None:
        """Where a keyword is written."""
        return self.value.made_by.place(name) if self.value.made_by is not None else None


def serializers(facts: Facts) -> Iterator[tuple[Class, frozenset[str]]]:
    """Serializers of the program, each with the names of the library's classes that it derives from."""
    facts.models  # noqa: B018 -- what declares models has to be run before
    for kind in list(facts.program.engine.classes):
        if kind.module.javascript or is_test(kind.module.path):
            continue
        bases = [base for base in kind.lineage() if isinstance(base, External | Instance)]
        names = frozenset(
            (base.path or "").removeprefix(PREFIX) for base in bases if (base.path or "").startswith(PREFIX)
        )
        if any(name.endswith("Serializer") for name in names):
            yield kind, names


def declared_in(kind: Class) -> Iterator[Declared]:
    """The fields that the body of a class declares."""
    for name, value in kind.members.items():
        path = value.path or "" if isinstance(value, Instance) and value.kind is None else ""
        if isinstance(value, Instance) and path.startswith((PREFIX, "rest_framework.fields.")):
            yield Declared(name, path.rpartition(".")[2].removesuffix("()"), value)


def all_declared(kind: Class) -> dict[str, Declared]:
    """Those of its ancestors too."""
    found: dict[str, Declared] = {}
    for base in reversed([base for base in kind.lineage() if isinstance(base, Class)]):
        found.update({one.name: one for one in declared_in(base)})
    return found


def declares(kind: Class, name: str) -> bool:
    """Whether the body of a serializer or of an ancestor binds a name to anything."""
    return any(isinstance(base, Class) and name in base.members for base in kind.lineage())


def defines(kind: Class, name: str) -> bool | None:
    """Whether a serializer has a method; None where an ancestor that was not read may bring it."""
    for base in kind.lineage():
        if isinstance(base, Class) and name in base.members:
            return True
        path = base.path or "" if isinstance(base, External | Instance) else "?"
        if not isinstance(base, Class) and not path.startswith((PREFIX, "rest_framework.")) and path != "object":
            return None
    return False


def is_derived_from(facts: Facts, kind: Class) -> bool:
    """Whether other classes of the project derive from a serializer: what it lacks, these may have."""
    return any(other is not kind and kind in other.lineage() for other in facts.program.engine.classes)


def meta_of(kind: Class) -> Class | None:
    """The ``Meta`` of a serializer."""
    for base in kind.lineage():
        found = base.members.get("Meta") if isinstance(base, Class) else None
        if isinstance(found, Class):
            return found
    return None


def setting_of(facts: Facts, meta: Class, name: str) -> Value | None:
    """What a ``Meta``, or one that it derives from, says."""
    for base in meta.lineage():
        if isinstance(base, Class) and name in base.members:
            return facts.program.engine.force(base.members[name])
        if not isinstance(base, Class | External):
            return None
    return None


def model_of(facts: Facts, meta: Class) -> Entity | None:
    """The model of a serializer, where all its fields are known."""
    value = setting_of(facts, meta, "model")
    entity = facts.entity_of(value) if isinstance(value, Class) else None
    return entity if entity is not None and not entity.open else None


def names_of(entity: Entity) -> set[str]:
    """All names under which a serializer finds something on a model."""
    found = {"pk", "url", *entity.attributes}
    for column in entity.columns:
        found |= {column.attribute, column.name}
    return found | {one.name for one in entity.relationships}


def named(value: Value | None) -> list[tuple[str, Origin | None]] | None:
    """The names in a list of fields, with their places; None where not all are known."""
    if value is None or len(options(value)) != 1 or not isinstance(value, Sequence) or not value.complete:
        return None
    found = [(text_of(item), item.origin) for item in value.items]
    return [(name, origin) for name, origin in found if name is not None] if all(name for name, _ in found) else None


def is_method(value: Value | None) -> bool:
    """Whether a member is a function."""
    return isinstance(value, Function)
