"""A driver is given one value where it wants a list of values.

`execute(sql, (user_id))` gives no tuple: parentheses alone make none. sqlite3 takes a text for a list of its letters
(`Incorrect number of bindings supplied. The current statement uses 1, and there are 5 supplied.`), and refuses a number
(`parameters are of unsupported type`). psycopg2 raises `not all arguments converted during string formatting` or `'int'
object does not support indexing`, psycopg `query parameters should be a sequence or a mapping`, pg of Node `Query
values must be an array`.

Write a tuple or list: `(user_id,)`, `[user_id]`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import (
    Category,
    Choice,
    Const,
    Facts,
    Fix,
    Instance,
    Problem,
    Text,
    Typed,
    Value,
    Wrapping,
    rule,
    syntax,
)

from ._wordings import Written, needed, written

SINGLE = ("str", "int", "float", "bool", "number", "string")
SYMPTOMS = {
    "psycopg2": "TypeError: not all arguments converted during string formatting",
    "psycopg": "TypeError: query parameters should be a sequence or a mapping",
    "pg": "Query values must be an array",
    "sqlite3": "sqlite3.ProgrammingError: Incorrect number of bindings supplied",
    "aiosqlite": "sqlite3.ProgrammingError: Incorrect number of bindings supplied",
}
# Names that say that there is one value.
ONE = ("id", "name", "slug", "email", "username", "token", "title", "key", "code", "uuid")


@rule(Category.INCORRECT_QUERY_LOGIC)
def single_value_not_tuple(facts: Facts) -> Iterator[Problem]:
    """Yield each single value that is given in the place of a list."""
    for found in written(facts):
        driver = found.wording.driver
        site = found.query.site
        if driver not in SYMPTOMS or site is None or found.wording.placeholders == ():
            continue
        python = found.query.span.path.endswith((".py", ".pyi"))
        if driver == "sqlite3" and not python:
            continue
        value = argument(found)
        if value is None or not is_single(facts, found, value):
            continue
        node = site.asked or site.call.node
        where, fix = found.query.span, None
        if isinstance(node, syntax.Call) and len(node.arguments) > 1:
            given = node.arguments[1]
            source = facts.project.files[site.span.path]
            where = source.span(given.start, given.end)
            in_brackets = b"".join(source.data[node.arguments[0].end : given.start].split()) == b",("
            brackets = ("[", "]") if not python else ("", ",") if in_brackets else ("(", ",)")
            fix = Fix("give a list of values", (Wrapping(where, *brackets),))
        number = (isinstance(value, Typed) and value.type in ("int", "float")) or (
            isinstance(value, Const) and isinstance(value.value, int | float)
        )
        symptom = SYMPTOMS[driver]
        if number and driver in ("sqlite3", "aiosqlite"):
            symptom = "sqlite3.ProgrammingError: parameters are of unsupported type"
        elif number and driver == "psycopg2":
            symptom = "TypeError: 'int' object does not support indexing"
        yield Problem(
            where,
            f"{driver} is given one value, not a {'tuple or list' if python else 'list'} of values.",
            symptom=f"500: {symptom}",
            remedy="Write `(value,)`." if python else "Write `[value]`.",
            fix=fix,
        )


def argument(found: Written) -> Value | None:
    """What is given as the values, where it is written as the second argument."""
    site = found.query.site
    node = (site.asked or site.call.node) if site is not None else None
    if site is None or len(site.call.arguments) < 2 or not isinstance(node, syntax.Call):
        return None
    if len(node.arguments) < 2 or any(isinstance(one, syntax.Keyword | syntax.Spread) for one in node.arguments[:2]):
        return None
    if site.asked is not None and isinstance(site.call.arguments[1], Choice):
        return None  # what hands it on may make a list of it
    name = site.library.rpartition(".")[2]
    return site.call.arguments[1] if name in ("execute", "query", "execute_fetchall", "execute_insert") else None


def is_single(facts: Facts, found: Written, value: Value) -> bool:
    """Whether a value surely is one, and no list."""
    if isinstance(value, Const):
        if isinstance(value.value, str):
            return len(value.value) != 1
        return isinstance(value.value, int | float)
    if isinstance(value, Text) or (isinstance(value, Typed) and value.type in SINGLE):
        return True
    site = found.query.site
    node = (site.asked or site.call.node) if site is not None else None
    if not isinstance(node, syntax.Call):
        return False
    # In parentheses without a comma, and named like one value: a tuple was meant.
    given = node.arguments[1]
    data = facts.project.files[found.query.span.path].data
    inner = data[given.start : given.end].decode("utf-8", "replace")
    wrapped = data[given.start - 1 : given.start] == b"(" and data[given.end : given.end + 1] == b")"
    before = data[: given.start - 1].rstrip()[-1:] if wrapped else b""
    count, names = needed(found)
    word = inner.rpartition(".")[2].lower().strip("[]'\"")
    named = any(word == one or word.endswith(f"_{one}") for one in ONE)
    alone = found.wording.given is None and not isinstance(value, Instance)
    return wrapped and before == b"," and count == 1 and not names and named and alone
