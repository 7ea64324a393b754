"""A statement is put together from what a request says.

The text of the request becomes part of the SQL: `/users?name=' OR '1'='1` finds all users, `?sort=(SELECT ...)` sorts
by secrets, and a name with an apostrophe (`O'Brien`) is a syntax error, 500.

Send values along with placeholders: `WHERE name = ?` with `[name]`. What cannot be a placeholder (the name of a column,
`ASC` or `DESC`) is taken from a list that the program knows: `column = {"new": "created_at"}.get(sort, "id")`.

Reported is what surely reaches the text as the request says it: not what is turned into a number, looked up in a list
or tested before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier.api import Category, Choice, Const, Facts, Inset, Problem, Wording, rule

from ._requested import is_requested, looked_at
from ._wordings import place

HOLE = "\ue000"


@rule(Category.DATABASE_RUNTIME_ERROR)
def injection(facts: Facts) -> Iterator[Problem]:
    """Yield each statement whose text takes in what a request says."""
    seen: set[object] = set()
    for query in facts.queries.queries:
        for form in query.statements:
            wording = form.wording
            for inset in wording.insets if wording is not None else ():
                if query.span in seen or wording is None or not is_requested(facts, query, inset.value):
                    continue
                if is_chosen(inset) or looked_at(facts, query, inset.value, written_names(facts, wording)):
                    continue
                seen.add(query.span)
                yield Problem(
                    place(facts, inset.at or wording.at, query.span),
                    f"What a request says becomes part of the statement's text{told(inset)}.",
                    symptom="500 for a text with an apostrophe; a request can change what the statement does",
                    remedy="Send it along as a value with a placeholder."
                    if inset.role in ("string", "value")
                    else "Take it from a list of what the program knows.",
                )


def is_chosen(inset: Inset) -> bool:
    """Whether a name or clause may come from a list of the program's own."""
    value = inset.value
    return (
        inset.role in ("name", "clause")
        and isinstance(value, Choice)
        and any(isinstance(option, Const) and isinstance(option.value, str) for option in value.options)
    )


def told(inset: Inset) -> str:
    """Where in the text it stands."""
    return {"string": ", between quotes", "value": ", as a value", "name": ", as a name", "clause": ""}[inset.role]


def written_names(facts: Facts, wording: Wording) -> set[str]:
    """The names between braces where the text is written."""
    if wording.at is None or wording.at.path not in facts.project.files:
        return set()
    data = facts.project.files[wording.at.path].data[wording.at.start : wording.at.end + 80]
    text = data.decode("utf-8", "replace")
    found = re.findall(r"\{\s*([A-Za-z_][\w.]*)", text) + re.findall(r"\+\s*([A-Za-z_][\w.]*)", text)
    return {name.rpartition(".")[2] for name in found}
