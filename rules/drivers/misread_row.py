"""A row is read in a way that rows of its kind do not take.

What a driver gives depends on its settings. psycopg, psycopg2 and sqlite3 give tuples as they come: `row["title"]` is
`TypeError: tuple indices must be integers or slices, not str`. `RealDictCursor` and `dict_row` give dictionaries:
`row[0]` is `KeyError: 0`. `sqlite3.Row` takes names and places, but has no `get` and no attributes, and records of
asyncpg have no attributes either: `AttributeError: 'sqlite3.Row' object has no attribute 'get'`. Each request that
comes by is answered with 500. The result of pg's `query()` is no list: the rows are in its `rows`, and `result.map` is
`TypeError: result.map is not a function`. What mysql2 promises is a list of two, `[rows, fields]`: `result.insertId` is
`undefined`, `result.map` goes over these two, and `result.length` is 2 whatever was found.

All rows are a list, also where there is only one of them: `rows.title` is `undefined` in JavaScript, and an
AttributeError in Python.

Take the rows out: `const { rows } = await pool.query(...)` with pg, `const [rows] = await pool.query(...)` with mysql2.
Say once what rows are (`conn.row_factory = sqlite3.Row`, `cursor_factory=RealDictCursor`, `row_factory=dict_row`), and
read them so; `dict(row)` has a `get`.

The rule is silent where it is not known how a connection was set up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlglot import exp

from verifier.api import (
    ITERATOR,
    Call,
    Category,
    Copy,
    Cursor,
    Facts,
    FetchedAnswer,
    Listed,
    Looked,
    Paired,
    Problem,
    Related,
    Row,
    Rows,
    fetched_in,
    is_test,
    rule,
)

from ._takes import function_of, grouped, is_asked_for

# What rows have beside their columns, by what they are.
MEMBERS: Mapping[str, frozenset[str]] = {
    "tuple": frozenset(dir(tuple)),
    "dict": frozenset(dir(dict)),
    "row": frozenset((*dir(object), "keys", "__len__", "__iter__", "__getitem__")),
    "record": frozenset((*dir(object), "keys", "values", "items", "get", "__len__", "__iter__", "__getitem__")),
}
NAMES = {"tuple": "tuple", "dict": "dict", "row": "sqlite3.Row", "record": "asyncpg.Record"}
SHOWN = {"tuple": "a tuple", "dict": "a dictionary", "row": "a `sqlite3.Row`", "record": "a record of asyncpg"}
OF_LISTS = frozenset(
    "length map filter find forEach reduce some every slice at flatMap sort join includes push concat".split()
)
# What nobody asks of a list of rows and columns; the rest is fine.
OF_ROWS = frozenset("length map filter find findIndex forEach reduce some every flatMap sort".split())
OF_ANSWERS = frozenset({"rows", "rowCount", "command", "fields", "oid"})
OF_ARRAYS = frozenset(
    "copyWithin entries fill findLast findLastIndex flat indexOf keys lastIndexOf pop reduceRight reverse shift "
    "splice toLocaleString toReversed toSorted toSpliced toString unshift values with constructor hasOwnProperty "
    "then catch finally toJSON valueOf".split()
).union(OF_LISTS, OF_ROWS)


@rule(Category.INCORRECT_QUERY_LOGIC)
def misread_row(facts: Facts) -> Iterator[Problem]:
    """Yield each read that a row of its kind refuses."""
    seen: set[object] = set()
    for takes in grouped(facts):
        first = takes[0]
        if is_test(first.span.path):
            continue
        told = [refused(facts, take) for take in takes]
        surely = first.key == ITERATOR or (first.key == "length" and isinstance(first.holder, Paired))
        if None in told or told[0] is None or (not surely and is_asked_for(facts, first)):
            continue
        message, symptom, remedy = told[0]
        row = fetched_in(first.holder)
        if (first.caller, symptom) in seen:
            continue
        seen.add((first.caller, symptom))
        sources = row.sources if row is not None else ()
        related = tuple(
            Related(query.span, "the statement") for call in sources[:1] for query in facts.queries.sent_by(call)[:1]
        )
        yield Problem(
            first.span,
            message,
            related=related,
            symptom=symptom,
            remedy=remedy,
            routes=facts.routes_at(first.span),
            identity=str(first.key),
        )


def refused(facts: Facts, take: Looked) -> tuple[str, str, str] | None:
    """Why a read fails, what is seen of that, and what to write; None where it does not surely."""
    row = fetched_in(take.holder)
    if row is None or not take.alone or take.caught:
        return None
    if isinstance(row, FetchedAnswer):
        return of_answer(facts, row, take)
    if isinstance(row, Paired | Listed):
        return of_pair(facts, row, take)
    if isinstance(row, Rows):
        return of_rows(facts, row, take)
    if not isinstance(row, Row):
        return None
    if row.form == "object" and take.item and isinstance(take.key, int) and not take.kin:
        place = f"`[{take.key}]`"
        return f"This is one row: {place} is read of it", "It is `undefined`", "Read a column by its name"
    form = "dict" if isinstance(take.holder, Copy) else row.form
    if form not in MEMBERS or row.items or row.changed:
        return None
    key = take.key
    if not take.item:
        return of_attribute(form, str(key))
    if form == "tuple" and isinstance(key, str):
        symptom = "500: TypeError: tuple indices must be integers or slices, not str"
        return f"The row is a tuple, and is asked for `{key}`", symptom, "Set a row factory, or read it by its place"
    if form == "dict" and isinstance(key, int) and not isinstance(take.holder, Copy):
        return (
            f"The row is a dictionary, and is asked for place {key}",
            f"500: KeyError: {key}",
            "Read it by the name of the column",
        )
    return None


def of_attribute(form: str, name: str) -> tuple[str, str, str] | None:
    """The same of an attribute."""
    if name in MEMBERS[form]:
        return None
    remedy = "Make a dictionary of it: `dict(row)`" if name in ("get", "items", "values") else f'Read `row["{name}"]`'
    if form == "tuple":
        remedy = "Set a row factory, or read it by its place"
    return (
        f"The row is {SHOWN[form]}, which has no `{name}`",
        f"500: AttributeError: '{NAMES[form]}' object has no attribute '{name}'",
        remedy,
    )


def of_answer(facts: Facts, found: FetchedAnswer, take: Looked) -> tuple[str, str, str] | None:
    """The same of what pg's ``query`` gives."""
    key = take.key
    if key == ITERATOR:
        return (
            "The result of `query()` is no list, and is taken apart as one",
            "TypeError: object is not iterable (cannot read property Symbol(Symbol.iterator))",
            "Take the rows by their name: `const { rows } = ...`",
        )
    if isinstance(key, int) or (isinstance(key, str) and key in OF_LISTS):
        shown = f"[{key}]" if isinstance(key, int) else f".{key}"
        return (
            f"The result of `query()` is no list: `{shown}` is read of it",
            "It is `undefined`; calling it is a TypeError",
            f"Read the rows: `.rows{shown}`",
        )
    given = facts.columns_of(found.sources) if not take.item else None
    if given and key not in OF_ANSWERS and all(str(key).lower() in one.types for one in given):
        return (
            f"The result of `query()` is no row: `.{key}` is read of it",
            "It is `undefined`",
            f"Read it of a row: `.rows[0].{key}`",
        )
    return None


