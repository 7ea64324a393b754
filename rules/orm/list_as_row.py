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
    External,
    Facts,
    Instance,
    NamedItems,
    Origin,
    Problem,
    Record,
    Sequence,
    Span,
    Value,
    is_looked_for,
    is_test,
    regex,
    rule,
    taken_contexts,
)

from ._asking import ASKING, asks

OF_ARRAYS = frozenset(
    """length at concat copyWithin entries every fill filter find findIndex findLast findLastIndex flat flatMap forEach
    includes indexOf join keys lastIndexOf map pop push reduce reduceRight reverse shift slice some sort splice
    toLocaleString toReversed toSorted toSpliced toString unshift values with constructor hasOwnProperty then catch
    finally toJSON valueOf""".split()
)
# What nobody asks of an object with rows and their count.
OF_ROWS = frozenset("length map filter find findIndex forEach reduce some every flatMap slice sort".split())
BUILT = regex(r"drizzle-orm\.Row|kysely\.Row|knex\(\)\(\)")
PRISMA = regex(
    r"[\w./@$-]*\bPrismaClient(?:\(\))?\.(\w+)\.(?:findMany|groupBy|createManyAndReturn|updateManyAndReturn)"
)


@rule(Category.INCORRECT_QUERY_LOGIC)
def list_as_row(facts: Facts) -> Iterator[Problem]:
    """Yield each attribute that is read of several rows, or of what holds a row, and that rows have."""
    yield from of_prisma(facts)
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


def of_prisma(facts: Facts) -> Iterator[Problem]:
    """Yield each field of a model that is read of the list that a method of Prisma's client gives."""
    models = {
        f"{entity.name[:1].lower()}{entity.name[1:]}": entity
        for entity in facts.models.entities
        if entity.orm == "prisma"
    }
    for function, body in facts.seen.bodies.items() if models else ():
        path = function.module.path
        if is_test(path):
            continue
        for node, context, _ in body.calls:
            called = facts.seen.targets.get(Origin(path, node.start, node.end), ())
            found = {PRISMA.fullmatch(one.path) if isinstance(one, External) else None for one in called}
            method = found.pop() if len(found) == 1 and context.kind == "awaited" else None
            entity = models.get(method[1]) if method is not None else None
            if entity is None or asks(function):
                continue
            for use in taken_contexts(context):
                span = facts.program.engine.span(Origin(path, *use.place))
                if use.kind != "read" or use.name in OF_ARRAYS or not has(entity, use.name) or goes_on(facts, span):
                    continue
                yield Problem(
                    span,
                    f"These are all rows: `.{use.name}` is read of the list",
                    symptom=f"`{use.name}` is `undefined`; calling it is a TypeError",
                    remedy="Ask for one row, or take it out of the list",
                    routes=facts.routes_at(span),
                    identity=use.name,
                )


def is_asked(facts: Facts, absence: Absence) -> bool:
    """Whether the code asks what it has, or goes on without it."""
    function = facts.calls.codes.get(absence.caller) if absence.caller is not None else None
    source = facts.project.files[absence.span.path]
    asked = asks(function) if function is not None else ASKING.search(source.data) is not None
    return asked or is_looked_for(facts, absence.span.path, absence.name) or goes_on(facts, absence.span)


def goes_on(facts: Facts, span: Span) -> bool:
    """Whether the code goes on without an attribute, or gives the value one."""
    after = facts.project.files[span.path].line(span.end_line)[span.end_column - 1 :].lstrip()
    return re.match(r"\?\?|\|\||=(?![=>])", after) is not None
