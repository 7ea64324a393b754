"""The statements that drivers are handed as text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlglot import exp

from verifier.api import (
    Action,
    Call,
    Const,
    Defect,
    External,
    Function,
    Given,
    Instance,
    Lifted,
    Lifting,
    Origin,
    Query,
    Record,
    Sequence,
    Site,
    Style,
    Text,
    Unknown,
    Value,
    options,
    reason_of,
    replace,
    syntax,
    texts,
)

from . import _aiosql as aiosql
from ._drivers import (
    ASYNCPG,
    NAMED,
    POSTGRES_JS,
    QUESTION,
    SEQUELIZE,
    SEQUELIZE_QUERY,
    UNKNOWN,
    Driver,
    Method,
    find,
)
from ._tags import flattened

# Statements that read or write rows; others begin and end transactions, set things, or change the schema.
WITH_ROWS = (exp.Query, exp.Values, exp.Insert, exp.Update, exp.Delete, exp.Merge)
DOLLARS: frozenset[Style] = frozenset({"dollar", "dollar-name"})
NEAR = {"postgres": 'syntax error at or near "{}"', "sqlite": 'near "{}": syntax error'}
ENDS = {"postgres": "syntax error at end of input", "sqlite": "incomplete input"}
SEVERAL = {"always": True, "never": False, "first": False}


def read_queries(lifting: Lifting) -> Iterator[Query | Defect]:
    """A query for each statement of each text that a driver is handed."""
    prepared: set[int] = {
        id(site.call.callee.receiver) for site in lifting.sites if isinstance(site.call.callee, External)
    }
    for site in lifting.sites:
        yield from lifting.each(site, "drivers", of_site(lifting, site, prepared))


def of_site(lifting: Lifting, site: Site, prepared: set[int]) -> Iterator[Query | Defect]:
    """The statements of one call."""
    if site.library == "?":
        yield from of_unknown(lifting, site)
    elif site.library.startswith("aiosql."):
        yield from aiosql.read(lifting, site)
    elif site.library == "postgres()()":
        if isinstance(site.call.node, syntax.Tagged) and not site.consumed:
            yield from sent(lifting, site, POSTGRES_JS, Method("tag"), site.call.argument(0))
    elif re.fullmatch(SEQUELIZE_QUERY, site.library):
        yield from of_sequelize(lifting, site)
    elif site.library.startswith("psycopg2.extras."):
        yield from of_extras(lifting, site)
    else:
        found = find(site.library)
        if found is not None:
            yield from of_driver(lifting, site, *found, used=id(site.result) in prepared)


def of_driver(
    lifting: Lifting, site: Site, driver: Driver, name: str, method: Method, *, used: bool
) -> Iterator[Query | Defect]:
    """What one call of a driver's method sends."""
    call = site.call
    if name in ("prepare", "query") and method.action == "build" and used:
        return  # what is made of it sends the statement
    maker, bound = prepared_by(call)
    if maker is not None and method.action != "build":
        known = given_to(bound, method, driver, after=0) if bound is not None else True
        yield from sent(lifting, site, driver, method, maker.argument(0), prepared=True, known=known)
        return
    text = call.argument(0, method.text or None)
    if text is None:
        text = call.argument(None, "query") or call.argument(None, "sql") or call.argument(None, "operation")
    yield from sent(lifting, site, driver, method, text)


def prepared_by(call: Call) -> tuple[Call | None, Call | None]:
    """The call that prepared the statement on which a method is called, and the one that has given it values."""
    receiver = call.callee.receiver if isinstance(call.callee, External) else None
    bound: Call | None = None
    for _ in range(8):
        made = receiver.made_by if isinstance(receiver, Instance) else None
        if made is None or not isinstance(made.callee, External):
            break
        if made.callee.name in ("prepare", "query"):
            return made, bound
        if made.callee.name == "bind":
            bound = made
        elif made.callee.name not in ("pluck", "raw", "expand", "safeIntegers", "columns"):
            break
        receiver = made.callee.receiver
    return None, None


