"""What a query gives is read as one row, and is several things.

`findAll`, `findMany`, `db.select()` of Drizzle, `.execute()` of Kysely, a builder of Knex and `.all()` of SQLAlchemy
give a list, also where one row meets the condition. In JavaScript `users.name` is `undefined`: the field is missing in
the answer, or a check that needs it fails for everybody. In Python it is an AttributeError. `findOrCreate` gives
`[row, created]`, `findAndCountAll` an object with `rows` and `count`, and a row of `session.execute(select(User))` has
the user in it: `row.User`, not `row.name`.

Take the row out: `const [user] = await ...`, `findOne`, `.executeTakeFirst()`, `.scalar_one()`.

Left alone are places where the value may be something else, and functions that ask whether they were given a list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier.api import (
    Absence,
    Category,
    Entity,
    Facts,
    Instance,
    NamedItems,
    Problem,
    Record,
    Sequence,
    Value,
    is_looked_for,
    is_test,
    regex,
    rule,
)

OF_ARRAYS = frozenset(
    """length at concat copyWithin entries every fill filter find findIndex findLast findLastIndex flat flatMap forEach
    includes indexOf join keys lastIndexOf map pop push reduce reduceRight reverse shift slice some sort splice
    toLocaleString toReversed toSorted toSpliced toString unshift values with constructor hasOwnProperty then catch
    finally toJSON valueOf""".split()
)
# What nobody asks of an object with rows and their count.
OF_ROWS = frozenset("length map filter find findIndex forEach reduce some every flatMap slice sort".split())
BUILT = regex(r"drizzle-orm\.Row|kysely\.Row|knex\(\)\(\)")
ASKING = regex(rb"isArray|isinstance\(|hasattr\(|\btypeof\b|instanceof")


@rule(Category.INCORRECT_QUERY_LOGIC)
def list_as_row(facts: Facts) -> Iterator[Problem]:
    """Yield each attribute that is read of several rows, or of what holds a row, and that rows have."""
    for absence in facts.calls.absences:
        if not absence.alone or absence.name == "[]" or is_test(absence.span.path):
            continue
        javascript = not absence.span.path.endswith((".py", ".pyi"))
        told = misread(facts, absence, javascript)
        if told is None or is_asked(facts, absence):
            continue
        message, remedy, error = told
        yield Problem(
            absence.span,
            message,
            symptom=f"`{absence.name}` is `undefined`; calling it is a TypeError" if javascript else f"500: {error}",
            remedy=remedy,
            identity=absence.name,
        )


def misread(facts: Facts, absence: Absence, javascript: bool) -> tuple[str, str, str] | None:
    """What is wrong, what to write, and what Python says; None where nothing is."""
    holder, name = absence.holder, absence.name
    if isinstance(holder, Record):
        page = javascript and holder.origin is None and holder.entries.keys() == {"rows", "count"}
        if not page or name not in OF_ROWS:
            return None
        return f"This is an object with `rows` and `count`: `.{name}` is read of it", f"Write `.rows.{name}`", ""
    if isinstance(holder, NamedItems):
        within = next((one for one in holder.items if has(facts.entity_of(one), name)), None)
        if javascript or within is None or name in holder.names or hasattr(tuple, name):
            return None
        entity = facts.entity_of(within)
        inner = entity.name if entity is not None else ""
        return (
            f"The row holds an object of `{inner}`, and `.{name}` is read of the row",
            f"Read it of the object (`row.{inner}.{name}`), or fetch by `.scalars()`",
            f"AttributeError: Could not locate column in row for column '{name}'",
        )
    if not isinstance(holder, Sequence) or holder.origin is not None:
        return None
    if name in OF_ARRAYS if javascript else hasattr(list, name):
        return None
    if holder.complete and javascript and len(holder.items) == 2 and has(facts.entity_of(holder.items[0]), name):
        return f"This is `[row, created]`: `.{name}` is read of the two", "Write `const [row] = await ...`", ""
    if holder.complete or holder.items or not is_row(facts, holder.element, name, javascript):
        return None
    return (
        f"These are all rows: `.{name}` is read of the list",
        "Ask for one row, or take it out of the list",
        f"AttributeError: 'list' object has no attribute '{name}'",
    )


def is_row(facts: Facts, value: Value | None, name: str, javascript: bool) -> bool:
    """Whether a value is a row that may have an attribute, as far as its columns are known."""
    if not isinstance(value, Instance):
        return False
    entity = facts.entity_of(value)
    if entity is not None:
        return has(entity, name)
    return javascript and value.kind is None and BUILT.fullmatch(value.path or "") is not None


def has(entity: Entity | None, name: str) -> bool:
    """Whether rows of a class have an attribute."""
    return entity is not None and (
        entity.mapped(name) is not None or entity.relationship(name) is not None or name in entity.attributes
    )


def is_asked(facts: Facts, absence: Absence) -> bool:
    """Whether the code asks what it has, or goes on without it."""
    function = facts.calls.codes.get(absence.caller) if absence.caller is not None else None
    source = facts.project.files[absence.span.path]
    text = function.module.source.data[function.code.start : function.code.end] if function is not None else source.data
    if ASKING.search(text) is not None or is_looked_for(facts, absence.span.path, absence.name):
        return True
    after = source.line(absence.span.end_line)[absence.span.end_column - 1 :].lstrip()
    return re.match(r"\?\?|\|\||=(?![=>])", after) is not None
