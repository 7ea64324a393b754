"""One row is used as if it were a list of rows.

`findByPk`, `findOne`, `findUnique`, `findFirst`, `create` and `executeTakeFirst` give one object, or nothing.
`user.map(...)` raises `TypeError: user.map is not a function`, `const [user] = await User.findOne(...)` and a loop over
it `TypeError: ... is not iterable`, and `user[0]` is `undefined`.

Use the object itself, or ask for all: `findAll`, `findMany`, `.execute()`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from verifier.api import (
    Category,
    Context,
    External,
    Facts,
    Origin,
    Problem,
    Value,
    is_test,
    regex,
    rule,
    taken_contexts,
)

GIVES = regex(
    r"[\w./@$-]*\bPrismaClient(?:\(\))?\.\w+\.(?:find(?:Unique|First)(?:OrThrow)?|create|update|upsert|delete)"
    r"|(?:sequelize|sequelize-typescript|@sequelize/core)\.[\w.]*Model\.(?:findByPk|findOne|create)"
    r"|kysely\.\w+QueryBuilder\.executeTakeFirst(?:OrThrow)?"
    r"|drizzle-orm[\w/.-]*\.drizzle\(\)\.query\.\w+\.findFirst"
    r"|knex\.QueryBuilder\.first"
)
OF_LISTS = frozenset("map forEach filter reduce some every flatMap find findIndex push slice sort join".split())


@rule(Category.INCORRECT_QUERY_LOGIC)
def row_as_list(facts: Facts) -> Iterator[Problem]:
    """Yield each use of one row that only lists take."""
    for function, body in facts.seen.bodies.items():
        path = function.module.path
        if not function.module.javascript or is_test(path):
            continue
        for node, context, _ in body.calls:
            if context.kind != "awaited" or not gives_row(
                facts.seen.targets.get(Origin(path, node.start, node.end), ())
            ):
                continue
            for use in taken_contexts(context):
                told = refused(use)
                if told is not None:
                    span = facts.program.engine.span(Origin(path, *use.place))
                    yield Problem(
                        span,
                        "This is one row, and is used as a list of rows",
                        symptom=told,
                        remedy="Use the object itself, or ask for all rows",
                        routes=facts.routes_at(span),
                        identity=told,
                    )


def gives_row(targets: Iterable[Value]) -> bool:
    """Whether a call surely gives one row, or nothing."""
    found = list(targets)
    return bool(found) and all(isinstance(one, External) and GIVES.fullmatch(one.path) for one in found)


def refused(use: Context) -> str | None:
    """What JavaScript makes of a use of a row as a list; None where it is fine."""
    if use.kind == "read" and use.called and use.name in OF_LISTS:
        return f"500: TypeError: {use.name} is not a function"
    if use.kind == "read" and not use.name and type(use.slot) is int:
        return f"`[{use.slot}]` is `undefined`"
    if use.kind == "iterated" or (use.kind == "unpacked" and any(type(slot) is int for slot in use.held or ())):
        return "500: TypeError: object is not iterable"
    return None