def of_pair(facts: Facts, found: Paired | Listed, take: Looked) -> tuple[str, str, str] | None:
    """The same of what mysql2 promises, and of the rows in it."""
    key = take.key
    if not isinstance(key, str) or key == ITERATOR or is_list_asked(facts, take):
        return None
    if isinstance(found, Paired):
        if key in OF_ARRAYS and key not in OF_ROWS:
            return None
        symptom = "It is `undefined`; calling it is a TypeError"
        if key in OF_ROWS:
            symptom = (
                "It is 2, whatever was found" if key == "length" else "It goes over the rows and the columns as two"
            )
        return f"The result is `[rows, fields]`: `.{key}` is read of both", symptom, "Write `const [rows] = await ...`"
    if key in OF_ARRAYS or not all(gives_rows(facts, call) for call in found.sources):
        return None
    return f"These are all rows: `.{key}` is read of the list", "It is `undefined`", f"Read it of a row: `[0].{key}`"


def of_rows(facts: Facts, found: Rows, take: Looked) -> tuple[str, str, str] | None:
    """The same of all rows in one list."""
    key = take.key
    if isinstance(found, Cursor) and take.item and key != ITERATOR:
        symptom = "500: TypeError: 'Cursor' object is not subscriptable"
        return f"This is a cursor, and is asked for `{key}`", symptom, "Fetch the row: `.fetchone()`"
    if not isinstance(key, str) or key == ITERATOR or is_list_asked(facts, take):
        return None
    if found.form == "object":
        if key in OF_ARRAYS or key.startswith("__"):
            return None
        return (
            f"These are all rows: `.{key}` is read of the list",
            "It is `undefined`",
            f"Read it of a row: `[0].{key}`",
        )
    if isinstance(found, Cursor):
        return None
    if take.item:
        symptom = "500: TypeError: list indices must be integers or slices, not str"
        return f"These are all rows, and are asked for `{key}`", symptom, "Fetch one row, or read it of each"
    if key in dir(list) or found.form == "":
        return None
    symptom = f"500: AttributeError: 'list' object has no attribute '{key}'"
    return f"These are all rows, and `.{key}` is read of the list", symptom, "Fetch one row, or read it of each"


def is_list_asked(facts: Facts, take: Looked) -> bool:
    """Whether the code asks what is a list."""
    function = function_of(facts, take)
    if function is None:
        return True
    return b"isArray" in function.module.source.data[function.code.start : function.code.end]


def gives_rows(facts: Facts, call: Call) -> bool:
    """Whether a call surely sends a statement that selects."""
    forms = [form for query in facts.queries.sent_by(call) for form in query.statements]
    return bool(forms) and all(isinstance(form.tree, exp.Query) for form in forms)
