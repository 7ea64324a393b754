"""A placeholder stands in quotes, so that it is a text and no placeholder.

`WHERE name = '?'` compares with a question mark: the driver finds one placeholder less than values, and refuses them
(`Incorrect number of bindings supplied`, `the server expects 0 arguments for this query, 1 was passed`). psycopg2 and
PyMySQL put the value, quotes and all, between the quotes: `syntax error at or near "bob"`. For `LIKE '%?%'` it is the
same.

Leave the quotes away, the driver knows what to quote. For a pattern, put the signs into the value: `LIKE ?` with
`f"%{name}%"`; or join them in the database: `LIKE '%' || $1 || '%'`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Const, Facts, Fix, Placeholder, Problem, Replacement, Span, Typed, rule

from ._wordings import Written, has_gaps, needed, place, written

NUMBERS = ("int", "float", "number", "bool")


@rule(Category.INCORRECT_QUERY_LOGIC)
def quoted_placeholder(facts: Facts) -> Iterator[Problem]:
    """Yield each placeholder in quotes for which a value is given."""
    for found in written(facts):
        if not found.alone or found.given is None or not found.quoted or has_gaps(found) or found.wording.of > 1:
            continue
        for mark in meant(found):
            where = place(facts, mark.at, found.query.span)
            yield Problem(
                where,
                "The placeholder stands in quotes, so that it is a text.",
                symptom=f"500: {symptom(found)}",
                remedy="Leave the quotes away; signs of a pattern belong into the value.",
                fix=unquoted(facts, where),
            )


def unquoted(facts: Facts, where: Span) -> Fix | None:
    """The fix for a placeholder that has quotes right around it and nothing else between them."""
    source = facts.project.files.get(where.path)
    if source is None or where.line != where.end_line:
        return None
    line = source.line(where.line)
    if line[where.column - 2 : where.column - 1] != "'" or line[where.end_column - 1 : where.end_column] != "'":
        return None
    before = Span(where.path, where.line, where.column - 1, where.line, where.column)
    behind = Span(where.path, where.line, where.end_column, where.line, where.end_column + 1)
    return Fix("leave the quotes away", (Replacement(before, ""), Replacement(behind, "")))


def meant(found: Written) -> Iterator[Placeholder]:
    """Those for which a value is given that nothing else takes."""
    given, styles = found.given, found.wording.styles
    assert given is not None
    count, names = needed(found)
    own = [mark for mark in found.quoted if mark.style in styles]
    if any(mark.style in ("format", "pyformat") for mark in own):
        for number, mark in enumerate(mark for mark in own if mark.style in ("format", "pyformat")):
            value = given.names.get(mark.name) if mark.name else None
            if not mark.name and len(given.places) == count + sum(not other.name for other in own):
                value = given.places[count + number] if not count else None
                if count or value is not None:
                    known = isinstance(value, Const) and not isinstance(value.value, str)
                    if not known and not (isinstance(value, Typed) and value.type in NUMBERS):
                        yield mark
            elif mark.name and value is not None and not (isinstance(value, Typed) and value.type in NUMBERS):
                yield mark
        return
    by_place = [mark for mark in own if not mark.name or mark.name.isdecimal()]
    if by_place and len(given.places) > count and len(given.places) <= count + len(by_place):
        yield from by_place
    for mark in own:
        if mark.name and not mark.name.isdecimal() and mark.name in given.names and mark.name not in names:
            yield mark


def symptom(found: Written) -> str:
    """What the driver says."""
    driver = found.wording.driver
    count, _ = needed(found)
    given = len(found.wording.given.places) if found.wording.given is not None else 0
    if driver in ("psycopg2", "PyMySQL"):
        return "syntax error: the value is quoted once more between the quotes"
    if driver == "psycopg":
        return "could not determine data type of parameter $1"
    if driver == "asyncpg":
        return f"the server expects {count} argument{'' if count == 1 else 's'} for this query, {given} was passed"
    if driver == "pg":
        return f'bind message supplies {given} parameters, but prepared statement "" requires {count}'
    if driver in ("sqlite3", "aiosqlite") and found.query.span.path.endswith(".py"):
        if found.wording.given is not None and found.wording.given.names:
            return "none; the statement compares with the text as it is written, and finds no row"
        return (
            f"sqlite3.ProgrammingError: Incorrect number of bindings supplied. The current statement uses {count}, and "
            f"there are {given} supplied."
        )
    return "SQLITE_RANGE: column index out of range" if "sqlite" in driver else "the value has no placeholder"
