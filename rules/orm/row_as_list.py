"""One row is used as if it were a list of rows.

`findByPk`, `findOne`, `findUnique`, `findFirst`, `create`, `executeTakeFirst`, `.first()` of Knex and `.get()` of
Drizzle give one object, or nothing. `user.map(...)` raises `TypeError: user.map is not a function`,
`const [user] = await User.findOne(...)` and a loop over it `TypeError: ... is not iterable`, and `user[0]` and
`user.length` are `undefined`: `if (!user.length)` holds for a user that was found, too.

Use the object itself, or ask for all: `findAll`, `findMany`, `.execute()`.

Left alone are functions that ask whether they were given a list, variables that may hold something else, and names that
a model or a table of the project has.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import (
    Category,
    Context,
    External,
    Facts,
    Origin,
    Problem,
    is_test,
    regex,
    rule,
    syntax,
    taken_contexts,
)

from ._asking import asks

GIVES = regex(
    r"[\w./@$-]*\bPrismaClient(?:\(\))?\.\w+\.(?:find(?:Unique|First)(?:OrThrow)?|create|update|upsert|delete)"
    r"|(?:sequelize|sequelize-typescript|@sequelize/core)\.[\w.]*Model\.(?:findByPk|findOne|create)"
    r"|kysely\.\w+QueryBuilder\.executeTakeFirst(?:OrThrow)?"
    r"|drizzle-orm[\w/.-]*\.drizzle\(\)\.query\.\w+\.findFirst"
    r"|drizzle-orm\.Builder\.get"
    r"|knex\.QueryBuilder\.first"
)
# What leaves it at one row, where it is called behind ``first``.
BEHIND_FIRST = regex(r"knex\.QueryBuilder\.(?:(?:(?:and|or)?[wW]here|orderBy|select|from|join|(?:left|inner)Join)\w*)")
OF_LISTS = frozenset("map forEach filter reduce some every flatMap find findIndex push slice sort join".split())
COMPARING = frozenset("== != === !== < > <= >=".split())
NAMED_LENGTH = regex(rb"[\"'`]length[\"'`]|\blength\??\s*:\s*[A-Za-z]|\b[aA][sS]\s+length\b")


@rule(Category.INCORRECT_QUERY_LOGIC)
def row_as_list(facts: Facts) -> Iterator[Problem]:
    """Yield each use of one row that only lists take."""
    for function, body in facts.seen.bodies.items():
        path = function.module.path
        if not function.module.javascript or is_test(path):
            continue
        for node, context, _ in body.calls:
            given = row_given(facts, path, node) if context.kind == "awaited" else None
            if given is None:
                continue
            uses = list(taken_contexts(context))
            looked_at = {use.name for use in uses if use.kind == "read" and not use.called}
            for use in uses:
                told = refused(use)
                if told is None or (use.called and use.name in looked_at) or asks(function):
                    continue
                if use.kind == "read" and use.name and may_have(facts, given, use.name):
                    continue
                span = facts.program.engine.span(Origin(path, *use.place))
                yield Problem(
                    span,
                    "This is one row, and is used as a list of rows",
                    symptom=told,
                    remedy="Use the object itself, or ask for all rows",
                    routes=facts.routes_at(span),
                    identity=told,
                )


def row_given(facts: Facts, path: str, node: syntax.Call) -> External | None:
    """The method of a library by which a call surely gives one row, or nothing; None where it may give more."""
    at: syntax.Expression = node
    while isinstance(at, syntax.Call):
        found = facts.seen.targets.get(Origin(path, at.start, at.end), ())
        methods = [one for one in found if isinstance(one, External)]
        if not methods or len(methods) < len(found):
            return None
        if all(GIVES.fullmatch(one.path) for one in methods):
            return methods[0]
        if not all(BEHIND_FIRST.fullmatch(one.path) for one in methods) or not isinstance(at.callee, syntax.Member):
            return None
        at = at.callee.object
    return None


def refused(use: Context) -> str | None:
    """What JavaScript makes of a use of a row as a list; None where it is fine."""
    if use.kind == "read" and use.called and use.name in OF_LISTS:
        return f"500: TypeError: {use.name} is not a function"
    if use.kind == "read" and not use.name and type(use.slot) is int:
        return f"`[{use.slot}]` is `undefined`"
    if use.kind == "read" and use.name == "length" and not use.called and is_count(use.outer):
        return "`length` is `undefined`: the check comes out the same for each row"
    if use.kind == "iterated" or (use.kind == "unpacked" and any(type(slot) is int for slot in use.held or ())):
        return "500: TypeError: object is not iterable"
    return None


def is_count(use: Context | None) -> bool:
    """Whether a length is looked at to know whether there are rows at all."""
    if use is None or use.kind != "compared":
        return use is not None and use.kind == "tested" and use.other is None
    other = use.other.value if isinstance(use.other, syntax.Const) else None
    return use.name in COMPARING and type(other) in (int, float) and other in (0, 1)


def may_have(facts: Facts, given: External, name: str) -> bool:
    """Whether the objects of some model or table of the project may have an attribute."""
    own = facts.entity_of(given.receiver)
    if own is not None and own.open:
        return True
    for entity in facts.models.entities:
        if entity.mapped(name) is not None or entity.relationship(name) is not None or name in entity.attributes:
            return True
    if any(column.name == name for table in facts.models.tables for column in table.columns):
        return True
    return name == "length" and any(
        NAMED_LENGTH.search(source.data) for source in facts.project.files.values() if not is_test(source.path)
    )
