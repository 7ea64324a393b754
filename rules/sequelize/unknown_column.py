"""A query names a column that the model's table does not have.

The keys of `where`, the names in `attributes` and those in `order` are attributes of the model, or columns of its
table. Any other name is put into the SQL as it stands, and the database refuses the query: `no such column:
Comment.article`. Associations, getters and virtual attributes are no columns either: ask for `articleId` rather than
for `article`. A model without `timestamps` has no `createdAt` to be ordered by.

Name the attribute as the model declares it; what an included model has is `'$author.name$'` in `where`, and `[Author,
"name", "ASC"]` in `order`. Models of which not all was read are left alone, and so is `order` where `attributes` or
scopes may give a name to an expression.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

from verifier.api import (
    Category,
    Class,
    Entity,
    Facts,
    Problem,
    Record,
    Related,
    Sequence,
    Value,
    options,
    rule,
    text_of,
)

from ._includes import entity_of, is_known
from ._models import DefinedModel

# The argument that holds the options of each method of a model.
PLACES = {
    **dict.fromkeys(("findAll", "findOne", "findAndCountAll", "findOrCreate", "findOrBuild", "count", "destroy"), 0),
    **dict.fromkeys(("findByPk", "update", "increment", "decrement", "sum", "min", "max"), 1),
}
NAME = re.compile(r"[A-Za-z_]\w*")
# Columns that the databases give every table.
HIDDEN = frozenset({"rowid", "oid", "_rowid_", "ctid", "xmin", "xmax", "tableoid"})
# Hooks that may change what is asked for, and scopes that may name expressions.
CHANGING = re.compile(rb"\bbefore(?:Find|Count|BulkDestroy|BulkUpdate)\b")
SCOPED = re.compile(rb"\b(?:defaultScope|addScope|scopes|DefaultScope|Scopes)\b")
DEEPEST = 6


@rule(Category.INCORRECT_QUERY_LOGIC)
def unknown_column(facts: Facts) -> Iterator[Problem]:
    """Yield each name in a query that is no column of its model."""
    if facts.models.defects_of("sequelize/association-never-made"):
        return
    changing: bool | None = None
    seen: set[tuple[object, ...]] = set()
    for use in facts.uses:
        place = PLACES.get(use.library.rpartition(".")[2]) if use.library is not None else None
        if place is None or not isinstance(use.holder, Class | DefinedModel):
            continue
        entity = entity_of(facts, use.holder)
        given = use.argument(place)
        if entity is None or not isinstance(given, Record):
            continue
        for owner, option, name in named(facts, entity, given, 0):
            if (use.span, owner.identity, option, name) in seen or has(owner, name) or not is_closed(facts, owner):
                continue
            if changing is None:
                changing = any(CHANGING.search(file.data) for file in facts.project.files.values())
            if changing:
                return
            seen.add((use.span, owner.identity, option, name))
            near = get_close_matches(name, [column.attribute for column in owner.columns], 1)
            yield Problem(
                use.span,
                f"`{option}` names `{name}`, and `{owner.name}` has no such column",
                related=(Related(owner.span, f"`{owner.name}` is declared here"),),
                symptom=f"SequelizeDatabaseError: no such column: {owner.name}.{name}",
                remedy=remedy(owner, name, near),
                identity=f"{owner.name} {option} {name}",
            )


def named(facts: Facts, entity: Entity, given: Record, depth: int) -> Iterator[tuple[Entity, str, str]]:
    """The names that the options of a query hold: of which model, in which option, and the name itself."""
    for where in alternatives(given.entries.get("where")):
        for key in where.entries if isinstance(where, Record) else ():
            name = key.partition(".")[0] if isinstance(key, str) else ""
            if NAME.fullmatch(name):
                yield entity, "where", name
    attributes = given.entries.get("attributes")
    for option in alternatives(attributes):
        for item in items(option.entries.get("include") if isinstance(option, Record) else option):
            name = text_of(item) or ""
            if NAME.fullmatch(name) and name not in (entity.accepts or ()):
                yield entity, "attributes", name
    if attributes is None and "group" not in given.entries and depth == 0 and not is_scoped(facts, entity):
        for option in alternatives(given.entries.get("order")):
            for item in items(option):
                pair = item.items if isinstance(item, Sequence) else [item]
                name = text_of(pair[0]) or "" if 0 < len(pair) <= 2 and all(map(text_of, pair)) else ""
                if NAME.fullmatch(name):
                    yield entity, "order", name
    for included in items(given.entries.get("include")) if depth < DEEPEST else ():
        if isinstance(included, Record):
            target = entity_of(facts, included.entries.get("model"))
            if target is not None:
                yield from named(facts, target, included, depth + 1)


def alternatives(value: Value | None) -> tuple[Value, ...]:
    """What an option may be; nothing where it is not given."""
    return options(value) if value is not None else ()


def items(value: Value | None) -> list[Value]:
    """The items of a list; a single one stands for itself."""
    if isinstance(value, Sequence):
        return list(value.items)
    return [value] if isinstance(value, Record) else []


def has(entity: Entity, name: str) -> bool:
    """Whether a table has a column of a name; databases differ in whether its case matters."""
    lowered = name.lower()
    return lowered in HIDDEN or any(lowered in (one.attribute.lower(), one.name.lower()) for one in entity.columns)


def is_closed(facts: Facts, entity: Entity) -> bool:
    """Whether all columns of a model were read: those that associations of other models give it, too."""
    others = [found for found in facts.models.entities if found.orm == "sequelize"]
    return not entity.open and all(is_known(facts, other) for other in others)


def is_scoped(facts: Facts, entity: Entity) -> bool:
    """Whether a model may have scopes, which name expressions."""
    source = facts.project.files.get(entity.span.path)
    return source is not None and SCOPED.search(source.data) is not None


def remedy(entity: Entity, name: str, near: list[str]) -> str:
    """What to write instead."""
    link = entity.relationship(name)
    keys = {column.name: column.attribute for column in entity.columns}
    if link is not None and link.direction == "many-to-one" and link.local and link.local[0] in keys:
        return f"Write `{keys[link.local[0]]}`"
    return f"Write `{near[0]}`" if near else f"Declare `{name}` on `{entity.name}`, or leave it away"
