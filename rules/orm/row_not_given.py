"""A call that gives no rows is read as if it gave some.

`cursor.execute(...)` of psycopg2 gives `None`, that of PyMySQL a number, and `connection.execute(...)` of asyncpg a
text like `SELECT 3`: a loop over it, `.fetchone()` of it or `row["id"]` is a TypeError or an AttributeError, and each
request that runs the line is answered with 500. `updateMany`, `createMany` and `deleteMany` of Prisma give
`{ count }`, `Model.update(values, { where })` of Sequelize `[count]`, `Model.destroy({ where })` a number, and `.run()`
of better-sqlite3 `{ changes, lastInsertRowid }`: `user.name` of these is `undefined`, and the field is missing in the
answer.

Fetch what was found or written: `cursor.fetchone()`, `connection.fetchrow(...)`, `prisma.user.update(...)`, or another
query for the row.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from verifier.api import (
    Category,
    Context,
    External,
    Facts,
    Origin,
    Problem,
    Span,
    Value,
    is_test,
    regex,
    rule,
    syntax,
    taken_contexts,
)

OF_ALL = frozenset({"then", "catch", "finally", "constructor", "hasOwnProperty", "toString", "toJSON", "valueOf"})
SIZED = frozenset({"len", "list", "tuple", "dict"})
OF_NUMBERS = frozenset({"toFixed", "toPrecision", "toLocaleString", "toExponential"})
OF_ARRAYS = frozenset(
    """length at concat entries every filter find findIndex flat flatMap forEach includes indexOf join keys map pop push
    reduce reverse shift slice some sort splice unshift values""".split()
)


class Given(NamedTuple):
    """What a call gives, in words; ``kind`` is its class in Python, ``members`` what is read of it in JavaScript."""

    what: str
    kind: str
    members: frozenset[str]
    remedy: str


NOTHING = Given("`None`", "NoneType", frozenset(), "Fetch from the cursor: `cursor.fetchone()`")
NUMBER = Given("a number of rows", "int", frozenset(dir(int)), "Fetch from the cursor: `cursor.fetchone()`")
STATUS = Given("a text like `SELECT 3`", "str", frozenset(dir(str)), "Use `fetch`, `fetchrow` or `fetchval`")
BATCH = Given("`{ count }`", "", frozenset({"count"}), "Use the method for one row, or query the rows again")
CHANGED = Given("`[count]`", "", OF_ARRAYS, "Query the row again: `findByPk`, `findOne`")
REMOVED = Given("a number", "", OF_NUMBERS, "Query the row before it is removed")
RUN = Given("`{ changes, lastInsertRowid }`", "", frozenset({"changes", "lastInsertRowid"}), "Query the row by its key")

EXECUTES: tuple[tuple[re.Pattern[str], Given], ...] = (
    (regex(r"psycopg2\.[\w.()]*\.(?:cursor\(\)|Cursor)\.execute(?:many)?"), NOTHING),
    (regex(r"(?:pymysql|MySQLdb)\.[\w.()]*\.cursor\(\)\.execute(?:many)?"), NUMBER),
    (regex(r"(?:aiomysql|asyncmy)\.[\w.()]*\.cursor\(\)\.execute(?:many)?"), NUMBER),
    (regex(r"asyncpg\.[\w.()]*\.execute"), STATUS),
    (regex(r"[\w./@$-]*\bPrismaClient(?:\(\))?\.\w+\.(?:updateMany|createMany|deleteMany)"), BATCH),
    (regex(r"(?:sequelize|sequelize-typescript|@sequelize/core)\.[\w.]*Model\.update"), CHANGED),
    (regex(r"(?:sequelize|sequelize-typescript|@sequelize/core)\.[\w.]*Model\.destroy"), REMOVED),
    (regex(r"better-sqlite3[\w.()]*\.prepare\(\)[\w.()]*\.run"), RUN),
)


@rule(Category.INCORRECT_QUERY_LOGIC)
def row_not_given(facts: Facts) -> Iterator[Problem]:
    """Yield each use of what such a call gives that only rows take."""
    for function, body in facts.seen.bodies.items():
        path, javascript = function.module.path, function.module.javascript
        if is_test(path):
            continue
        for node, context, _ in body.calls:
            given = given_by(facts.seen.targets.get(Origin(path, node.start, node.end), ()), node)
            if given is None or (context.kind != "awaited" and given is STATUS):
                continue
            for use in taken_contexts(context):
                told = undefined(given, use) if javascript else refused(given, use)
                span = facts.program.engine.span(Origin(path, *use.place))
                if told is not None and not (javascript and is_asked(facts, span)):
                    yield Problem(
                        span,
                        f"This is {given.what}, and is read as if it were rows",
                        symptom=told,
                        remedy=given.remedy,
                        routes=facts.routes_at(span),
                        identity=told,
                    )


def given_by(targets: Iterable[Value], node: syntax.Call) -> Given | None:
    """What a call surely gives; None where that may be rows."""
    found = {given_by_one(target, node) for target in targets}
    return found.pop() if len(found) == 1 else None


def given_by_one(target: Value, node: syntax.Call) -> Given | None:
    """The same for one thing that is called. A row's own `update` and `destroy` have no `where`."""
    if not isinstance(target, External):
        return None
    given = next((given for pattern, given in EXECUTES if pattern.fullmatch(target.path)), None)
    if given is CHANGED or given is REMOVED:
        place = 1 if given is CHANGED else 0
        options = node.arguments[place] if len(node.arguments) > place else None
        keys = (
            {one.key.value for one in options.entries if isinstance(one.key, syntax.Const)}
            if (isinstance(options, syntax.Mapping))
            else set()
        )
        return given if "where" in keys and "returning" not in keys else None
    return given


def refused(given: Given, use: Context) -> str | None:
    """What Python says of a use; None where it takes it."""
    name = use.name
    if use.kind == "read" and name:
        if name.startswith("__") or name in given.members:
            return None
        return f"500: AttributeError: '{given.kind}' object has no attribute '{name}'"
    if use.kind == "read" and given is not STATUS:
        return f"500: TypeError: '{given.kind}' object is not subscriptable"
    if use.kind == "read" and isinstance(use.slot, str):
        return "500: TypeError: string indices must be integers, not 'str'"
    if use.kind in ("iterated", "unpacked") and given is not STATUS:
        return f"500: TypeError: '{given.kind}' object is not iterable"
    callee = use.call.callee if use.kind == "given" and use.call is not None and use.position == 0 else None
    if isinstance(callee, syntax.Name) and callee.id in SIZED and given is not STATUS:
        return f"500: TypeError: {callee.id}() cannot take a '{given.kind}'"
    return None


def undefined(given: Given, use: Context) -> str | None:
    """What JavaScript makes of a use; None where it is fine."""
    if use.kind != "read" or use.name in given.members or use.name in OF_ALL:
        return None
    if not use.name:
        return "It is `undefined`" if isinstance(use.slot, int) and given is not CHANGED else None
    return f"`{use.name}` is not a function" if use.called else f"`{use.name}` is `undefined`"


def is_asked(facts: Facts, span: Span) -> bool:
    """Whether the code goes on without the value."""
    after = facts.project.files[span.path].line(span.end_line)[span.end_column - 1 :].lstrip()
    return re.match(r"\?\?|\|\||\?\.|=(?![=>])", after) is not None
