"""A statement is given other values than it has placeholders for.

The driver counts before it sends: `Incorrect number of bindings supplied` (sqlite3), `the query has 2 placeholders but
1 parameters were passed` (psycopg), `not all arguments converted during string formatting` (psycopg2, PyMySQL),
`the server expects 1 argument for this query, 2 were passed` (asyncpg), `bind message supplies 1 parameters, but
prepared statement "" requires 2` (pg), `column index out of range` (sqlite3 of Node). A name without a value is
`You did not supply a value for binding parameter :name`, `KeyError: 'name'`, `query parameter missing: name`.

sqlite3 of Node takes missing values for NULL without a word: the statement then finds no row, or stores NULL.

Give as many values as there are placeholders, in their order; or name the placeholders, and give a mapping that has
each name. The names of sqlite3 of Node carry their sign in the mapping, too: `{ $id: 1 }` for `$id`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Placeholder, Problem, Related, Style, rule

from ._wordings import Written, counted, has_gaps, needed, place, written

NULLS = ("sqlite3", "sqlite", "node:sqlite")  # of Node; they take a missing value for NULL
PYTHON = frozenset("sqlite3 aiosqlite psycopg2 psycopg asyncpg PyMySQL Django".split())


@rule(Category.INCORRECT_QUERY_LOGIC)
def placeholder_mismatch(facts: Facts) -> Iterator[Problem]:
    """Yield each statement whose placeholders and values do not match."""
    for found in written(facts):
        if not found.alone or found.given is None or has_gaps(found) or found.foreign or found.quoted:
            continue
        if found.wording.of > 1 or found.query.action == "build":
            continue
        yield from mismatch(facts, found)


def mismatch(facts: Facts, found: Written) -> Iterator[Problem]:
    """What does not match."""
    given, driver = found.given, found.wording.driver
    assert given is not None
    count, names = needed(found)
    if driver == "better-sqlite3" and count > sum(not mark.name for mark in found.marks):
        yield from numbered(facts, found)
        return
    python = found.query.span.path.endswith((".py", ".pyi"))
    where = place(facts, given.origin if is_own(facts, found) else None, found.query.span)
    related = (Related(place(facts, found.wording.at, found.query.span), "the statement"),)
    if names and not count:
        if given.places:
            if driver in ("psycopg2", "psycopg"):
                yield Problem(
                    where,
                    f"The placeholders of the statement have names (`{next(iter(names))}`), and a list is given.",
                    related=related,
                    symptom=f"500: {by_place_error(driver)}",
                    remedy="Give a mapping with the names.",
                )
            return
        for name, mark in names.items():
            if name in given.names or (driver in NULLS and not python and not given.names):
                continue
            if symptom_of_name(driver, mark, python=python):
                yield Problem(
                    place(facts, mark.at, found.query.span),
                    f"The statement is given no value for `{name}`{listed(given.names)}.",
                    related=(Related(where, "what is given"),) if given.origin is not None else (),
                    symptom=f"500: {symptom_of_name(driver, mark, python=python)}",
                    remedy=f"Give a value for `{name}`.",
                )
        return
    if names:
        return
    if given.names and not given.places:
        if count and driver in ("sqlite3", "aiosqlite", "psycopg2", "psycopg") and python:
            yield Problem(
                where,
                "The placeholders of the statement go by their place, and a mapping is given.",
                related=related,
                symptom=f"500: {by_name_error(driver)}",
                remedy="Give a list in the order of the placeholders, or name these.",
            )
        return
    if len(given.places) == count:
        return
    symptom = symptom_of_count(driver, count, len(given.places), found.wording.styles, python=python)
    if symptom is not None:
        yield Problem(
            where,
            f"The statement has {counted(count, 'placeholder')}, and {counted(len(given.places), 'value')} "
            f"{'is' if len(given.places) == 1 else 'are'} given.",
            related=related,
            symptom=symptom,
            remedy="Give one value for each placeholder, in their order.",
        )


def is_own(facts: Facts, found: Written) -> bool:
    """Whether what is given is written where the statement is sent: no default of a function that is handed both."""
    site, given, asking = found.query.site, found.given, found.query.function
    if site is None or site.asked is None or given is None or given.origin is None or asking is None:
        return True
    span = place(facts, given.origin, found.query.span)
    return span.path == asking.path and asking.span.line <= span.line <= asking.span.end_line


def numbered(facts: Facts, found: Written) -> Iterator[Problem]:
    """Numbered placeholders and a list of values, where the driver takes the numbers for names."""
    mark = next(mark for mark in found.marks if mark.name.isdecimal())
    given = found.wording.given
    if given is None or not given.places or given.names:
        return
    shown = {"dollar": "$", "qmark": "?", "at": "@", "named": ":", "numeric": ":"}.get(mark.style, "") + mark.name
    yield Problem(
        place(facts, given.origin, found.query.span),
        f"better-sqlite3 takes `{shown}` for a name, and a list is given.",
        related=(Related(place(facts, mark.at, found.query.span), "the placeholder"),),
        symptom="500: RangeError: Too many parameter values were provided",
        remedy=f"Write `?`, or give `{{ {mark.name}: ... }}`.",
    )


def listed(names: object) -> str:
    """The names that are given."""
    known = sorted(names) if isinstance(names, dict) else []
    return f"; given are {', '.join(f'`{name}`' for name in known[:6])}" if known else ""


def symptom_of_count(driver: str, count: int, given: int, styles: frozenset[Style], *, python: bool) -> str | None:
    """What a driver says where the numbers differ; None where that is not known."""
    if driver in ("sqlite3", "aiosqlite") and python:
        return (
            "500: sqlite3.ProgrammingError: Incorrect number of bindings supplied. The current statement uses "
            f"{count}, and there are {given} supplied."
        )
    if driver in NULLS:
        if given < count:
            return "The missing values are NULL: no row is found, or NULL is stored."
        return f"500: {'' if driver == 'node:sqlite' else 'SQLITE_RANGE: '}column index out of range"
    if driver == "better-sqlite3":
        return f"500: RangeError: Too {'few' if given < count else 'many'} parameter values were provided"
    if driver == "mysql2":
        return "500: You have an error in your SQL syntax" if given < count else None
    if driver == "psycopg2" and not count:
        return None  # it looks for placeholders only where there are some
    if driver in ("psycopg2", "PyMySQL"):
        if given > count:
            kind = "TypeError" if driver == "psycopg2" else "ProgrammingError"
            return f"500: {kind}: not all arguments converted during string formatting"
        return (
            "500: IndexError: tuple index out of range"
            if driver == "psycopg2"
            else "500: ProgrammingError: not enough arguments for format string"
        )
    if driver == "psycopg":
        return f"500: psycopg.ProgrammingError: the query has {count} placeholders but {given} parameters were passed"
    if driver == "asyncpg":
        return (
            f"500: asyncpg.exceptions.InterfaceError: the server expects {counted(count, 'argument')} for this query, "
            f"{given} {'was' if given == 1 else 'were'} passed"
        )
    if driver == "Sequelize":
        if given >= count:
            return None
        if styles & {"dollar"}:
            return f'500: Error: Named bind parameter "${given + 1}" has no value in the given object.'
        return f"500: Error: Positional replacement (?) {given} has no entry in the replacement map"
    if driver == "pg":
        if not given:
            return "500: there is no parameter $1"
        return f'500: bind message supplies {given} parameters, but prepared statement "" requires {count}'
    return None


def symptom_of_name(driver: str, mark: Placeholder, *, python: bool) -> str | None:
    """What a driver says of a name without a value; None where that is not known."""
    name = mark.name
    if driver in ("sqlite3", "aiosqlite") and python:
        return f"sqlite3.ProgrammingError: You did not supply a value for binding parameter :{name}."
    if driver == "better-sqlite3":
        return f'RangeError: Missing named parameter "{name}"'
    if driver == "node:sqlite":
        return "The missing value is NULL, or: Unknown named parameter"
    if driver in NULLS:
        return "SQLITE_RANGE: column index out of range"
    if driver in ("psycopg2", "PyMySQL"):
        return f"KeyError: '{name}'"
    if driver == "psycopg":
        return f"psycopg.ProgrammingError: query parameter missing: {name}"
    if driver == "SQLAlchemy":
        return f"sqlalchemy.exc.StatementError: A value is required for bind parameter '{name}'"
    if driver == "Sequelize":
        if mark.style == "named":
            return f'Error: Named replacement ":{name}" has no entry in the replacement map.'
        return f'Error: Named bind parameter "${name}" has no value in the given object.'
    return None


def by_name_error(driver: str) -> str:
    """What a driver says of a mapping for placeholders without names."""
    if driver == "psycopg2":
        return "TypeError: dict is not a sequence"
    if driver == "psycopg":
        return "TypeError: positional placeholders (%s) require a sequence of parameters"
    return "sqlite3.ProgrammingError: Binding 1 has no name, but you supplied a dictionary (which has only names)."


def by_place_error(driver: str) -> str:
    """What a driver says of a list for placeholders with names."""
    if driver == "psycopg2":
        return "TypeError: tuple indices must be integers or slices, not str"
    return "TypeError: named placeholders require a mapping of parameters"
