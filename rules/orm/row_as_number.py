"""A row is taken for the one value in it.

`cursor.fetchone()` gives a row, also where the statement selects one number: `(3,)`. `fetchone() > 0` raises
`TypeError: '>' not supported between instances of 'tuple' and 'int'`, `total / size` and `int(total)` do so too, and
`fetchone() == 0` holds for no count. The same goes for `.first()` and `.one()` of what SQLAlchemy's `execute` gives,
and for asyncpg's `fetchrow`.

Take the value out: `fetchone()[0]`, `.scalar_one()`, `fetchval(...)`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from verifier.api import (
    Category,
    Context,
    External,
    Facts,
    Native,
    Origin,
    Problem,
    Value,
    is_test,
    regex,
    rule,
    syntax,
    taken_contexts,
)

FETCHES = regex(
    r"(?:sqlite3|aiosqlite|psycopg2?|psycopg_pool|pymysql|MySQLdb|aiomysql|asyncmy|mysql\.connector)\.[\w.()]*\.fetchone"
    r"|asyncpg\.[\w.()]*\.fetchrow|django\.db\.[\w.()]*\.fetchone"
)
ROWS = frozenset({"first", "one", "one_or_none", "fetchone"})
COMPARING = frozenset({"<", ">", "<=", ">="})
EQUAL = frozenset({"==", "!="})
COMPUTING = frozenset({"+", "-", "/", "//", "%"})
NUMBERS = frozenset({"int", "float", "round", "abs"})


@rule(Category.INCORRECT_QUERY_LOGIC)
def row_as_number(facts: Facts) -> Iterator[Problem]:
    """Yield each place where a row is compared or computed with as if it were a number."""
    for function, body in facts.seen.bodies.items():
        path = function.module.path
        if function.module.javascript or is_test(path):
            continue
        for node, context, _ in body.calls:
            if not gives_row(facts.seen.targets.get(Origin(path, node.start, node.end), ())):
                continue
            for use in taken_contexts(context):
                told = refused(use)
                if told is not None:
                    span = facts.program.engine.span(Origin(path, *use.place))
                    yield Problem(
                        span,
                        "This is a row, and is taken for the value in it",
                        symptom=told,
                        remedy="Take the value out of the row: `row[0]`, or `.scalar_one()`",
                        routes=facts.routes_at(span),
                        identity=told,
                    )


def gives_row(targets: Iterable[Value]) -> bool:
    """Whether a call surely gives one row, or nothing."""
    found = list(targets)
    return bool(found) and all(is_fetch(target) for target in found)


def is_fetch(target: Value) -> bool:
    """The same of one thing that is called."""
    if isinstance(target, External):
        return FETCHES.fullmatch(target.path) is not None
    holder = target.holder if isinstance(target, Native) else None
    of_rows = getattr(holder, "path", None) == "sqlalchemy.engine.Result" and getattr(holder, "single", True) is False
    return isinstance(target, Native) and of_rows and target.name in ROWS


def refused(use: Context) -> str | None:
    """What is seen of a use of a row as a number; None where it may be none."""
    number = isinstance(use.other, syntax.Const) and type(use.other.value) in (int, float)
    if use.kind == "compared" and number:
        if use.name in COMPARING:
            return f"500: TypeError: '{use.name}' not supported between instances of 'tuple' and 'int'"
        return (
            "A row is equal to no number: the check comes out the same for each request" if use.name in EQUAL else None
        )
    if use.kind == "joined" and number and use.name in COMPUTING:
        return f"500: TypeError: unsupported operand type(s) for {use.name}: 'tuple' and 'int'"
    if use.kind == "given" and use.call is not None and isinstance(use.call.callee, syntax.Name) and use.position == 0:
        name = use.call.callee.id
        if name in NUMBERS:
            return f"500: TypeError: {name}() argument must be a string or a real number, not 'tuple'"
    return None
