"""Placeholders are written in the style of another driver.

Each driver knows its own: sqlite3 `?` and `:name`; psycopg and PyMySQL `%s` and `%(name)s`; mysql2 `?`; asyncpg and pg
`$1`; `text()` of SQLAlchemy and `databases` `:name`. Any other is sent to the database as it stands, which does not
understand it: `near "%": syntax error`, `syntax error at or near ":"`, `there is no parameter $1`; or the driver counts
no placeholder and refuses the values.

Write the placeholders as the driver wants them.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Style, rule

from ._wordings import Written, place, written

SPELLED: dict[Style, str] = {
    "qmark": "`?`",
    "numeric": "`:1`",
    "named": "`:name`",
    "at": "`@name`",
    "dollar": "`$1`",
    "dollar-name": "`$name`",
    "format": "`%s`",
    "pyformat": "`%(name)s`",
}
# Those whose messages are known.
KNOWN = frozenset(
    "sqlite3 aiosqlite node:sqlite better-sqlite3 psycopg2 psycopg asyncpg pg postgres PyMySQL mysql2".split()
)
SQLITE = frozenset({"sqlite3", "aiosqlite", "node:sqlite", "better-sqlite3"})


@rule(Category.INCORRECT_QUERY_LOGIC)
def placeholder_style(facts: Facts) -> Iterator[Problem]:
    """Yield the first placeholder of each statement that is written for another driver."""
    for found in written(facts):
        if found.wording.driver not in KNOWN or found.marks or not found.foreign:
            continue
        given = found.wording.given
        if given is not None and not given.places and not given.names and given.value is None:
            continue  # it may be no placeholder
        mark = found.foreign[0]
        if found.wording.driver == "mysql2" and mark.style == "named":
            continue  # which it understands where its connection is told to
        own = " or ".join(
            SPELLED[style] for style in ("qmark", "dollar", "format", "named") if style in found.wording.styles
        )
        yield Problem(
            place(facts, mark.at, found.query.span),
            f"{found.wording.driver} does not know placeholders like `{spelled(mark.style, mark.name)}`.",
            symptom=f"500: {symptom(found)}",
            remedy=f"Write {own}.",
        )


def spelled(style: Style, name: str) -> str:
    """A placeholder as it is written."""
    return {
        "qmark": f"?{name}",
        "numeric": f":{name}",
        "named": f":{name}",
        "at": f"@{name}",
        "dollar": f"${name}",
        "dollar-name": f"${name}",
        "format": "%s",
        "pyformat": f"%({name})s",
    }[style]


def symptom(found: Written) -> str:
    """What the driver or the database says."""
    mark = found.foreign[0]
    if found.wording.driver in SQLITE:
        return 'near "%": syntax error'
    if found.wording.driver == "PyMySQL" and mark.style in ("qmark", "dollar"):
        return "ProgrammingError: not all arguments converted during string formatting"
    if found.wording.driver in ("PyMySQL", "mysql2"):
        return "You have an error in your SQL syntax" if mark.style != "dollar" else f"Unknown column '${mark.name}'"
    if found.wording.driver == "psycopg" and mark.style in ("qmark", "dollar"):
        return f"the query has 0 placeholders but {len(found.foreign)} parameters were passed"
    if mark.style == "dollar":
        return f"there is no parameter ${mark.name}"
    if mark.style == "qmark":
        return "syntax error (PostgreSQL takes `?` for an operator)"
    return f'syntax error at or near "{"%" if mark.style in ("format", "pyformat") else ":"}"'
