"""One call is handed several statements, and the driver runs only one.

`execute` of sqlite3 and aiosqlite refuses them (`You can only execute one statement at a time.`). PostgreSQL takes
several only where no values are sent along: asyncpg, psycopg and pg raise `cannot insert multiple commands into a
prepared statement`. sqlite3 of Node runs the first one and says nothing of the rest.

Send each statement on its own, inside one transaction; for a script there are `executescript` and `exec`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._wordings import place, written

REFUSED = "cannot insert multiple commands into a prepared statement"
SYMPTOMS = {
    "asyncpg": f"500: asyncpg.exceptions.PostgresSyntaxError: {REFUSED}",
    "psycopg": f"500: psycopg.errors.SyntaxError: {REFUSED}",
    "pg": f"500: {REFUSED}",
    "aiosqlite": "500: sqlite3.ProgrammingError: You can only execute one statement at a time.",
    "sqlite": "Only the first statement is run; the others are passed over without an error.",
}


@rule(Category.DATABASE_RUNTIME_ERROR)
def multiple_statements(facts: Facts) -> Iterator[Problem]:
    """Yield the second statement of each text of which only one is run."""
    for found in written(facts):
        wording = found.wording
        if wording.of < 2 or wording.number != 1 or wording.several is not False:
            continue
        driver = (
            "aiosqlite" if wording.driver == "sqlite3" and found.query.span.path.endswith(".py") else wording.driver
        )
        symptom = SYMPTOMS.get("sqlite" if driver == "sqlite3" else driver)
        if symptom is not None:
            yield Problem(
                place(facts, wording.at, found.query.span),
                f"{wording.driver} runs one statement of a text here, and this is the second one.",
                symptom=symptom,
                remedy="Send it by a call of its own.",
            )
