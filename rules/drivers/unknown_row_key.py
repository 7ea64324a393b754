"""A row is asked for a column that its statement does not give.

`SELECT id, title FROM books` gives rows with two names. `row["price"]` of such a row is `KeyError: 'price'` in a
dictionary and in a record of asyncpg, and `IndexError: No item with that key` in `sqlite3.Row`: 500 on each request
that comes by. In JavaScript `row.price` is `undefined`: the field is missing in the answer, or what is computed from it
is `NaN`.

Name the column in the statement (`SELECT id, title, price`, `RETURNING ...`), or read the name that it has there.

Rows are followed through the functions of the project that run statements and show rows: each caller's statement with
its own rows. The rule is silent where not all columns of a statement are known, where the row may be that of another
statement which has the column, where the code asks whether there is such a key, and in functions of JavaScript that
take what they find of rows with different columns.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import (
    Category,
    Columns,
    Copy,
    Facts,
    Looked,
    Problem,
    Related,
    Row,
    fetched_in,
    is_test,
    regex,
    rule,
)

from ._takes import grouped, is_asked_for, is_conditional

SYMPTOMS = {
    "row": "IndexError: No item with that key",
    "dict": "KeyError: '{}'",
    "record": "KeyError: '{}'",
}
WORD = regex(r"[^\W\d]\w*")


@rule(Category.INCORRECT_QUERY_LOGIC)
def unknown_row_key(facts: Facts) -> Iterator[Problem]:
    """Yield each read of a row by a name that no statement gives which the row may come from."""
    groups = [(takes, [lacking(facts, take) for take in takes]) for takes in grouped(facts)]
    copying = {takes[0].caller for takes, missing in groups if None in missing and any(missing)}
    for takes, missing in groups:
        first = takes[0]
        if not isinstance(first.key, str) or is_test(first.span.path) or not WORD.fullmatch(first.key):
            continue
        told = next((one for one in missing if one is not None), None)
        if told is None or is_asked_for(facts, first):
            continue
        given, form = told
        if None in missing and (form == "object" or any(take.kin for take in takes) or is_conditional(facts, first)):
            continue  # it is read of the rows that have it, or asked whether they do
        javascript = form == "object"
        if fails(facts, given[0]) or (javascript and first.caller in copying):
            continue
        near = ", ".join(f"`{title}`" for title in given[0].titles[:8])
        yield Problem(
            first.span,
            f"The row has no column `{first.key}`: its statement gives {near}",
            related=(Related(given[0].query.span, "the statement"),),
            symptom="It is `undefined`: the field is missing in the answer"
            if javascript
            else f"500: {SYMPTOMS.get(form, SYMPTOMS['dict']).format(first.key)}",
            remedy=f"Select `{first.key}`, or read a column that the statement gives",
            routes=facts.routes_at(first.span),
            identity=first.key,
        )


def fails(facts: Facts, given: Columns) -> bool:
    """Whether the statement itself names a column that there is not, which is told of there."""
    span = given.query.span
    return any(
        problem.span.path == span.path and span.line <= problem.span.line <= span.end_line
        for problem in facts.faults.get("sql/unknown-column", ())
    )


def lacking(facts: Facts, take: Looked) -> tuple[tuple[Columns, ...], str] | None:
    """The statements of a row that is read, where none of them gives the column; None otherwise."""
    row = fetched_in(take.holder)
    if not isinstance(row, Row) or not take.alone or take.caught or row.changed or row.items:
        return None
    form = "dict" if isinstance(take.holder, Copy) else row.form
    if form not in ("row", "dict", "record", "object") or (not take.item and form != "object"):
        return None
    given = facts.columns_of(row.sources)
    key = str(take.key).lower()
    if given is None or any(key in one.types for one in given):
        return None
    return given, form
