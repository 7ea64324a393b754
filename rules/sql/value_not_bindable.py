"""A value is handed to a driver that cannot store its kind.

Drivers turn a few kinds of values into what the database knows, and refuse all others: sqlite3 takes no list, dict,
`UUID` or `Decimal`, psycopg takes no dict, better-sqlite3 takes no `true`. The statement is never sent, and the request
is answered with 500.

Turn the value into text or a number first: `json.dumps(tags)`, `str(identifier)`, `hidden ? 1 : 0`, `Jsonb(value)`.

The rule is silent where the project registers adapters, and on values that only run time knows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from verifier.api import (
    Category,
    Class,
    Const,
    Facts,
    Instance,
    Problem,
    Record,
    Related,
    Sequence,
    Value,
    options,
    rule,
)

from ._wordings import Written, place, written

# What each driver refuses, and what it says. Made by binding one value of each kind.
PYTHON_SQLITE = frozenset({"list", "tuple", "set", "dict", "UUID", "Decimal", "object"})
REFUSED: Mapping[tuple[str, bool], frozenset[str]] = {
    ("sqlite3", True): PYTHON_SQLITE,
    ("aiosqlite", True): PYTHON_SQLITE,
    ("psycopg2", True): frozenset({"set", "dict", "UUID", "object"}),
    ("psycopg", True): frozenset({"set", "dict", "object"}),
    ("better-sqlite3", False): frozenset({"boolean"}),
}
MADE = {"uuid.uuid4()": "UUID", "uuid.uuid1()": "UUID", "uuid.UUID": "UUID", "decimal.Decimal": "Decimal"}
ADAPTED = (b"register_adapter", b"register_uuid", b"adapters.register", b"register_dumper")


@rule(Category.INCORRECT_QUERY_LOGIC)
def value_not_bindable(facts: Facts) -> Iterator[Problem]:
    """Yield each value that the driver of its statement surely refuses."""
    adapted: bool | None = None
    for found in written(facts):
        python = found.query.span.path.endswith((".py", ".pyi"))
        refused = REFUSED.get((found.wording.driver, python))
        if refused is None or found.given is None or found.query.action == "build":
            continue
        for name, value in given(found):
            kinds = {kind_of(option) for option in options(value)}
            if None in kinds or not kinds <= refused:
                continue
            if adapted is None:
                sources = facts.project.files.values()
                adapted = any(word in source.data for source in sources for word in ADAPTED)
            if adapted:
                return
            kind = min(str(kind) for kind in kinds)
            yield Problem(
                place(facts, found.given.origin, found.query.span),
                f"{found.wording.driver} cannot bind {article(kind, value)}, which is given for {name}",
                related=(Related(place(facts, found.wording.at, found.query.span), "the statement"),),
                symptom=f"500: {symptom(found.wording.driver, type_of(kind, value))}",
                remedy=remedy(kind, found.wording.driver),
                identity=f"{name} {kind}",
            )


def given(found: Written) -> Iterator[tuple[str, Value]]:
    """The values that placeholders of the statement take, with how to speak of each."""
    assert found.given is not None
    named = {mark.name for mark in found.marks if mark.name}
    if not named and len(found.given.places) == len(found.marks):
        for number, value in enumerate(found.given.places, 1):
            yield f"placeholder {number}", value
    elif not found.given.places:
        for name in sorted(named & found.given.names.keys()):
            yield f"`{name}`", found.given.names[name]


def kind_of(value: Value) -> str | None:
    """The kind of a value as drivers tell them apart; None where it is another or not known."""
    if isinstance(value, Sequence):
        return value.kind if value.kind in ("list", "tuple", "set") else None
    if isinstance(value, Record):
        return "dict"
    if isinstance(value, Const):
        return "boolean" if isinstance(value.value, bool) else None
    if isinstance(value, Instance):
        if value.kind is not None:
            return "object" if is_plain(value.kind) else None
        return MADE.get(value.path or "")
    return None


def is_plain(kind: Class) -> bool:
    """Whether a class is all that its objects are, and does not say how they are stored."""
    return list(kind.lineage()) == [kind] and "__conform__" not in kind.members and not kind.code.decorators


def type_of(kind: str, value: Value) -> str:
    """The type as the driver names it."""
    if kind == "object":
        found = next(option for option in options(value) if isinstance(option, Instance))
        return found.kind.name if found.kind is not None else "object"
    return {"Decimal": "decimal.Decimal"}.get(kind, kind)


def article(kind: str, value: Value) -> str:
    """The kind for a reader."""
    return f"an object of `{type_of(kind, value)}`" if kind == "object" else f"a `{kind}`"


def symptom(driver: str, kind: str) -> str:
    """What the driver says."""
    if driver in ("sqlite3", "aiosqlite"):
        return f"Error binding parameter: type '{kind}' is not supported"
    if driver == "psycopg2":
        return f"psycopg2.ProgrammingError: can't adapt type '{kind.rpartition('.')[2]}'"
    if driver == "psycopg":
        return f"psycopg.ProgrammingError: cannot adapt type '{kind}' using placeholder '%s'"
    return "TypeError: SQLite3 can only bind numbers, strings, bigints, buffers, and null"


def remedy(kind: str, driver: str) -> str:
    """What to write instead."""
    if kind == "boolean":
        return "Write 1 and 0"
    if kind == "object":
        return "Give one of its attributes"
    if kind in ("UUID", "Decimal"):
        return "Give its text: `str(...)`"
    return "Wrap it: `Jsonb(...)`" if kind == "dict" and driver == "psycopg" else "Give its text: `json.dumps(...)`"
