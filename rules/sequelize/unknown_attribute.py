"""A model is given a key that it does not have.

`create`, `bulkCreate`, `build`, `update` and the defaults of `findOrCreate` take the names of the model's attributes.
Sequelize drops any other key without a word: the row is stored without the value, or refused because a column that
must not be null got none. Where no key is known, as in `User.create({ options })`, nothing is stored at all.

Name the attribute as the model declares it, or spread the object (`User.create({ ...options })`). Models of which not
all was read are left alone, and so are keys of associations that are created along.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from verifier.api import (
    Category,
    Confidence,
    Entity,
    Facts,
    Problem,
    Record,
    Related,
    Sequence,
    Severity,
    Use,
    Value,
    options,
    rule,
)

GIVEN = frozenset({"create", "build", "update", "bulkCreate", "bulkBuild", "upsert"})
FOUND = frozenset({"findOrCreate", "findOrBuild", "findCreateFind"})


@rule(Category.DATABASE_RUNTIME_ERROR, Severity.WARNING)
def unknown_attribute(facts: Facts) -> Iterator[Problem]:
    """Yield each key that a model is given values under and lacks."""
    for use in facts.uses:
        records = list(values_of(use)) if use.library is not None else []
        entity = facts.entity_of(use.holder) if records else None
        if entity is None or entity.orm != "sequelize" or entity.open:
            continue
        for record in records:
            keys = [key for key in record.entries if isinstance(key, str)]
            unknown = [key for key in keys if not has(entity, key)]
            nothing = len(unknown) == len(record.entries)
            for key in unknown:
                yield Problem(
                    use.span,
                    f"`{entity.name}` is given `{key}`, and has no such attribute",
                    related=(Related(entity.span, f"`{entity.name}` is declared here"),),
                    symptom="nothing is stored" if nothing else f"`{key}` is dropped without a word",
                    remedy=remedy(entity, key),
                    severity=Severity.ERROR if nothing else None,
                    confidence=None if nothing else Confidence.MEDIUM,
                    identity=f"{entity.name} {key}",
                )


def values_of(use: Use) -> Iterator[Record]:
    """The objects whose keys a call stores."""
    name = (use.library or "").rpartition(".")[2]
    first = use.argument(0)
    if name in GIVEN:
        yield from records_in([first])
    elif name in FOUND and isinstance(first, Record):
        yield from records_in([first.entries.get("defaults")])


def records_in(values: Iterable[Value | None]) -> Iterator[Record]:
    """Objects of which every key is known, and those in lists."""
    for value in values:
        for option in options(value) if value is not None else ():
            if isinstance(option, Record) and option.entries and option.complete:
                yield option
            elif isinstance(option, Sequence):
                yield from records_in([*option.items, option.element])


def has(entity: Entity, key: str) -> bool:
    """Whether a model has an attribute or an association of a name; ``a.b`` is a part of a JSON attribute."""
    name = key.partition(".")[0]
    return entity.mapped(name) is not None or entity.relationship(name) is not None or name in entity.attributes


def remedy(entity: Entity, key: str) -> str:
    """The nearest attribute, if one is near."""
    near = get_close_matches(key, [column.attribute for column in entity.columns], 1)
    return f"Write `{near[0]}`" if near else f"Declare `{key}` on `{entity.name}`, or leave it away"