def of_extras(lifting: Lifting, site: Site) -> Iterator[Query | Defect]:
    """``execute_values(cursor, sql, rows)``: its one placeholder stands for all rows."""
    from ._drivers import PSYCOPG2

    text = site.call.argument(1, "sql")
    yield from sent(lifting, site, PSYCOPG2, Method("none", "write"), text, known=False)


def of_sequelize(lifting: Lifting, site: Site) -> Iterator[Query | Defect]:
    """``sequelize.query(text, { replacements, bind, type })``."""
    text, settings = site.call.argument(0), site.call.argument(1)
    if isinstance(text, Record):
        given, text = text, text.entries.get("query")
        settings = settings if isinstance(settings, Record) else given
    driver = SEQUELIZE
    known: Given | None = None
    if isinstance(settings, Record):
        put, bound = settings.entries.get("replacements"), settings.entries.get("bind")
        if put is not None and bound is None:
            driver = driver._replace(styles=QUESTION if isinstance(put, Sequence) else NAMED)
            known = texts.given_by(put)
        elif bound is not None and put is None:
            driver = driver._replace(styles=DOLLARS)
            known = texts.given_by(bound)
        elif bound is not None:
            driver = driver._replace(styles=NAMED | DOLLARS)
    yield from sent(lifting, site, driver, Method("none"), text, known=known)


def of_unknown(lifting: Lifting, site: Site) -> Iterator[Query | Defect]:
    """A statement's text that is handed to something unknown."""
    for place in (0, 1):
        text = site.call.argument(place)
        if text is not None and texts.begins_like_sql(text):
            yield from sent(lifting, site, UNKNOWN, Method("none"), text, known=False)
            return


def sent(
    lifting: Lifting,
    site: Site,
    driver: Driver,
    method: Method,
    text: Value | None,
    *,
    prepared: bool = False,
    known: bool | Given | None = True,
) -> Iterator[Query | Defect]:
    """The queries of one text; ``known``: what it is given, or whether that can be told from the call."""
    call = site.call
    given = known if isinstance(known, Given) else None
    if known is True:
        given = given_to(call, method, driver, after=0 if prepared else 1)
    if method.given == "options" and isinstance(text, Record):
        given = values_of(text.entries.get("values"), complete=text.complete)
        text = text.entries.get("text") or text.entries.get("sql")
    dialect = driver.dialect or lifting.dialect
    base = Query(
        span=site.span,
        function=site.caller,
        origin="sql",
        library="drivers",
        dialect=dialect,
        action=method.action,
        site=site,
    )
    if text is None:
        yield replace(base, reason="a missing argument")
        return
    text = flattened(composed(text))
    if method.given == "tag" and not texts.begins_like_sql(text):
        return  # a part of a statement
    several = not (given is not None and (given.places or given.names)) if driver.several == "alone" else None
    if driver is ASYNCPG and site.library.rpartition(".")[2] != "execute":
        several = False
    if method.given == "none" and method.action == "write":
        several = True  # a script
    lifted = texts.lift_text(
        lifting.project,
        text,
        dialect,
        driver.styles,
        given,
        driver=driver.name,
        several=SEVERAL.get(driver.several, several) if several is None else several,
    )
    if driver.name and dialect in NEAR:
        yield from (refused(lifting, at, word, dialect) for at, word in lifted.mistakes)
    if not lifted.statements:
        yield replace(base, reason=lifted.reason or reason_of(text))
        return
    yield from queries_of(lifting, base, lifted.forms, lifted.reason)


