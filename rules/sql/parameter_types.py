"""One parameter is used as two types.

PostgreSQL gives a parameter the type of where it stands first, and holds it to that: `inconsistent types deduced for
parameter $1` where it is stored in two columns of different types (`integer` and `bigint` are two, and so are `text`
and `varchar`), `operator does not exist: text = integer` where it is compared with two, `argument of LIMIT must be
type bigint, not type text`. The error comes before any value is looked at, 500 on each call.

SQLite minds only a text as a limit: `datatype mismatch`.

Give the value twice (`$1`, `$2`), or cast one: `name = $1::text`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations

from verifier.api import Category, Facts, Problem, Related, rule

from ._parameters import Use, family, parameters
from ._wordings import Written, place

SPELLED = {"string": "varchar", "datetime": "timestamp"}


@rule(Category.INCORRECT_QUERY_LOGIC)
def parameter_types(facts: Facts) -> Iterator[Problem]:
    """Yield the second use of each parameter that has another type than the first."""
    every = list(parameters(facts, sqlite=True))
    apart = told_apart(every)
    for found, uses in every:
        if found.wording.driver == "psycopg":
            continue
        for name, own in uses.items():
            if any(use.how in ("else", "untyped") for use in own):
                continue
            for first, second in combinations(own, 2):
                error = conflict(name, first, second, postgres=found.query.dialect != "sqlite")
                if error is None or (id(found.query), first.column, second.column) in apart:
                    continue
                yield Problem(
                    place(facts, second.at, found.query.span),
                    f"`${name}` is a value for `{second.column}` here, and one for `{first.column}` before, which has "
                    "another type.",
                    related=(Related(place(facts, first.at, found.query.span), f"`${name}` for `{first.column}`"),),
                    symptom=f"500: {error}",
                    remedy=f"Give the value a second time, or cast it: `${name}::{spelled(second)}`.",
                )
                break


def told_apart(every: Iterable[tuple[Written, Mapping[str, list[Use]]]]) -> set[tuple[int, str, str]]:
    """Pairs of columns that one form of a query gives two parameters: what counts them, counts them in each form."""
    found: set[tuple[int, str, str]] = set()
    for written, uses in every:
        if len(written.query.statements) < 2:
            continue
        named = [(name, use.column) for name, own in uses.items() for use in own if use.column]
        for (name, one), (other, two) in combinations(named, 2):
            if name != other:
                found.update({(id(written.query), one, two), (id(written.query), two, one)})
    return found


def spelled(use: Use) -> str:
    """The type of a column, as SQL has it."""
    kind = use.type.kind if use.type is not None else "text"
    return SPELLED.get(kind, kind)


def conflict(name: str, first: Use, second: Use, *, postgres: bool) -> str | None:
    """What a database says to two uses of a parameter; None where it takes both, or where that is not known."""
    one, other = family(first.type), family(second.type)
    if one is None or other is None or first.type is None or second.type is None:
        return None
    if not postgres:
        limited = {"LIMIT", "OFFSET"} & {first.column, second.column}
        return "datatype mismatch" if limited and "text" in (one, other) else None
    if first.how == second.how == "stored":
        if first.type.kind != second.type.kind:
            return f"inconsistent types deduced for parameter ${name}"
        return None
    if one == other:
        return None
    for use, against in ((first, second), (second, first)):
        if use.column in ("LIMIT", "OFFSET"):
            return f"argument of {use.column} must be type bigint, not type {spelled(against)}"
    stored = first if first.how == "stored" else second if second.how == "stored" else None
    if stored is not None:
        if family(stored.type) == "text":
            return None  # anything is stored as text
        return f'column "{stored.column}" is of type {spelled(stored)} but expression is of another type'
    return f"operator does not exist: {spelled(second)} = {spelled(first)}"