def refused(lifting: Lifting, at: Origin, word: str, dialect: str) -> Defect:
    """A word that the database does not take where it stands."""
    return Defect(
        rule="sql/sql-syntax",
        span=lifting.span(at),
        message=f"`{word}` cannot stand here in a statement." if word else "The statement ends too early.",
        symptom=f"500: {NEAR[dialect].format(word) if word else ENDS[dialect]}",
        remedy="Take away what is left over before it, or write what is missing.",
    )


def composed(text: Value) -> Value:
    """The text in psycopg's ``SQL("...")``."""
    made = text.made_by if isinstance(text, Instance) else None
    path = made.callee.path if made is not None and isinstance(made.callee, External) else ""
    inner = made.argument(0) if made is not None and path.endswith(".sql.SQL") else None
    return inner if inner is not None else text


def queries_of(
    lifting: Lifting, base: Query, forms: tuple[tuple[Lifted, ...], ...], reason: str | None
) -> Iterator[Query]:
    """A query for each statement of a text, with the forms that it may take."""
    numbers = dict.fromkeys(form.wording.number for own in forms for form in own if form.wording is not None)
    several = len(numbers) > 1
    for number in numbers:
        own = tuple(
            form for form_ in forms for form in form_ if form.wording is not None and form.wording.number == number
        )
        rows = [form for form in own if isinstance(form.tree, WITH_ROWS)]
        if not rows:
            continue
        span = base.span
        if several and own[0].wording is not None and own[0].wording.at is not None:
            span = lifting.span(own[0].wording.at)
        yield replace(base, span=span, statements=own, reason=reason, action=action_of(own[0].tree, base.action))


def action_of(tree: exp.Expression, action: Action) -> Action:
    """What becomes of the rows of a statement."""
    if action == "build":
        return action
    if isinstance(tree, exp.Insert | exp.Update | exp.Delete | exp.Merge):
        return "write"
    return "rows" if action == "write" else action


def given_to(call: Call, method: Method, driver: Driver, *, after: int) -> Given | None:
    """What the placeholders of a statement are given; None where that is not known."""
    rest = [value for value in call.arguments[after:] if not isinstance(value, Function)]
    if method.given == "none":
        return None if method.action == "build" else Given()
    if method.given == "tag":
        return Given()
    if method.given == "rest":
        return Given(tuple(rest), complete=not call.open)
    if method.given == "flat":
        return flat(rest, complete=not call.open, signed=driver.signed)
    if method.given == "options":
        if call.open:
            return None
        return values_of(rest[0] if rest else None)
    value = rest[0] if rest else None
    for name in (method.values, "vars", "params", "parameters", "args", "seq_of_parameters"):
        value = call.keywords.get(name, value) if name else value
    if call.open and value is None:
        return None
    return texts.given_by(value, many=method.given == "rows")


def values_of(value: Value | None, *, complete: bool = True) -> Given | None:
    """A list of values, or none."""
    if not complete:
        return None
    return texts.given_by(value) if value is None or isinstance(value, Sequence | Const | Record) else None


def flat(arguments: list[Value], *, complete: bool, signed: bool) -> Given | None:
    """Values, lists of values and mappings, one after the other; ``signed``: names carry the sign of a placeholder."""
    places: list[Value] = []
    names: dict[str, Value] = {}
    whole: Value | None = arguments[0] if len(arguments) == 1 else None
    for argument in arguments:
        if len(options(argument)) > 1 or isinstance(argument, Unknown):
            if len(arguments) == 1:
                return None  # it may be a list, too
            places.append(argument)
        elif isinstance(argument, Sequence):
            places += argument.items
            complete = complete and argument.complete
        elif isinstance(argument, Record):
            for key, value in argument.entries.items():
                if not signed:
                    names[str(key)] = value
                elif str(key)[:1] in ("$", ":", "@"):
                    names[str(key)[1:]] = value
            complete = complete and argument.complete
        elif isinstance(argument, Const | Text | External):
            places.append(argument)
        else:
            return None
    return Given(tuple(places), names, complete, whole, False, whole.origin if whole is not None else None)
